// Worlds in which one can turn back have cycles; a GFlowNet's graph must not. So a state is a
// situation and a time: every action leads from time t to t + 1, up to a horizon. Which situations
// there are and what leads to what is looked up in a graph, made once.
//
//   R(x) = r0 + (1 - time * t / horizon) * bonus [of the situation]
//
// With the clock off, time stays at 1 after the first action: paths go in circles and have no longest
// one. Time 0 remains apart: s0, which no action leads to, is the first situation before anything was
// done.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "envs/environment.h"

namespace flowscope {

/// What leads to what, without a clock. Situation 0 is the first one.
struct SituationGraph {
  /// One way to arrive at a situation.
  struct Arrival {
    std::int32_t parent = 0;
    std::int16_t action = 0;
    std::int16_t rank = 0;  // among the arrivals by the same action
  };

  int num_moves = 0;
  std::vector<std::int32_t> children;       // [n, num_moves], -1 where nothing changes
  std::vector<std::int32_t> arrival_begin;  // [n + 1]
  std::vector<Arrival> arrivals;            // grouped by child

  int size() const { return static_cast<int>(arrival_begin.size()) - 1; }
  int child(int id, int action) const {
    return children[static_cast<std::size_t>(id * num_moves + action)];
  }
  std::span<const Arrival> arrivals_at(int id) const {
    const auto begin = static_cast<std::size_t>(arrival_begin[static_cast<std::size_t>(id)]);
    const auto end = static_cast<std::size_t>(arrival_begin[static_cast<std::size_t>(id) + 1]);
    return {arrivals.data() + begin, end - begin};
  }

  /// Turns the children around.
  void list_arrivals();
};

/// Fewest actions from every situation to one of the goals ([n]); -1 where there is no way.
std::vector<int> distances_to(const SituationGraph& graph, const std::vector<bool>& goals);

class TimedEnvironment : public Environment {
 public:
  void reset(MutableState state) const override;
  void apply(MutableState state, int action) const override;
  int undo(MutableState state, int backward_action) const override;
  int backward_of(StateView state, int action) const override;
  void forward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  void backward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  double log_reward(StateView state) const override;
  double energy(StateView state) const override { return -log_reward(state); }
  int num_modes() const override { return num_modes_; }
  int mode_of(StateView state) const override;

  int last_time() const { return rules_.clock ? rules_.horizon : 1; }

  /// A place on the floor with a reward of its own, in cells or metres.
  struct Spot {
    double x = 0, z = 0, radius = 0.5;
  };

  // For a person in such a world.
  virtual std::vector<Spot> painted() const = 0;
  virtual bool solved(int situation) const = 0;          // the task of the level
  virtual std::string mission() const = 0;               // that task in words
  virtual std::string carried(int situation) const = 0;  // "red key", or "" for empty hands

 protected:
  using Arrival = SituationGraph::Arrival;

  struct Rules {
    int horizon = 1;            // most actions before the stop
    bool stop_anywhere = true;  // or only where the episode or the time is over
    double r0 = 0.05, time = 0;
    bool clock = true;          // off: the horizon is where sampled paths must stop
  };
  /// What a situation is worth.
  struct Worth {
    bool ended = false;  // only the stop is left
    double bonus = 0;    // R - r0 at time 0
    int mode = -1;       // any number; the modes are those that occur, in the order of their numbers
  };

  /// Throws std::invalid_argument for r0 = 0, and for haste without a clock.
  explicit TimedEnvironment(const Rules& rules);

  /// To be called by the constructor when the situations are there. Throws std::invalid_argument
  /// where some path without a clock could never stop.
  void weigh();

  virtual const SituationGraph& situations() const = 0;
  /// `distance` is that to a solution, in actions; -1 where there is no way.
  virtual Worth worth_of(int situation, int distance) const = 0;

 private:
  bool over(StateView state) const;
  bool reached(int situation, int time) const;
  int backward_action(const Arrival& arrival) const;
  const Arrival& arrival(int situation, int backward_action) const;
  void list_worths();
  void number_modes();
  void check_endings() const;
  void find_reachable();
  void number_backward_actions();

  Rules rules_;
  std::vector<Worth> worths_;                   // [n], modes numbered from 0
  std::vector<bool> reached_;                   // [last time + 1, n] whether one can be there then
  std::vector<std::int16_t> backward_actions_;  // [most ranks, num_moves]
  int num_arrivals_ = 0;  // backward actions of those; without a clock one for each move from s0 follows
  int num_modes_ = 0;
};

}  // namespace flowscope
