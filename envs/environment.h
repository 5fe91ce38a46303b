// An environment is a process that builds an object step by step from one source state. The
// states and actions form a pointed directed acyclic graph; a GFlowNet learns a flow on it.
// (Bengio et al. 2021, "Flow Network based Generative Models for Non-Iterative Diverse Candidate
// Generation", arXiv 2106.04399.)
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace flowscope {

/// A state is a fixed-length vector of integers, handed around as a span.
using StateView = std::span<const std::int32_t>;
using MutableState = std::span<std::int32_t>;

/// The sizes that everything else allocates by.
struct EnvironmentSpec {
  int state_length = 0;          // integers in a state
  int num_actions = 0;           // forward actions; the last one, num_actions - 1, stops
  int num_backward_actions = 0;  // ways to arrive at a state
  int num_features = 0;          // width of the one-hot input
  int num_active = 0;            // how many of those features are 1 in any state
  int max_length = 0;            // most actions in a trajectory, the stop included; where paths may
                                 // go in circles, the action at which sampling stops them

  bool all_terminating = false;  // stop is legal in every state

  int stop_action() const { return num_actions - 1; }
};

/// One way to lay the states out on a plane. Several states may share a cell; their masses add.
struct MapView {
  std::string name;              // "x1, x2"
  int width = 0, height = 0;     // cells
  std::string x_label, y_label;  // axis names
  int block = 0;                 // > 0: every `block` cells a separator is due (nested axes)
  bool gaps = false;             // no state falls into some cells: walls
};

/// The rules of one world. Immutable and shared between threads; every call is const and
/// reentrant. Spans must have the lengths that spec() gives.
class Environment {
 public:
  virtual ~Environment() = default;

  const EnvironmentSpec& spec() const { return spec_; }

  /// Writes the source state s0.
  virtual void reset(MutableState state) const = 0;

  /// Takes a legal forward action other than stop.
  virtual void apply(MutableState state, int action) const = 0;

  /// Takes a legal backward action; returns the forward action that would redo it.
  virtual int undo(MutableState state, int backward_action) const = 0;

  /// The backward action that undoes the forward `action` taken at `state`.
  virtual int backward_of(StateView state, int action) const {
    (void)state;
    return action;
  }

  /// Sets legal[a] to 1 where action a may be taken and to 0 elsewhere; legal has num_actions
  /// entries. An object is complete where the stop action is legal; every state has at least one.
  virtual void forward_actions(StateView state, std::span<std::uint8_t> legal) const = 0;

  /// The same for backward actions; legal has num_backward_actions entries. None at s0 only.
  virtual void backward_actions(StateView state, std::span<std::uint8_t> legal) const = 0;

  /// Whether the world itself draws the action at this state, uniformly among the legal ones: then
  /// there is nothing to learn.
  virtual bool drawn(StateView state) const {
    (void)state;
    return false;
  }

  /// log R(x) of a state where stop is legal. Finite.
  virtual double log_reward(StateView state) const = 0;

  /// E(s) of any state, with R(x) = exp(-E(x)) of objects, for objectives that look forward along
  /// the trajectory; 0 before the reward says anything.
  virtual double energy(StateView state) const {
    (void)state;
    return 0;
  }

  /// log Z in closed form, where there is one.
  virtual std::optional<double> log_partition() const { return std::nullopt; }

  /// Draws an object from R/Z with numbers that `uniform` gives from [0, 1); false, with the state
  /// untouched, where there is no direct way.
  virtual bool draw_target(MutableState state, const std::function<double()>& uniform) const {
    (void)state;
    (void)uniform;
    return false;
  }

  /// Writes the indices of the features that are 1; active has num_active entries.
  virtual void features(StateView state, std::span<std::int32_t> active) const = 0;

  /// How many separate modes the reward has, and which one a state belongs to (-1: none).
  virtual int num_modes() const { return 0; }
  virtual int mode_of(StateView state) const {
    (void)state;
    return -1;
  }

  /// The ways to draw the states as a map, best first; none for a world without a map.
  virtual std::vector<MapView> maps() const { return {}; }

  /// The cell of a state in maps()[map], as y * width + x with y upwards; -1 for a state that is no
  /// object and has no place on the map.
  virtual int map_cell(int map, StateView state) const {
    (void)map;
    (void)state;
    return 0;
  }

  /// A state in words, for example "(2, 13)".
  virtual std::string label(StateView state) const = 0;

  /// An action in words, for example "x1 + 1" or "stop".
  virtual std::string action_name(int action) const = 0;

 protected:
  EnvironmentSpec spec_;
};

}  // namespace flowscope
