// A level of Miniworld as a generative process: a trajectory is an episode, the object is how and
// where it ends. The agent walks and turns by steps of one length, so that its poses are a lattice;
// only actions that change the situation are legal: no step into a wall.
//
//   R(x) = r0 + (1 - time * t / horizon) * (success [the level's task is solved]
//                                           + near exp(-d / reach)
//                                           + painted [the agent stands on a painted spot]
//                                           + carry [the hands are full])
//
// d is the fewest actions to a solution. A solved task, then every painted spot, is a mode.
//
//   environment.level         choice   Miniworld's name without its ends
//   environment.seed          integer  of the level's layout
//   environment.horizon       integer  most actions before the stop
//   environment.stop          choice   any: everywhere; end: where the episode or the time is over
//   environment.forward_step  real     metres
//   environment.turn_step     integer  degrees, a divisor of 360
//   environment.align         boolean  the first heading is a whole number of turns
//   environment.randomize     boolean  step, turn and looks are drawn from the layout's seed
//   reward.*                  real     the weights above
//   reward.spots              text     "x,z x,z ...": middles of painted spots, in metres
//   reward.radius             real     of the spots, in metres
#pragma once

#include <memory>

#include "envs/miniworld/pose_graph.h"
#include "envs/registry.h"
#include "envs/timed_environment.h"

namespace flowscope {

class MiniworldEnv final : public TimedEnvironment {
 public:
  struct Reward {
    double r0 = 0.05, success = 1, near = 0, reach = 3, painted = 1, radius = 1, carry = 0,
           time = 0;
    std::vector<miniworld::Point> spots;  // painted
  };

  /// Throws std::invalid_argument for a level with too many situations, for a turn that does not
  /// divide the circle, for r0 = 0 and for painted spots outside the rooms.
  MiniworldEnv(const miniworld::Level& level, std::uint64_t seed, const miniworld::Stride& stride,
               int horizon, bool stop_anywhere, Reward reward);

  void features(StateView state, std::span<std::int32_t> active) const override;
  std::vector<MapView> maps() const override;
  int map_cell(int map, StateView state) const override;
  std::string label(StateView state) const override;
  std::string action_name(int action) const override;
  bool solved(int situation) const override { return graph_.solved(situation); }
  std::string mission() const override { return std::string(level_.mission); }
  std::string carried(int situation) const override;
  std::vector<Spot> painted() const override;

  const miniworld::PoseGraph& graph() const { return graph_; }

  /// The world as it is in a state, clock included.
  miniworld::World world(StateView state) const;

  /// The same as it is to be walked by Miniworld's own steps, as if it had just begun.
  miniworld::World free_world(StateView state) const;

  /// One such step. As in Miniworld with a person at the keyboard, any action may be taken; the
  /// length of a step is drawn anew where the strides are randomised.
  miniworld::Outcome free_step(miniworld::World& world, int action) const;

 private:
  const SituationGraph& situations() const override { return graph_; }
  Worth worth_of(int situation, int distance) const override;
  void describe_things();
  void size_features();
  void size_map();
  int column_of(double x) const;
  int row_of(double z) const;  // downwards
  int coarse_column(double x) const;
  int coarse_row(double z) const;

  const miniworld::Level& level_;
  bool randomized_;
  miniworld::PoseGraph graph_;
  Reward reward_;
  miniworld::Bounds bounds_;                  // of all places
  int map_width_ = 1, map_height_ = 1;        // cells of a step each
  int coarse_width_ = 1, coarse_height_ = 1;  // cells of a metre each, as features
  // Of every arrangement, and in it of every thing: whether it lies, is carried or gone; its column
  // and its row, or one more than there are. [arrangements, 3 * things_]
  std::vector<std::int32_t> thing_features_;
  int things_ = 0;  // 0 where they never change
};

EnvironmentEntry miniworld_entry();

}  // namespace flowscope
