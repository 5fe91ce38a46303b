#include "core/learn/continuous/density_sampler.h"

#include <algorithm>
#include <numeric>

#include "core/learn/continuous/position_draws.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

/// Takes a step with coordinates drawn from the density at `row`; the row it leads to.
template <class Real>
int take_step(const ContinuousEnvironment& environment, const DensitySpec& density, const Real* raw,
              const Perturbation& perturbation, Draws& draws, int row, PointBatch& batch) {
  const int next = batch.add_row();
  const MutablePoint u{batch.coordinates.data() + sz(next) * batch.width, sz(density.coordinates)};
  sample_density(density, raw, perturbation, draws, u);
  batch.log_stretch[sz(next)] = environment.advance(batch.state(row), u, batch.state(next));
  return next;
}

}  // namespace

template <class Real>
void sample_forward(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                    int n, const Perturbation& perturbation, const Rng& rng, std::int64_t step,
                    PointBatch& batch, typename DensityPolicy<Real>::Sweep& sweep) {
  batch.clear(environment);
  sweep.clear();
  policy.extend_forward(environment, batch, sweep);
  // All trajectories advance together; what each does is noted in the order of time and sorted by
  // trajectory at the end.
  struct Note {
    std::int32_t trajectory, time;
    Transition transition;
  };
  static thread_local std::vector<Note> notes;
  static thread_local std::vector<std::int32_t> alive, at;
  notes.clear();
  alive.resize(sz(n));
  std::iota(alive.begin(), alive.end(), 0);
  at.assign(sz(n), 0);
  batch.begin.assign(sz(n) + 1, 0);
  for (int time = 0; !alive.empty(); ++time) {
    size_t kept = 0;
    for (const int i : alive) {
      const int row = at[sz(i)];
      Note note{i, time, {row, PointBatch::kStop}};
      if (row == 0 || !environment.must_stop(batch.state(row))) {
        const DensitySpec& density = policy.forward_density(row);
        const Real* raw = policy.forward_raw(sweep, row);
        PositionDraws draws(rng, step, i, time);
        if (!density.stops || draws.uniform() >= std::exp(log_stop(raw).log_p)) {
          const int next = take_step(environment, density, raw, perturbation, draws, row, batch);
          note.transition = {row, PointBatch::kMove, next, 0};
          at[sz(i)] = next;
          alive[kept++] = i;
        }
      }
      if (note.transition.next < 0) batch.begin[sz(i) + 1] = time + 1;  // its length, for now
      notes.push_back(note);
    }
    alive.resize(kept);
    policy.extend_forward(environment, batch, sweep);
  }
  std::partial_sum(batch.begin.begin(), batch.begin.end(), batch.begin.begin());
  batch.transitions.resize(notes.size());
  for (const Note& note : notes) {
    batch.transitions[sz(batch.begin[sz(note.trajectory)] + note.time)] = note.transition;
  }
  for (int i = 0; i < n; ++i) {
    batch.log_reward.push_back(environment.log_reward(batch.state(at[sz(i)])));
  }
}

template <class Real>
bool sample_backward(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                     int n, const Rng& rng, std::int64_t step, PointBatch& batch,
                     typename DensityPolicy<Real>::Sweep& sweep) {
  batch.clear(environment);
  sweep.clear();
  std::vector<std::vector<std::int32_t>> paths(sz(n));  // rows from the object back to s0
  for (int i = 0; i < n; ++i) {
    PositionDraws draws(rng, step, i, 0);
    const int row = batch.add_row();
    if (!environment.sample_target(draws, batch.state(row))) return false;
    batch.log_reward.push_back(environment.log_reward(batch.state(row)));
    paths[sz(i)].push_back(row);
  }
  std::vector<double> u(sz(policy.spec().backward.coordinates));
  for (bool moved = true; moved;) {
    moved = false;
    policy.extend_backward(environment, batch, sweep);
    for (int i = 0; i < n; ++i) {
      const int row = paths[sz(i)].back();
      if (row == 0) continue;
      moved = true;
      PositionDraws draws(rng, step, i, static_cast<int>(paths[sz(i)].size()));
      if (!environment.one_parent(batch.state(row))) policy.sample_parent(sweep, row, draws, u);
      const int previous = batch.add_row();
      environment.retreat(batch.state(row), u, batch.state(previous));
      const bool source = std::ranges::equal(batch.state(previous), batch.state(0));
      if (source) batch.drop_last_row();
      paths[sz(i)].push_back(source ? 0 : previous);
      const MutablePoint step_u{batch.coordinates.data() + sz(row) * batch.width, batch.width};
      batch.log_stretch[sz(row)] =
          environment.forward_coordinates(batch.state(paths[sz(i)].back()), batch.state(row), step_u);
    }
  }
  for (const auto& path : paths) {
    for (size_t k = path.size() - 1; k > 0; --k) {
      batch.transitions.push_back({path[k], PointBatch::kMove, path[k - 1], 0});
    }
    batch.transitions.push_back({path[0], PointBatch::kStop});
    batch.begin.push_back(static_cast<std::int32_t>(batch.transitions.size()));
  }
  policy.extend_forward(environment, batch, sweep);
  return true;
}

template bool sample_backward<float>(const ContinuousEnvironment&, const DensityPolicy<float>&, int,
                                     const Rng&, std::int64_t, PointBatch&,
                                     DensityPolicy<float>::Sweep&);
template bool sample_backward<double>(const ContinuousEnvironment&, const DensityPolicy<double>&,
                                      int, const Rng&, std::int64_t, PointBatch&,
                                      DensityPolicy<double>::Sweep&);
template void sample_forward<float>(const ContinuousEnvironment&, const DensityPolicy<float>&, int,
                                    const Perturbation&, const Rng&, std::int64_t, PointBatch&,
                                    DensityPolicy<float>::Sweep&);
template void sample_forward<double>(const ContinuousEnvironment&, const DensityPolicy<double>&,
                                     int, const Perturbation&, const Rng&, std::int64_t,
                                     PointBatch&, DensityPolicy<double>::Sweep&);

}  // namespace flowscope
