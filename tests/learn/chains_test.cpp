#include "core/learn/chains.h"

#include <cmath>

#include "core/graph/divergence.h"
#include "core/graph/exact_flow.h"
#include "core/run/config.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

using Kind = ChainSettings::Kind;

struct World {
  World(const char* name, std::vector<std::string> settings) {
    Config config;
    settings.insert(settings.begin(), std::string("environment.name=") + name);
    config.set_all(settings);
    this->environment = config.make_environment();
    graph = *StateGraph::enumerate(*this->environment);
    target = exact_target(graph, *this->environment);
  }
  std::shared_ptr<const Environment> environment;
  StateGraph graph;
  Target target;
};

/// Total variation between R/Z and where the chains have been, and what as many independent samples of
/// R/Z would give on average.
struct Distance {
  double tv = 0, of_perfect_samples = 0;
};

Distance distance_after(const World& world, const ChainSettings& settings, int steps, int forget) {
  ChainSampler sampler(world.environment, settings, Rng(4, Stream::kForward));
  std::vector<double> frequency(static_cast<size_t>(world.graph.num_states()), 0);
  const double n = static_cast<double>(settings.chains) * (steps - forget);
  for (int step = 1; step <= steps; ++step) {
    sampler.step(step);
    if (step <= forget) continue;
    for (int chain = 0; chain < sampler.chains(); ++chain) {
      const int id = world.graph.find(sampler.object(chain));
      REQUIRE(id >= 0);
      REQUIRE(world.graph.terminating(id));
      frequency[static_cast<size_t>(id)] += 1 / n;
    }
  }
  Distance d{divergence(frequency, world.target.probability).tv, 0};
  for (const double q : world.target.probability) {
    d.of_perfect_samples += std::sqrt(2 * q * (1 - q) / (3.14159265 * n)) / 2;
  }
  return d;
}

}  // namespace

TEST_CASE("chains come to the target in worlds of every kind") {
  for (const World& world : {World("hypergrid", {"environment.side=6", "reward.r0=0.1"}),
                             World("bits", {"environment.length=5"}),
                             World("set", {"environment.elements=7", "environment.size=3"}),
                             World("dag", {})}) {
    CAPTURE(world.graph.num_states());
    for (const ChainSettings& settings :
         {ChainSettings{Kind::kMetropolis, 32, 1, 1, 20}, ChainSettings{Kind::kTempering, 16, 4, 0.2, 20}}) {
      const Distance d = distance_after(world, settings, 2000, 200);
      CAPTURE(settings.replicas, d.tv, d.of_perfect_samples);
      CHECK(d.tv < 0.01 + 5 * d.of_perfect_samples);  // neighbours in a chain are alike
    }
  }
}

TEST_CASE("hot replicas carry a chain between modes that it cannot reach alone") {
  // Four corners of reward 2.6 in a plain of 1e-4.
  const World world("hypergrid", {"environment.side=16", "reward.r0=0.0001", "reward.r1=0.0001"});
  const auto tv = [&](const ChainSettings& settings) { return distance_after(world, settings, 3000, 1000).tv; };
  const double alone = tv({Kind::kMetropolis, 4}), tempered = tv({Kind::kTempering, 4, 12, 0.01});
  CAPTURE(alone, tempered);
  CHECK(tempered < 0.6 * alone);
}

TEST_CASE("the random walk draws what a policy without preferences draws") {
  const World world("hypergrid", {"environment.side=4"});
  ChainSampler sampler(world.environment, {Kind::kRandom, 64}, Rng(1, Stream::kForward));
  GraphPolicy uniform{std::vector<double>(static_cast<size_t>(world.graph.num_edges())),
                      std::vector<double>(static_cast<size_t>(world.graph.num_states())), {}};
  for (int s = 0; s < world.graph.num_states(); ++s) {
    const double p = 1.0 / static_cast<double>(world.graph.child_end(s) - world.graph.child_begin(s) + 1);
    uniform.stop[static_cast<size_t>(s)] = p;
    for (auto e = world.graph.child_begin(s); e < world.graph.child_end(s); ++e) {
      uniform.forward[static_cast<size_t>(e)] = p;
    }
  }
  const ForwardFlow exact = forward_flow(world.graph, uniform.forward, uniform.stop);
  std::vector<double> frequency(static_cast<size_t>(world.graph.num_states()), 0);
  for (int step = 1; step <= 500; ++step) {
    sampler.step(step);
    for (int chain = 0; chain < 64; ++chain) {
      frequency[static_cast<size_t>(world.graph.find(sampler.object(chain)))] += 1.0 / 64 / 500;
    }
  }
  CHECK(divergence(frequency, exact.terminating).tv < 0.02);
}

TEST_CASE("chains restored from their bytes go on as if nothing had happened") {
  const World world("set", {"environment.elements=7", "environment.size=3"});
  const ChainSettings settings{Kind::kTempering, 4, 3, 0.2};
  ChainSampler whole(world.environment, settings, Rng(9, Stream::kForward));
  for (int step = 1; step <= 20; ++step) whole.step(step);
  std::vector<std::uint8_t> bytes;
  whole.save(bytes);
  ChainSampler again(world.environment, settings, Rng(9, Stream::kForward));
  std::span<const std::uint8_t> rest(bytes);
  again.restore(rest);
  CHECK(rest.empty());
  for (int step = 21; step <= 40; ++step) {
    whole.step(step);
    again.step(step);
  }
  for (int chain = 0; chain < 4; ++chain) {
    CHECK(std::ranges::equal(whole.object(chain), again.object(chain)));
  }
}
