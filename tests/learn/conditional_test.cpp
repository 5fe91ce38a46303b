// One policy for all inverse temperatures of a range.
#include <atomic>

#include "core/graph/divergence.h"
#include "core/learn/exact_view.h"
#include "core/learn/trainer.h"
#include "core/run/errors.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

Config config_of(const char* world, const char* objective) {
  Config config = Config::from_preset(world);
  config.set("objective.name", std::string(objective));
  config.set("conditional.low", 0.5);
  config.set("conditional.high", 2.0);
  config.set("policy.hidden", std::int64_t{64});
  config.set("batch", std::int64_t{32});
  return config;
}

/// TV between what a trainer has learned and the target at one beta.
double tv_at(Trainer<float>& trainer, Config config, double beta) {
  config.set("conditional.shown", beta);
  const auto environment = config.make_environment();
  const auto graph = StateGraph::enumerate(*environment).value();
  GraphPolicy policy;
  REQUIRE(policy_on_graph(trainer.policy(), *environment, graph, std::atomic<bool>(false), policy));
  const ForwardFlow flow = forward_flow(graph, policy.forward, policy.stop);
  return divergence(flow.terminating, exact_target(graph, *environment).probability).tv;
}

}  // namespace

TEST_CASE("one training learns the target at every beta of its range") {
  for (const char* objective : {"tb", "db", "subtb", "vargrad"}) {
    Config config = config_of("set-6-3", objective);
    const std::int64_t steps = 1500;
    config.set("steps", steps);
    Trainer<float> trainer(config, config.make_environment());
    for (std::int64_t i = 0; i < steps; ++i) trainer.step();
    for (const double beta : {0.5, 1.0, 2.0}) {
      CAPTURE(objective, beta);
      CHECK(tv_at(trainer, config, beta) < 0.03);
      config.set("conditional.shown", beta);
      trainer.configure(config);
      trainer.set_environment(config.make_environment());
      if (std::string(objective) == "vargrad") continue;  // has no log Z of its own
      const auto environment = config.make_environment();
      const auto graph = StateGraph::enumerate(*environment).value();
      CHECK(trainer.log_z() == Approx(exact_target(graph, *environment).log_z).margin(0.1));
    }
  }
}

TEST_CASE("a fixed power of the reward needs no condition") {
  Config config = Config::from_preset("hypergrid-8x8");
  config.set("conditional.low", 3.0);
  config.set("conditional.high", 3.0);
  const auto cold = config.make_environment(), plain = Config::from_preset("hypergrid-8x8").make_environment();
  const std::vector<std::int32_t> state{1, 6};
  CHECK(cold->log_reward(state) == 3 * plain->log_reward(state));
}

TEST_CASE("what cannot know its beta is refused in one line") {
  const auto refused = [](const std::vector<std::string>& changes) {
    Config config = config_of("hypergrid-8x8", "tb");
    config.set_all(changes);
    try {
      Trainer<float>(config, config.make_environment());
    } catch (const UsageError& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  CHECK(refused({}) == "no error");
  CHECK(refused({"objective.name=reverse_kl"}).find("reverse_kl") != std::string::npos);
  CHECK(refused({"policy.kind=tabular"}).find("policy.kind") != std::string::npos);
  CHECK(refused({"replay.share=0.5"}).find("replay.share") != std::string::npos);
  CHECK(refused({"conditional.shown=3"}).find("conditional.shown: '3'") == 0);
  CHECK(refused({"conditional.low=4"}).find("conditional.low: '4'") == 0);
}

}  // namespace flowscope
