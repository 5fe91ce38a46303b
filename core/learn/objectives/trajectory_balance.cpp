#include "core/learn/objectives/objective.h"

namespace flowscope {

/// Trajectory balance (Malkin et al. 2022, arXiv 2201.13259): the mean over trajectories of
///   (log Z + sum_t log P_F(s_t+1 | s_t) - log R(x) - sum_t log P_B(s_t | s_t+1))^2.
double trajectory_balance(const Batch& batch, Evaluation& e, Residuals& residuals) {
  const int n = batch.size();
  residuals.per_trajectory.resize(static_cast<size_t>(n));
  double loss = 0;
  for (int i = 0; i < n; ++i) {
    const auto first = static_cast<size_t>(batch.begin[static_cast<size_t>(i)]);
    const auto end = static_cast<size_t>(batch.begin[static_cast<size_t>(i) + 1]);
    double residual = e.log_z - batch.log_reward[static_cast<size_t>(i)];
    for (size_t k = first; k < end; ++k) residual += e.log_pf[k] - e.log_pb[k];
    const double slope = 2 * residual / n;
    for (size_t k = first; k < end; ++k) {
      e.d_log_pf[k] += slope;
      e.d_log_pb[k] -= slope;
    }
    e.d_log_z += slope;
    loss += residual * residual / n;
    residuals.per_trajectory[static_cast<size_t>(i)] = residual;
  }
  return loss;
}

}  // namespace flowscope
