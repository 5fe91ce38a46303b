#include "core/learn/continuous/density_sampler.h"

#include <algorithm>
#include <numeric>

#include "core/learn/continuous/point_paths.h"
#include "core/learn/continuous/position_draws.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

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
  std::vector<std::int32_t> objects;
  for (int i = 0; i < n; ++i) {
    PositionDraws draws(rng, step, i, 0);
    objects.push_back(batch.add_row());
    if (!environment.sample_target(draws, batch.state(objects.back()))) return false;
  }
  for (const PointPath& path : walk_back(environment, policy, rng, step, 0, objects, batch, sweep)) {
    append(environment, path, batch);
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
