// Sampling trajectories from the behaviour policy: the learned policy, made to explore.
#pragma once

#include <cstdint>

#include "core/learn/exploration.h"
#include "core/learn/policy.h"
#include "core/learn/rng.h"
#include "core/learn/rows.h"

namespace flowscope {

/// Fills `batch` with n trajectories and `sweep` with P_F on its rows: only unfinished trajectories
/// are evaluated, each distinct state once, and the activations stay for the gradient. `parameters`
/// are the policy's, or those of a behaviour policy of the same shape. The numbers drawn depend on
/// (seed, step, trajectory, time) alone.
template <class Real>
void sample_forward(const Environment& environment, const Policy<Real>& policy,
                    std::span<const Real> parameters, int n, const Exploration& exploration,
                    const Rng& rng, std::int64_t step, RowBatch& batch,
                    typename Policy<Real>::Sweep& sweep);

/// Says what trajectory i of a step is for: a condition from the range of the shape, and one of the heads of
/// P_F, where it has several. States inserted from here on are under these.
void dedicate(const PolicyShape& shape, const Rng& rng, std::int64_t step, int i, Rows& rows);

/// The parameters plus Gaussian noise, whose deviation is `size` times the root mean square of the
/// parameters themselves: a behaviour policy that errs the same way for a whole batch (Plappert et
/// al. 2018, arXiv 1706.01905).
template <class Real>
void add_noise(std::span<const Real> parameters, double size, const Rng& rng, std::int64_t step,
               std::vector<Real>& out);

}  // namespace flowscope
