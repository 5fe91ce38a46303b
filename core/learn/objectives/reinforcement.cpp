// Baselines from entropy-regularised reinforcement learning. An action pays log P_B, or nothing if so
// asked, and the stop pays log R(x); the policy also wants entropy. With log P_B paid and entropy
// weighed by 1 the optimum is the GFlowNet's own, P_T = R/Z (Tiapkin et al. 2024, arXiv 2310.12934; Deleu et al. 2024, arXiv
// 2402.10309); without it an object counts once for each way to it.
#include <algorithm>
#include <cmath>

#include "core/learn/objectives/objective.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

double pay(const ObjectiveSettings& settings, const Evaluation& e, size_t k) {
  return settings.path_reward ? e.log_pb[k] : 0;
}

/// For each transition, what is paid from there to the end, entropy at the time of sampling included.
std::vector<double> soft_returns(const Batch& batch, const ObjectiveSettings& settings,
                                 const Evaluation& e) {
  std::vector<double> returns(batch.transitions.size());
  for (int i = 0; i < batch.size(); ++i) {
    const size_t begin = sz(batch.begin[sz(i)]), end = sz(batch.begin[sz(i) + 1]);
    double sum = batch.log_reward[sz(i)];
    for (size_t k = end; k-- > begin;) {
      sum += pay(settings, e, k) - settings.entropy * e.sampled_log_pf[k];
      returns[k] = sum;
    }
  }
  return returns;
}

}  // namespace

/// Soft Q-learning (Haarnoja et al. 2017, arXiv 1702.08165), with Q(s, a) = V(s) + log pi(a | s) and
/// V = log F: the mean over transitions of (Q(s, a) - y)^2, y = pay + V(s') or log R(x), where y
/// counts as a constant, by the target network if there is one. That is detailed balance whose gradient
/// looks at the earlier side alone.
double soft_q_learning(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                       Residuals& residuals) {
  const size_t count = batch.transitions.size();
  residuals.per_transition.assign(count, 0);
  const std::vector<double>& next_flow = e.log_flow_target.empty() ? e.log_flow : e.log_flow_target;
  double loss = 0;
  size_t trajectory = 0;
  for (size_t k = 0; k < count; ++k) {
    const Transition& t = batch.transitions[k];
    while (k >= sz(batch.begin[trajectory + 1])) ++trajectory;
    const double after = t.next >= 0 ? pay(settings, e, k) + next_flow[sz(t.next)]
                                     : batch.log_reward[trajectory];
    const double residual = e.log_flow[sz(t.row)] + e.log_pf[k] - after;
    const double slope = 2 * residual / static_cast<double>(count);
    loss += residual * residual / static_cast<double>(count);
    e.d_log_flow[sz(t.row)] += slope;
    e.d_log_pf[k] += slope;
    residuals.per_transition[k] = residual;
  }
  e.estimated_log_z = e.log_flow[sz(batch.transitions[0].row)];
  return loss;
}

/// Proximal policy optimisation (Schulman et al. 2017, arXiv 1707.06347) with V = log F as critic. Over
/// transitions, with G what was paid from there on, A = G - V when it was sampled, and the ratio
/// rho = pi / pi when it was sampled:
///   - mean min(rho A, clip(rho, 1 - c, 1 + c) A) + mean (V - G)^2 / 2.
double proximal_policy(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                       Residuals& residuals) {
  const size_t count = batch.transitions.size();
  const auto n = static_cast<double>(count);
  const std::vector<double> returns = soft_returns(batch, settings, e);
  residuals.per_transition.assign(count, 0);
  double loss = 0;
  for (size_t k = 0; k < count; ++k) {
    const size_t row = sz(batch.transitions[k].row);
    const double advantage = returns[k] - e.sampled_log_flow[row];
    const double ratio = std::exp(e.log_pf[k] - e.sampled_log_pf[k]);
    const double clipped = std::clamp(ratio, 1 - settings.clip, 1 + settings.clip);
    const double error = e.log_flow[row] - returns[k];
    loss += (error * error / 2 - std::min(ratio * advantage, clipped * advantage)) / n;
    if (ratio * advantage <= clipped * advantage) e.d_log_pf[k] -= ratio * advantage / n;
    e.d_log_flow[row] += error / n;
    residuals.per_transition[k] = error;
  }
  e.estimated_log_z = e.log_flow[sz(batch.transitions[0].row)];
  return loss;
}

}  // namespace flowscope
