#include <algorithm>
#include <cmath>

#include "core/learn/objectives/objective.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

/// Weight of a sub-trajectory by its length in transitions, for a trajectory of `n` transitions, so
/// that the loss is the sum over the batch of weight times g(r).
class Weights {
 public:
  Weights(const Batch& batch, const ObjectiveSettings& settings)
      : weighting_(settings.weighting), lambda_(settings.lambda), size_(batch.size()) {
    int longest = 0;
    for (int i = 0; i < size_; ++i) longest = std::max(longest, length(batch, i));
    of_length_.assign(sz(longest) + 1, 0);  // how many sub-trajectories have each length
    for (int i = 0; i < size_; ++i) {
      const int n = length(batch, i);
      for (int l = 1; l <= n; ++l) of_length_[sz(l)] += n - l + 1;
      transitions_ += n;
      all_ += 0.5 * n * (n + 1);
    }
    if (weighting_ == Weighting::kGeometric) {
      // (1 - lambda) / (1 - lambda^T) lambda^(l-1): normalised over lengths, also at lambda = 1.
      double total = 0;
      for (int l = 1; l <= longest; ++l) total += std::pow(lambda_, l - 1);
      geometric_.assign(sz(longest) + 1, 0);
      for (int l = 1; l <= longest; ++l) {
        geometric_[sz(l)] = std::pow(lambda_, l - 1) / total / of_length_[sz(l)];
      }
    }
  }

  static int length(const Batch& batch, int i) {
    return batch.begin[sz(i) + 1] - batch.begin[sz(i)];
  }

  /// Prepares for a trajectory of n transitions.
  void set_trajectory(int n) {
    n_ = n;
    if (weighting_ != Weighting::kGeometricWithin) return;
    geometric_.assign(sz(n) + 1, 0);
    double total = 0, power = 1;
    for (int l = 1; l <= n; ++l, power *= lambda_) {
      geometric_[sz(l)] = power;
      total += power * (n - l + 1);
    }
    for (double& w : geometric_) w /= total * size_;
  }

  double of(int l) const {
    switch (weighting_) {
      case Weighting::kGeometricWithin:
      case Weighting::kGeometric: return geometric_[sz(l)];
      case Weighting::kEqualWithin: return 2.0 / (static_cast<double>(n_) * (n_ + 1)) / size_;
      case Weighting::kEqual: return 1 / all_;
      case Weighting::kTb: return l == n_ ? 1.0 / size_ : 0;
      case Weighting::kDb: return l == 1 ? 1 / transitions_ : 0;
      case Weighting::kModifiedDb: return l == 1 ? 1.0 / n_ / size_ : 0;
    }
    return 0;
  }

 private:
  Weighting weighting_;
  double lambda_;
  int size_, n_ = 0;
  double transitions_ = 0, all_ = 0;
  std::vector<double> of_length_, geometric_;
};

}  // namespace

/// Sub-trajectory balance (Madan et al. 2023, arXiv 2209.12782): over all i < j of a trajectory,
///   r_ij = log F(s_i) + sum log P_F - log F(s_j) - sum log P_B,
/// where the last node stands for the stop, with flow R(x). In prefix sums V_i = log F(s_i) - P_i,
/// r_ij = V_i - V_j, so all of them cost O(T^2). The flow of s0 stands for Z.
double sub_trajectory_balance(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                              Residuals& residuals) {
  Weights weights(batch, settings);
  residuals.per_transition.assign(batch.transitions.size(), 0);
  std::vector<double> v, dv;
  double loss = 0;
  for (int i = 0; i < batch.size(); ++i) {
    const int n = Weights::length(batch, i);
    const size_t first = sz(batch.begin[sz(i)]);
    weights.set_trajectory(n);
    v.assign(sz(n) + 1, 0);
    dv.assign(sz(n) + 1, 0);
    double prefix = 0;
    for (int t = 0; t < n; ++t) {
      const size_t k = first + sz(t);
      v[sz(t)] = e.log_flow[sz(batch.transitions[k].row)] - prefix;
      prefix += e.log_pf[k] - e.log_pb[k];
    }
    v[sz(n)] = batch.log_reward[sz(i)] - prefix;
    for (int a = 0; a < n; ++a) {
      for (int b = a + 1; b <= n; ++b) {
        const double w = weights.of(b - a);
        if (w == 0) continue;
        const ShapedLoss g = shaped(settings.shape, v[sz(a)] - v[sz(b)]);
        loss += w * g.value;
        dv[sz(a)] += w * g.slope;
        dv[sz(b)] -= w * g.slope;
      }
    }
    // V_t holds -P_t, and P_t holds the terms before t: a term's derivative is the sum of those
    // after it, with the sign turned.
    double after = -dv[sz(n)];
    for (int t = n - 1; t >= 0; --t) {
      const size_t k = first + sz(t);
      e.d_log_pf[k] += after;
      e.d_log_pb[k] -= after;
      e.d_log_flow[sz(batch.transitions[k].row)] += dv[sz(t)];
      after -= dv[sz(t)];
      residuals.per_transition[k] = v[sz(t)] - v[sz(t) + 1];
    }
  }
  e.estimated_log_z = e.log_flow[sz(batch.transitions[0].row)];
  return loss;
}

}  // namespace flowscope
