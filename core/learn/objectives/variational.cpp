// The variational objectives (Malkin et al. 2023, "GFlowNets and variational inference", arXiv
// 2210.00580). With c = log P_F - log R - log P_B of a trajectory drawn from P_F, b a baseline and
// w = n softmax(-c) the self-normalised importance weights towards P_B (mean 1), the gradients are
// those of the surrogates
//
//                        forward policy              backward policy
//   reverse KL           (c - b) log P_F             - log P_B
//   forward KL           - w log P_F                 - w (c - b) log P_B
//   wake-sleep           - w log P_F                 - log P_B
//   reverse wake-sleep   (c - b) log P_F             - w (c - b) log P_B
//   symmetric KL         (c - b - w) log P_F         - (1 + w (c - b)) log P_B
//
// where c, b and w count as constants. log Z is trained towards -c by squares, and serves as the
// global baseline. Of the published baselines all lie above nearly every c that has weight, so that
// P_B is pushed off the very paths it should learn from, and may run away with P_F onto a part of
// the target. The weighted one, our addition, is for P_B the mean of c under w.
#include <algorithm>
#include <cmath>

#include "core/learn/objectives/objective.h"
#include "core/learn/objectives/paths.h"

namespace flowscope {
namespace {

struct Terms {
  std::vector<double> centred;  // [n] c - b
  std::vector<double> weight;   // [n] w
  double shift = 0;             // what P_B's b lies above P_F's
  double loss = 0;              // the mean of c + log Z: an estimate of KL(P_F || P_B)
};

Terms terms_of(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
               Residuals& residuals) {
  const std::vector<double> c = log_ratios(batch, e);
  const auto n = static_cast<double>(c.size());
  double mean = 0, total = 0;
  for (const double x : c) mean += x / n;
  const double lowest = *std::ranges::min_element(c);
  for (const double x : c) total += std::exp(lowest - x);
  const double baseline = settings.baseline == Baseline::kLocal  ? mean
                          : settings.baseline == Baseline::kNone ? 0
                                                                 : -e.log_z;
  Terms terms;
  residuals.per_trajectory.clear();
  for (const double x : c) {
    terms.centred.push_back(x - baseline);
    terms.weight.push_back(n * std::exp(lowest - x) / total);
    residuals.per_trajectory.push_back(x + e.log_z);
  }
  for (size_t i = 0; settings.baseline == Baseline::kWeighted && i < c.size(); ++i) {
    terms.shift += terms.weight[i] * terms.centred[i] / n;
  }
  terms.loss = mean + e.log_z;
  e.d_log_z = 2 * terms.loss;
  return terms;
}

/// Which divergence a policy descends.
enum class Direction { kReverse, kForward, kBoth };

double kl_objective(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                    Residuals& residuals, Direction forward_policy, Direction backward_policy) {
  const Terms terms = terms_of(batch, settings, e, residuals);
  const auto has = [](Direction direction, Direction part) {
    return direction == part || direction == Direction::kBoth ? 1.0 : 0.0;
  };
  const int n = batch.size();
  for (int i = 0; i < n; ++i) {
    const double c = terms.centred[static_cast<size_t>(i)];
    const double w = terms.weight[static_cast<size_t>(i)];
    const double by_forward =
        has(forward_policy, Direction::kReverse) * c - has(forward_policy, Direction::kForward) * w;
    const double by_backward = -has(backward_policy, Direction::kReverse) -
                               has(backward_policy, Direction::kForward) * w * (c - terms.shift);
    push(batch, i, by_forward / n, by_backward / n, e);
  }
  return terms.loss;
}

}  // namespace

double reverse_kl(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                  Residuals& residuals) {
  return kl_objective(batch, settings, e, residuals, Direction::kReverse, Direction::kReverse);
}

double forward_kl(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                  Residuals& residuals) {
  return kl_objective(batch, settings, e, residuals, Direction::kForward, Direction::kForward);
}

double wake_sleep(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                  Residuals& residuals) {
  return kl_objective(batch, settings, e, residuals, Direction::kForward, Direction::kReverse);
}

double reverse_wake_sleep(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                          Residuals& residuals) {
  return kl_objective(batch, settings, e, residuals, Direction::kReverse, Direction::kForward);
}

double symmetric_kl(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                    Residuals& residuals) {
  return kl_objective(batch, settings, e, residuals, Direction::kBoth, Direction::kBoth);
}

}  // namespace flowscope
