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

/// The sum over all i < j of each trajectory of weight(trajectory, n, i, j) g(r_ij), for n transitions:
///   r_ij = log F(s_i) + sum log P_F - log F(s_j) - share * sum log P_B,
/// where the last node stands for the stop, with flow R(x). In prefix sums V_i = log F(s_i) - P_i,
/// r_ij = V_i - V_j, so all of them cost O(T^2). `share` is 1, or 0 to leave P_B out.
template <class WeightOf>
double sum_over_pieces(const Batch& batch, const LossShape& shape, double share, Evaluation& e,
                       Residuals& residuals, WeightOf weight_of) {
  residuals.per_transition.assign(batch.transitions.size(), 0);
  // A target network, where there is one, gives the flow at which a piece ends, and no gradient
  // passes into it.
  const bool target = !e.log_flow_target.empty();
  const std::vector<double>& end_flow = target ? e.log_flow_target : e.log_flow;
  std::vector<double> v, end, dv, d_flow;
  double loss = 0;
  for (int i = 0; i < batch.size(); ++i) {
    const int n = Weights::length(batch, i);
    const size_t first = sz(batch.begin[sz(i)]);
    v.assign(sz(n) + 1, 0);
    end.assign(sz(n) + 1, 0);
    dv.assign(sz(n) + 1, 0);
    d_flow.assign(sz(n) + 1, 0);
    double prefix = 0;
    for (int t = 0; t < n; ++t) {
      const size_t k = first + sz(t), row = sz(batch.transitions[k].row);
      v[sz(t)] = e.log_flow[row] - prefix;
      end[sz(t)] = end_flow[row] - prefix;
      prefix += e.log_pf[k] - share * e.log_pb[k];
    }
    const std::int32_t beyond = batch.transitions[first + sz(n) - 1].next;  // of an unfinished one
    end[sz(n)] = (beyond >= 0 ? end_flow[sz(beyond)] : batch.log_reward[sz(i)]) - prefix;
    for (int a = 0; a < n; ++a) {
      for (int b = a + 1; b <= n; ++b) {
        const double w = weight_of(n, a, b);
        if (w == 0) continue;
        const ShapedLoss g = shaped(shape, v[sz(a)] - end[sz(b)]);
        loss += w * g.value;
        dv[sz(a)] += w * g.slope;
        dv[sz(b)] -= w * g.slope;
        d_flow[sz(a)] += w * g.slope;
        if (!target) d_flow[sz(b)] -= w * g.slope;
      }
    }
    if (beyond >= 0) e.d_log_flow[sz(beyond)] += d_flow[sz(n)];
    // V_t holds -P_t, and P_t holds the terms before t: a term's derivative is the sum of those
    // after it, with the sign turned.
    double after = -dv[sz(n)];
    for (int t = n - 1; t >= 0; --t) {
      const size_t k = first + sz(t);
      e.d_log_pf[k] += after;
      e.d_log_pb[k] -= share * after;
      e.d_log_flow[sz(batch.transitions[k].row)] += d_flow[sz(t)];
      after -= dv[sz(t)];
      residuals.per_transition[k] = v[sz(t)] - end[sz(t) + 1];
    }
  }
  e.estimated_log_z = e.log_flow[sz(batch.transitions[0].row)];
  return loss;
}

}  // namespace

/// Sub-trajectory balance (Madan et al. 2023, arXiv 2209.12782): every piece of a trajectory
/// balances, weighted by its length. The flow of s0 stands for Z.
double sub_trajectory_balance(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                              Residuals& residuals) {
  Weights weights(batch, settings);
  return sum_over_pieces(batch, settings.shape, 1, e, residuals, [&](int n, int a, int b) {
    if (a == 0 && b == 1) weights.set_trajectory(n);
    return weights.of(b - a);
  });
}

/// Path consistency learning (Nachum et al. 2017, arXiv 1702.08892), the entropy-regularised
/// reinforcement learning that a GFlowNet is (Tiapkin et al. 2024, arXiv 2310.12934). With a reward
/// of r_t = log P_B(s_t | s_t+1) for a step, log R(x) for the stop, a soft value V and a policy pi,
/// every stretch of d steps has
///   C = -V(s_i) + V(s_i+d) + sum_t (r_t - log pi(a_t | s_t)),   V = 0 after the stop,
/// which for V = log F and pi = P_F is C = -r_ij of sub-trajectory balance: d = 1 is detailed
/// balance, d beyond the longest trajectory balances every end piece. The mean of g over all
/// stretches of d steps and the shorter ones at the end of each trajectory.
///
/// With path_reward none, steps pay nothing: the optimum is then n(x) R(x), n the number of paths to
/// x, which is why a GFlowNet is not just a soft reinforcement learner.
double path_consistency(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                        Residuals& residuals) {
  const double each = 1 / static_cast<double>(batch.transitions.size());  // one starts at each
  const int rollout = settings.rollout;
  return sum_over_pieces(batch, settings.shape, settings.path_reward ? 1 : 0, e, residuals,
                         [&](int n, int a, int b) { return b == std::min(a + rollout, n) ? each : 0; });
}

}  // namespace flowscope
