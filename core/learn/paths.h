// Trajectories beyond those of the behaviour policy: taken apart by P_B, rebuilt by P_F, or played over
// from what was kept.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/learn/exploration.h"
#include "core/learn/policy.h"
#include "core/learn/rng.h"
#include "core/learn/rows.h"

namespace flowscope {

/// A trajectory from s0; whole if it ends with the stop.
using Path = std::vector<Transition>;

/// For each object (a row), a whole path that P_B draws back to s0. Numbers are drawn at (step,
/// round, path, time) of `rng`.
template <class Real>
std::vector<Path> walk_back(const Environment& environment, const Policy<Real>& policy, const Rng& rng,
                            std::int64_t step, int round, std::span<const std::int32_t> objects,
                            Rows& rows, typename Policy<Real>::Sweep& sweep);

/// Finishes paths by P_F; `starts` are their rows of s0.
template <class Real>
void walk_forward(const Environment& environment, const Policy<Real>& policy, const Rng& rng,
                  std::int64_t step, int round, std::span<const std::int32_t> starts, Rows& rows, typename Policy<Real>::Sweep& sweep,
                  std::vector<Path>& paths);

/// The path of these forward actions from s0, the stop included.
Path replay(const Environment& environment, std::span<const std::int16_t> actions, Rows& rows);

/// Adds a whole path to the batch.
void append(const Environment& environment, const Path& path, RowBatch& batch);

/// Local search from every trajectory of the batch: in each round an object loses its last actions to
/// P_B and gains others from P_F; the new object is accepted or not. Appends, for each chain that
/// moved, the trajectory where it arrived. Returns how many rounds accepted.
template <class Real>
int search_locally(const Environment& environment, const Policy<Real>& policy, const LocalSearch& search,
                   const Rng& back, const Rng& forward, std::int64_t step, RowBatch& batch,
                   typename Policy<Real>::Sweep& sweep);

}  // namespace flowscope
