// One policy for all conditions of a range: powers of the reward, mixtures of two.
#include <atomic>
#include <cmath>
#include <fstream>
#include <set>

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

/// The same with two rewards: peaks, and the rings around them.
Config config_of_two(const char* objective) {
  Config config = config_of("hypergrid-8x8", objective);
  config.unset("conditional.low");
  config.unset("conditional.high");
  config.set("conditional.second", std::string("reward.r1=2; reward.r2=0"));
  return config;
}

/// TV between what a trainer has learned and the target at one condition.
double tv_at(Trainer<float>& trainer, Config config, double value, const char* key = "conditional.shown") {
  config.set(key, value);
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

TEST_CASE("a table learns every condition by interpolation between knots") {
  for (const char* objective : {"tb", "db", "subtb", "vargrad", "mdb"}) {
    Config config = config_of("hypergrid-8x8", objective);
    config.set_all(std::vector<std::string>{"policy.kind=tabular", "steps=10000"});
    Trainer<float> trainer(config, config.make_environment());
    for (int i = 0; i < 10'000; ++i) REQUIRE(trainer.step().trouble.empty());
    for (const double beta : {0.5, 0.77, 1.0, 1.3, 2.0}) {  // on knots, the ends, and between
      CAPTURE(objective, beta);
      CHECK(tv_at(trainer, config, beta) < 0.02);
      config.set("conditional.shown", beta);
      trainer.configure(config);
      trainer.set_environment(config.make_environment());
      if (std::isnan(trainer.log_z())) continue;  // vargrad and mdb have none under conditions
      const auto environment = config.make_environment();
      const auto graph = StateGraph::enumerate(*environment).value();
      CHECK(trainer.log_z() == Approx(exact_target(graph, *environment).log_z).margin(0.05));
    }
  }
}

TEST_CASE("a table interpolates between powers and mixtures at once") {
  Config config = config_of_two("tb");
  config.set_all(std::vector<std::string>{"conditional.low=0.5", "conditional.high=1.5", "policy.kind=tabular",
                                          "policy.knots=4", "steps=10000"});
  Trainer<float> trainer(config, config.make_environment());
  CHECK(trainer.policy().parameters().size() == (64 * 16 + 1) * (3 + 2 + 1));
  for (int i = 0; i < 10'000; ++i) REQUIRE(trainer.step().trouble.empty());
  for (const double weight : {0.0, 0.4, 1.0}) {
    for (const double beta : {0.5, 1.2}) {
      config.set("conditional.weight_shown", weight);
      CAPTURE(weight, beta);
      CHECK(tv_at(trainer, config, beta) < 0.05);
    }
  }
}

TEST_CASE("logits of a table are linear between knots") {
  Config config = config_of("hypergrid-8x8", "tb");
  config.set_all(std::vector<std::string>{"policy.kind=tabular", "policy.knots=4"});  // at 0.5, 1, 1.5 and 2
  Trainer<double> trainer(config, config.make_environment());
  const Rng rng(1, Stream::kWeights);
  const auto parameters = trainer.policy().parameters();
  for (size_t i = 0; i < parameters.size(); ++i) parameters[i] = rng.uniform(0, i);
  const auto logit_at = [&](double beta) {  // of the stop against the first action, at (3, 4)
    config.set("conditional.shown", beta);
    const auto environment = config.make_environment();
    Rows rows(*environment);
    rows.insert(*environment, std::vector<std::int32_t>{3, 4});
    Policy<double>::Sweep sweep;
    trainer.policy().extend_forward(rows, sweep);
    return sweep.log_pf[2] - sweep.log_pf[0];
  };
  CHECK(logit_at(1.1) == Approx(0.8 * logit_at(1) + 0.2 * logit_at(1.5)));
  CHECK(logit_at(1.75) == Approx((logit_at(1.5) + logit_at(2)) / 2));
  const double between_ends = 0.6 * logit_at(0.5) + 0.4 * logit_at(2);
  CHECK(std::abs(logit_at(1.1) - between_ends) > 1e-3);
}

TEST_CASE("conditions come from all of the range, and by the arcsine law most from its ends") {
  Config config = config_of("set-6-3", "tb");
  config.set_all(std::vector<std::string>{"policy.hidden=4", "batch=4000"});
  Trainer<float> trainer(config, config.make_environment());
  trainer.sample();
  const RowBatch& batch = trainer.batch();
  int parts[5] = {};
  for (int i = 0; i < batch.size(); ++i) {
    ++parts[static_cast<int>((batch.rows.condition(batch.last_row(i)).beta - 0.5) / 1.5 * 5)];
  }
  const double shares[5] = {0.2952, 0.1407, 0.1282, 0.1407, 0.2952};  // 2/pi asin sqrt(x) between fifths
  for (int i = 0; i < 5; ++i) CHECK(parts[i] / 4000.0 == Approx(shares[i]).margin(0.03));
}

TEST_CASE("a fixed power of the reward needs no condition") {
  Config config = Config::from_preset("hypergrid-8x8");
  config.set("conditional.low", 3.0);
  config.set("conditional.high", 3.0);
  const auto cold = config.make_environment(), plain = Config::from_preset("hypergrid-8x8").make_environment();
  const std::vector<std::int32_t> state{1, 6};
  CHECK(cold->log_reward(state) == 3 * plain->log_reward(state));
}

TEST_CASE("one training learns the target at every weight between two rewards") {
  for (const char* objective : {"tb", "subtb"}) {
    Config config = config_of_two(objective);
    const std::int64_t steps = 1500;
    config.set("steps", steps);
    Trainer<float> trainer(config, config.make_environment());
    for (std::int64_t i = 0; i < steps; ++i) trainer.step();
    for (const double weight : {0.0, 0.5, 1.0}) {
      CAPTURE(objective, weight);
      CHECK(tv_at(trainer, config, weight, "conditional.weight_shown") < 0.05);
      config.set("conditional.weight_shown", weight);
      trainer.configure(config);
      trainer.set_environment(config.make_environment());
      const auto environment = config.make_environment();
      const auto graph = StateGraph::enumerate(*environment).value();
      CHECK(trainer.log_z() == Approx(exact_target(graph, *environment).log_z).margin(0.1));
    }
  }
}

TEST_CASE("two rewards mix geometrically, and the mixture has a power") {
  Config config = config_of_two("tb");
  config.set_all(std::vector<std::string>{"conditional.weight_shown=0.25", "conditional.low=2",
                                          "conditional.high=2"});
  const auto mixed = config.make_environment();
  Config other = Config::from_preset("hypergrid-8x8");
  const auto first = other.make_environment();
  other.set_all(std::vector<std::string>{"reward.r1=2", "reward.r2=0"});
  const auto second = other.make_environment();
  for (const std::vector<std::int32_t>& state : {std::vector{0, 0}, {1, 6}, {3, 3}, {0, 7}}) {
    CHECK(mixed->log_reward(state) ==
          Approx(2 * (0.25 * first->log_reward(state) + 0.75 * second->log_reward(state))));
  }
}

TEST_CASE("what is replayed or rebuilt keeps the condition under which it was found") {
  Config config = config_of("set-6-3", "tb");
  config.set_all(std::vector<std::string>{"replay.share=0.5", "local_search.rounds=1", "batch=8"});
  for (const char* path : {"stored", "backward"}) {
    config.set("replay.path", std::string(path));
    const auto environment = config.make_environment();
    Trainer<float> trainer(config, environment);
    std::vector<double> seen;
    for (int step = 0; step < 5; ++step) {
      trainer.step();
      const RowBatch& batch = trainer.batch();
      const int again = step > 0 ? 4 : 0;  // at the end
      for (int i = 0; i < batch.size(); ++i) {
        const int x = batch.last_row(i);
        const Condition& c = batch.rows.condition(x);
        CHECK((c.beta >= 0.5 && c.beta < 2));
        CHECK(batch.log_reward[static_cast<size_t>(i)] == log_reward_at(*environment, batch.rows.state(x), c));
        CHECK(batch.rows.condition(batch.transitions[static_cast<size_t>(batch.begin[static_cast<size_t>(i)])].row) == c);
        if (i >= batch.size() - again) CHECK(std::ranges::find(seen, c.beta) != seen.end());
      }
      for (int i = 0; i < batch.size(); ++i) seen.push_back(batch.rows.condition(batch.last_row(i)).beta);
    }
  }
}

TEST_CASE("trajectories to given objects draw conditions like all others") {
  const std::string file = FLOWSCOPE_BINARY_DIR "/given-objects.txt";
  std::ofstream(file) << "1 6\n6 1\n";
  Config config = config_of("hypergrid-8x8", "tb");
  config.set_all(std::vector<std::string>{"offline.file=" + file, "offline.share=0.5", "batch=8"});
  const auto environment = config.make_environment();
  Trainer<float> trainer(config, environment);
  trainer.step();
  const RowBatch& batch = trainer.batch();
  std::set<double> betas;
  for (int i = 0; i < batch.size(); ++i) {
    const int x = batch.last_row(i);
    const Condition& c = batch.rows.condition(x);
    betas.insert(c.beta);
    CHECK(batch.log_reward[static_cast<size_t>(i)] == log_reward_at(*environment, batch.rows.state(x), c));
    if (i >= 4) CHECK(batch.rows.state(x)[0] + batch.rows.state(x)[1] == 7);
  }
  CHECK(betas.size() == 8);
}

TEST_CASE("replay, local search and a batch with one condition learn every target too") {
  for (const char* objective : {"tb", "vargrad"}) {
    Config config = config_of("set-6-3", objective);
    config.set_all(std::vector<std::string>{"replay.share=0.25", "local_search.rounds=1", "steps=1500"});
    Trainer<float> trainer(config, config.make_environment());
    for (int i = 0; i < 1500; ++i) trainer.step();
    for (const double beta : {0.5, 2.0}) {
      CAPTURE(objective, beta);
      CHECK(tv_at(trainer, config, beta) < 0.03);
    }
  }
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
  CHECK(refused({"policy.kind=tabular", "objective.name=forward_kl"}).find("forward_kl") != std::string::npos);
  CHECK(refused({"replay.share=0.5", "local_search.rounds=1"}) == "no error");
  CHECK(refused({"conditional.second=r1=2"}).find("conditional.second: 'r1=2'") == 0);
  CHECK(refused({"conditional.second=reward.r1=-2"}).find("conditional.second: reward.r1: '-2'") == 0);
  CHECK(refused({"conditional.second=reward.nothing=2"}).find("conditional.second: unknown key") == 0);
  CHECK(refused({"conditional.second=reward.r1=2", "conditional.weight_low=0.7"})
            .find("conditional.weight_shown: '0.5'") == 0);
  CHECK(refused({"conditional.shown=3"}).find("conditional.shown: '3'") == 0);
  CHECK(refused({"conditional.low=4"}).find("conditional.low: '4'") == 0);
}

}  // namespace flowscope
