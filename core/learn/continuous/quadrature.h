// Truth without sampling noise: the density of a policy's objects, carried through its kernels on a
// grid over the map.
#pragma once

#include <atomic>

#include "core/learn/continuous/density_policy.h"
#include "core/learn/continuous/grid.h"
#include "core/run/snapshot.h"

namespace flowscope {

/// Whether a space has few enough dimensions for a grid. Its states must then be the coordinates of
/// the map, followed by the time where the process has one.
bool has_quadrature(const ContinuousEnvironment& environment);

/// R/Z on the grid that carry_density() uses, each cell the value at its centre; without quadrature, on
/// a coarser grid each cell the mean of values in it, or where those are no function of the map's point
/// the share of exact samples.
DensityGrid target_density(const ContinuousEnvironment& environment);

/// The density of objects under P_F. False, with `out` unfinished, when `cancel` turns true.
template <class Real>
bool carry_density(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                   const std::atomic<bool>& cancel, DensityGrid& out);

/// The same masses in cells of so many that each still holds samples, some thousand at most.
DensityGrid coarsened(const DensityGrid& grid);
/// Its cells.
Grid coarse_grid(const ContinuousEnvironment& environment);

/// Shares of the points that fall into each cell of the grid; points outside are left out.
DensityGrid histogram(const ContinuousEnvironment& environment, std::span<const float> x,
                      std::span<const float> y);

}  // namespace flowscope
