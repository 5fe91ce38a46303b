#include "core/learn/continuous/point_paths.h"

#include <algorithm>
#include <cmath>

#include "core/learn/continuous/position_draws.h"
#include "core/learn/objectives/paths.h"

namespace flowscope {
namespace {

constexpr int kRoundBits = 16;  // times of a round come below its number

size_t sz(std::int64_t n) { return static_cast<size_t>(n); }

PositionDraws draws_at(const Rng& rng, std::int64_t step, size_t path, int round, size_t time) {
  return {rng, step, static_cast<int>(path), round << kRoundBits | static_cast<int>(time)};
}

/// How many of its steps a path may lose; at least one.
size_t most_undone(const LocalSearch& search, const PointPath& path) {
  const double moves = static_cast<double>(path.size() - 1);
  return static_cast<size_t>(std::max(1.0, std::round(search.depth * moves)));
}

int copy_row(const PointBatch& from, int row, PointBatch& to) {
  const int copy = to.add_row();
  std::ranges::copy(from.state(row), to.state(copy).begin());
  std::copy_n(from.coordinates.begin() + row * static_cast<long>(from.width), from.width,
              to.coordinates.begin() + copy * static_cast<long>(to.width));
  to.log_stretch[sz(copy)] = from.log_stretch[sz(row)];
  return copy;
}

PointPath copy_path(const PointBatch& from, const PointPath& path, PointBatch& to) {
  PointPath copy = {0};
  for (size_t k = 1; k < path.size(); ++k) copy.push_back(copy_row(from, path[k], to));
  return copy;
}

}  // namespace

template <class Real>
int take_step(const ContinuousEnvironment& environment, const DensitySpec& density, const Real* raw,
              const Perturbation& perturbation, Draws& draws, int row, PointBatch& batch) {
  const int next = batch.add_row();
  const MutablePoint u{batch.coordinates.data() + sz(next) * batch.width, sz(density.coordinates)};
  sample_density(density, raw, perturbation, draws, u);
  batch.log_stretch[sz(next)] = environment.advance(batch.state(row), u, batch.state(next));
  return next;
}

template <class Real>
std::vector<PointPath> walk_back(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                                 const Rng& rng, std::int64_t step, int round,
                                 const std::vector<std::int32_t>& objects, PointBatch& batch,
                                 typename DensityPolicy<Real>::Sweep& sweep) {
  std::vector<PointPath> paths;
  for (const std::int32_t row : objects) paths.push_back({row});
  std::vector<double> u(sz(policy.spec().backward.coordinates));
  for (bool moved = true; moved;) {
    moved = false;
    policy.extend_backward(environment, batch, sweep);
    for (size_t i = 0; i < paths.size(); ++i) {
      const int row = paths[i].back();
      if (row == 0) continue;
      moved = true;
      PositionDraws draws = draws_at(rng, step, i, round, paths[i].size());
      if (!environment.one_parent(batch.state(row))) policy.sample_parent(sweep, row, draws, u);
      const int previous = batch.add_row();
      environment.retreat(batch.state(row), u, batch.state(previous));
      const bool source = std::ranges::equal(batch.state(previous), batch.state(0));
      if (source) batch.drop_last_row();
      paths[i].push_back(source ? 0 : previous);
      const MutablePoint step_u{batch.coordinates.data() + sz(row) * batch.width, batch.width};
      batch.log_stretch[sz(row)] =
          environment.forward_coordinates(batch.state(paths[i].back()), batch.state(row), step_u);
    }
  }
  for (PointPath& path : paths) std::ranges::reverse(path);
  return paths;
}

template <class Real>
void walk_on(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy, const Rng& rng,
             std::int64_t step, int round, PointBatch& batch, typename DensityPolicy<Real>::Sweep& sweep,
             std::vector<PointPath>& paths) {
  std::vector<bool> ended(paths.size(), false);
  for (bool moved = true; moved;) {
    moved = false;
    policy.extend_forward(environment, batch, sweep);
    for (size_t i = 0; i < paths.size(); ++i) {
      const int row = paths[i].back();
      ended[i] = ended[i] || (row != 0 && environment.must_stop(batch.state(row)));
      if (ended[i]) continue;
      const DensitySpec& density = policy.forward_density(row);
      const Real* raw = policy.forward_raw(sweep, row);
      PositionDraws draws = draws_at(rng, step, i, round, paths[i].size());
      ended[i] = density.stops && draws.uniform() < std::exp(log_stop(raw).log_p);
      if (ended[i]) continue;
      paths[i].push_back(take_step(environment, density, raw, {}, draws, row, batch));
      moved = true;
    }
  }
}

void append(const ContinuousEnvironment& environment, const PointPath& path, PointBatch& batch) {
  for (size_t k = 1; k < path.size(); ++k) {
    batch.transitions.push_back({path[k - 1], PointBatch::kMove, path[k], 0});
  }
  batch.transitions.push_back({path.back(), PointBatch::kStop});
  batch.begin.push_back(static_cast<std::int32_t>(batch.transitions.size()));
  batch.log_reward.push_back(environment.log_reward(batch.state(path.back())));
}

template <class Real>
int search_locally(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                   const LocalSearch& search, const Rng& back, const Rng& forward, std::int64_t step,
                   PointBatch& batch, typename DensityPolicy<Real>::Sweep& sweep) {
  const size_t n = sz(batch.size());
  PointBatch current(environment), trial(environment);  // where the objects stand; what a round tries
  typename DensityPolicy<Real>::Sweep trial_sweep;
  Evaluation evaluation;
  current.clear(environment);
  std::vector<PointPath> arrived(n);  // in `current`: whole where an object has moved
  for (size_t i = 0; i < n; ++i) arrived[i] = {copy_row(batch, batch.last_row(static_cast<int>(i)), current)};
  int accepted = 0;
  for (int round = 0; round < search.rounds; ++round) {
    trial.clear(environment);
    trial_sweep.clear();
    std::vector<std::int32_t> objects;
    for (size_t i = 0; i < n; ++i) objects.push_back(copy_row(current, arrived[i].back(), trial));
    const auto old = walk_back(environment, policy, back, step, 2 * round, objects, trial, trial_sweep);
    std::vector<PointPath> fresh = old;
    std::vector<size_t> undone(n);
    for (size_t i = 0; i < n; ++i) {
      undone[i] = most_undone(search, old[i]);
      // Any number up to that, so that the way back is possible.
      const double u = draws_at(back, step, i, 2 * round + 1, 1).uniform();
      if (search.metropolis) undone[i] = std::min(undone[i], static_cast<size_t>(u * static_cast<double>(undone[i] + 1)));
      fresh[i].resize(old[i].size() - undone[i]);
    }
    walk_on(environment, policy, forward, step, round, trial, trial_sweep, fresh);
    for (const PointPath& path : old) append(environment, path, trial);
    for (const PointPath& path : fresh) append(environment, path, trial);
    policy.extend_forward(environment, trial, trial_sweep);
    policy.evaluate(environment, trial, trial_sweep, evaluation);
    // log P_F - log P_B - log R of whole trajectories: what both share cancels out.
    const std::vector<double> ratio = log_ratios(trial, evaluation);
    for (size_t i = 0; i < n; ++i) {
      double log_accept = trial.log_reward[n + i] - trial.log_reward[i];
      if (search.metropolis) {
        const size_t there = most_undone(search, old[i]), back_again = most_undone(search, fresh[i]);
        if (fresh[i].size() - (old[i].size() - undone[i]) > back_again) continue;
        log_accept = ratio[i] - ratio[n + i] +
                     std::log(static_cast<double>(there + 1) / static_cast<double>(back_again + 1));
      }
      const double u = draws_at(back, step, i, 2 * round + 1, 0).uniform();
      if (search.metropolis ? std::log1p(-u) > log_accept : log_accept < 0) continue;
      arrived[i] = copy_path(trial, fresh[i], current);
      ++accepted;
    }
  }
  for (const PointPath& path : arrived) {
    if (path.size() > 1) append(environment, copy_path(current, path, batch), batch);
  }
  policy.extend_forward(environment, batch, sweep);
  return accepted;
}

#define FLOWSCOPE_INSTANTIATE(Real)                                                                     \
  template int take_step<Real>(const ContinuousEnvironment&, const DensitySpec&, const Real*,           \
                               const Perturbation&, Draws&, int, PointBatch&);                          \
  template std::vector<PointPath> walk_back<Real>(const ContinuousEnvironment&,                         \
                                                  const DensityPolicy<Real>&, const Rng&, std::int64_t, \
                                                  int, const std::vector<std::int32_t>&, PointBatch&,   \
                                                  DensityPolicy<Real>::Sweep&);                         \
  template void walk_on<Real>(const ContinuousEnvironment&, const DensityPolicy<Real>&, const Rng&,     \
                              std::int64_t, int, PointBatch&, DensityPolicy<Real>::Sweep&,              \
                              std::vector<PointPath>&);                                                 \
  template int search_locally<Real>(const ContinuousEnvironment&, const DensityPolicy<Real>&,           \
                                    const LocalSearch&, const Rng&, const Rng&, std::int64_t,           \
                                    PointBatch&, DensityPolicy<Real>::Sweep&);
FLOWSCOPE_INSTANTIATE(float)
FLOWSCOPE_INSTANTIATE(double)
#undef FLOWSCOPE_INSTANTIATE

}  // namespace flowscope
