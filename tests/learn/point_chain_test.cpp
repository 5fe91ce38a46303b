// Baselines in continuous spaces: what they sample, and what they say of log Z.
#include <cmath>
#include <numbers>

#include "core/learn/continuous/point_run.h"
#include "core/run/errors.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

Config config_of(const std::string& environment, const std::string& objective,
                 const std::vector<std::string>& values = {}) {
  Config config;
  config.set("environment.name", environment);
  config.set("objective.name", objective);
  config.set_all(values);
  return config;
}

PointSampler sampler_of(const Config& config, std::uint64_t seed = 1) {
  return {PointTarget(config.make_space()), point_chain_settings(config), Rng(seed, Stream::kForward)};
}

/// The mean of cos 2b on the torus, which separates R from the uniform density: from the integral of
/// (a + cos 2b)^3, it is 3/2 of (1/2 + 4) + 3/8 over 14, where a = 2 + sin 3a' has mean square 9/2.
constexpr double kTorusMean = (1.5 * 4.5 + 0.375) / 14;

}  // namespace

TEST_CASE("chains on the torus sample its reward") {
  for (const auto& config : {config_of("torus", "mh", {"batch=64", "objective.step=0.2", "objective.moves=5"}),
                             config_of("torus", "hmc", {"batch=64", "objective.step=0.03"}),
                             config_of("torus", "hmc", {"batch=64", "objective.step=0.08", "objective.leaps=1", "objective.moves=5"}),
                             config_of("torus", "smc", {"batch=64", "objective.step=0.2"})}) {
    PointSampler sampler = sampler_of(config);
    constexpr int kBurn = 50, kSteps = 300;
    std::vector<double> values;
    for (int step = 1; step <= kSteps; ++step) {
      sampler.step(step);
      for (int i = 0; step > kBurn && i < sampler.chains(); ++i) values.push_back(std::cos(2 * sampler.object(i)[1]));
    }
    double mean = 0, squares = 0;
    for (const double v : values) mean += v / static_cast<double>(values.size());
    for (const double v : values) squares += (v - mean) * (v - mean);
    const double variance = squares / static_cast<double>(values.size());
    const double share = effective_share(values, sampler.chains(), 1);
    const double error = std::sqrt(variance / (share * static_cast<double>(values.size())));
    CAPTURE(config.to_json(), mean, share, error);
    CHECK(error < 0.02);
    CHECK(std::abs(mean - kTorusMean) < 4 * error);
    CHECK(sampler.accepted() > 0);
    CHECK(sampler.accepted() < sampler.proposals());
  }
}

TEST_CASE("chains on the box sample its corners, along slopes too") {
  for (const auto& config : {config_of("box", "mh", {"batch=64", "objective.step=0.2", "objective.moves=5"}),
                             config_of("box", "hmc", {"batch=64", "objective.step=0.05", "objective.moves=5"}),
                             config_of("box", "hmc", {"batch=64", "objective.step=0.15", "objective.leaps=1", "objective.moves=5"}),
                             config_of("box", "smc", {"batch=64", "objective.step=0.2"})}) {
    PointSampler sampler = sampler_of(config);
    std::vector<double> values;  // whether each object lies in one of the four squares
    for (int step = 1; step <= 300; ++step) {
      sampler.step(step);
      for (int i = 0; step > 50 && i < sampler.chains(); ++i) {
        values.push_back(sampler.target().space().mode_of(sampler.target().state(sampler.object(i))) >= 0);
      }
    }
    double mean = 0;
    for (const double v : values) mean += v / static_cast<double>(values.size());
    const double share = effective_share(values, sampler.chains(), 1);
    const double error = std::sqrt(mean * (1 - mean) / (share * static_cast<double>(values.size())));
    constexpr double kSquares = 0.04 * 2.6 / (0.1 + 0.25 * 0.5 + 0.04 * 2);
    CAPTURE(config.to_json(), mean, share, error);
    CHECK(error < 0.02);
    CHECK(std::abs(mean - kSquares) < 4 * error);
  }
}

TEST_CASE("what goes through a wall comes back from it the other way") {
  const PointTarget box(config_of("box", "hmc").make_space());
  struct Case {
    double x, inside, momentum;
  };
  for (const Case& c : {Case{0.3, 0.3, 1}, Case{1.2, 0.8, -1}, Case{-0.1, 0.1, -1}, Case{2.3, 0.3, 1}, Case{-1.25, 0.75, 1}}) {
    double x[] = {0.5, c.x}, momentum[] = {1, 1};
    box.bounce(x, momentum);
    CAPTURE(c.x);
    CHECK(x[0] == 0.5);
    CHECK(x[1] == Approx(c.inside));
    CHECK(momentum[0] == 1);
    CHECK(momentum[1] == c.momentum);
  }
}

TEST_CASE("where objects have a discrete part, chains change it too") {
  for (const auto& config : {config_of("hybrid", "mh", {"batch=256", "objective.step=0.3", "objective.moves=20"}),
                             config_of("hybrid", "smc", {"batch=256", "objective.step=0.2"})}) {
    PointSampler sampler = sampler_of(config);
    std::vector<double> values;  // whether each is of the fourth shape, four tenths of the target
    for (int step = 1; step <= 80; ++step) {
      sampler.step(step);
      for (int i = 0; step > 20 && i < sampler.chains(); ++i) values.push_back(sampler.object(i)[2] == 3);
    }
    double mean = 0;
    for (const double v : values) mean += v / static_cast<double>(values.size());
    const double share = effective_share(values, sampler.chains(), 1);
    const double error = std::sqrt(mean * (1 - mean) / (share * static_cast<double>(values.size())));
    CAPTURE(config.to_json(), mean, share, error);
    CHECK(error < 0.05);
    CHECK(std::abs(mean - 0.4) < 4 * error);
  }
  // Chains along slopes keep their place while they change it, which only those between shapes can do.
  PointSampler glides = sampler_of(config_of("hybrid", "hmc", {"batch=256", "objective.step=0.002", "objective.moves=20"}));
  std::vector<double> before;
  for (int i = 0; i < 256; ++i) before.push_back(glides.object(i)[2]);
  for (int step = 1; step <= 20; ++step) glides.step(step);
  int changed = 0;
  for (size_t i = 0; i < before.size(); ++i) changed += glides.object(static_cast<int>(i))[2] != before[i];
  CHECK(changed > 25);
  CHECK(glides.proposals() == 2 * 20 * 256);
  CHECK(2 * glides.accepted() > glides.proposals());
}

TEST_CASE("both bumps of the line get their half") {
  const Config config = config_of("line", "mh", {"batch=64", "objective.step=0.2"});
  PointSampler sampler = sampler_of(config);
  int right = 0, all = 0;
  for (int step = 1; step <= 800; ++step) {
    sampler.step(step);
    for (int i = 0; step > 100 && i < sampler.chains(); ++i, ++all) right += sampler.object(i)[0] > 3.5;
  }
  CHECK(static_cast<double>(right) / all == Approx(0.5).margin(0.04));
}

TEST_CASE("annealed particles estimate Z without bias") {
  struct Case {
    Config config;
    double log_z, margin;
  };
  const Case cases[] = {
      {config_of("torus", "smc", {"batch=32", "objective.step=0.2", "objective.temperatures=16"}), 6.31481, 0.03},
      {config_of("diffusion", "smc", {"batch=64", "objective.step=0.2"}), 0, 0.1},
      {config_of("hybrid", "smc", {"batch=64", "objective.step=0.2", "objective.temperatures=32"}), std::log(10), 0.05},
      {config_of("torus", "smc", {"batch=64", "objective.step=0.2", "objective.temperatures=16", "environment.angles=4"}),
       std::log(88 * std::pow(2 * std::numbers::pi, 4)), 0.03},
      {config_of("box", "smc", {"batch=32", "objective.step=0.2", "objective.temperatures=8"}), -1.187444, 0.03}};
  for (const Case& c : cases) {
    PointSampler sampler = sampler_of(c.config);
    constexpr int kSteps = 200;
    double mean = 0, squares = 0;
    for (int step = 1; step <= kSteps; ++step) {
      sampler.step(step);
      const double ratio = std::exp(sampler.log_z() - c.log_z);
      mean += ratio / kSteps;
      squares += ratio * ratio / kSteps;
    }
    const double error = std::sqrt((squares - mean * mean) / kSteps);
    CAPTURE(c.config.to_json(), mean, error);
    CHECK(error < c.margin);
    CHECK(std::abs(mean - 1) < 4 * error);
  }
}

TEST_CASE("independent values are worth their number, and chains that stand still one each") {
  const Rng rng(3, Stream::kNoise);
  constexpr int kChains = 50, kSteps = 200;
  std::vector<double> free, still;
  for (int step = 0; step < kSteps; ++step) {
    for (int i = 0; i < kChains; ++i) {
      free.push_back(normal_pair(rng, static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(i))[0]);
      still.push_back(normal_pair(rng, 0, static_cast<std::uint64_t>(i))[0]);
    }
  }
  CHECK(effective_share(free, kChains, 1) > 0.6);
  CHECK(effective_share(still, kChains, 1) == Approx(1.0 / kSteps).epsilon(0.05));
}

TEST_CASE("a baseline resumes bit for bit and shows its samples and their distance") {
  const Config config = config_of("torus", "smc", {"batch=32", "objective.temperatures=8"});
  PointRun straight(config, config.make_space(), nullptr);
  for (int i = 0; i < 30; ++i) REQUIRE(straight.step());
  PointRun first(config, config.make_space(), nullptr);
  for (int i = 0; i < 12; ++i) REQUIRE(first.step());
  const Checkpoint saved = first.checkpoint();
  PointRun second(config, config.make_space(), &saved);
  for (int i = 12; i < 30; ++i) REQUIRE(second.step());
  CHECK(second.checkpoint().state == [&] {  // but for the seconds spent
    auto bytes = straight.checkpoint().state;
    const auto other = second.checkpoint().state;
    const size_t seconds = bytes.size() - 6 - 4 * 8;
    std::copy_n(other.begin() + static_cast<long>(seconds), 8, bytes.begin() + static_cast<long>(seconds));
    return bytes;
  }());
  const std::atomic<bool> cancel = false;
  second.refresh_exact(cancel);
  Snapshot s;
  second.describe(s, false);
  REQUIRE(s.density);
  CHECK_FALSE(s.density->policy);
  CHECK(s.density->samples == 30 * 32);
  CHECK(s.density->objects.size() == 30 * 32 * 2);
  CHECK(*s.density->sampled_tv > 0);
  CHECK(*s.density->sampled_tv < 0.5);
  CHECK_FALSE(s.metrics.loss);
}

TEST_CASE("baselines refuse worlds that they cannot walk in") {
  const auto refused = [](const Config& config) {
    try {
      make_live_run(config, nullptr);
    } catch (const UsageError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  CHECK(refused(config_of("torus", "pt")).find("discrete worlds") != std::string::npos);
  CHECK(refused(config_of("hypergrid", "smc")).find("real-valued") != std::string::npos);
}
