// A random acyclic graph, drawn from a seed: states without any geometry for a network to use, paths
// of different lengths to the same state, several parents, and states where stopping is not allowed.
//
// States are numbered so that edges lead upwards and lie in rows of `width`. Every state but the
// first draws one to three parents among the 2 * width states before it; a state with no children
// may stop, any other may with probability `stopping`; log10 R is uniform in [-decades, 0].
//
//   environment.width     integer  states in a row (default 10)
//   environment.rows      integer  rows (default 20)
//   environment.graph     integer  seed of the graph and of its rewards (default 0)
//   environment.stopping  real     share of inner states that may stop (default 0.5)
//   reward.decades        real     orders of magnitude that the rewards spread over (default 3)
#pragma once

#include <vector>

#include "envs/environment.h"
#include "envs/registry.h"

namespace flowscope {

class Dag final : public Environment {
 public:
  Dag(int width, int rows, std::uint64_t graph, double stopping, double decades);

  void reset(MutableState state) const override;
  void apply(MutableState state, int action) const override;
  int undo(MutableState state, int backward_action) const override;
  int backward_of(StateView state, int action) const override;
  void forward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  void backward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  double log_reward(StateView state) const override;
  void features(StateView state, std::span<std::int32_t> active) const override;
  std::vector<MapView> maps() const override;
  int map_cell(int map, StateView state) const override;
  std::string label(StateView state) const override;
  std::string action_name(int action) const override;

 private:
  struct Node {
    std::vector<std::int32_t> children, parents;  // by action, by backward action
    bool may_stop = false;
    double log_reward = 0;
  };
  const Node& at(StateView state) const { return nodes_[static_cast<size_t>(state[0])]; }
  void draw_edges(std::uint64_t graph);

  int width_;
  std::vector<Node> nodes_;
};

EnvironmentEntry dag_entry();

}  // namespace flowscope
