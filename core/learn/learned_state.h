// What both engines keep of what was learned, how they learn from a batch, and what makes them stop.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/learn/batch.h"
#include "core/learn/bytes.h"
#include "core/learn/optimizer.h"
#include "core/learn/step_report.h"

namespace flowscope {

/// Step, log Z, parameters and optimiser as raw little-endian bytes.
template <class Real>
void save_learned(std::int64_t step, double log_z, std::span<const Real> parameters,
                  const Optimizer<Real>& optimizer, std::vector<std::uint8_t>& bytes) {
  put(bytes, step);
  put(bytes, static_cast<std::int64_t>(parameters.size()));
  put(bytes, log_z);
  put(bytes, parameters.data(), parameters.size());
  optimizer.save(bytes);
}

/// Takes them off the front of the bytes again. Throws DamagedFile.
template <class Real>
void restore_learned(std::span<const std::uint8_t>& bytes, std::int64_t& step, double& log_z,
                     std::span<Real> parameters, Optimizer<Real>& optimizer) {
  step = take<std::int64_t>(bytes);
  if (take<std::int64_t>(bytes) != static_cast<std::int64_t>(parameters.size())) {
    throw DamagedFile("the checkpoint's networks have another size than its configuration says");
  }
  log_z = take<double>(bytes);
  take(bytes, parameters.data(), parameters.size());
  optimizer.restore(bytes);
}

/// Why training cannot go on from a loss, or "".
inline std::string trouble_of(double loss) {
  if (std::isfinite(loss)) return "";
  return std::string("the loss became ") + (std::isnan(loss) ? "NaN" : "infinite");
}

/// What a step says of its batch, repetitions of trajectories aside.
inline void describe_batch(const Batch& batch, int distinct_states, StepReport& report) {
  report.visits = batch.begin[static_cast<std::size_t>(batch.distinct())];
  report.distinct_states = distinct_states;
  report.mean_length = static_cast<double>(report.visits) / batch.distinct();
}

/// Steps of the optimiser on a batch that was evaluated, which is looked at again by the policy as it has
/// become before each further one.
template <class Engine>
void learn_from_batch(Engine& engine, int epochs, StepReport& report) {
  for (int epoch = 1;; ++epoch) {
    if (std::isfinite(report.loss)) report.gradient_norm = engine.learn(report.loss);
    if (!std::isfinite(report.gradient_norm) || !std::isfinite(report.loss)) {
      report.trouble = "the gradient became NaN or infinite";
      return;
    }
    if (epoch == epochs) return;
    engine.look_again();
    report.loss = engine.evaluate();
  }
}

}  // namespace flowscope
