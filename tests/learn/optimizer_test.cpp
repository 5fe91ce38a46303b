#include "core/learn/optimizer.h"

#include <algorithm>
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
    double squares = 0;
    for (double& x : g) {
      x *= 2;
      squares += x * x;
    }
    CHECK(optimizer.step(1, {&group, 1}, {p, g, workers}) == Approx(std::sqrt(squares)));
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

TEST_CASE("groups may be collected in any order, and one with a gradient that is not finite stays where it is") {
  const size_t size = GENERATE(1, 60'000);  // few parameters move when all have been collected, many at once
  const std::string clip = GENERATE("none", "value", "norm");
  CAPTURE(size, clip);
  const std::vector<ParameterGroup> groups = {
      {0, 2 * size, Role::kForward}, {2 * size, 3 * size, Role::kBackward}, {3 * size, 4 * size, Role::kFlow}};
  const Config config = config_of({"optimizer.lr=0.1", "optimizer.lr_flow=0.3", "optimizer.clip=" + clip, "optimizer.clip_at=1.5"});
  Workers workers;
  Optimizer<double> one(4 * size), other(4 * size);
  one.configure(config);
  other.configure(config);
  std::vector<double> p(4 * size);
  for (size_t i = 0; i < p.size(); ++i) p[i] = 1 + static_cast<double>(i % 4);
  std::vector<double> q = p, g = p;
  for (int t = 0; t < 3; ++t) {
    std::vector<double> h = g = p;
    const double norm = one.step(1, groups, {p, g, workers});
    for (const size_t i : {2, 0, 1}) other.collect(groups[i], {q, h, workers});
    CHECK(other.finish(1, groups, {q, h, workers}) == Approx(norm));
    CHECK(g == h);
  }
  CHECK(p == q);

  std::ranges::fill(g, 1);
  g[2 * size] = std::nan("");
  CHECK(std::isnan(one.step(1, groups, {p, g, workers})));
  CHECK(one.steps() == 3);
  CHECK(std::equal(p.begin() + 2 * size, p.begin() + 3 * size, q.begin() + 2 * size));
  CHECK(std::ranges::all_of(p, [](double x) { return std::isfinite(x); }));
  std::ranges::fill(g, 1);
  CHECK(one.step(1, groups, {p, g, workers}) == Approx(2 * std::sqrt(size)));  // and goes on
  CHECK(p[2 * size] < q[2 * size]);
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
    optimizer.step(-t, {&group, 1}, {p, g, workers});  // a loss that always falls
    rates.push_back(optimizer.rate(Role::kForward));
  }
  CHECK(rates == std::vector<double>{1, 1, 1, 1, 1, 1, 0.5, 0.5});

  // Another distance, larger by nature, is no step back.
  optimizer.configure(config, 1, "tv");
  optimizer.watch(0.9);
  for (int t = 0; t < 3; ++t) {
    std::vector<double> p = {1}, g = {1};
    optimizer.step(0, {&group, 1}, {p, g, workers});
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
    o.step(t % 3, {&group, 1}, {x, g, workers});
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
