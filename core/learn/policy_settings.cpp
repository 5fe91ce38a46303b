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
  const ConditionRange beta{config.real("conditional.low"), config.real("conditional.high")};
  ConditionRange weight;
  if (!config.text("conditional.second").empty()) {
    weight = {config.real("conditional.weight_low"), config.real("conditional.weight_high")};
  }
  const bool own_log_z = (beta.varies() || weight.varies()) && objective->learns_log_z;
  const bool tabular = config.text("policy.kind") == "tabular", shared = config.text("policy.torso") == "shared";
  return {.tabular = tabular,
          .knots = static_cast<int>(config.integer("policy.knots")),
          .width = static_cast<int>(config.integer("policy.hidden")),
          .layers = static_cast<int>(config.integer("policy.layers")),
          .activation = find_activation(config.text("policy.activation")),
          .layer_norm = config.boolean("policy.layer_norm"),
          .fan_in = config.text("policy.start") == "fan_in",
          .shared_torso = shared,
          .backward = objective->relative ? BackwardKind::kUniform  // never read
                                          : named(kBackward, config.text("policy.backward")),
          .flow = objective->needs_flow || own_log_z,
          .flow_at_source = own_log_z,
          .flow_energy = config.boolean("policy.flow_energy") && objective->needs_flow && !tabular && !shared,
          .beta = beta,
          .weight = weight,
          .one_condition = objective->name == "vargrad",
          .heads = static_cast<int>(config.integer("exploration.thompson")),
          .prior = config.real("exploration.thompson_prior")};
}

void check_policy(const Config& config) {
  const PolicyShape shape = policy_shape(config);
  const ObjectiveEntry& o = *find_objective(config.text("objective.name"));
  const bool balances = o.needs_flow || o.needs_stop || o.name == "tb" || o.name == "rtb" || o.name == "vargrad";
  if (shape.heads > 0 && !o.chain && (!balances || o.name == "ppo")) {
    throw UsageError("exploration.thompson: objective.name = " + o.name + " learns from its own samples alone; " +
                     "tb, vargrad, mdb and those with a state flow (db, subtb, ...) learn from another head's too");
  }
  if (config.boolean("policy.flow_energy") && !shape.flow_energy) {
    throw UsageError("policy.flow_energy: true needs a network of its own for log F; objective.name = " + o.name +
                     ", policy.kind = " + config.text("policy.kind") +
                     ", policy.torso = " + config.text("policy.torso") +
                     " gives none (db, subtb, fldb, flsubtb, ..., mlp and separate do)");
  }
  if (!shape.conditional()) return;
  const std::string range = shape.beta.varies() ? "conditional.low < conditional.high: "
                                                : "conditional.weight_low < conditional.weight_high: ";
  if (!balances || o.chain) {
    throw UsageError(range + "objective.name = " + o.name + " has one target; tb, vargrad, mdb and those " +
                     "with a state flow (db, subtb, ...) learn all");
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
