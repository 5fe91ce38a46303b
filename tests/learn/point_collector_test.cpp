// Where training trajectories of continuous worlds come from: exploration that fades, local search, replay.
#include <cmath>

#include "core/learn/continuous/density_sampler.h"
#include "core/learn/continuous/density_trainer.h"
#include "core/learn/continuous/point_collector.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

Config config_of(const std::string& environment, const std::vector<std::string>& values = {}) {
  Config config;
  config.set("environment.name", environment);
  config.set_all(std::vector<std::string>{"policy.hidden=16", "policy.layers=1", "batch=12"});
  config.set_all(values);
  return config;
}

struct World {
  explicit World(const Config& config)
      : space(config.make_space()),
        policy(*space, {.width = 16, .layers = 1, .activation = Activation::kElu}, Rng(3, Stream::kWeights)),
        batch(*space) {}
  std::shared_ptr<const ContinuousEnvironment> space;
  DensityPolicy<double> policy;
  PointBatch batch;
  DensityPolicy<double>::Sweep sweep;
};

/// Every transition leads, by its own coordinates, to the next one's state, and the last ends.
void check_connected(const World& w) {
  std::vector<double> next(w.batch.length);
  for (size_t k = 0; k < w.batch.transitions.size(); ++k) {
    const Transition& t = w.batch.transitions[k];
    if (t.next < 0) continue;
    CHECK(w.batch.transitions[k + 1].row == t.next);
    const Point u{w.batch.coordinates.data() + sz(t.next) * w.batch.width, w.batch.width};
    const double stretch = w.space->advance(w.batch.state(t.row), u, next);
    CHECK(stretch == Approx(w.batch.log_stretch[sz(t.next)]).margin(1e-6));
    for (size_t d = 0; d < next.size(); ++d) {
      CHECK(std::abs(std::remainder(next[d] - w.batch.state(t.next)[d], w.space->map().periodic ? 2 * M_PI : 1e9)) < 1e-6);
    }
  }
}

}  // namespace

TEST_CASE("local search appends whole trajectories to objects that are no worse") {
  for (const char* name : {"box", "line", "torus", "diffusion"}) {
    CAPTURE(name);
    World w(config_of(name));
    constexpr int kObjects = 40;
    sample_forward(*w.space, w.policy, kObjects, {}, Rng(5, Stream::kForward), 0, w.batch, w.sweep);
    double before = 0, after = 0;
    for (const double r : w.batch.log_reward) before = std::max(before, r);
    const int accepted = search_locally(*w.space, w.policy, {.rounds = 3, .depth = 0.5}, Rng(5, Stream::kBackward),
                                        Rng(5, Stream::kRebuild), 0, w.batch, w.sweep);
    CHECK(accepted > 0);
    CHECK(accepted <= 3 * kObjects);
    REQUIRE(w.batch.size() > kObjects);
    REQUIRE(w.batch.size() <= 2 * kObjects);
    check_connected(w);
    for (int i = 0; i < w.batch.size(); ++i) {
      CHECK(w.batch.transitions[sz(w.batch.begin[sz(i)])].row == 0);
      CHECK(w.batch.log_reward[sz(i)] == w.space->log_reward(w.batch.state(w.batch.last_row(i))));
    }
    // Greedy: the mean over moved objects cannot be below that of the worst of those they came from.
    std::vector<double> old(w.batch.log_reward.begin(), w.batch.log_reward.begin() + kObjects);
    std::ranges::sort(old);
    const int moved = w.batch.size() - kObjects;
    for (int i = 0; i < moved; ++i) after += w.batch.log_reward[sz(kObjects + i)];
    double least = 0;
    for (int i = 0; i < moved; ++i) least += old[sz(i)];
    CHECK(after >= least - 1e-9);
  }
}

TEST_CASE("local search by Metropolis-Hastings samples the reward, whatever the policy") {
  World w(config_of("torus", {"environment.steps=4"}));
  constexpr int kObjects = 800;
  sample_forward(*w.space, w.policy, kObjects, {}, Rng(5, Stream::kForward), 0, w.batch, w.sweep);
  search_locally(*w.space, w.policy, {.rounds = 40, .depth = 0.75, .metropolis = true}, Rng(5, Stream::kBackward),
                 Rng(5, Stream::kRebuild), 0, w.batch, w.sweep);
  double mean = 0;
  const int moved = w.batch.size() - kObjects;
  REQUIRE(moved > 0.95 * kObjects);
  for (int i = kObjects; i < w.batch.size(); ++i) mean += std::cos(2 * w.batch.state(w.batch.last_row(i))[1]) / moved;
  // 7.125 / 14, the mean under R (point_chain_test.cpp); four standard errors.
  CHECK(mean == Approx(7.125 / 14).margin(4 * 0.6 / std::sqrt(moved)));
}

TEST_CASE("a share of the batch goes to objects seen before, by new ways") {
  const Config config = config_of("box", {"replay.share=0.5", "replay.capacity=12"});
  World w(config);
  PointCollector<double> collector(config);
  collector.collect(*w.space, w.policy, 0, w.batch, w.sweep);
  REQUIRE(w.batch.size() == 12);  // nothing to replay yet
  std::vector<std::vector<double>> seen;
  for (int i = 0; i < 12; ++i) {
    const Point x = w.batch.state(w.batch.last_row(i));
    seen.emplace_back(x.begin(), x.end());
  }
  collector.collect(*w.space, w.policy, 1, w.batch, w.sweep);
  REQUIRE(w.batch.size() == 12);
  check_connected(w);
  for (int i = 0; i < 12; ++i) {
    const Point x = w.batch.state(w.batch.last_row(i));
    const bool known = std::ranges::any_of(seen, [&](const auto& s) { return std::ranges::equal(s, x); });
    CHECK(known == (i >= 6));
  }
}

TEST_CASE("the buffer keeps the last objects") {
  PointBuffer buffer;
  buffer.set_capacity(3);
  for (const double x : {1, 2, 3, 4, 5}) buffer.add({&x, 1}, x);
  std::vector<double> kept;
  for (size_t i = 0; i < 3; ++i) kept.push_back(buffer.object(i)[0]);
  std::ranges::sort(kept);
  CHECK(kept == std::vector<double>{3, 4, 5});
  buffer.set_capacity(2);
  REQUIRE(buffer.size() == 2);
  CHECK(buffer.object(0)[0] == 4);
  CHECK(buffer.object(1)[0] == 5);
}

TEST_CASE("exploration by more noise fades to nothing, with epsilon") {
  const auto at = [](const std::string& fade, std::int64_t step) {
    return PointCollector<float>(config_of("diffusion", {"exploration.epsilon=0.2", "exploration.step_noise=0.8",
                                                        "exploration.epsilon_steps=100", "exploration.fade=" + fade}))
        .perturbation(step);
  };
  CHECK(at("linear", 0).noise == Approx(0.8));
  CHECK(at("linear", 25).noise == Approx(0.6));
  CHECK(at("linear", 25).uniform == Approx(0.15));
  CHECK(at("cosine", 50).noise == Approx(0.4));
  CHECK(at("cosine", 25).noise > 0.6);
  for (const char* fade : {"linear", "cosine"}) {
    CHECK(at(fade, 100).noise == Approx(0).margin(1e-12));
    CHECK(at(fade, 1000).uniform == Approx(0).margin(1e-12));
  }
}

TEST_CASE("training with local search and replay resumes bit for bit") {
  const Config config = config_of("torus", {"replay.share=0.25", "local_search.rounds=1", "replay.pick=reward"});
  const auto bytes_of = [](const DensityTrainer<float>& trainer) {
    std::vector<std::uint8_t> bytes;
    trainer.save(bytes);
    return bytes;
  };
  DensityTrainer<float> straight(config, config.make_space()), first(config, config.make_space()),
      second(config, config.make_space());
  for (int i = 0; i < 8; ++i) straight.step();
  for (int i = 0; i < 3; ++i) first.step();
  second.restore(bytes_of(first));
  for (int i = 3; i < 8; ++i) second.step();
  CHECK(bytes_of(second) == bytes_of(straight));
}
