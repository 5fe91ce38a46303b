// Gradients of log R in continuous worlds, against finite differences.
#include <array>
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
  const World worlds[] = {{"line", {}}, {"torus", {}}, {"torus", {"environment.angles=5"}}, {"hybrid", {}},
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
      space->log_reward_gradient(state, gradient);
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

TEST_CASE("the slope of the box is that of its ridges, and feels the edges of corners and pixels from near") {
  Config config;
  config.set("environment.name", std::string("box"));
  const auto slope_at = [&](const char* reward, double x, double y) {
    config.set_text("reward.name", reward);
    const double at[] = {x, y};
    std::array<double, 2> slope;
    config.make_space()->log_reward_gradient(at, slope);
    return slope;
  };
  // On the axis through the ring's middle its ridge is normal in x: R = 0.01 + exp(-d^2 / (2 0.04^2)).
  const double d = 0.02, ridge = std::exp(-d * d / (2 * 0.04 * 0.04));
  CHECK(slope_at("ring", 0.8 + d, 0.5)[0] == Approx(-d / (0.04 * 0.04) * ridge / (0.01 + ridge)).epsilon(0.02));
  CHECK(slope_at("ring", 0.8 + d, 0.5)[1] == Approx(0).margin(1e-9));
  CHECK(slope_at("corners", 0.105, 0.15)[0] == Approx(std::log(2.6 / 0.6) / 0.04));
  CHECK(slope_at("corners", 0.05, 0.15)[0] == 0);
  CHECK(slope_at("corners", 1.2, -3)[0] == 0);  // as at the nearest place of the square
  config.set_text("reward.strokes", "1 0.2 0.5,0.5");
  CHECK(slope_at("painted", 0.6, 0.5)[0] < -1);
  CHECK(slope_at("painted", 0.4, 0.5)[0] > 1);
}

TEST_CASE("log Z of any number of angles is the mean of R over all of them") {
  for (const int angles : {2, 3, 5, 8}) {
    Config config;
    config.set("environment.name", std::string("torus"));
    config.set_text("environment.angles", std::to_string(angles));
    const auto space = config.make_space();
    const Rng rng(4, Stream::kEvaluation);
    std::vector<double> state(static_cast<size_t>(angles) + 1);
    double mean = 0;
    constexpr int kPoints = 200'000;
    for (int i = 0; i < kPoints; ++i) {
      PositionDraws draws(rng, 0, i, 0);
      for (size_t k = 0; k + 1 < state.size(); ++k) state[k] = 2 * 3.14159265358979 * draws.uniform();
      mean += std::exp(space->log_reward(state)) / kPoints;
    }
    CAPTURE(angles);
    CHECK(*space->log_partition() == Approx(std::log(mean) + angles * std::log(2 * 3.14159265358979)).margin(0.01));
    CHECK(space->axes().size() == static_cast<size_t>(angles));
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
