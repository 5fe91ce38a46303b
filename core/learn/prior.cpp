#include "core/learn/prior.h"

#include <algorithm>
#include <atomic>

#include "core/learn/exact_view.h"
#include "core/learn/trainer.h"
#include "core/run/errors.h"
#include "core/run/run_store.h"

namespace flowscope {
namespace {

bool alike(const EnvironmentSpec& a, const EnvironmentSpec& b) {
  return a.state_length == b.state_length && a.num_actions == b.num_actions &&
         a.num_backward_actions == b.num_backward_actions && a.num_features == b.num_features &&
         a.num_active == b.num_active && a.max_length == b.max_length;
}

}  // namespace

std::shared_ptr<const Policy<float>> load_prior(const Config& config, const Environment& environment) {
  if (!find_objective(config.text("objective.name"))->relative) return nullptr;
  const std::string file = config.text("objective.prior");
  if (file == "uniform") return nullptr;
  const RunStore run = RunStore::open(file, RunStore::Access::kRead);
  const auto saved = run.checkpoint();
  if (!saved) throw UsageError("objective.prior: " + file + " holds no checkpoint");
  const Config learned = Config::from_json(saved->config_json, file);
  const auto world = learned.make_environment();
  if (!world || !alike(world->spec(), environment.spec())) {
    throw UsageError("objective.prior: " + file + " was learned in a world with other states; " +
                     "environment.* must be that run's, reward.* may differ");
  }
  const auto trainer = std::make_shared<Trainer<float>>(learned, world);
  trainer->restore(saved->state);
  return {trainer, &trainer->policy()};  // lives as long as its trainer
}

GraphPolicy prior_on_graph(const Config& config, const Environment& environment, const StateGraph& graph) {
  const auto prior = load_prior(config, environment);
  if (!prior) return random_walk(graph);
  GraphPolicy policy;
  policy_on_graph(*prior, environment, graph, std::atomic<bool>(false), policy);
  policy.backward = reversal(graph, policy);
  return policy;
}

}  // namespace flowscope
