#include "core/learn/walks.h"

#include <cmath>
#include <numeric>

namespace flowscope {
namespace {

size_t sz(std::int64_t n) { return static_cast<size_t>(n); }

/// The first index at which the cumulated probability passes u; the last one with any where rounding
/// leaves the sum below it.
template <class Real>
int draw(const Real* log_p, const std::uint8_t* legal, int n, double u) {
  int last = -1;
  double sum = 0;
  for (int a = 0; a < n; ++a) {
    if (!legal[a]) continue;
    last = a;
    sum += std::exp(static_cast<double>(log_p[a]));
    if (u < sum) break;
  }
  return last;
}

/// Trajectories that advance together: at each time the distinct states where they stand, evaluated.
template <class Real>
class Front {
 public:
  Front(const Environment& environment, const Policy<Real>& policy)
      : environment_(environment), policy_(policy), rows_(environment) {}

  /// Evaluates P_F and P_B at the states of those walks that are alive.
  void stand(const std::vector<Walk>& walks, const std::vector<int>& alive) {
    rows_.clear();
    sweep_.clear();
    row_.clear();
    for (const int i : alive) row_.push_back(rows_.insert(environment_, walks[sz(i)].object));
    policy_.extend_forward(rows_, sweep_);
    policy_.extend_backward(rows_, sweep_);
  }

  /// Of the j-th walk alive.
  int row(size_t j) const { return row_[j]; }
  const Rows& rows() const { return rows_; }
  const Real* log_pf(size_t j) const {
    return sweep_.log_pf.data() + sz(row_[j]) * sz(policy_.spec().num_actions);
  }
  const Real* log_pb(size_t j) const {
    return sweep_.log_pb.data() + sz(row_[j]) * sz(policy_.spec().num_backward_actions);
  }

 private:
  const Environment& environment_;
  const Policy<Real>& policy_;
  Rows rows_;
  typename Policy<Real>::Sweep sweep_;
  std::vector<int> row_;
};

std::vector<int> everybody(size_t n) {
  std::vector<int> alive(n);
  std::iota(alive.begin(), alive.end(), 0);
  return alive;
}

}  // namespace

template <class Real>
std::vector<Walk> fresh_walks(const Environment& environment, const Policy<Real>& policy,
                               const Rng& rng, std::uint64_t first, int n,
                               const std::atomic<bool>& cancel) {
  const int actions = policy.spec().num_actions, stop = policy.spec().stop_action();
  std::vector<Walk> walks(sz(n));
  for (Walk& walk : walks) {
    walk.object.resize(sz(policy.spec().state_length));
    environment.reset(walk.object);
  }
  std::vector<int> arrived_by(sz(n), -1);  // the backward action that undoes the last step
  std::vector<int> alive = everybody(sz(n));
  Front<Real> front(environment, policy);
  for (std::uint64_t time = 0; !alive.empty() && !cancel; ++time) {
    front.stand(walks, alive);
    size_t kept = 0;
    for (size_t j = 0; j < alive.size(); ++j) {
      const int i = alive[j];
      Walk& walk = walks[sz(i)];
      if (arrived_by[sz(i)] >= 0) walk.log_pb += static_cast<double>(front.log_pb(j)[arrived_by[sz(i)]]);
      const double u = rng.uniform(first + sz(i), time);
      const int a = draw(front.log_pf(j), front.rows().forward_legal(front.row(j)), actions, u);
      walk.log_pf += static_cast<double>(front.log_pf(j)[a]);
      ++walk.length;
      if (a == stop) continue;
      arrived_by[sz(i)] = environment.backward_of(walk.object, a);
      environment.apply(walk.object, a);
      alive[kept++] = i;
    }
    alive.resize(kept);
  }
  return walks;
}

template <class Real>
std::vector<Walk> walks_to(const Environment& environment, const Policy<Real>& policy,
                                const Rng& rng, std::uint64_t first,
                                const std::vector<std::vector<std::int32_t>>& objects,
                                const std::atomic<bool>& cancel) {
  const int backward_actions = policy.spec().num_backward_actions;
  std::vector<Walk> walks(objects.size());
  for (size_t i = 0; i < objects.size(); ++i) walks[i].object = objects[i];
  std::vector<int> left_by(objects.size(), policy.spec().stop_action());  // the next forward action
  std::vector<int> alive = everybody(objects.size());
  Front<Real> front(environment, policy);
  for (std::uint64_t time = 0; !alive.empty() && !cancel; ++time) {
    front.stand(walks, alive);
    size_t kept = 0;
    for (size_t j = 0; j < alive.size(); ++j) {
      const int i = alive[j], row = front.row(j);
      Walk& walk = walks[sz(i)];
      walk.log_pf += static_cast<double>(front.log_pf(j)[left_by[sz(i)]]);
      ++walk.length;
      if (front.rows().num_backward(row) == 0) continue;  // s0
      const double u = rng.uniform(first + sz(i), time);
      const int b = draw(front.log_pb(j), front.rows().backward_legal(row), backward_actions, u);
      walk.log_pb += static_cast<double>(front.log_pb(j)[b]);
      left_by[sz(i)] = environment.undo(walk.object, b);
      alive[kept++] = i;
    }
    alive.resize(kept);
  }
  for (size_t i = 0; i < objects.size(); ++i) walks[i].object = objects[i];
  return walks;
}

template std::vector<Walk> fresh_walks<float>(const Environment&, const Policy<float>&, const Rng&,
                                               std::uint64_t, int, const std::atomic<bool>&);
template std::vector<Walk> fresh_walks<double>(const Environment&, const Policy<double>&,
                                                const Rng&, std::uint64_t, int,
                                                const std::atomic<bool>&);
template std::vector<Walk> walks_to<float>(const Environment&, const Policy<float>&,
                                                const Rng&, std::uint64_t,
                                                const std::vector<std::vector<std::int32_t>>&,
                                                const std::atomic<bool>&);
template std::vector<Walk> walks_to<double>(const Environment&, const Policy<double>&,
                                                 const Rng&, std::uint64_t,
                                                 const std::vector<std::vector<std::int32_t>>&,
                                                 const std::atomic<bool>&);

}  // namespace flowscope
