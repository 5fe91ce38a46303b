// A person's walk by a world's own steps and rules: off the lattice of Miniworld's poses, and in
// Minigrid with all that moves by itself. The policy knows nothing of it; what it would do is read off
// the nearest pose that it knows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/panels/world_flow.h"

namespace flowscope {

struct FreeWalk {
  AnyWorld world;
  std::vector<ImVec2> trace;  // where the person has been
  int steps = 0;
  int changes = 0;    // of anything but the agent's place
  double reward = 0;  // by the level's own rules, of all steps
  bool over = false;  // the level has ended it
  std::string news;   // of the last step, if there is something to say
};

/// From a state's situation on.
FreeWalk begin_free_walk(const TimedEnvironment& environment, StateView state);

/// One step by the level's own rules; "forward", "pick up", as the actions of Minigrid and Miniworld
/// are called. Nothing where the walk is over.
void step_freely(FreeWalk& walk, const TimedEnvironment& environment, std::string_view action);

/// How long a step takes to the eye: a person's pace in metres, in cells that of the lattice.
double stride_of(const FreeWalk& walk);

/// "red key", or "" for empty hands.
std::string carried_in(const AnyWorld& world);

/// Steps so far and the most there may be, 0 for no end.
struct Clock {
  int step = 0, most = 0;
};
Clock clock_of(const AnyWorld& world);

/// The pose that is the fewest steps and turns away, and how far it is.
struct NearestPose {
  int pose = 0;      // place * H + heading
  float away = 0;    // in cells or metres
  float turned = 0;  // radians, from x towards z
};
NearestPose nearest_pose(const WorldPlaces& places, const Stance& stance);

/// What the policy does at a pose with that in its hands, whatever the time and whatever else lies
/// about: every action's share. All are 0 where it never comes.
struct PosePolicy {
  double visits = 0;           // expected, a trajectory
  std::vector<double> shares;  // [actions], the stop last
};
PosePolicy policy_at(const Snapshot& snapshot, const WorldPlaces& places, int pose,
                     const std::string& carried);

}  // namespace flowscope
