#include <algorithm>

#include "core/learn/objectives/objective.h"
#include "core/learn/objectives/paths.h"

namespace flowscope {

/// Trajectory balance (Malkin et al. 2022, arXiv 2201.13259): the mean over trajectories of g(r),
///   r = log Z + sum_t log P_F(s_t+1 | s_t) - log R(x) - sum_t log P_B(s_t | s_t+1).
/// Trajectories may have conditions of their own, and then a log Z each.
double trajectory_balance(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                          Residuals& residuals) {
  residuals.per_trajectory = log_ratios(batch, e);
  double loss = 0;
  for (int i = 0; i < batch.size(); ++i) {
    double& residual = residuals.per_trajectory[static_cast<size_t>(i)];
    const bool conditional = !e.log_z_beyond.empty();
    residual += e.log_z + (conditional ? e.log_z_beyond[static_cast<size_t>(i)] : 0);
    const ShapedLoss g = shaped(settings.shape, residual);
    loss += g.value / batch.size();
    push(batch, i, g.slope / batch.size(), -g.slope / batch.size(), e);
    e.d_log_z += g.slope / batch.size();
    if (conditional) e.d_log_z_beyond[static_cast<size_t>(i)] = g.slope / batch.size();
  }
  return loss;
}

/// Relative trajectory balance (Venkatraman et al. 2024, arXiv 2405.20971) draws from the posterior
/// of a prior policy under the reward as a likelihood: P_T(x) = prior_T(x) R(x) / Z. The mean over
/// trajectories of g(r),
///   r = log Z + sum_t log P_F(s_t+1 | s_t) - log R(x) - sum_t log prior(s_t+1 | s_t),
/// stops included. The prior stands where trajectory balance has P_B, and is not trained.
double relative_trajectory_balance(const Batch& batch, const ObjectiveSettings& settings,
                                   Evaluation& e, Residuals& residuals) {
  const double loss = trajectory_balance(batch, settings, e, residuals);
  std::ranges::fill(e.d_log_pb, 0.0);
  return loss;
}

/// Log-partition variance, or VarGrad (Zhang et al. 2023, arXiv 2302.05446): trajectory balance with
/// the batch's own log Z = -mean(c), c = log P_F - log R - log P_B of a trajectory; the squared loss
/// is the variance of c over the batch.
double log_partition_variance(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                              Residuals& residuals) {
  const int n = batch.size();
  residuals.per_trajectory = log_ratios(batch, e);
  double mean = 0, slope_sum = 0, loss = 0;
  for (const double c : residuals.per_trajectory) mean += c / n;
  for (double& c : residuals.per_trajectory) {
    c -= mean;
    slope_sum += shaped(settings.shape, c).slope;
  }
  for (int i = 0; i < n; ++i) {  // every residual holds every c, through the mean
    const ShapedLoss g = shaped(settings.shape, residuals.per_trajectory[static_cast<size_t>(i)]);
    loss += g.value / n;
    const double slope = (g.slope - slope_sum / n) / n;
    push(batch, i, slope, -slope, e);
  }
  e.estimated_log_z = -mean;
  return loss;
}

}  // namespace flowscope
