// Sampling trajectories through a continuous space.
#pragma once

#include "core/learn/continuous/density_policy.h"
#include "core/learn/rng.h"

namespace flowscope {

/// Fills `batch` with n trajectories of the behaviour policy and `sweep` with P_F on its rows. The
/// numbers drawn depend on (seed, step, trajectory, time) alone.
template <class Real>
void sample_forward(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                    int n, const Perturbation& perturbation, const Rng& rng, std::int64_t step,
                    PointBatch& batch, typename DensityPolicy<Real>::Sweep& sweep);

/// Trajectories of P_B back from exact objects, one drawn for each of n by the environment. False where
/// it cannot draw any.
template <class Real>
bool sample_backward(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                     int n, const Rng& rng, std::int64_t step, PointBatch& batch,
                     typename DensityPolicy<Real>::Sweep& sweep);

}  // namespace flowscope
