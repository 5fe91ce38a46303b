#include "core/learn/optimizer.h"

#include <cmath>

#include "tests/catch.h"

using namespace flowscope;

namespace {

Config config_of(std::vector<std::string> settings) {
  Config config;
  config.set_all(settings);
  return config;
}

/// Parameters after `steps` steps of gradient 2 p (a bowl), all in one group.
std::vector<double> descend(std::vector<double> p, const Config& config, int steps, Role role = Role::kForward) {
  Optimizer<double> optimizer(p.size());
  optimizer.configure(config);
  const ParameterGroup group{0, p.size(), role};
  Workers workers;
  for (int t = 0; t < steps; ++t) {
    std::vector<double> g(p);
    double norm = 0;
    for (double& x : g) {
      x *= 2;
      norm += x * x;
    }
    optimizer.step(p, g, std::sqrt(norm), 1, {&group, 1}, workers);
  }
  return p;
}

}  // namespace

TEST_CASE("the first step of Adam has the length of the rate, whatever the gradient") {
  const auto p = descend({3, -0.01}, config_of({"optimizer.lr=0.1"}), 1);
  CHECK(p[0] == Approx(2.9));
  CHECK(p[1] == Approx(0.09).epsilon(1e-5));
}

TEST_CASE("AdamW takes rate times decay off every weight before Adam's step") {
  const auto p = descend({3}, config_of({"optimizer.lr=0.1", "optimizer.method=adamw", "optimizer.weight_decay=0.5"}), 1);
  CHECK(p[0] == Approx(3 * (1 - 0.05) - 0.1));
}

TEST_CASE("SGD with momentum adds what is left of the last velocity") {
  const auto p = descend({1}, config_of({"optimizer.lr=0.1", "optimizer.method=sgd", "optimizer.momentum=0.5"}), 2);
  CHECK(p[0] == Approx(0.8 - 0.1 * (0.5 * 2 + 1.6)));  // velocities 2, then 0.5 * 2 + 2 * 0.8
}

TEST_CASE("clipping by norm keeps the direction, clipping by value bounds each component") {
  const std::vector<std::string> sgd = {"optimizer.lr=1", "optimizer.method=sgd", "optimizer.clip_at=1"};
  Config config = config_of(sgd);
  config.set_text("optimizer.clip", "norm");
  auto p = descend({3, 4}, config, 1);
  CHECK(p[0] == Approx(3 - 0.6));
  CHECK(p[1] == Approx(4 - 0.8));
  config.set_text("optimizer.clip", "value");
  p = descend({3, 0.25}, config, 1);
  CHECK(p[0] == Approx(2));
  CHECK(p[1] == Approx(-0.25));
}

TEST_CASE("each role has its rate, and a frozen one none") {
  const Config config = config_of({"optimizer.lr=0.1", "optimizer.lr_backward=0.3", "optimizer.lr_flow=0.2"});
  CHECK(descend({5}, config, 1, Role::kForward)[0] == Approx(4.9));
  CHECK(descend({5}, config, 1, Role::kBackward)[0] == Approx(4.7));
  CHECK(descend({5}, config, 1, Role::kFlow)[0] == Approx(4.8));
  CHECK(descend({5}, config, 1, Role::kFrozen)[0] == 5);
}

TEST_CASE("schedules: warm-up rises, steps fall by their factor, a plateau falls when patience ends") {
  using Kind = Schedule::Kind;
  Plateau plateau;
  const Schedule warm{.warmup = 4};
  CHECK(schedule_factor(warm, plateau, 0) == 0.25);
  CHECK(schedule_factor(warm, plateau, 3) == 1);
  const Schedule steps{.kind = Kind::kStep, .step_every = 10, .factor = 0.5};
  CHECK(schedule_factor(steps, plateau, 9) == 1);
  CHECK(schedule_factor(steps, plateau, 10) == 0.5);
  CHECK(schedule_factor(steps, plateau, 25) == 0.25);
  const Schedule cosine{.kind = Kind::kCosine, .run_length = 100, .decay_from = 0.2, .decay_to = 0.1};
  CHECK(schedule_factor(cosine, plateau, 20) == 1);
  CHECK(schedule_factor(cosine, plateau, 60) == Approx(0.55));
  CHECK(schedule_factor(cosine, plateau, 100) == Approx(0.1));
  const Schedule flat{.kind = Kind::kPlateau, .patience = 2, .factor = 0.5, .threshold = 0.1};
  for (const double loss : {10.0, 9.5, 9.2}) observe(flat, loss, plateau);
  CHECK(plateau.factor == 1);
  observe(flat, 9.1, plateau);  // the third without an improvement of 10 %
  CHECK(plateau.factor == 0.5);
  observe(flat, 8.5, plateau);
  CHECK(plateau.best == 8.5);
  CHECK(schedule_factor(flat, plateau, 4) == 0.5);
}

TEST_CASE("a plateau that watches a distance ignores the loss, and counts steps before its first look, too") {
  const Config config = config_of({"optimizer.schedule=plateau", "optimizer.patience=3", "optimizer.factor=0.5",
                                   "optimizer.lr=1"});
  Optimizer<double> optimizer(1);
  optimizer.configure(config, 1, "jsd");
  Workers workers;
  const ParameterGroup group{0, 1, Role::kForward};
  std::vector<double> rates;
  for (int t = 0; t < 8; ++t) {
    if (t == 2) optimizer.watch(0.5);
    std::vector<double> p = {1}, g = {1};
    optimizer.step(p, g, 1, -t, {&group, 1}, workers);  // a loss that always falls
    rates.push_back(optimizer.rate(Role::kForward));
  }
  CHECK(rates == std::vector<double>{1, 1, 1, 1, 1, 1, 0.5, 0.5});

  // Another distance, larger by nature, is no step back.
  optimizer.configure(config, 1, "tv");
  optimizer.watch(0.9);
  for (int t = 0; t < 3; ++t) {
    std::vector<double> p = {1}, g = {1};
    optimizer.step(p, g, 1, 0, {&group, 1}, workers);
  }
  CHECK(optimizer.rate(Role::kForward) == 0.5);
}

TEST_CASE("an optimiser goes on from its bytes as if it had never stopped") {
  const Config config = config_of({"optimizer.schedule=plateau", "optimizer.patience=1"});
  Optimizer<double> whole(2), first(2), second(2);
  Workers workers;
  const ParameterGroup group{0, 2, Role::kForward};
  std::vector<double> p = {1, 2}, q = {1, 2};
  const auto step = [&](Optimizer<double>& o, std::vector<double>& x, int t) {
    o.configure(config);
    std::vector<double> g = {x[0], 3 * x[1]};
    double log_z = 0;
    o.step(x, g, 1, t % 3, {&group, 1}, workers);
    o.step_log_z(0.1 * t, log_z);
    return log_z;
  };
  for (int t = 0; t < 5; ++t) step(whole, p, t), step(first, q, t);
  std::vector<std::uint8_t> bytes;
  first.save(bytes);
  std::span<const std::uint8_t> rest(bytes);
  second.restore(rest);
  CHECK(rest.empty());
  for (int t = 5; t < 9; ++t) CHECK(step(whole, p, t) == step(second, q, t));
  CHECK(p == q);
}
