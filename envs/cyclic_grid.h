// The hypergrid with ways back, after Morozov et al. 2025, "Revisiting Non-Acyclic GFlowNets in
// Discrete Environments" (arXiv 2502.07735): the points and rewards of the hypergrid, but an action
// adds 1 to a coordinate or takes 1 away, so that there are cycles and no corner to start from.
//
// Every trajectory begins with a uniformly random point, drawn coordinate by coordinate by the world
// itself. Since the policy has no say in it, P_B must be learned: it is what makes the flow from the
// start to every point the same. Paths may be of any length; a trajectory that never stops is stopped
// after 100 steps for each of the dims * side coordinates.
//
// The parameters are those of the hypergrid.
#pragma once

#include "envs/environment.h"
#include "envs/hypergrid.h"
#include "envs/registry.h"

namespace flowscope {

class CyclicGrid final : public Environment {
 public:
  CyclicGrid(int dims, int side, double r0, double r1, double r2);

  void reset(MutableState state) const override;
  void apply(MutableState state, int action) const override;
  int undo(MutableState state, int backward_action) const override;
  int backward_of(StateView state, int action) const override;
  void forward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  void backward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  bool drawn(StateView state) const override { return placed(state) < dims_; }
  double log_reward(StateView state) const override { return grid_.log_reward(state); }
  std::optional<double> log_partition() const override { return grid_.log_partition(); }
  bool draw_target(MutableState state, const std::function<double()>& uniform) const override {
    return grid_.draw_target(state, uniform);
  }
  void features(StateView state, std::span<std::int32_t> active) const override;
  int num_modes() const override { return grid_.num_modes(); }
  int mode_of(StateView state) const override;
  std::vector<MapView> maps() const override { return grid_.maps(); }
  int map_cell(int map, StateView state) const override;
  std::string label(StateView state) const override;
  std::string action_name(int action) const override;

 private:
  static constexpr std::int32_t kUnset = -1;
  int placed(StateView state) const;  // coordinates that have been drawn

  // Actions: place the next coordinate at 0 .. side-1, then +1 and -1 for each dimension, then stop.
  // Backward: what came by +1 and by -1 for each dimension, then taking the last coordinate away.
  int dims_, side_;
  Hypergrid grid_;
};

EnvironmentEntry cyclic_grid_entry();

}  // namespace flowscope
