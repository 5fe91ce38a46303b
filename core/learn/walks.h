// Fresh trajectories for measurements: only their sums are kept, so a million of them cost no memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "core/learn/policy.h"
#include "core/learn/rng.h"

namespace flowscope {

/// A trajectory from s0 to an object.
struct Walk {
  std::vector<std::int32_t> object;  // [state_length]
  double log_pf = 0, log_pb = 0;
  int length = 0;  // actions, the stop included
};

/// `n` trajectories of P_F. Numbers are drawn at (first + i, time) of `rng`; unfinished when `cancel`
/// turns true.
template <class Real>
std::vector<Walk> fresh_walks(const Environment& environment, const Policy<Real>& policy,
                               const Rng& rng, std::uint64_t first, int n,
                               const std::atomic<bool>& cancel);

/// For each object, a trajectory that P_B draws back to s0.
template <class Real>
std::vector<Walk> walks_to(const Environment& environment, const Policy<Real>& policy,
                                const Rng& rng, std::uint64_t first,
                                const std::vector<std::vector<std::int32_t>>& objects,
                                const std::atomic<bool>& cancel);

}  // namespace flowscope
