// A level of Minigrid as a generative process: a trajectory is an episode, the object is how and
// where it ends. Only actions that change the situation are legal.
//
//   R(x) = r0 + (1 - time * t / horizon) * (success [the level's task is solved]
//                                           + near exp(-d / reach)
//                                           + painted [the agent stands on a painted cell]
//                                           + reached * named goals reached
//                                           + carry [the hands are full]
//                                           + doors * share of doors open)
//
// d is the fewest actions to a solution. A goal is a thing by its looks: it is reached by having it in
// the hands, or if it is a door by standing before it. A solved task, then every painted cell, then
// every goal is a mode.
//
//   environment.level    choice   a registered name
//   environment.seed     integer  of the level's layout
//   environment.time     boolean  whether states know the time
//   environment.horizon  integer  most actions before the stop; without time, where sampling stops
//   environment.stop     choice   any: everywhere; end: where the episode or the time is over
//   reward.*             real     the weights above
//   reward.cells         text     "x,y x,y ...": the painted cells
//   reward.goals         text     "red key, ball": the named goals, of any colour where none is given
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "envs/minigrid/level_graph.h"
#include "envs/registry.h"
#include "envs/timed_environment.h"

namespace flowscope {

class MinigridEnv final : public TimedEnvironment {
 public:
  struct Goal {
    minigrid::Kind kind = minigrid::Kind::kKey;
    std::optional<minigrid::Color> color;
  };
  struct Reward {
    double r0 = 0.05, success = 1, near = 0, reach = 3, painted = 1, reached = 1, carry = 0, doors = 0,
           time = 0;
    std::vector<minigrid::Point> cells;  // painted
    std::vector<Goal> goals;
  };

  struct Episode {
    int horizon = 12;
    bool time = true, stop_anywhere = true;
  };

  /// Throws std::invalid_argument for a level with too many situations, for painted cells that are no
  /// floor, for goals that are not there, and for what no TimedEnvironment can be.
  MinigridEnv(const minigrid::Level& level, std::uint64_t seed, Episode episode, Reward reward);

  void features(StateView state, std::span<std::int32_t> active) const override;
  std::vector<MapView> maps() const override;
  int map_cell(int map, StateView state) const override;
  std::string label(StateView state) const override;
  std::string action_name(int action) const override;
  bool solved(int situation) const override { return graph_.solved(situation); }
  std::string mission() const override { return graph_.start.mission; }
  std::string carried(int situation) const override;
  std::vector<Spot> painted() const override;

  const minigrid::LevelGraph& graph() const { return graph_; }

  /// The world as it is in a state, clock included.
  minigrid::World world(StateView state) const;

  /// The same as it is to be played by Minigrid's own rules, as if it had just begun.
  minigrid::World free_world(StateView state) const { return graph_.world(state[0]); }
  minigrid::Outcome free_step(minigrid::World& world, int action) const {
    return step(level_, world, action);
  }

 private:
  const SituationGraph& situations() const override { return graph_; }
  Worth worth_of(int situation, int distance) const override;
  bool reached(const Goal& goal, int situation) const;
  void size_features();

  const minigrid::Level& level_;
  minigrid::LevelGraph graph_;
  Reward reward_;
  bool time_;
};

EnvironmentEntry minigrid_entry();

}  // namespace flowscope
