#include "core/learn/sampler.h"

#include <cmath>
#include <cstring>

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

/// The action at which the cumulated behaviour probability passes u.
template <class Real>
int draw(const Real* p, const std::uint8_t* legal, int actions, int num_legal, double epsilon,
         double u) {
  const double uniform = epsilon / num_legal;
  double sum = 0;
  int last = -1;
  for (int a = 0; a < actions; ++a) {
    if (!legal[a]) continue;
    sum += uniform + (1 - epsilon) * static_cast<double>(p[a]);
    last = a;
    if (u < sum) break;
  }
  return last;  // rounding can leave the sum a hair below 1: then the last legal action
}

}  // namespace

template <class Real>
void sample_forward(const Environment& environment, const Policy<Real>& policy, int n,
                    const Exploration& exploration, const Rng& rng, std::int64_t step, Batch& batch,
                    typename Policy<Real>::Sweep& sweep) {
  const int actions = environment.spec().num_actions, stop = environment.spec().stop_action();
  std::vector<std::int32_t> start(sz(environment.spec().state_length));
  environment.reset(start);
  batch.rows.clear();
  sweep.clear();
  const int s0 = batch.rows.insert(environment, start);
  policy.extend_forward(batch.rows, sweep);

  // All trajectories advance together; a path is a list of transitions linked by trajectory.
  static thread_local std::vector<std::vector<Transition>> paths;
  static thread_local std::vector<std::int32_t> alive, at;
  if (paths.size() < sz(n)) paths.resize(sz(n));
  alive.resize(sz(n));
  at.assign(sz(n), s0);
  for (int i = 0; i < n; ++i) {
    alive[sz(i)] = i;
    paths[sz(i)].clear();
  }
  for (int time = 0; !alive.empty(); ++time) {
    size_t kept = 0;
    for (size_t j = 0; j < alive.size(); ++j) {
      const int i = alive[j], r = at[sz(i)];
      const std::uint8_t* legal = batch.rows.forward_legal(r);
      int a = stop;
      if (const int choices = batch.rows.num_forward(r); choices == 1) {
        a = static_cast<int>(static_cast<const std::uint8_t*>(std::memchr(legal, 1, sz(actions))) - legal);
      } else {
        const double u = rng.uniform(static_cast<std::uint64_t>(step),
                                     static_cast<std::uint64_t>(i) << 32 | static_cast<std::uint32_t>(time));
        a = draw(sweep.p_f.data() + sz(r) * sz(actions), legal, actions, choices,
                 exploration.epsilon, u);
      }
      if (a == stop) {
        paths[sz(i)].push_back({r, a});
        continue;
      }
      const Rows::Step next = batch.rows.child(environment, r, a);
      paths[sz(i)].push_back({r, a, next.row, next.backward_action});
      at[sz(i)] = next.row;
      alive[kept++] = i;
    }
    alive.resize(kept);
    if (batch.rows.size() > sweep.forward_rows) policy.extend_forward(batch.rows, sweep);
  }

  batch.begin.assign(1, 0);
  batch.transitions.clear();
  batch.log_reward.clear();
  for (int i = 0; i < n; ++i) {
    batch.transitions.insert(batch.transitions.end(), paths[sz(i)].begin(), paths[sz(i)].end());
    batch.begin.push_back(static_cast<std::int32_t>(batch.transitions.size()));
    batch.log_reward.push_back(environment.log_reward(batch.rows.state(at[sz(i)])));
  }
}

template void sample_forward<float>(const Environment&, const Policy<float>&, int,
                                    const Exploration&, const Rng&, std::int64_t, Batch&,
                                    Policy<float>::Sweep&);
template void sample_forward<double>(const Environment&, const Policy<double>&, int,
                                     const Exploration&, const Rng&, std::int64_t, Batch&,
                                     Policy<double>::Sweep&);

}  // namespace flowscope
