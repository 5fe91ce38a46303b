// What objectives over whole trajectories share.
#pragma once

#include <vector>

#include "core/learn/batch.h"

namespace flowscope {

/// c_i = sum log P_F - sum log P_B - log R(x) of each trajectory. [n]
inline std::vector<double> log_ratios(const Batch& batch, const Evaluation& e) {
  std::vector<double> ratios(static_cast<size_t>(batch.size()));
  for (size_t i = 0; i < ratios.size(); ++i) {
    double c = -batch.log_reward[i];
    for (auto k = batch.begin[i]; k < batch.begin[i + 1]; ++k) {
      c += e.log_pf[static_cast<size_t>(k)] - e.log_pb[static_cast<size_t>(k)];
    }
    ratios[i] = c;
  }
  return ratios;
}

/// The log Z at which the batch's trajectory balance is best: the mean of log R + log P_B - log P_F
/// over its finished trajectories (Malkin et al. 2023, arXiv 2210.00580, the batch-optimal baseline);
/// e.log_z where none finished.
inline double batch_log_z(const Batch& batch, const Evaluation& e) {
  const std::vector<double> ratios = log_ratios(batch, e);
  double sum = 0;
  int whole = 0;
  for (int i = 0; i < batch.size(); ++i) {
    if (!batch.ended(i)) continue;
    sum -= ratios[static_cast<size_t>(i)];
    ++whole;
  }
  return whole > 0 ? sum / whole : e.log_z;
}

/// Adds the derivative by sum log P_F and by sum log P_B of trajectory i to each of its terms.
inline void push(const Batch& batch, int i, double by_forward, double by_backward, Evaluation& e) {
  for (auto k = batch.begin[static_cast<size_t>(i)]; k < batch.begin[static_cast<size_t>(i) + 1]; ++k) {
    e.d_log_pf[static_cast<size_t>(k)] += by_forward;
    e.d_log_pb[static_cast<size_t>(k)] += by_backward;
  }
}

}  // namespace flowscope
