// The field of a policy on the map, against samples of the policy itself.
#include <cmath>
#include <numbers>

#include "core/learn/continuous/policy_field.h"
#include "core/learn/continuous/position_draws.h"
#include "core/run/config.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

std::shared_ptr<const ContinuousEnvironment> space_of(const std::string& name) {
  Config config;
  config.set("environment.name", name);
  return config.make_space();
}

DensityPolicy<double> policy_of(const ContinuousEnvironment& space) {
  DensityPolicy<double> policy(space, {.width = 16, .layers = 1, .activation = Activation::kElu},
                               Rng(3, Stream::kWeights));
  for (double& p : policy.parameters()) p *= 3;
  return policy;
}

}  // namespace

TEST_CASE("roses and mean steps are those of many sampled steps") {
  for (const char* name : {"box", "torus", "diffusion"}) {
    const auto space = space_of(name);
    const auto policy = policy_of(*space);
    const PolicyField field = policy_field(*space, policy);
    REQUIRE(field.refusal.empty());
    const MapRegion frame = space->map();
    const size_t time = field.times.size() / 2;
    for (const int cell : {2, 7, 11}) {
      CAPTURE(name, cell);
      const size_t node = field.node(time, cell, field.side - 2 - cell);
      std::vector<double> state = {frame.x0 + (frame.x1 - frame.x0) * (cell + 0.5) / field.side,
                                   frame.y0 + (frame.y1 - frame.y0) * (field.side - 1.5 - cell) / field.side};
      if (space->spec().timed) state.push_back(field.times[time]);
      std::vector<double> raw, next(state.size()), u(sz(space->spec().forward.coordinates));
      policy.forward_raw_at(*space, state, raw);
      constexpr int kSteps = 40000;
      std::vector<double> rose(sz(field.directions), 0);
      double dx = 0, dy = 0;
      const Rng rng(9, Stream::kEvaluation);
      for (int i = 0; i < kSteps; ++i) {
        PositionDraws draws(rng, 0, i, 0);
        sample_density(space->spec().forward, raw.data(), {}, draws, u);
        space->advance(state, u, next);
        double x = next[0] - state[0], y = next[1] - state[1];
        if (frame.periodic) x = std::remainder(x, 2 * std::numbers::pi), y = std::remainder(y, 2 * std::numbers::pi);
        dx += x / kSteps;
        dy += y / kSteps;
        const double turn = std::atan2(y, x) / (2 * std::numbers::pi);
        rose[sz(static_cast<long>((turn < 0 ? turn + 1 : turn) * field.directions)) % rose.size()] += 1.0 / kSteps;
      }
      const double size = std::hypot(dx, dy) + 0.01 * (frame.x1 - frame.x0);
      CHECK(field.dx[node] == Approx(dx).margin(0.05 * size));
      CHECK(field.dy[node] == Approx(dy).margin(0.05 * size));
      double total = 0, apart = 0;
      for (size_t k = 0; k < rose.size(); ++k) {
        const double mass = field.rose[node * rose.size() + k] * 2 * std::numbers::pi / field.directions;
        total += mass;
        apart += std::abs(mass - rose[k]) / 2;
      }
      CHECK(total == Approx(1).margin(1e-4));
      CHECK(apart < 0.05);
      if (space->spec().forward.stops) {
        CHECK(field.stop[node] == Approx(std::exp(log_stop(raw.data()).log_p)).margin(1e-6));
      }
    }
  }
}

TEST_CASE("the field says why there is none where the map does not hold all that a policy sees") {
  Config funnel;
  funnel.set("environment.name", std::string("diffusion"));
  funnel.set("reward.name", std::string("funnel"));
  for (const auto& space : {funnel.make_space(), space_of("line"), space_of("hybrid")}) {
    const PolicyField field = policy_field(*space, policy_of(*space));
    CHECK_FALSE(field.refusal.empty());
    CHECK(field.rose.empty());
  }
}
