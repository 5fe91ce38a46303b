// The flow through a Minigrid world, summed over everything but where the agent is and where it
// looks.
#pragma once

#include <memory>
#include <vector>

#include "core/run/snapshot.h"
#include "envs/minigrid/minigrid_env.h"

namespace flowscope {

/// The run's environment, if it is Minigrid.
inline const MinigridEnv* minigrid_of(const RunInfo& run) {
  return dynamic_cast<const MinigridEnv*>(run.environment.get());
}

/// Of one policy. Cells are those of the world, walls included: 4 * (y * width + x) + heading.
struct WorldFlow {
  std::vector<float> visits;  // expected visits of the cell with that heading, a trajectory
  std::vector<float> moves;   // expected moves from the cell into the next one in that heading
  float most_visits = 0, most_moves = 0;
  std::shared_ptr<const void> exact_key;
};

/// Brings the flow up to date with a snapshot that has a graph, an exact view and Minigrid.
void update_world_flow(const Snapshot& snapshot, WorldFlow& flow);

}  // namespace flowscope
