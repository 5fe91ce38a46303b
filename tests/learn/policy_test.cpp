// What a policy says of states, for the shapes that are not networks of their own.
#include "core/learn/policy.h"

#include <cmath>

#include "core/learn/exact_view.h"
#include "core/learn/trainer.h"
#include "core/run/errors.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

Trainer<double> trainer_of(const char* preset, std::vector<std::string> settings) {
  Config config = Config::from_preset(preset);
  config.set_all(settings);
  return Trainer<double>(config, config.make_environment());
}

GraphPolicy on_graph(const Trainer<double>& trainer, const StateGraph& graph, const Environment& world) {
  GraphPolicy policy;
  REQUIRE(policy_on_graph(trainer.policy(), world, graph, false, policy));
  return policy;
}

}  // namespace

TEST_CASE("a tabular policy starts uniform and has a parameter for every state and action") {
  const Trainer<double> trainer = trainer_of("hypergrid-8x8", {"policy.kind=tabular"});
  const auto world = Config::from_preset("hypergrid-8x8").make_environment();
  const auto graph = StateGraph::enumerate(*world);
  const GraphPolicy policy = on_graph(trainer, *graph, *world);
  for (int s = 0; s < graph->num_states(); ++s) {
    const auto choices = static_cast<double>(graph->child_end(s) - graph->child_begin(s) + 1);
    CHECK(policy.stop[static_cast<size_t>(s)] == Approx(1 / choices));
  }
  CHECK(trainer.policy().parameters().size() == (64 + 1) * 3 + (64 + 1) * 2);
}

TEST_CASE("a tabular policy learns the 8x8 grid") {
  Config config = Config::from_preset("hypergrid-8x8");
  config.set_all(std::vector<std::string>{"policy.kind=tabular", "steps=1500"});
  const auto world = config.make_environment();
  Trainer<double> trainer(config, world);
  for (int i = 0; i < 1500; ++i) REQUIRE(trainer.step().trouble.empty());
  RunInfo run;
  run.environment = world;
  run.graph = std::make_shared<const StateGraph>(*StateGraph::enumerate(*world));
  run.target = exact_target(*run.graph, *world);
  CHECK(make_exact_view(trainer.policy(), run, false)->tv < 0.01);
}

TEST_CASE("the maximum-entropy backward policy makes all paths to an object equally likely") {
  Trainer<double> trainer = trainer_of("hypergrid-8x8", {"policy.backward=maxent", "batch=200"});
  trainer.sample();
  trainer.evaluate();
  const RowBatch& batch = trainer.batch();
  for (int i = 0; i < batch.size(); ++i) {
    double log_pb = 0;
    for (int k = batch.begin[static_cast<size_t>(i)]; k < batch.begin[static_cast<size_t>(i) + 1]; ++k) {
      log_pb += trainer.evaluation().log_pb[static_cast<size_t>(k)];
    }
    const StateView x = batch.rows.state(batch.last_row(i));  // a + b choose a paths lead to (a, b)
    const double log_paths = std::lgamma(x[0] + x[1] + 1) - std::lgamma(x[0] + 1) - std::lgamma(x[1] + 1);
    CHECK(log_pb == Approx(-log_paths).margin(1e-12));
  }
}

TEST_CASE("a frozen backward policy stays as it began while the forward policy learns") {
  Trainer<double> trainer = trainer_of("hypergrid-8x8", {"policy.backward=frozen", "policy.hidden=16"});
  const auto groups = trainer.policy().groups();
  REQUIRE(groups[1].role == Role::kFrozen);
  REQUIRE(groups[1].begin < groups[1].end);
  const std::vector<double> before(trainer.policy().parameters().begin(), trainer.policy().parameters().end());
  for (int i = 0; i < 5; ++i) REQUIRE(trainer.step().trouble.empty());
  const auto after = trainer.policy().parameters();
  for (size_t p = groups[1].begin; p < groups[1].end; ++p) CHECK(after[p] == before[p]);
  CHECK(after[groups[0].end - 1] != before[groups[0].end - 1]);
}

TEST_CASE("a network that no state asks is left out of every step, after a resumption too") {
  Trainer<double> tree = trainer_of("bits-8", {"objective.name=tb", "policy.hidden=16"});
  const std::vector<double> before(tree.policy().parameters().begin(), tree.policy().parameters().end());
  const auto reached = [](const Trainer<double>& trainer) {
    std::vector<bool> all;
    for (const ParameterGroup& group : trainer.policy().groups()) {
      if (group.begin < group.end) all.push_back(group.reached);
    }
    return all;
  };
  for (int i = 0; i < 3; ++i) REQUIRE(tree.step().trouble.empty());
  CHECK(reached(tree) == std::vector<bool>{true, false});  // every state has one parent: nothing to learn
  const ParameterGroup backward = tree.policy().groups()[1];
  for (size_t p = backward.begin; p < backward.end; ++p) CHECK(tree.policy().parameters()[p] == before[p]);

  std::vector<std::uint8_t> bytes;
  tree.save(bytes);
  Trainer<double> resumed = trainer_of("bits-8", {"objective.name=tb", "policy.hidden=16"});
  resumed.restore(bytes);
  CHECK(reached(resumed) == reached(tree));

  Trainer<double> grid = trainer_of("hypergrid-8x8", {"policy.hidden=16"});
  REQUIRE(grid.step().trouble.empty());
  CHECK(reached(grid) == std::vector<bool>{true, true});
}

TEST_CASE("one shared network holds a head for each of P_F, P_B and log F") {
  const auto shared = trainer_of("hypergrid-8x8", {"policy.torso=shared", "objective.name=subtb", "policy.hidden=16"});
  const auto separate = trainer_of("hypergrid-8x8", {"objective.name=subtb", "policy.hidden=16"});
  const size_t torso = 17 * 16 + 17 * 16;
  CHECK(shared.policy().parameters().size() == torso + 17 * (3 + 2 + 1));
  CHECK(separate.policy().parameters().size() == 3 * torso + 17 * (3 + 2 + 1));
}

TEST_CASE("a policy that needs the state graph says so where the world is too large") {
  Config config = Config::from_preset("hypergrid-8x8");
  config.set_all(std::vector<std::string>{"policy.kind=tabular", "exact.states=10"});
  CHECK_THROWS_AS(Trainer<float>(config, config.make_environment()), UsageError);
}
