// Where training data come from: each source alone, and that none of them moves the target.
#include "core/learn/collector.h"

#include <cmath>
#include <fstream>
#include <map>

#include "core/learn/exact_view.h"
#include "core/learn/trainer.h"
#include "core/run/errors.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

Config config_of(std::vector<std::string> settings) {
  Config config = Config::from_preset("hypergrid-8x8");
  config.set_all(settings);
  return config;
}

double exact_tv(const Config& config, int steps) {
  const auto world = config.make_environment();
  Trainer<float> trainer(config, world);
  for (int i = 0; i < steps; ++i) {
    const StepReport report = trainer.step();
    REQUIRE(report.trouble.empty());
  }
  RunInfo run;
  run.environment = world;
  run.graph = std::make_shared<const StateGraph>(*StateGraph::enumerate(*world));
  run.target = exact_target(*run.graph, *world);
  return make_exact_view(trainer.policy(), run, false)->tv;
}

/// Shares of the first action at s0 over a large batch.
std::vector<double> first_actions(std::vector<std::string> settings) {
  settings.push_back("batch=40000");
  settings.push_back("policy.kind=tabular");  // uniform at first: every legal action alike
  const Config config = config_of(settings);
  Trainer<float> trainer(config, config.make_environment());
  trainer.sample();
  std::vector<double> share(3, 0);
  const RowBatch& batch = trainer.batch();
  for (int i = 0; i < batch.size(); ++i) {
    share[static_cast<size_t>(batch.transitions[static_cast<size_t>(batch.begin[static_cast<size_t>(i)])].action)] += 1.0 / batch.size();
  }
  return share;
}

}  // namespace

TEST_CASE("the stop bias takes its share of the stop's odds, and the temperature flattens it") {
  const double odds = std::exp(-1.0);  // of stopping, against each of two other actions
  CHECK(first_actions({"exploration.stop_bias=1"})[2] == Approx(odds / (2 + odds)).margin(0.01));
  const double half = std::exp(-0.5);
  CHECK(first_actions({"exploration.stop_bias=1", "exploration.temperature=2"})[2] == Approx(half / (2 + half)).margin(0.01));
}

TEST_CASE("exploration fades linearly or as a cosine, and is gone when its steps are over") {
  std::vector<std::string> settings = {"exploration.epsilon=0.4", "exploration.epsilon_steps=100",
                                       "exploration.temperature=3", "exploration.noise=1", "exploration.fade_steps=10"};
  const Config linear = config_of(settings);
  settings.push_back("exploration.fade=cosine");
  const Config cosine = config_of(settings);
  CHECK(ExplorationSchedule(linear).at(25).epsilon == Approx(0.3));
  CHECK(ExplorationSchedule(cosine).at(25).epsilon == Approx(0.2 * (1 + std::sqrt(0.5))));
  CHECK(ExplorationSchedule(linear).at(5).temperature == Approx(2));
  CHECK(ExplorationSchedule(linear).at(5).noise == Approx(0.5));
  CHECK(ExplorationSchedule(linear).at(10).temperature == 1);
  CHECK(ExplorationSchedule(linear).at(100).epsilon == 0);
}

TEST_CASE("Metropolis-Hastings local search turns samples of a poor policy into samples of the target") {
  const Config config = config_of({"environment.side=4", "policy.kind=tabular", "batch=20000",
                                   "local_search.rounds=40", "local_search.accept=metropolis", "local_search.depth=1"});
  const auto world = config.make_environment();
  Trainer<double> trainer(config, world);
  trainer.sample();
  const RowBatch& batch = trainer.batch();
  REQUIRE(batch.size() > 39000);  // nearly every chain has moved
  const auto graph = StateGraph::enumerate(*world);
  const Target target = exact_target(*graph, *world);
  std::vector<double> share(static_cast<size_t>(graph->num_states()), 0);
  for (int i = 20000; i < batch.size(); ++i) {
    share[static_cast<size_t>(graph->find(batch.rows.state(batch.last_row(i))))] += 1.0 / (batch.size() - 20000);
  }
  double tv = 0;
  for (size_t s = 0; s < share.size(); ++s) tv += 0.5 * std::abs(share[s] - target.probability[s]);
  CHECK(tv < 0.03);
}

TEST_CASE("every source of data leads to the target, not to what was sampled") {
  const std::vector<std::vector<std::string>> cases = {
      {"exploration.epsilon=0.3"},
      {"exploration.temperature=2", "exploration.stop_bias=1"},
      {"exploration.noise=0.5", "exploration.fade_steps=600"},
      {"local_search.rounds=2"},
      {"replay.share=0.5"},
      {"replay.share=0.5", "replay.pick=reward", "replay.path=backward"},
      {"objective.name=fldb", "exploration.break_off=0.1"},
      {"objective.name=subtb", "exploration.break_off=0.05"},
      {"objective.name=db", "target.rate=0.2"},
      {"objective.name=subtb", "target.rate=0.2"},
  };
  for (std::vector<std::string> settings : cases) {
    std::string all;
    for (const std::string& s : settings) all += s + " ";
    settings.insert(settings.end(), {"policy.kind=tabular", "steps=1500"});
    INFO(all);
    CHECK(exact_tv(config_of(settings), 1500) < 0.02);
  }
}

TEST_CASE("objects from a file are reached by trajectories that P_B draws") {
  const std::string name = "offline_objects_test.txt";
  std::ofstream(name) << "7 7\n0, 3\n\n2 0\n";
  const Config config = config_of({"offline.file=" + name, "offline.share=1", "batch=600"});
  const auto world = config.make_environment();
  Trainer<float> trainer(config, world);
  trainer.sample();
  std::map<std::string, int> seen;
  const RowBatch& batch = trainer.batch();
  REQUIRE(batch.size() == 600);
  for (int i = 0; i < batch.size(); ++i) ++seen[world->label(batch.rows.state(batch.last_row(i)))];
  REQUIRE(seen.size() == 3);
  for (const auto& [label, count] : seen) CHECK(std::abs(count - 200) < 60);
  for (const char* bad : {"1 2 3\n", "1 x\n", "9 0\n", "-1 0\n"}) {
    std::ofstream(name) << "1 1\n" << bad;
    CHECK_THROWS_WITH(Trainer<float>(config, world), Catch::Contains("line 2"));
  }
  std::ofstream(name) << "\n";
  CHECK_THROWS_AS(Trainer<float>(config, world), UsageError);
  std::remove(name.c_str());
  CHECK_THROWS_AS(Trainer<float>(config, world), UsageError);
}

TEST_CASE("with replay and a target network a run goes on from its bytes as if it had never stopped") {
  const Config config = config_of({"objective.name=subtb", "replay.share=0.5", "replay.pick=reward",
                                   "replay.capacity=50", "target.rate=0.1", "policy.hidden=16"});
  const auto world = config.make_environment();
  Trainer<float> whole(config, world), first(config, world), second(config, world);
  for (int i = 0; i < 10; ++i) whole.step(), first.step();
  std::vector<std::uint8_t> bytes;
  first.save(bytes);
  CHECK(second.restore(bytes) == bytes.size());
  for (int i = 0; i < 10; ++i) CHECK(whole.step().loss == second.step().loss);
  bytes.resize(bytes.size() - 1);
  CHECK_THROWS_AS(second.restore(bytes), DamagedFile);
}

TEST_CASE("the replay buffer keeps the newest, and prefers rewards when asked") {
  const Config config = config_of({"batch=64"});
  const auto world = config.make_environment();
  Trainer<float> trainer(config, world);
  ReplayBuffer buffer;
  buffer.set_capacity(100);
  for (int i = 0; i < 3; ++i) {
    trainer.step();
    buffer.add(trainer.batch(), 64);
  }
  CHECK(buffer.size() == 100);
  const Rng rng(1, Stream::kReplay);
  const auto mean = [&](bool by_reward) {
    double sum = 0;
    for (const auto* kept : buffer.draw(2000, by_reward, rng, 0)) sum += kept->log_reward / 2000;
    return sum;
  };
  CHECK(mean(true) > mean(false) + 0.3);
  buffer.set_capacity(10);
  CHECK(buffer.size() == 10);
}

TEST_CASE("unfinished trajectories are refused where an objective needs the end") {
  const Config config = config_of({"exploration.break_off=0.1"});
  CHECK_THROWS_WITH(Trainer<float>(config, config.make_environment()), Catch::Contains("whole trajectories"));
}

TEST_CASE("a live change that is refused leaves the run as it was") {
  const Config plain = config_of({"policy.hidden=16"});
  const auto world = plain.make_environment();
  Trainer<float> untouched(plain, world), asked(plain, world);
  for (int i = 0; i < 3; ++i) untouched.step(), asked.step();
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"exploration.break_off=0.5", "exploration.epsilon=0.5", "batch=2"},
        std::vector<std::string>{"replay.share=0.7", "offline.file=x", "offline.share=0.7", "batch=2"}}) {
    Config config = plain;
    config.set_all(wrong);
    CHECK_THROWS_AS(asked.configure(config), UsageError);
  }
  for (int i = 0; i < 3; ++i) CHECK(untouched.step().loss == asked.step().loss);
}

TEST_CASE("gradient statistics: equal micro-batches have no variance, opposite ones cosine -1") {
  using V = std::vector<double>;
  const std::vector<V> equal = {{3, 4}, {3, 4}};
  CHECK(statistics_of<double>(equal).variance == 0);
  CHECK(statistics_of<double>(equal).norm == 5);
  CHECK(statistics_of<double>(equal).cosine == Approx(1));
  const std::vector<V> opposite = {{1, 0}, {-1, 0}};
  CHECK(statistics_of<double>(opposite).cosine == Approx(-1));
  CHECK(statistics_of<double>(opposite).variance == Approx(2));
  const std::vector<V> three = {{1, 0}, {2, 0}, {3, 0}};  // mean 2, variance 1, of the mean 1/3
  CHECK(statistics_of<double>(three).signal_to_noise == Approx(12));
}

TEST_CASE("measuring gradient statistics does not change the run") {
  const Config plain = config_of({"policy.hidden=16"}), measured = config_of({"policy.hidden=16", "statistics.every=3"});
  const auto world = plain.make_environment();
  Trainer<float> a(plain, world), b(measured, world);
  for (int i = 0; i < 7; ++i) {
    const StepReport ra = a.step(), rb = b.step();
    CHECK(ra.loss == rb.loss);
    CHECK(rb.gradients.has_value() == (i % 3 == 0));
    if (rb.gradients) CHECK(rb.gradients->norm == Approx(rb.gradient_norm).epsilon(1e-4));
  }
}
