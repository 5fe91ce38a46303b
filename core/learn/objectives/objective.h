// An objective is a function of one evaluated batch: it returns the loss, writes the derivative of
// the loss by every number it used, and leaves the residual of every term for the panels.
#pragma once

#include <string_view>
#include <vector>

#include "core/learn/batch.h"
#include "core/learn/objectives/loss_shape.h"
#include "core/run/config.h"

namespace flowscope {

struct Residuals {
  std::vector<double> per_trajectory;  // [n] for objectives over whole trajectories
  std::vector<double> per_transition;  // [K] for objectives over transitions
};

/// How sub-trajectories are weighted; names and sums as in torchgfn.
enum class Weighting { kGeometricWithin, kGeometric, kEqualWithin, kEqual, kTb, kDb, kModifiedDb };

/// What is subtracted from the log-ratio in a score-function gradient.
enum class Baseline { kGlobal, kLocal, kNone, kWeighted };

/// The parameters of all objectives; each reads its own.
struct ObjectiveSettings {
  LossShape shape = LossShape::kSquared;
  Weighting weighting = Weighting::kGeometricWithin;
  double lambda = 0.9;
  Baseline baseline = Baseline::kGlobal;
  double flow_price = 1e-4;  // lambda of the flow regularisation
  double epsilon = 1, eta = 1e-3;
  int rollout = 4;           // transitions in a stretch
  bool path_reward = true;   // steps pay log P_B
  double entropy = 1, clip = 0.2;  // of proximal policy optimisation
  int epochs = 1;            // steps of the optimiser on one batch
};
ObjectiveSettings objective_settings(const Config& config);

/// Reads the numbers of `evaluation`; writes its d_ members (which arrive as zeros of the right
/// size), its estimated_log_z where log Z is no parameter of the objective, and `residuals`.
using Objective = double (*)(const Batch& batch, const ObjectiveSettings& settings,
                             Evaluation& evaluation, Residuals& residuals);

/// The function of that name, as in objective.name; the name must be in objectives().
Objective find_objective_function(std::string_view name);

double trajectory_balance(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double log_partition_variance(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double relative_trajectory_balance(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double detailed_balance(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double non_acyclic_detailed_balance(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double stable_detailed_balance(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double flow_matching(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double modified_detailed_balance(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double sub_trajectory_balance(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double path_consistency(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double soft_q_learning(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double proximal_policy(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double reverse_kl(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double forward_kl(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double wake_sleep(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double reverse_wake_sleep(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);
double symmetric_kl(const Batch&, const ObjectiveSettings&, Evaluation&, Residuals&);

}  // namespace flowscope
