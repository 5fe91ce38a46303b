#include "core/learn/objectives/objective.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

}  // namespace

/// Detailed balance (Bengio et al. 2023, arXiv 2111.09266): the mean over transitions of g(r),
///   r = log F(s) + log P_F(s' | s) - log F(s') - log P_B(s | s'),
/// where stopping leads to a flow of R(x) with log P_B = 0. Forward-looking detailed balance (Pan et
/// al. 2023, arXiv 2302.01687) is the same with log F(s) = log F~(s) - E(s), as the trainer sets it;
/// its terminal flow F~ = 1 is the clamp that R(x) makes.
double detailed_balance(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                        Residuals& residuals) {
  const size_t count = batch.transitions.size();
  residuals.per_transition.assign(count, 0);
  double loss = 0;
  size_t trajectory = 0;
  for (size_t k = 0; k < count; ++k) {
    const Transition& t = batch.transitions[k];
    const double after = t.next >= 0 ? e.log_flow[sz(t.next)] : batch.log_reward[trajectory++];
    const double residual = e.log_flow[sz(t.row)] + e.log_pf[k] - after - e.log_pb[k];
    const ShapedLoss g = shaped(settings.shape, residual);
    const double slope = g.slope / static_cast<double>(count);
    loss += g.value / static_cast<double>(count);
    e.d_log_flow[sz(t.row)] += slope;
    e.d_log_pf[k] += slope;
    e.d_log_pb[k] -= slope;
    if (t.next >= 0) e.d_log_flow[sz(t.next)] -= slope;
    residuals.per_transition[k] = residual;
  }
  e.estimated_log_z = e.log_flow[sz(batch.transitions[0].row)];
  return loss;
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
