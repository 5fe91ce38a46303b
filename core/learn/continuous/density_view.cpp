#include "core/learn/continuous/density_view.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/graph/correlation.h"
#include "core/graph/divergence.h"
#include "core/learn/continuous/density_sampler.h"
#include "core/learn/continuous/kde.h"
#include "core/learn/continuous/policy_field.h"
#include "core/learn/continuous/position_draws.h"
#include "core/learn/continuous/quadrature.h"
#include "core/learn/estimate_view.h"
#include "core/learn/objectives/paths.h"

namespace flowscope {
namespace {

constexpr int kSamples = 2000;  // as many as the papers' estimates of log Z take
constexpr int kChunk = 200;     // drawn at a time: of long trajectories no more would fit in a cache
static_assert(kSamples % kChunk == 0 && kKdeSamples % kChunk == 0);

size_t sz(std::int64_t n) { return static_cast<size_t>(n); }

/// A bound and an estimate of log Z from the log-weights log R + log P_B - log P_F.
void estimate_log_z(std::span<const double> log_weights, DensityView& view) {
  const double top = *std::ranges::max_element(log_weights), n = static_cast<double>(log_weights.size());
  double sum = 0, squares = 0;
  for (const double w : log_weights) {
    sum += std::exp(w - top);
    squares += std::exp(2 * (w - top));
  }
  view.samples = static_cast<std::int64_t>(log_weights.size());
  view.elbo = mean_of(log_weights);
  view.log_z = top + std::log(sum / n);
  view.effective = sum * sum / squares / n;
}

/// The learned density against the target's, both over the cells of the map.
void compare_densities(const DensityGrid& target, const MapRegion& map, DensityView& view) {
  const std::vector<double>& learned = view.learned.mass;
  const Divergence d = divergence(learned, target.mass);
  view.exact = true;
  view.tv = d.tv;
  view.l1 = d.l1;
  view.jsd = d.jsd;
  view.kl = d.kl;
  view.kl_reverse = d.kl_reverse;
  const double cells = static_cast<double>(learned.size());
  const double cell = (map.x1 - map.x0) * (map.line ? 1 : map.y1 - map.y0) / cells;
  std::vector<double> log_learned, log_target;
  for (size_t c = 0; c < learned.size(); ++c) {
    if (target.mass[c] <= 0) continue;
    log_learned.push_back(std::log(learned[c] / cell));
    log_target.push_back(std::log(target.mass[c] / cell));
    view.log_likelihood += target.mass[c] * log_learned.back();
  }
  view.pearson = pearson(log_learned, log_target);
  view.spearman = spearman(log_learned, log_target);
}

/// Where trajectories are on the map, step by step.
struct Walks {
  std::vector<float> at;               // x, y of every state
  std::vector<size_t> begin = {0};     // of every trajectory's states
};

void note(const ContinuousEnvironment& space, const PointBatch& batch, Walks& walks) {
  for (int i = 0; i < batch.size(); ++i) {
    for (auto k = sz(batch.begin[sz(i)]); k < sz(batch.begin[sz(i) + 1]); ++k) {
      double x = 0, y = 0;
      space.map_point(batch.state(batch.transitions[k].row), x, y);
      walks.at.push_back(static_cast<float>(x));
      walks.at.push_back(static_cast<float>(y));
    }
    walks.begin.push_back(walks.at.size() / 2);
  }
}

/// Where every trajectory is after 0, 1, ... steps; those that stopped stay.
void follow(const Walks& walks, DensityView& view) {
  size_t times = 1;
  const size_t n = walks.begin.size() - 1;
  for (size_t i = 0; i < n; ++i) times = std::max(times, walks.begin[i + 1] - walks.begin[i]);
  view.times = static_cast<std::int32_t>(times);
  view.cloud.reserve(2 * times * n);
  for (size_t time = 0; time < times; ++time) {
    for (size_t i = 0; i < n; ++i) {
      const size_t at = std::min(walks.begin[i] + time, walks.begin[i + 1] - 1);
      view.cloud.push_back(walks.at[2 * at]);
      view.cloud.push_back(walks.at[2 * at + 1]);
    }
  }
}

/// A chunk of those drawn at a step draws its numbers here.
std::int64_t place_of(std::int64_t step, int chunk, int samples) { return step * (samples / kChunk) + chunk; }

}  // namespace

PathView path_view(const ContinuousEnvironment& space, const PointBatch& batch,
                   const Evaluation& e, size_t i, double log_z) {
  PathView path;
  for (auto k = sz(batch.begin[i]); k < sz(batch.begin[i + 1]); ++k) {
    double x = 0, y = 0;
    space.map_point(batch.state(batch.transitions[k].row), x, y);
    path.x.push_back(static_cast<float>(x));
    path.y.push_back(static_cast<float>(y));
    path.log_pf += e.log_pf[k];
    path.log_pb += e.log_pb[k];
  }
  path.log_reward = batch.log_reward[i];
  path.residual = log_z + path.log_pf - path.log_pb - path.log_reward;
  return path;
}

void show_object(const ContinuousEnvironment& space, Point object, DensityView& view) {
  double x = 0, y = 0;
  space.map_point(object, x, y);
  view.x.push_back(static_cast<float>(x));
  view.y.push_back(static_cast<float>(y));
  const size_t axes = space.axes().size();
  view.objects.insert(view.objects.end(), object.begin(), object.begin() + static_cast<long>(axes));
}

void compare_samples(const RunInfo& run, DensityView& view) {
  if (run.density.mass.empty() || view.x.empty()) return;
  const DensityGrid seen = coarsened(histogram(*run.space, view.x, view.y));
  const Divergence d = divergence(seen.mass, coarsened(run.density).mass);
  view.sampled_tv = d.tv;
  view.sampled_jsd = d.jsd;
}

template <class Real>
std::shared_ptr<DensityView> make_density_view(const DensityPolicy<Real>& policy,
                                               const RunInfo& run, double log_z, std::int64_t step,
                                               const std::atomic<bool>& cancel) {
  auto view = std::make_shared<DensityView>();
  view->step = step;
  const ContinuousEnvironment& space = *run.space;
  if (has_quadrature(space)) {
    if (!carry_density(space, policy, cancel, view->learned)) return nullptr;
    compare_densities(run.density, space.map(), *view);
  }
  PointBatch batch(space);
  typename DensityPolicy<Real>::Sweep sweep;
  Evaluation e;
  const auto seed = static_cast<std::uint64_t>(run.config.integer("seed"));
  const Rng rng(seed, Stream::kEvaluation);
  std::vector<double> log_weights, surprise, length;
  Walks walks;
  for (int chunk = 0; chunk < kSamples / kChunk; ++chunk) {
    sample_forward(space, policy, kChunk, {}, rng, place_of(step, chunk, kSamples), batch, sweep);
    if (cancel) return nullptr;
    policy.evaluate(space, batch, sweep, e);
    for (const double c : log_ratios(batch, e)) log_weights.push_back(-c);
    for (int i = 0; i < batch.size(); ++i) {
      show_object(space, batch.state(batch.last_row(i)), *view);
      const int first = batch.begin[sz(i)], end = batch.begin[sz(i) + 1];
      surprise.push_back(-std::accumulate(e.log_pf.begin() + first, e.log_pf.begin() + end, 0.0));
      length.push_back(end - first);
      if (view->recent.size() < kRecentPaths) view->recent.push_back(path_view(space, batch, e, sz(i), log_z));
    }
    note(space, batch, walks);
  }
  estimate_log_z(log_weights, *view);
  view->entropy = mean_of(surprise);
  view->length = mean_of(length);
  compare_samples(run, *view);
  follow(walks, *view);
  view->field = policy_field(space, policy);
  if (!view->exact) view->learned = histogram(space, view->x, view->y);
  const Rng from_objects(seed, Stream::kBackward);
  log_weights.clear();
  for (int chunk = 0; chunk < kSamples / kChunk; ++chunk) {
    const std::int64_t place = place_of(step, chunk, kSamples);
    if (!sample_backward(space, policy, kChunk, from_objects, place, batch, sweep)) return view;
    if (cancel) return nullptr;
    policy.evaluate(space, batch, sweep, e);
    for (const double c : log_ratios(batch, e)) log_weights.push_back(-c);
  }
  view->eubo = mean_of(log_weights);
  return view;
}

template <class Real>
std::optional<double> kde_metric(const DensityPolicy<Real>& policy, const ContinuousEnvironment& space,
                                 std::uint64_t seed, std::int64_t step) {
  const MapRegion region = space.map();
  const bool unit = region.x0 == 0 && region.x1 == 1 && region.y0 == 0 && region.y1 == 1;
  if (region.line || !unit || space.spec().state_length != 2) return std::nullopt;
  std::vector<float> learned[2], target[2];
  PointBatch batch(space);
  typename DensityPolicy<Real>::Sweep sweep;
  const Rng rng(seed, Stream::kReplay), of_target(seed, Stream::kNoise);
  double state[2];
  for (int chunk = 0; chunk < kKdeSamples / kChunk; ++chunk) {
    const std::int64_t place = place_of(step, chunk, kKdeSamples);
    sample_forward(space, policy, kChunk, {}, rng, place, batch, sweep);
    for (int i = 0; i < kChunk; ++i) {
      PositionDraws draws(of_target, place, i, 0);
      if (!space.sample_target(draws, state)) return std::nullopt;
      for (size_t d = 0; d < 2; ++d) {
        learned[d].push_back(static_cast<float>(batch.state(batch.last_row(i))[d]));
        target[d].push_back(static_cast<float>(state[d]));
      }
    }
  }
  return kde_divergence({learned[0], learned[1]}, {target[0], target[1]});
}

template std::optional<double> kde_metric<float>(const DensityPolicy<float>&,
                                                 const ContinuousEnvironment&, std::uint64_t,
                                                 std::int64_t);
template std::optional<double> kde_metric<double>(const DensityPolicy<double>&,
                                                  const ContinuousEnvironment&, std::uint64_t,
                                                  std::int64_t);
template std::shared_ptr<DensityView> make_density_view<float>(const DensityPolicy<float>&,
                                                               const RunInfo&, double, std::int64_t,
                                                               const std::atomic<bool>&);
template std::shared_ptr<DensityView> make_density_view<double>(const DensityPolicy<double>&,
                                                                const RunInfo&, double,
                                                                std::int64_t,
                                                                const std::atomic<bool>&);

}  // namespace flowscope
