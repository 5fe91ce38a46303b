// Energy-conditioned flow: the network of log F sees E(s) beside the features of the state.
#include <atomic>

#include "core/graph/divergence.h"
#include "core/learn/exact_view.h"
#include "core/learn/trainer.h"
#include "core/run/errors.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

Config config_of(const char* world, const char* objective, const std::vector<std::string>& values = {}) {
  Config config = Config::from_preset(world);
  config.set("objective.name", std::string(objective));
  config.set_all(values);
  return config;
}

}  // namespace

TEST_CASE("without energies a flow that sees them has the same loss and gradient as one that does not") {
  for (const char* objective : {"db", "subtb", "fldb", "flsubtb"}) {
    const std::vector<std::string> values = {"reward.beta=0", "policy.hidden=16", "policy.flow_energy=false"};
    Config config = config_of("set-6-3", objective, values);
    Trainer<double> plain(config, config.make_environment());
    config.set("policy.flow_energy", true);
    Trainer<double> seeing(config, config.make_environment());
    // The same parameters, and anything for the weights of the energy: they stand after the features'.
    const ParameterGroup flow = plain.policy().groups()[2];
    const auto features = static_cast<size_t>(config.make_environment()->spec().num_features);
    const auto energy = static_cast<long>(flow.begin + features * 16);
    std::vector<double> parameters(plain.policy().parameters().begin(), plain.policy().parameters().end());
    parameters.insert(parameters.begin() + energy, 16, 0.7);
    REQUIRE(parameters.size() == seeing.policy().parameters().size());
    std::ranges::copy(parameters, seeing.policy().parameters().begin());
    plain.sample();
    seeing.sample();
    CHECK(plain.evaluate() == seeing.evaluate());
    plain.backward();
    seeing.backward();
    std::vector<double> gradient(plain.policy().gradient().begin(), plain.policy().gradient().end());
    gradient.insert(gradient.begin() + energy, 16, 0.0);
    CAPTURE(objective);
    CHECK(std::ranges::equal(gradient, seeing.policy().gradient()));
  }
}

TEST_CASE("a flow that sees energies answers to the reward at once, P_F does not") {
  const Config config = config_of("set-6-3", "subtb", {"policy.flow_energy=true"});
  Config other = config;
  other.set_text("reward.beta", "3");
  const auto environment = config.make_environment(), sharper = other.make_environment();
  const Trainer<double> trainer(config, environment);
  const auto evaluate = [&](const Environment& world) {
    Rows rows(world);
    std::vector<std::int32_t> state(static_cast<size_t>(world.spec().state_length));
    world.reset(state);
    world.apply(state, 2);
    rows.insert(world, state);
    Policy<double>::Sweep sweep;
    trainer.policy().extend_forward(rows, sweep);
    trainer.policy().extend_flow(world, rows, sweep);
    return std::pair(sweep.log_flow[0], sweep.log_pf[0]);
  };
  CHECK(evaluate(*environment).first != evaluate(*sharper).first);
  CHECK(evaluate(*environment).second == evaluate(*sharper).second);
}

TEST_CASE("balance with a flow that sees energies reaches the target") {
  for (const char* world : {"hypergrid-8x8", "set-6-3"}) {
    for (const char* objective : {"db", "subtb", "fldb", "flsubtb"}) {
      const Config config = config_of(world, objective, {"policy.flow_energy=true", "policy.hidden=64", "batch=32",
                                                         "steps=1500"});
      Trainer<float> trainer(config, config.make_environment());
      for (int i = 0; i < 1500; ++i) REQUIRE(trainer.step().trouble.empty());
      const auto environment = config.make_environment();
      const auto graph = StateGraph::enumerate(*environment).value();
      GraphPolicy policy;
      REQUIRE(policy_on_graph(trainer.policy(), *environment, graph, std::atomic<bool>(false), policy));
      const auto learned = forward_flow(graph, policy.forward, policy.stop).terminating;
      CAPTURE(world, objective);
      CHECK(divergence(learned, exact_target(graph, *environment).probability).tv < 0.005);
    }
  }
}

TEST_CASE("where log F has no network of its own, it cannot see energies") {
  const auto refused = [](const char* objective, const std::vector<std::string>& values) {
    const Config config = config_of("hypergrid-8x8", objective, values);
    try {
      Trainer<float>(config, config.make_environment());
    } catch (const UsageError& e) {
      return std::string(e.what()).starts_with("policy.flow_energy: ");
    }
    return false;
  };
  CHECK(refused("tb", {"policy.flow_energy=true"}));
  CHECK(refused("subtb", {"policy.flow_energy=true", "policy.kind=tabular"}));
  CHECK(refused("subtb", {"policy.flow_energy=true", "policy.torso=shared"}));
  CHECK_FALSE(refused("subtb", {"policy.flow_energy=true"}));
}
