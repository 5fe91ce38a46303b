// Thompson sampling: several heads of P_F, of which each training trajectory follows one.
#include <atomic>
#include <map>
#include <set>

#include "core/graph/divergence.h"
#include "core/learn/exact_view.h"
#include "core/learn/trainer.h"
#include "core/run/errors.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

Config config_of(const std::vector<std::string>& settings) {
  Config config = Config::from_preset("hypergrid-8x8");
  config.set_all(std::vector<std::string>{"exploration.thompson=4", "policy.hidden=64", "batch=32"});
  config.set_all(settings);
  return config;
}

std::vector<int> actions_of(const Batch& batch, int i) {
  std::vector<int> actions;
  for (auto k = batch.begin[static_cast<size_t>(i)]; k < batch.begin[static_cast<size_t>(i) + 1]; ++k) {
    actions.push_back(batch.transitions[static_cast<size_t>(k)].action);
  }
  return actions;
}

int head_of(const RowBatch& batch, int i) { return batch.rows.head(batch.last_row(i)); }

}  // namespace

TEST_CASE("the mean of Thompson's heads comes to the target") {
  for (const char* objective : {"tb", "db"}) {
    Config config = config_of({"steps=1500"});
    config.set("objective.name", std::string(objective));
    const auto environment = config.make_environment();
    const auto graph = StateGraph::enumerate(*environment).value();
    Trainer<float> trainer(config, environment);
    for (int i = 0; i < 1500; ++i) trainer.step();
    GraphPolicy policy;
    REQUIRE(policy_on_graph(trainer.policy(), *environment, graph, std::atomic<bool>(false), policy));
    const ForwardFlow flow = forward_flow(graph, policy.forward, policy.stop);
    const double tv = divergence(flow.terminating, exact_target(graph, *environment).probability).tv;
    CAPTURE(objective, tv);
    CHECK(tv < 0.02);
  }
}

TEST_CASE("each trajectory follows one head from start to end, and all heads have their turn") {
  const Config config = config_of({"exploration.thompson_share=0"});
  Trainer<float> trainer(config, config.make_environment());
  std::map<int, int> turns;
  for (int step = 0; step < 20; ++step) {
    trainer.step();
    const RowBatch& batch = trainer.batch();
    CHECK(batch.repeated == 0);
    for (int i = 0; i < batch.size(); ++i) {
      ++turns[head_of(batch, i)];
      for (auto k = batch.begin[static_cast<size_t>(i)]; k < batch.begin[static_cast<size_t>(i) + 1]; ++k) {
        CHECK(batch.rows.head(batch.transitions[static_cast<size_t>(k)].row) == head_of(batch, i));
      }
    }
  }
  CHECK(turns.size() == 4);
  for (const auto& [head, count] : turns) CHECK((head >= 1 && head <= 4 && count > 100));  // 160 on average
}

TEST_CASE("other heads learn from a share of the trajectories, action by action") {
  const Config config = config_of({"exploration.thompson_share=0.5", "objective.name=db"});
  Trainer<float> trainer(config, config.make_environment());
  int repeated = 0;
  for (int step = 0; step < 20; ++step) {
    trainer.step();
    const RowBatch& batch = trainer.batch();
    CHECK(batch.distinct() == 32);
    repeated += batch.repeated;
    int original = 0;
    for (int i = batch.distinct(); i < batch.size(); ++i) {  // in the order of the originals
      while (original < 31 && (actions_of(batch, original) != actions_of(batch, i) ||
                               head_of(batch, original) == head_of(batch, i))) {
        ++original;
      }
      CHECK(actions_of(batch, original) == actions_of(batch, i));
      CHECK(batch.log_reward[static_cast<size_t>(i)] == batch.log_reward[static_cast<size_t>(original)]);
    }
  }
  CHECK(repeated > 20 * 32 * 3 * 0.45);
  CHECK(repeated < 20 * 32 * 3 * 0.55);
}

TEST_CASE("a state is evaluated once, however many heads pass there") {
  const Config config = config_of({"exploration.thompson_share=1"});
  Trainer<float> trainer(config, config.make_environment());
  trainer.step();
  std::set<std::vector<std::int32_t>> states;
  for (int r = 0; r < trainer.batch().rows.size(); ++r) {
    const StateView s = trainer.batch().rows.state(r);
    states.emplace(s.begin(), s.end());
  }
  CHECK(trainer.batch().rows.size() > 3 * static_cast<int>(states.size()));
  CHECK(trainer.sweep().nets[0].pass.rows <= static_cast<int>(states.size()));
  CHECK(trainer.batch().repeated == 3 * 32);
}

TEST_CASE("heads are refused to objectives that need samples of their own policy") {
  for (const char* objective : {"reverse_kl", "ws", "ppo"}) {
    const Config config = config_of({std::string("objective.name=") + objective});
    CHECK_THROWS_AS(Trainer<float>(config, config.make_environment()), UsageError);
  }
}

}  // namespace flowscope
