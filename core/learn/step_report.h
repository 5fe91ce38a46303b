#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/run/snapshot.h"

namespace flowscope {

/// What one step did. Where `trouble` is not empty nothing was changed.
struct StepReport {
  double loss = 0;
  double gradient_norm = 0;
  double mean_length = 0;       // actions per trajectory, the stop included
  std::int64_t visits = 0;      // states visited, s0 included, repetitions counted
  int distinct_states = 0;
  double learning_rate = 0, epsilon = 0;  // after the schedules
  std::optional<GradientStatistics> gradients;  // every statistics.every steps
  std::string trouble;          // "the loss became NaN"
};

}  // namespace flowscope
