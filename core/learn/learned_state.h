// What both engines keep of what was learned, and what makes them stop.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/learn/bytes.h"
#include "core/learn/optimizer.h"

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

}  // namespace flowscope
