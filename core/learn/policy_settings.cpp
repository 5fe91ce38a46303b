#include "core/learn/policy_settings.h"

#include "core/learn/named.h"
#include "core/run/errors.h"

namespace flowscope {

PolicyShape policy_shape(const Config& config) {
  static constexpr std::pair<std::string_view, BackwardKind> kBackward[] = {
      {"learned", BackwardKind::kLearned}, {"tied", BackwardKind::kTied},
      {"uniform", BackwardKind::kUniform}, {"maxent", BackwardKind::kMaximumEntropy},
      {"frozen", BackwardKind::kFrozen}};
  const ObjectiveEntry* objective = find_objective(config.text("objective.name"));
  const double low = config.real("conditional.low"), high = config.real("conditional.high");
  const bool own_log_z = low < high && objective->learns_log_z;
  return {.tabular = config.text("policy.kind") == "tabular",
          .width = static_cast<int>(config.integer("policy.hidden")),
          .layers = static_cast<int>(config.integer("policy.layers")),
          .activation = find_activation(config.text("policy.activation")),
          .layer_norm = config.boolean("policy.layer_norm"),
          .shared_torso = config.text("policy.torso") == "shared",
          .backward = objective->relative ? BackwardKind::kUniform  // never read
                                          : named(kBackward, config.text("policy.backward")),
          .flow = objective->needs_flow || own_log_z,
          .flow_at_source = own_log_z,
          .beta_low = low,
          .beta_high = high,
          .one_beta = objective->name == "vargrad"};
}

void check_conditional(const Config& config) {
  if (!policy_shape(config).conditional()) return;
  const ObjectiveEntry& o = *find_objective(config.text("objective.name"));
  const bool knows = o.needs_flow || o.needs_stop || o.name == "tb" || o.name == "rtb" || o.name == "vargrad";
  const std::string range = "conditional.low < conditional.high: ";
  if (!knows || o.chain) {
    throw UsageError(range + "objective.name = " + o.name + " has one target; tb, vargrad, mdb and those " +
                     "with a state flow (db, subtb, ...) learn all");
  }
  if (config.text("policy.kind") == "tabular") {
    throw UsageError(range + "policy.kind = tabular has no input for beta; mlp is allowed");
  }
  if (config.real("replay.share") > 0 || config.integer("local_search.rounds") > 0 ||
      !config.text("offline.file").empty()) {
    throw UsageError(range + "every trajectory draws its own beta, which replay.share, "
                     "local_search.rounds and offline.file know nothing of");
  }
}

std::shared_ptr<const StateGraph> graph_for(const Config& config, const Environment& environment,
                                            std::shared_ptr<const StateGraph> graph) {
  if (!policy_shape(config).needs_graph()) return graph;
  if (!graph) {
    auto enumerated = StateGraph::enumerate(environment, config.integer("exact.states"));
    if (enumerated) graph = std::make_shared<const StateGraph>(std::move(*enumerated));
  }
  if (!graph) {
    const char* key = config.text("policy.kind") == "tabular" ? "policy.kind" : "policy.backward";
    throw UsageError(std::string(key) + ": '" + config.text(key) + "' needs a world of at most " +
                     to_text(config.get("exact.states")) + " states (exact.states); this one has more");
  }
  return graph;
}

}  // namespace flowscope
