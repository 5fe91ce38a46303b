// A world whose reward depends on a condition: a mixture of two rewards, raised to a power.
#pragma once

#include <memory>

#include "envs/environment.h"

namespace flowscope {

/// What a policy may be told of the reward that it is asked for.
struct Condition {
  double beta = 1;    // inverse temperature: the greater, the more the target is of the best objects
  double weight = 1;  // of the world's own reward beside its second one; 1 without a second

  bool operator==(const Condition&) const = default;
};

/// R_c(x) = (R_1(x)^w R_2(x)^(1-w))^beta. Both rewards are positive, so that the geometric mixture is, and
/// it is linear in log R and in energies (Jain et al. 2023, arXiv 2210.12765, scalarise objectives this way).
class ConditionedEnvironment final : public Environment {
 public:
  /// `other` is the same world under its second reward, or null.
  ConditionedEnvironment(std::shared_ptr<const Environment> world, std::shared_ptr<const Environment> other,
                         const Condition& condition);

  const Environment& world() const { return *world_; }
  const Condition& condition() const { return condition_; }
  double log_reward(StateView state, const Condition& c) const {
    return mixed(world_->log_reward(state), other_ ? other_->log_reward(state) : 0, c);
  }
  double energy(StateView state, const Condition& c) const {
    return mixed(world_->energy(state), other_ ? other_->energy(state) : 0, c);
  }

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
  double log_reward(StateView state) const override { return log_reward(state, condition_); }
  double energy(StateView state) const override { return energy(state, condition_); }
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
  double mixed(double own, double other, const Condition& c) const {
    return c.beta * (other_ ? c.weight * own + (1 - c.weight) * other : own);
  }

  std::shared_ptr<const Environment> world_, other_;
  Condition condition_;
};

/// The world itself, without conditions on its reward.
const Environment& unconditioned(const Environment& environment);

/// The condition that a world's reward is at: the plain one unless it is a conditioned world.
Condition condition_of(const Environment& environment);

/// log R(x) and E(s) at another condition than the world's own; at its own elsewhere.
double log_reward_at(const Environment& environment, StateView state, const Condition& condition);
double energy_at(const Environment& environment, StateView state, const Condition& condition);

}  // namespace flowscope
