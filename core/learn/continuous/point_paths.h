// Trajectories through a continuous space taken apart and rebuilt, and local search made of that.
#pragma once

#include <vector>

#include "core/learn/continuous/density_policy.h"
#include "core/learn/exploration.h"
#include "core/learn/rng.h"

namespace flowscope {

/// Rows of a batch, from s0 to the object or as far as the path has got.
using PointPath = std::vector<std::int32_t>;

/// Takes a step from `row` with coordinates drawn from the density with these raw numbers; the new row.
template <class Real>
int take_step(const ContinuousEnvironment& environment, const DensitySpec& density, const Real* raw,
              const Perturbation& perturbation, Draws& draws, int row, PointBatch& batch);

/// For each object, a path that P_B draws back to s0. Numbers are drawn at (step, path, round, time).
template <class Real>
std::vector<PointPath> walk_back(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                                 const Rng& rng, std::int64_t step, int round,
                                 const std::vector<std::int32_t>& objects, PointBatch& batch,
                                 typename DensityPolicy<Real>::Sweep& sweep);

/// Finishes paths by P_F.
template <class Real>
void walk_on(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy, const Rng& rng,
             std::int64_t step, int round, PointBatch& batch, typename DensityPolicy<Real>::Sweep& sweep,
             std::vector<PointPath>& paths);

/// Adds a whole path to the batch that holds its rows.
void append(const ContinuousEnvironment& environment, const PointPath& path, PointBatch& batch);

/// As in discrete worlds (paths.h): in each round an object of the batch loses its last steps to P_B and
/// gains others from P_F; the new object is accepted or not. Appends, for each trajectory whose object
/// moved, the one where it arrived. Returns how many rounds accepted.
template <class Real>
int search_locally(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                   const LocalSearch& search, const Rng& back, const Rng& forward, std::int64_t step,
                   PointBatch& batch, typename DensityPolicy<Real>::Sweep& sweep);

}  // namespace flowscope
