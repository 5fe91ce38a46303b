#include <cmath>

#include "core/learn/objectives/objective.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

/// What a transition adds to the loss, with its derivatives by the residual and by log F(s).
struct Term {
  double value, by_residual, by_log_flow = 0;
};

/// The mean over transitions of term(r, log F(s)), where
///   r = log F(s) + log P_F(s' | s) - log F(s') - log P_B(s | s')
/// and stopping leads to a flow of R(x) with log P_B = 0.
template <class TermOf>
double mean_over_transitions(const Batch& batch, Evaluation& e, Residuals& residuals,
                             TermOf term_of) {
  const size_t count = batch.transitions.size();
  residuals.per_transition.assign(count, 0);
  // A target network, where there is one, stands in for the flow that a transition leads to, and no
  // gradient passes into it.
  const bool target = !e.log_flow_target.empty();
  const std::vector<double>& next_flow = target ? e.log_flow_target : e.log_flow;
  double loss = 0;
  size_t trajectory = 0;
  for (size_t k = 0; k < count; ++k) {
    const Transition& t = batch.transitions[k];
    const double log_flow = e.log_flow[sz(t.row)];
    while (k >= sz(batch.begin[trajectory + 1])) ++trajectory;
    const double after = t.next >= 0 ? next_flow[sz(t.next)] : batch.log_reward[trajectory];
    const double residual = log_flow + e.log_pf[k] - after - e.log_pb[k];
    const Term term = term_of(residual, log_flow);
    const double slope = term.by_residual / static_cast<double>(count);
    loss += term.value / static_cast<double>(count);
    e.d_log_flow[sz(t.row)] += slope + term.by_log_flow / static_cast<double>(count);
    e.d_log_pf[k] += slope;
    e.d_log_pb[k] -= slope;
    if (t.next >= 0 && !target) e.d_log_flow[sz(t.next)] -= slope;
    residuals.per_transition[k] = residual;
  }
  e.estimated_log_z = e.log_flow[sz(batch.transitions[0].row)];
  return loss;
}

}  // namespace

/// Detailed balance (Bengio et al. 2023, arXiv 2111.09266): the mean over transitions of g(r).
/// Forward-looking detailed balance (Pan et al. 2023, arXiv 2302.01687) is the same with
/// log F(s) = log F~(s) - E(s), as the trainer sets it; its terminal flow F~ = 1 is the clamp that
/// R(x) makes.
double detailed_balance(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                        Residuals& residuals) {
  return mean_over_transitions(batch, e, residuals, [&](double r, double) -> Term {
    const ShapedLoss g = shaped(settings.shape, r);
    return {g.value, g.slope};
  });
}

/// Detailed balance for worlds with cycles (Morozov et al. 2025, arXiv 2502.07735): the mean over
/// transitions of g(r) + lambda F(s). The flow of a state is Z times its expected visits, so lambda
/// prices every visit: among the flows that balance, short trajectories win. Where P_B is fixed or
/// the world has no cycles the flows are unique up to P_B, and lambda is a bias.
double non_acyclic_detailed_balance(const Batch& batch, const ObjectiveSettings& settings,
                                    Evaluation& e, Residuals& residuals) {
  return mean_over_transitions(batch, e, residuals, [&](double r, double log_flow) -> Term {
    const ShapedLoss g = shaped(settings.shape, r);
    const double price = settings.flow_price * std::exp(log_flow);
    return {g.value + price, g.slope, price};
  });
}

/// Stable detailed balance (Brunswic et al. 2024, arXiv 2312.15246, as written on the logarithmic
/// scale by Morozov et al. 2025): the mean over transitions of
///   log(1 + epsilon r^2) (1 + eta F(s)) + lambda F(s).
/// The logarithm keeps single bad transitions from ruling the batch; eta makes a mismatch dearer
/// where much flows, against flow that merely goes round a cycle.
double stable_detailed_balance(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                               Residuals& residuals) {
  return mean_over_transitions(batch, e, residuals, [&](double r, double log_flow) -> Term {
    const double flow = std::exp(log_flow), square = settings.epsilon * r * r;
    const double growth = 1 + settings.eta * flow, mismatch = std::log1p(square);
    return {mismatch * growth + settings.flow_price * flow,
            2 * settings.epsilon * r / (1 + square) * growth,
            (mismatch * settings.eta + settings.flow_price) * flow};
  });
}

/// Modified detailed balance (Deleu et al. 2022, arXiv 2202.13903), for worlds in which every state
/// may stop, so that F(s) = R(s) / P_F(stop | s): the mean over transitions between states of g(r),
///   r = log R(s) + log P_F(s' | s) + log P_F(stop | s') - log R(s') - log P_B(s | s') - log P_F(stop | s).
double modified_detailed_balance(const Batch& batch, const ObjectiveSettings& settings,
                                 Evaluation& e, Residuals& residuals) {
  const size_t count = batch.transitions.size() - sz(batch.size());  // all but the stops
  residuals.per_transition.assign(batch.transitions.size(), 0);
  double loss = 0;
  for (size_t k = 0; k < batch.transitions.size(); ++k) {
    const Transition& t = batch.transitions[k];
    if (t.next < 0) continue;
    const size_t s = sz(t.row), next = sz(t.next);
    const double residual = e.row_log_reward[s] - e.log_stop[s] + e.log_pf[k] -
                            e.row_log_reward[next] + e.log_stop[next] - e.log_pb[k];
    const ShapedLoss g = shaped(settings.shape, residual);
    const double slope = g.slope / static_cast<double>(count);
    loss += g.value / static_cast<double>(count);
    e.d_log_pf[k] += slope;
    e.d_log_pb[k] -= slope;
    e.d_log_stop[s] -= slope;
    e.d_log_stop[next] += slope;
    residuals.per_transition[k] = residual;
  }
  const size_t s0 = sz(batch.transitions[0].row);
  e.estimated_log_z = e.row_log_reward[s0] - e.log_stop[s0];
  return loss;
}

}  // namespace flowscope
