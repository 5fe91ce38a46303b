// Gradients of log R in continuous worlds, against finite differences.
#include <cmath>

#include "core/learn/continuous/position_draws.h"
#include "core/run/config.h"
#include "tests/catch.h"

using namespace flowscope;

TEST_CASE("the gradient of log R is that of finite differences, at exact objects and beside them") {
  struct World {
    std::string name;
    std::vector<std::string> values;
  };
  const World worlds[] = {{"line", {}}, {"torus", {}}, {"hybrid", {}},
                          {"diffusion", {"reward.name=gmm9"}}, {"diffusion", {"reward.name=gmm25"}},
                          {"diffusion", {"reward.name=funnel"}}, {"diffusion", {"reward.name=manywell"}}};
  const Rng rng(3, Stream::kEvaluation);
  for (const World& world : worlds) {
    Config config;
    config.set("environment.name", world.name);
    config.set_all(world.values);
    const auto space = config.make_space();
    const size_t axes = space->axes().size();
    std::vector<double> state(static_cast<size_t>(space->spec().state_length)), gradient(axes);
    for (int i = 0; i < 20; ++i) {
      PositionDraws draws(rng, 0, i, 0);
      REQUIRE(space->sample_target(draws, state));
      for (size_t k = 0; k < axes; ++k) state[k] += 0.2 * draws.normal();
      REQUIRE(space->log_reward_gradient(state, gradient));
      for (size_t k = 0; k < axes; ++k) {
        CAPTURE(world.name, world.values, i, k);
        constexpr double kStep = 1e-5;
        const double x = state[k];
        state[k] = x + kStep;
        const double above = space->log_reward(state);
        state[k] = x - kStep;
        const double below = space->log_reward(state);
        state[k] = x;
        const double slope = (above - below) / (2 * kStep);
        CHECK(gradient[k] == Approx(slope).epsilon(1e-5).margin(1e-4));
      }
    }
  }
}

TEST_CASE("the axes of a space are where its objects lie") {
  for (const char* name : {"box", "line", "torus", "diffusion", "hybrid"}) {
    CAPTURE(name);
    Config config;
    config.set("environment.name", name);
    const auto space = config.make_space();
    const auto axes = space->axes();
    std::vector<double> state(static_cast<size_t>(space->spec().state_length));
    REQUIRE(axes.size() <= state.size());
    const Rng rng(5, Stream::kEvaluation);
    int inside = 0;
    constexpr int kObjects = 500;
    for (int i = 0; i < kObjects; ++i) {
      PositionDraws draws(rng, 0, i, 0);
      REQUIRE(space->sample_target(draws, state));
      bool all = true;
      for (size_t k = 0; k < axes.size(); ++k) all = all && state[k] >= axes[k].low && state[k] <= axes[k].high;
      inside += all;
    }
    CHECK(inside >= 0.98 * kObjects);
  }
}
