// A level of Minigrid as a generative process: a trajectory is an episode, the object is how and
// where it ends. Turns and steps back would make cycles, so a state is a situation and a time:
// every action leads from time t to t + 1, up to the horizon. Only actions that change the
// situation are legal. All of it is looked up in the level's graph, made once.
//
//   R(x) = r0 + (1 - time * t / horizon) * (success [the level's task is solved]
//                                           + near exp(-d / reach)
//                                           + painted [the agent stands on a painted cell]
//                                           + carry [the hands are full]
//                                           + doors * share of doors open)
//
// d is the fewest actions to a solution. A solved task, then every painted cell, is a mode.
//
//   environment.level    choice   a registered name
//   environment.seed     integer  of the level's layout
//   environment.horizon  integer  most actions before the stop
//   environment.stop     choice   any: everywhere; end: where the episode or the time is over
//   reward.*             real     the weights above
//   reward.cells         text     "x,y x,y ...": the painted cells
#pragma once

#include <memory>

#include "envs/environment.h"
#include "envs/minigrid/level_graph.h"
#include "envs/registry.h"

namespace flowscope {

class MinigridEnv final : public Environment {
 public:
  struct Reward {
    double r0 = 0.05, success = 1, near = 0, reach = 3, painted = 1, carry = 0, doors = 0, time = 0;
    std::vector<minigrid::Point> cells;  // painted
  };

  /// Throws std::invalid_argument for a level with too many situations, for r0 = 0 and for painted
  /// cells that are no floor.
  MinigridEnv(const minigrid::Level& level, std::uint64_t seed, int horizon, bool stop_anywhere,
              Reward reward);

  void reset(MutableState state) const override;
  void apply(MutableState state, int action) const override;
  int undo(MutableState state, int backward_action) const override;
  int backward_of(StateView state, int action) const override;
  void forward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  void backward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  double log_reward(StateView state) const override;
  double energy(StateView state) const override { return -log_reward(state); }
  void features(StateView state, std::span<std::int32_t> active) const override;
  int num_modes() const override { return num_modes_; }
  int mode_of(StateView state) const override;
  std::vector<MapView> maps() const override;
  int map_cell(int map, StateView state) const override;
  std::string label(StateView state) const override;
  std::string action_name(int action) const override;

  const minigrid::LevelGraph& graph() const { return graph_; }

  /// The world as it is in a state, clock included.
  minigrid::World world(StateView state) const;

 private:
  using Arrival = minigrid::LevelGraph::Arrival;

  bool over(StateView state) const;
  bool reached(int situation, int time) const;
  int backward_action(const Arrival& arrival) const;
  const Arrival& arrival(int situation, int backward_action) const;
  void find_reachable();
  void number_backward_actions();
  void weigh(const std::vector<int>& distance);
  void find_modes();
  void size_features();

  minigrid::LevelGraph graph_;
  int horizon_;
  bool stop_anywhere_;
  Reward reward_;
  std::vector<bool> reached_;  // [horizon + 1, n] whether one can be there at that time
  std::vector<std::int16_t> backward_actions_;  // [kNumMoves * most ranks] by rank, then by action
  std::vector<double> bonus_;                  // [n] R - r0 at time 0
  std::vector<std::int32_t> mode_;             // [n]
  int num_modes_ = 0;
};

EnvironmentEntry minigrid_entry();

}  // namespace flowscope
