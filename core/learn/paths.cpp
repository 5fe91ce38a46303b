#include "core/learn/paths.h"

#include <algorithm>
#include <cmath>

namespace flowscope {
namespace {

size_t sz(std::int64_t n) { return static_cast<size_t>(n); }

/// Where path i's number for a time lies.
std::uint64_t position(int round, size_t i, size_t time) {
  return static_cast<std::uint64_t>(round) << 48 | static_cast<std::uint64_t>(i) << 24 | time;
}

/// The index at which the cumulated probabilities exp(log_p) pass u; the last legal one if rounding
/// leaves the sum below it.
template <class Real>
int pick(const Real* log_p, const std::uint8_t* legal, int n, double u) {
  double sum = 0;
  int last = -1;
  for (int a = 0; a < n; ++a) {
    if (!legal[a]) continue;
    sum += std::exp(static_cast<double>(log_p[a]));
    last = a;
    if (u < sum) break;
  }
  return last;
}

/// log P_F minus log P_B of transitions [begin, end) of a path.
template <class Real>
double log_ratio(const Path& path, size_t begin, const Policy<Real>& policy,
                 const typename Policy<Real>::Sweep& sweep) {
  const size_t actions = sz(policy.spec().num_actions), backward = sz(policy.spec().num_backward_actions);
  double sum = 0;
  for (size_t k = begin; k < path.size(); ++k) {
    const Transition& t = path[k];
    sum += static_cast<double>(sweep.log_pf[sz(t.row) * actions + sz(t.action)]);
    if (t.next >= 0) sum -= static_cast<double>(sweep.log_pb[sz(t.next) * backward + sz(t.backward_action)]);
  }
  return sum;
}

/// The most actions that a round undoes of a whole path.
size_t most_undone(const LocalSearch& search, const Path& path) {
  const size_t actions = path.size() - 1;
  return std::min(actions, static_cast<size_t>(std::ceil(search.depth * static_cast<double>(actions))));
}

}  // namespace

template <class Real>
std::vector<Path> walk_back(const Environment& environment, const Policy<Real>& policy, const Rng& rng,
                            std::int64_t step, int round, std::span<const std::int32_t> objects,
                            Rows& rows, typename Policy<Real>::Sweep& sweep) {
  const int stop = environment.spec().stop_action(), actions = environment.spec().num_backward_actions;
  std::vector<Path> paths(objects.size());
  std::vector<std::int32_t> at(objects.begin(), objects.end());
  for (size_t i = 0; i < paths.size(); ++i) paths[i].push_back({at[i], stop});
  bool moved = true;
  for (size_t time = 0; moved; ++time) {
    moved = false;
    policy.extend_backward(rows, sweep);
    for (size_t i = 0; i < paths.size(); ++i) {
      const int r = at[i];
      if (rows.num_backward(r) == 0) continue;
      const double u = rng.uniform(static_cast<std::uint64_t>(step), position(round, i, time));
      const int b = pick(sweep.log_pb.data() + sz(r) * sz(actions), rows.backward_legal(r), actions, u);
      const Rows::Parent parent = rows.parent(environment, r, b);
      paths[i].push_back({parent.row, parent.action, r, b});
      at[i] = parent.row;
      moved = true;
    }
  }
  for (Path& path : paths) std::ranges::reverse(path);
  return paths;
}

template <class Real>
void walk_forward(const Environment& environment, const Policy<Real>& policy, const Rng& rng,
                  std::int64_t step, int round, std::span<const std::int32_t> starts, Rows& rows,
                  typename Policy<Real>::Sweep& sweep, std::vector<Path>& paths) {
  const int stop = environment.spec().stop_action(), actions = environment.spec().num_actions;
  bool moved = true;
  for (size_t time = 0; moved; ++time) {
    moved = false;
    policy.extend_forward(rows, sweep);
    for (size_t i = 0; i < paths.size(); ++i) {
      Path& path = paths[i];
      if (!path.empty() && path.back().next < 0) continue;
      const int r = path.empty() ? starts[i] : path.back().next;
      const double u = rng.uniform(static_cast<std::uint64_t>(step), position(round, i, time));
      const int a = pick(sweep.log_pf.data() + sz(r) * sz(actions), rows.forward_legal(r), actions, u);
      if (a == stop) {
        path.push_back({r, a});
      } else {
        const Rows::Step next = rows.child(environment, r, a);
        path.push_back({r, a, next.row, next.backward_action});
      }
      moved = true;
    }
  }
}

Path replay(const Environment& environment, std::span<const std::int16_t> actions, Rows& rows) {
  std::vector<std::int32_t> start(sz(environment.spec().state_length));
  environment.reset(start);
  std::int32_t r = rows.insert(environment, start);
  Path path;
  for (const std::int16_t a : actions) {
    if (a == environment.spec().stop_action()) {
      path.push_back({r, a});
      break;
    }
    const Rows::Step next = rows.child(environment, r, a);
    path.push_back({r, a, next.row, next.backward_action});
    r = next.row;
  }
  return path;
}

void append(const Environment& environment, const Path& path, RowBatch& batch) {
  batch.transitions.insert(batch.transitions.end(), path.begin(), path.end());
  batch.begin.push_back(static_cast<std::int32_t>(batch.transitions.size()));
  batch.log_reward.push_back(batch.rows.log_reward(environment, path.back().row));
}

template <class Real>
int search_locally(const Environment& environment, const Policy<Real>& policy, const LocalSearch& search,
                   const Rng& back, const Rng& forward, std::int64_t step, RowBatch& batch,
                   typename Policy<Real>::Sweep& sweep) {
  const size_t n = sz(batch.size());
  std::vector<std::int32_t> objects(n);
  for (size_t i = 0; i < n; ++i) objects[i] = batch.last_row(static_cast<int>(i));
  std::vector<Path> arrived(n);  // empty while a chain has not moved
  int accepted = 0;
  for (int round = 0; round < search.rounds; ++round) {
    const auto old = walk_back(environment, policy, back, step, 2 * round, objects, batch.rows, sweep);
    std::vector<Path> fresh = old;
    std::vector<size_t> branch(n);
    std::vector<std::int32_t> starts(n);
    for (size_t i = 0; i < n; ++i) {
      size_t undone = most_undone(search, old[i]);
      if (search.metropolis) {  // any number up to that, so that the way back is possible
        const double u = back.uniform(static_cast<std::uint64_t>(step), position(2 * round + 1, i, 1));
        undone = std::min(undone, static_cast<size_t>(u * static_cast<double>(undone + 1)));
      }
      branch[i] = old[i].size() - 1 - undone;
      starts[i] = old[i].front().row;
      fresh[i].resize(branch[i]);
    }
    walk_forward(environment, policy, forward, step, round, starts, batch.rows, sweep, fresh);
    policy.extend_backward(batch.rows, sweep);
    for (size_t i = 0; i < n; ++i) {
      const std::int32_t now = fresh[i].back().row;
      double log_accept = batch.rows.log_reward(environment, now) - batch.rows.log_reward(environment, objects[i]);
      if (search.metropolis) {  // the proposal P_B down, P_F up, and the same the other way round
        const size_t there = most_undone(search, old[i]), back_again = most_undone(search, fresh[i]);
        if (fresh[i].size() - 1 - branch[i] > back_again) continue;
        log_accept += log_ratio(old[i], branch[i], policy, sweep) - log_ratio(fresh[i], branch[i], policy, sweep) +
                      std::log(static_cast<double>(there + 1) / static_cast<double>(back_again + 1));
      }
      const double u = back.uniform(static_cast<std::uint64_t>(step), position(2 * round + 1, i, 0));
      if (search.metropolis ? std::log1p(-u) > log_accept : log_accept < 0) continue;
      objects[i] = now;
      arrived[i] = std::move(fresh[i]);
      ++accepted;
    }
  }
  for (const Path& path : arrived) {
    if (!path.empty()) append(environment, path, batch);
  }
  return accepted;
}

#define FLOWSCOPE_INSTANTIATE(Real)                                                                \
  template std::vector<Path> walk_back<Real>(const Environment&, const Policy<Real>&, const Rng&,  \
                                             std::int64_t, int, std::span<const std::int32_t>,     \
                                             Rows&, Policy<Real>::Sweep&);                         \
  template void walk_forward<Real>(const Environment&, const Policy<Real>&, const Rng&,            \
                                   std::int64_t, int, std::span<const std::int32_t>, Rows&,        \
                                   Policy<Real>::Sweep&, std::vector<Path>&);                      \
  template int search_locally<Real>(const Environment&, const Policy<Real>&, const LocalSearch&,   \
                                    const Rng&, const Rng&, std::int64_t, RowBatch&,               \
                                    Policy<Real>::Sweep&);
FLOWSCOPE_INSTANTIATE(float)
FLOWSCOPE_INSTANTIATE(double)
#undef FLOWSCOPE_INSTANTIATE

}  // namespace flowscope
