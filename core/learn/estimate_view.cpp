#include "core/learn/estimate_view.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/graph/correlation.h"
#include "core/graph/divergence.h"
#include "core/learn/walks.h"

namespace flowscope {
namespace {

constexpr int kFresh = 1024;  // trajectories of P_F
constexpr int kTest = 128;    // test objects
constexpr int kPaths = 16;    // trajectories of P_B to each of them
constexpr int kChunk = 256;   // that advance together
constexpr std::uint64_t kStride = 1 << 16;  // random positions that a step may use

using Object = std::vector<std::int32_t>;

/// Share of entries in which two objects differ, mean over pairs.
std::optional<double> mean_distance(const ObjectCounts& seen, std::span<const size_t> chosen) {
  double sum = 0, pairs = 0;
  for (size_t i = 0; i < chosen.size(); ++i) {
    for (size_t j = 0; j < i; ++j, ++pairs) {
      const Object &a = seen.objects[chosen[i]], &b = seen.objects[chosen[j]];
      size_t differing = 0;
      for (size_t k = 0; k < a.size(); ++k) differing += a[k] != b[k];
      sum += static_cast<double>(differing) / static_cast<double>(a.size());
    }
  }
  return pairs > 0 ? std::optional(sum / pairs) : std::nullopt;
}

/// What P_B's trajectories to test objects tell. P_T(x) is the mean over them of P_F / P_B.
template <class Real>
void describe_test(const Policy<Real>& policy, const Environment& environment,
                   const std::vector<Object>& objects, bool from_target, const Rng& rng,
                   std::uint64_t first, const std::atomic<bool>& cancel, EstimateView& view) {
  std::vector<double> log_learned, log_reward, log_ratio;
  for (size_t begin = 0; begin < objects.size() && !cancel; begin += kChunk / kPaths) {
    std::vector<Object> copies;
    const size_t end = std::min(objects.size(), begin + kChunk / kPaths);
    for (size_t i = begin; i < end; ++i) copies.insert(copies.end(), kPaths, objects[i]);
    const auto walks = walks_to(environment, policy, rng, first + begin * kPaths, copies, cancel);
    for (size_t i = begin; i < end; ++i) {
      std::vector<double> log_weight;  // log P_F - log P_B of each path
      for (int k = 0; k < kPaths; ++k) {
        const Walk& walk = walks[(i - begin) * kPaths + static_cast<size_t>(k)];
        log_weight.push_back(walk.log_pf - walk.log_pb);
      }
      log_reward.push_back(environment.log_reward(objects[i]));
      log_learned.push_back(log_mean_exp(log_weight));
      const double mean = std::accumulate(log_weight.begin(), log_weight.end(), 0.0) / kPaths;
      log_ratio.push_back(log_reward.back() - mean);
    }
  }
  view.pearson = pearson(log_learned, log_reward);
  view.spearman = spearman(log_learned, log_reward);
  if (!from_target) return;
  view.log_likelihood = mean_of(log_learned);
  view.eubo = mean_of(log_ratio);
}

/// Objects drawn from R/Z where the world can, otherwise the first distinct samples.
bool choose_test_objects(const Environment& environment, const ObjectCounts& seen, const Rng& rng,
                         std::uint64_t first, std::vector<Object>& objects) {
  for (std::uint64_t i = 0; i < kTest; ++i) {
    Object object(static_cast<size_t>(environment.spec().state_length));
    std::uint64_t drawn = 0;
    if (!environment.draw_target(object, [&] { return rng.uniform(first + i, drawn++); })) {
      const auto n = std::min<std::ptrdiff_t>(kTest, std::ssize(seen.objects));
      objects.assign(seen.objects.begin(), seen.objects.begin() + n);
      return false;
    }
    objects.push_back(std::move(object));
  }
  return true;
}

}  // namespace

std::optional<Estimate> mean_of(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  if (values.size() < 2) return std::nullopt;
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double square = 0;
  for (const double x : values) square += (x - mean) * (x - mean);
  return Estimate{mean, std::sqrt(square / (n - 1) / n)};
}

double log_mean_exp(std::span<const double> values) {
  const double top = *std::ranges::max_element(values);
  double sum = 0;
  for (const double x : values) sum += std::exp(x - top);
  return top + std::log(sum / static_cast<double>(values.size()));
}

ObjectCounts count_objects(const Environment& environment, std::vector<Object> objects) {
  std::ranges::sort(objects);
  ObjectCounts seen;
  for (Object& object : objects) {
    if (!seen.objects.empty() && seen.objects.back() == object) {
      ++seen.counts.back();
      continue;
    }
    seen.counts.push_back(1);
    seen.log_reward.push_back(environment.log_reward(object));
    seen.objects.push_back(std::move(object));
  }
  return seen;
}

void describe_objects(const ObjectCounts& seen, std::optional<double> log_z_true,
                      EstimateView& view) {
  view.objects = std::accumulate(seen.counts.begin(), seen.counts.end(), std::int64_t{0});
  if (log_z_true) {
    std::vector<double> target;
    for (const double log_reward : seen.log_reward) target.push_back(std::exp(log_reward - *log_z_true));
    const Divergence d = sampled_divergence(seen.counts, target);
    view.tv = d.tv;
    view.l1 = d.l1;
    view.jsd = d.jsd;
  }
  std::vector<size_t> best(seen.objects.size());
  std::iota(best.begin(), best.end(), size_t{0});
  std::ranges::stable_sort(best, std::greater(), [&](size_t i) { return seen.log_reward[i]; });
  best.resize(std::min<size_t>(best.size(), EstimateView::kTopObjects));
  for (const size_t i : best) view.top_log_reward += seen.log_reward[i] / static_cast<double>(best.size());
  view.top_diversity = mean_distance(seen, best);
}

template <class Real>
std::shared_ptr<EstimateView> make_estimate_view(const Policy<Real>& policy, const RunInfo& run,
                                                 const Rng& rng, std::int64_t step,
                                                 const std::atomic<bool>& cancel) {
  const Environment& environment = *run.environment;
  auto view = std::make_shared<EstimateView>();
  view->step = step;
  const std::uint64_t first = static_cast<std::uint64_t>(step) * kStride;
  std::vector<Walk> walks;
  for (int begin = 0; begin < kFresh && !cancel; begin += kChunk) {
    auto chunk = fresh_walks(environment, policy, rng, first + static_cast<std::uint64_t>(begin),
                              kChunk, cancel);
    std::ranges::move(chunk, std::back_inserter(walks));
  }
  if (cancel) return nullptr;
  std::vector<double> log_ratio, surprise, length;
  for (const Walk& walk : walks) {
    log_ratio.push_back(environment.log_reward(walk.object) + walk.log_pb - walk.log_pf);
    surprise.push_back(-walk.log_pf);
    length.push_back(walk.length);
  }
  view->elbo = mean_of(log_ratio);
  view->entropy = mean_of(surprise);
  view->length = mean_of(length);
  std::vector<Object> fresh;
  for (Walk& walk : walks) fresh.push_back(std::move(walk.object));
  const ObjectCounts seen = count_objects(environment, std::move(fresh));
  describe_objects(seen, run.log_z_true, *view);
  std::vector<Object> objects;
  const bool from_target = choose_test_objects(environment, seen, rng, first + kFresh, objects);
  describe_test(policy, environment, objects, from_target, rng, first + kFresh + kTest, cancel, *view);
  return cancel ? nullptr : view;
}

template std::shared_ptr<EstimateView> make_estimate_view<float>(const Policy<float>&,
                                                                 const RunInfo&, const Rng&,
                                                                 std::int64_t,
                                                                 const std::atomic<bool>&);
template std::shared_ptr<EstimateView> make_estimate_view<double>(const Policy<double>&,
                                                                  const RunInfo&, const Rng&,
                                                                  std::int64_t,
                                                                  const std::atomic<bool>&);

}  // namespace flowscope
