// Sampling trajectories from the behaviour policy: the learned policy, made to explore.
#pragma once

#include <cstdint>

#include "core/learn/rows.h"
#include "core/learn/policy.h"
#include "core/learn/rng.h"

namespace flowscope {

/// How the behaviour policy differs from P_F.
struct Exploration {
  double epsilon = 0;  // probability of a uniformly random legal action
};

/// Fills `batch` with n trajectories and `sweep` with P_F on its rows: only unfinished trajectories
/// are evaluated, each distinct state once, and the activations stay for the gradient. The numbers
/// drawn depend on (seed, step, trajectory, time) alone.
template <class Real>
void sample_forward(const Environment& environment, const Policy<Real>& policy, int n,
                    const Exploration& exploration, const Rng& rng, std::int64_t step,
                    RowBatch& batch, typename Policy<Real>::Sweep& sweep);

}  // namespace flowscope
