// Relative trajectory balance against a policy that an earlier run has learned.
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "core/graph/divergence.h"
#include "core/learn/exact_view.h"
#include "core/learn/prior.h"
#include "core/learn/trainer.h"
#include "core/run/errors.h"
#include "core/run/run_store.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

constexpr std::int64_t kSteps = 1500;

/// A run file that is gone at the end of the test.
struct RunFile {
  std::string path = (std::filesystem::temp_directory_path() /
                      ("flowscope_prior_" + std::to_string(getpid()) + ".flow")).string();
  ~RunFile() {
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) std::filesystem::remove(path + suffix);
  }
};

Config grid(const char* objective) {
  Config config = Config::from_preset("hypergrid-8x8");
  config.set("objective.name", std::string(objective));
  config.set("policy.hidden", std::int64_t{64});
  config.set("steps", kSteps);
  return config;
}

/// Trains by trajectory balance and leaves a checkpoint in a file.
void learn_prior(const Config& config, const std::string& file) {
  Trainer<float> trainer(config, config.make_environment());
  for (std::int64_t i = 0; i < kSteps; ++i) trainer.step();
  Checkpoint saved{.step = kSteps, .config_json = config.to_json()};
  trainer.save(saved.state);
  RunStore::create(file, config).add_checkpoint(saved);
}

std::vector<double> distribution_of(const Policy<float>& policy, const Environment& environment,
                                    const StateGraph& graph) {
  GraphPolicy on_graph;
  REQUIRE(policy_on_graph(policy, environment, graph, std::atomic<bool>(false), on_graph));
  return forward_flow(graph, on_graph.forward, on_graph.stop).terminating;
}

std::string complaint_about(const Config& config) {
  try {
    Trainer<float>(config, config.make_environment());
  } catch (const UsageError& e) {
    return e.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a prior learned on one reward and corrected by another gives their product") {
  const RunFile file;
  Config first = grid("tb");
  first.set("reward.r0", 0.5);  // R1: flatter than R2
  learn_prior(first, file.path);

  Config second = grid("rtb");
  second.set("objective.prior", file.path);
  const auto environment = second.make_environment();
  const auto graph = StateGraph::enumerate(*environment).value();
  Trainer<float> trainer(second, environment);
  for (std::int64_t i = 0; i < kSteps; ++i) trainer.step();
  const auto learned = distribution_of(trainer.policy(), *environment, graph);

  // R1 R2 / Z, up to how well the prior was learned; and the prior as it is, times R2.
  const Target r1 = exact_target(graph, *first.make_environment()), r2 = exact_target(graph, *environment);
  std::vector<double> product;
  double sum = 0;
  for (size_t s = 0; s < r1.probability.size(); ++s) {
    product.push_back(r1.probability[s] * r2.probability[s]);
    sum += product.back();
  }
  for (double& p : product) p /= sum;
  CHECK(divergence(learned, product).tv < 0.05);
  const GraphPolicy prior = prior_on_graph(second, *environment, graph);
  const Target exact = relative_target(graph, r2, prior);
  CHECK(divergence(learned, exact.probability).tv < 0.03);
  CHECK(divergence(learned, r2.probability).tv > 0.1);  // the prior makes a difference
  CHECK(trainer.log_z() == Approx(exact.log_z).margin(0.1));
}

TEST_CASE("a prior that does not fit is refused in one line") {
  const RunFile file;
  Config config = grid("rtb");
  config.set("objective.prior", std::string("/no/such.flow"));
  CHECK(complaint_about(config).find("/no/such.flow") != std::string::npos);
  config.set("objective.prior", file.path);
  Config larger = Config::from_preset("hypergrid-16x16");
  RunStore::create(file.path, larger);
  CHECK(complaint_about(config).find("holds no checkpoint") != std::string::npos);
  {
    Trainer<float> trainer(larger, larger.make_environment());
    Checkpoint saved{.config_json = larger.to_json()};
    trainer.save(saved.state);
    RunStore::open(file.path, RunStore::Access::kRecord).add_checkpoint(saved);
  }
  CHECK(complaint_about(config).find("other states") != std::string::npos);
}

}  // namespace flowscope
