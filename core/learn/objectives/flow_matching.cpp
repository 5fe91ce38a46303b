#include <algorithm>
#include <cmath>

#include "core/learn/objectives/objective.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

}  // namespace

/// Flow matching (Bengio et al. 2021, arXiv 2106.04399). Edge flows are F(s -> s') = F(s) P_F(s' | s),
/// so that what leaves a state sums to F(s) by itself. The mean over visited states but s0 of g(r),
///   r = log sum_parents F(s) P_F(s' | s) - log F(s'),
/// plus the mean over trajectories of g(r) at the stop, r = log F(x) + log P_F(stop | x) - log R(x).
double flow_matching(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                     Residuals& residuals) {
  const size_t count = batch.transitions.size();
  residuals.per_transition.assign(count, 0);
  std::vector<double> visits(e.log_flow.size(), 0), residual(e.log_flow.size(), 0);
  double loss = 0, inner = 0;
  size_t trajectory = 0;
  for (size_t k = 0; k < count; ++k) {
    const Transition& t = batch.transitions[k];
    if (t.next >= 0) {
      visits[sz(t.next)] += 1;
      inner += 1;
      continue;
    }
    const double r = e.log_flow[sz(t.row)] + e.log_pf[k] - batch.log_reward[trajectory++];
    const ShapedLoss g = shaped(settings.shape, r);
    loss += g.value / batch.size();
    e.d_log_flow[sz(t.row)] += g.slope / batch.size();
    e.d_log_pf[k] += g.slope / batch.size();
    residuals.per_transition[k] = r;
  }
  for (size_t begin = 0; begin < batch.inflows.size();) {  // edges are grouped by the row they enter
    const size_t row = sz(batch.inflows[begin].row);
    size_t end = begin;
    double top = -INFINITY, sum = 0;
    const auto flow = [&](size_t i) {
      return e.log_flow[sz(batch.inflows[i].parent)] + e.log_inflow_pf[i];
    };
    for (; end < batch.inflows.size() && sz(batch.inflows[end].row) == row; ++end) {
      top = std::max(top, flow(end));
    }
    for (size_t i = begin; i < end; ++i) sum += std::exp(flow(i) - top);
    residual[row] = top + std::log(sum) - e.log_flow[row];
    const ShapedLoss g = shaped(settings.shape, residual[row]);
    const double weight = visits[row] / inner, slope = weight * g.slope;
    loss += weight * g.value;
    e.d_log_flow[row] -= slope;
    for (size_t i = begin; i < end; ++i) {
      const double share = std::exp(flow(i) - top) / sum;
      e.d_log_flow[sz(batch.inflows[i].parent)] += slope * share;
      e.d_log_inflow_pf[i] += slope * share;
    }
    begin = end;
  }
  for (size_t k = 0; k < count; ++k) {
    if (batch.transitions[k].next >= 0) {
      residuals.per_transition[k] = residual[sz(batch.transitions[k].next)];
    }
  }
  e.estimated_log_z = e.log_flow[sz(batch.transitions[0].row)];
  return loss;
}

}  // namespace flowscope
