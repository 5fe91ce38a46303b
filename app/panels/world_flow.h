// Worlds in which an agent walks on a plane, Minigrid's and Miniworld's, as the pictures need them:
// the places where it can stand, and the flow through those, summed over everything but where the
// agent is and where it looks.
#pragma once

#include <imgui.h>

#include <array>
#include <memory>
#include <variant>
#include <vector>

#include "core/run/snapshot.h"
#include "envs/conditioned.h"
#include "envs/minigrid/minigrid_env.h"
#include "envs/miniworld/miniworld_env.h"

namespace flowscope {

/// The run's environment, if it is one in which an agent walks.
inline const TimedEnvironment* walked_world(const RunInfo& run) {
  if (!run.environment) return nullptr;
  return dynamic_cast<const TimedEnvironment*>(&unconditioned(*run.environment));
}

using AnyWorld = std::variant<minigrid::World, miniworld::World>;

/// The world as it is in a state.
AnyWorld world_in(const TimedEnvironment& environment, StateView state);

/// Where the agent of a world stands and looks, wherever that is; in cells or metres.
struct Stance {
  ImVec2 at;
  float angle = 0;  // radians, from x towards z
};
Stance stance_of(const AnyWorld& world);

/// Where the agent can be. Lengths are cells or metres: x to the right on the plan, z downwards.
struct WorldPlaces {
  std::vector<ImVec2> at;        // [P] x and z
  std::vector<float> angles;     // [H] of the headings, in radians from x towards z
  std::vector<std::int32_t> of;  // [situations] place * H + heading
  std::vector<std::int32_t> poses;  // those of any situation, increasing
  float step = 1;                // between neighbours

  int headings() const { return static_cast<int>(angles.size()); }
  Stance of_pose(int pose) const {
    return {at[static_cast<size_t>(pose / headings())], angles[static_cast<size_t>(pose % headings())]};
  }
  ImVec2 of_situation(int situation) const {
    return at[static_cast<size_t>(of[static_cast<size_t>(situation)] / headings())];
  }
};

/// What an agent can do, by how it is drawn: turns, a step, anything else with what is about, the stop.
enum Deed { kDeedLeft, kDeedRight, kDeedAhead, kDeedOther, kDeedStop };
inline constexpr int kNumDeeds = 5;

/// Of one policy; the sums are indexed by place * H + heading.
struct WorldFlow {
  WorldPlaces places;
  std::vector<float> visits;  // expected visits of the place with that heading, a trajectory
  std::vector<float> moves;   // expected steps from the place in that heading
  std::vector<float> ends;    // share of trajectories that end there with that heading
  std::vector<std::array<float, kNumDeeds>> deeds;  // how often each is done there; adds to visits
  float most_visits = 0, most_moves = 0, most_ends = 0;
  std::shared_ptr<const void> run_key, exact_key;
};

/// Brings the flow up to date with a snapshot that has a graph, an exact view and such a world.
void update_world_flow(const Snapshot& snapshot, WorldFlow& flow);

}  // namespace flowscope
