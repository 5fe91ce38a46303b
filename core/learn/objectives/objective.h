// An objective is a function of one evaluated batch: it returns the loss, writes the derivative of
// the loss by every number it used, and leaves the residual of every term for the panels.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/learn/batch.h"

namespace flowscope {

struct Residuals {
  std::vector<double> per_trajectory;  // [n] for objectives over whole trajectories
  std::vector<double> per_transition;  // [K] for objectives over transitions
};

/// Reads log_pf, log_pb, log_flow and log_z of `evaluation`; writes its d_ members (which arrive as
/// zeros of the right size) and `residuals`.
using Objective = double (*)(const Batch& batch, Evaluation& evaluation, Residuals& residuals);

/// The function of that name, as in objective.name; the name must be in objectives().
Objective find_objective_function(std::string_view name);

double trajectory_balance(const Batch& batch, Evaluation& evaluation, Residuals& residuals);

}  // namespace flowscope
