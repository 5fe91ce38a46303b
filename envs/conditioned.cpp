#include "envs/conditioned.h"

#include <utility>

namespace flowscope {
namespace {

const ConditionedEnvironment* conditioned(const Environment& environment) {
  return dynamic_cast<const ConditionedEnvironment*>(&environment);
}

}  // namespace

ConditionedEnvironment::ConditionedEnvironment(std::shared_ptr<const Environment> world,
                                               std::shared_ptr<const Environment> other,
                                               const Condition& condition)
    : world_(std::move(world)), other_(std::move(other)), condition_(condition) {
  spec_ = world_->spec();
}

const Environment& unconditioned(const Environment& environment) {
  const ConditionedEnvironment* c = conditioned(environment);
  return c ? c->world() : environment;
}

Condition condition_of(const Environment& environment) {
  const ConditionedEnvironment* c = conditioned(environment);
  return c ? c->condition() : Condition();
}

double log_reward_at(const Environment& environment, StateView state, const Condition& condition) {
  const ConditionedEnvironment* c = conditioned(environment);
  return c ? c->log_reward(state, condition) : environment.log_reward(state);
}

double energy_at(const Environment& environment, StateView state, const Condition& condition) {
  const ConditionedEnvironment* c = conditioned(environment);
  return c ? c->energy(state, condition) : environment.energy(state);
}

}  // namespace flowscope
