// A person's walk in such a world: a trajectory made by hand, weighed by the policy at every
// step.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/panels/free_walk.h"
#include "app/panels/panel.h"

namespace flowscope {

inline constexpr double kStride = 0.2;  // seconds that a step takes to the eye

/// The walk so far. The run has a graph; ids are those of its states.
struct Walk {
  std::shared_ptr<const RunInfo> run;
  std::vector<int> states = {0};  // from s0 to where the person is
  std::vector<int> actions;       // taken so far; the stop comes last
  std::string note;               // why the last key did nothing
  double stepped_at = -1e9;       // seconds
  std::optional<FreeWalk> free;   // while the person has left the lattice for the world's own steps

  int state() const { return states.back(); }
  bool ended() const { return actions.size() == states.size(); }
};

/// The walk in the world that is shown, begun anew where the run has changed. There is one.
Walk& walk_of(PanelContext& context);

/// Either walk from its beginning.
void restart(Walk& walk);

/// Leaves the lattice where the person stands, or comes back to that place.
void toggle_free_walk(Walk& walk);

/// Seconds that a step takes to the eye; while its key is held, the next one follows at once.
double stride_of(const Walk& walk);

/// Takes an action, the stop included, or notes why it is none here.
void take(Walk& walk, const Snapshot& snapshot, int action);

/// The same by its name, "forward"; nothing where the world has no such action. A free walk goes on.
void take(Walk& walk, const Snapshot& snapshot, std::string_view action);

/// The key that takes an action in play mode, "Up" for "forward".
std::string_view key_of_action(std::string_view action);

/// A legal action and its probability under the policy.
struct Choice {
  int action = 0;
  double probability = 0;
  int child = -1;  // where it leads; -1: the stop
};

/// All that is legal in a state, by increasing action; the snapshot has an exact view.
std::vector<Choice> choices_at(const Snapshot& snapshot, int state);

/// The likeliest of them.
Choice favourite_at(const Snapshot& snapshot, int state);

/// A path as the policy sees it: its probability is the path's share of the whole flow.
struct PathWorth {
  double log_pf = 0;
  std::optional<double> log_reward;  // of where it ended
  int moves = 0;                     // the stop not counted
};
PathWorth worth_of(const Walk& walk, const Snapshot& snapshot);

/// What the policy likes best from a state on, action by action: to its stop, or so many steps far.
Walk likeliest_walk(const Snapshot& snapshot, int from, int steps = std::numeric_limits<int>::max());

}  // namespace flowscope
