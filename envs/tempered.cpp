#include "envs/tempered.h"

#include <utility>

namespace flowscope {
namespace {

const TemperedEnvironment* tempered(const Environment& environment) {
  return dynamic_cast<const TemperedEnvironment*>(&environment);
}

}  // namespace

TemperedEnvironment::TemperedEnvironment(std::shared_ptr<const Environment> world, double beta)
    : world_(std::move(world)), beta_(beta) {
  spec_ = world_->spec();
}

double beta_of(const Environment& environment) {
  const TemperedEnvironment* t = tempered(environment);
  return t ? t->beta() : 1;
}

double log_reward_at(const Environment& environment, StateView state, double beta) {
  const TemperedEnvironment* t = tempered(environment);
  return t ? beta * t->world().log_reward(state) : environment.log_reward(state);
}

double energy_at(const Environment& environment, StateView state, double beta) {
  const TemperedEnvironment* t = tempered(environment);
  return t ? beta * t->world().energy(state) : environment.energy(state);
}

}  // namespace flowscope
