// A world whose reward is raised to a power: R(x)^beta, with beta the inverse temperature. The greater
// beta, the more the target is of the best objects.
#pragma once

#include <memory>

#include "envs/environment.h"

namespace flowscope {

class TemperedEnvironment final : public Environment {
 public:
  TemperedEnvironment(std::shared_ptr<const Environment> world, double beta);

  const Environment& world() const { return *world_; }
  double beta() const { return beta_; }

  void reset(MutableState state) const override { world_->reset(state); }
  void apply(MutableState state, int action) const override { world_->apply(state, action); }
  int undo(MutableState state, int action) const override { return world_->undo(state, action); }
  int backward_of(StateView state, int action) const override {
    return world_->backward_of(state, action);
  }
  void forward_actions(StateView state, std::span<std::uint8_t> legal) const override {
    world_->forward_actions(state, legal);
  }
  void backward_actions(StateView state, std::span<std::uint8_t> legal) const override {
    world_->backward_actions(state, legal);
  }
  bool drawn(StateView state) const override { return world_->drawn(state); }
  double log_reward(StateView state) const override { return beta_ * world_->log_reward(state); }
  double energy(StateView state) const override { return beta_ * world_->energy(state); }
  void features(StateView state, std::span<std::int32_t> active) const override {
    world_->features(state, active);
  }
  int num_modes() const override { return world_->num_modes(); }
  int mode_of(StateView state) const override { return world_->mode_of(state); }
  std::vector<MapView> maps() const override { return world_->maps(); }
  int map_cell(int map, StateView state) const override { return world_->map_cell(map, state); }
  std::string label(StateView state) const override { return world_->label(state); }
  std::string action_name(int action) const override { return world_->action_name(action); }

 private:
  std::shared_ptr<const Environment> world_;
  double beta_;
};

/// The inverse temperature of a world: 1 unless it is a tempered one.
double beta_of(const Environment& environment);

/// log R(x) and E(s) at another inverse temperature than the world's own; at its own elsewhere.
double log_reward_at(const Environment& environment, StateView state, double beta);
double energy_at(const Environment& environment, StateView state, double beta);

}  // namespace flowscope
