// What is known about a continuous policy: its density by quadrature, and estimates from samples.
#pragma once

#include <atomic>
#include <memory>

#include "core/learn/continuous/density_policy.h"
#include "core/run/snapshot.h"

namespace flowscope {

/// Everything that a DensityView holds but its cost; null when cancelled. The samples depend on
/// (seed, step) alone.
template <class Real>
std::shared_ptr<DensityView> make_density_view(const DensityPolicy<Real>& policy,
                                               const RunInfo& run, double log_z, std::int64_t step,
                                               const std::atomic<bool>& cancel);

constexpr std::size_t kRecentPaths = 16;  // trajectories to show of many

/// Trajectory i of a batch that was evaluated.
PathView path_view(const ContinuousEnvironment& space, const PointBatch& batch, const Evaluation& e,
                   std::size_t i, double log_z);

/// Adds an object's coordinates and its place on the map.
void show_object(const ContinuousEnvironment& space, Point object, DensityView& view);

/// Fills in the distances of the samples' shares of cells from the target's.
void compare_samples(const RunInfo& run, DensityView& view);

/// The published metric of densities on the unit square (kde.h), from fresh samples of the policy and
/// of the target; for spaces of two dimensions whose target can be sampled.
template <class Real>
std::optional<double> kde_metric(const DensityPolicy<Real>& policy, const ContinuousEnvironment& space,
                                 std::uint64_t seed, std::int64_t step);

}  // namespace flowscope
