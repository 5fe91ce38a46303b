// Baselines as runs: what they report, and that they can be stopped and go on.
#include <chrono>
#include <cmath>
#include <thread>

#include "core/learn/graph_run.h"
#include "core/learn/objectives/objective.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

const std::atomic<bool> never = false;

Config config_of(const char* preset, std::vector<std::string> settings) {
  Config config = Config::from_preset(preset);
  config.set_all(settings);
  return config;
}

Snapshot after(LiveRun& run, int steps) {
  while (run.steps() < steps) REQUIRE(run.step());
  run.refresh_exact(never);
  Snapshot snapshot;
  run.describe(snapshot, false);
  return snapshot;
}

Snapshot after(const Config& config, int steps) {
  GraphRun run(config, nullptr);
  return after(run, steps);
}

}  // namespace

TEST_CASE("chains report the distance of their window, without loss or log Z") {
  for (const char* name : {"mh", "pt", "random"}) {
    CAPTURE(name);
    const Snapshot s = after(config_of("hypergrid-8x8", {std::string("objective.name=") + name}), 400);
    CHECK_FALSE(s.exact);
    REQUIRE(s.estimate);
    CHECK(s.estimate->step == 400);
    CHECK(s.estimate->objects == 16 * 400);
    REQUIRE(s.estimate->tv);
    CHECK_FALSE(s.estimate->elbo);
    CHECK_FALSE(s.metrics.loss);
    CHECK(std::isnan(s.metrics.log_z));
    CHECK(s.metrics.trajectories == 16 * 400);
    CHECK(s.history->of("tv").bins().size() == 1);
    CHECK(s.behaviour->objects == 16 * 400);
  }
}

TEST_CASE("chains come closer to the target than a random policy") {
  const auto tv = [](const char* name) {
    return *after(config_of("hypergrid-8x8", {std::string("objective.name=") + name}), 1500).estimate->tv;
  };
  const double mh = tv("mh"), pt = tv("pt"), random = tv("random");
  CAPTURE(mh, pt, random);
  CHECK(mh < 0.15);
  CHECK(pt < 0.15);
  CHECK(random > 0.4);
}

TEST_CASE("a chain goes on from a checkpoint as if there had been no interruption") {
  const Config config = config_of("hypergrid-8x8", {"objective.name=pt"});
  const Snapshot whole = after(config, 60);
  GraphRun first(config, nullptr);
  after(first, 25);
  const Checkpoint saved = first.checkpoint();
  GraphRun second(config, &saved);
  CHECK(second.steps() == 25);
  const Snapshot resumed = after(second, 60);
  CHECK(*resumed.estimate->tv == *whole.estimate->tv);
  CHECK(resumed.estimate->objects == whole.estimate->objects);
}

TEST_CASE("worlds too large to enumerate are judged by estimates") {
  const Snapshot s = after(config_of("hypergrid-8x8", {"exact.states=10"}), 5);
  CHECK_FALSE(s.exact);
  REQUIRE(s.estimate);
  CHECK(s.estimate->step == 5);
  CHECK(s.estimate->tv);
  REQUIRE(s.estimate->elbo);
  REQUIRE(s.estimate->eubo);
  CHECK(s.estimate->elbo->value < *s.run->log_z_true);
  CHECK(s.estimate->eubo->value > *s.run->log_z_true);
}

TEST_CASE("soft Q-learning moves the earlier side of a transition towards the later one") {
  // One trajectory s0 -> x, stop: log F = (1, 2), log P_F = (-0.5, -0.25), log P_B = -0.125, log R = 3.
  Batch batch;
  batch.transitions = {{0, 0, 1, 0}, {1, 2}};
  batch.begin = {0, 2};
  batch.log_reward = {3};
  Evaluation e;
  e.log_pf = {-0.5, -0.25};
  e.log_pb = {-0.125, 0};
  e.log_flow = {1, 2};
  e.d_log_pf.assign(2, 0);
  e.d_log_pb.assign(2, 0);
  e.d_log_flow.assign(2, 0);
  Residuals residuals;
  const double loss = soft_q_learning(batch, {}, e, residuals);
  CHECK(residuals.per_transition == std::vector<double>{-1.375, -1.25});
  CHECK(loss == Approx((1.375 * 1.375 + 1.25 * 1.25) / 2));
  CHECK(e.d_log_pf == std::vector<double>{-1.375, -1.25});
  CHECK(e.d_log_flow == std::vector<double>{-1.375, -1.25});
  CHECK(e.d_log_pb == std::vector<double>{0, 0});
  CHECK(e.estimated_log_z == 1);
}

TEST_CASE("soft Q-learning comes to the target") {
  const Snapshot s = after(config_of("hypergrid-8x8", {"objective.name=softq", "policy.backward=uniform",
                                                       "steps=2000"}), 2000);
  CHECK(s.exact->tv < 0.03);
}

TEST_CASE("proximal policy optimisation stops counting actions that have moved too far") {
  // One trajectory of two transitions with returns G = (1.5, 2.5): see below. Entropy is worth 1.
  Batch batch;
  batch.transitions = {{0, 0, 1, 0}, {1, 2}};
  batch.begin = {0, 2};
  batch.log_reward = {2};
  Evaluation e;
  e.sampled_log_pf = {-0.5, -0.5};  // G_1 = 2 + 0.5; G_0 = G_1 - 1.5 + 0.5
  e.log_pb = {-1.5, 0};
  e.sampled_log_flow = {1, 3};      // advantages 0.5 and -0.5
  e.log_flow = {1, 3};
  e.log_pf = {std::log(1.3) - 0.5, std::log(1.1) - 0.5};
  e.d_log_pf.assign(2, 0);
  e.d_log_pb.assign(2, 0);
  e.d_log_flow.assign(2, 0);
  Residuals residuals;
  ObjectiveSettings settings;
  const double loss = proximal_policy(batch, settings, e, residuals);
  CHECK(residuals.per_transition == std::vector<double>{-0.5, 0.5});
  CHECK(loss == Approx((0.125 - 1.2 * 0.5 + 0.125 + 1.1 * 0.5) / 2));
  CHECK(e.d_log_pf[0] == 0);  // good, and already 1.3 times as likely
  CHECK(e.d_log_pf[1] == Approx(1.1 * 0.5 / 2));
  CHECK(e.d_log_flow == std::vector<double>{-0.25, 0.25});
}

TEST_CASE("proximal policy optimisation comes near the target") {
  const Snapshot s = after(config_of("hypergrid-8x8", {"objective.name=ppo", "policy.backward=uniform",
                                                       "batch=64", "steps=1000"}), 1000);
  CAPTURE(s.exact->tv);
  CHECK(s.exact->tv < 0.1);
}
