#include "core/learn/named.h"
#include "core/learn/objectives/objective.h"

namespace flowscope {
Objective find_objective_function(std::string_view name) {
  static constexpr std::pair<std::string_view, Objective> kTable[] = {
      {"tb", trajectory_balance},
      {"db", detailed_balance},
      {"subtb", sub_trajectory_balance},
      {"fm", flow_matching},
      {"mdb", modified_detailed_balance},
      {"vargrad", log_partition_variance},
      {"fldb", detailed_balance},
      {"flsubtb", sub_trajectory_balance},
      {"reverse_kl", reverse_kl},
      {"forward_kl", forward_kl},
      {"ws", wake_sleep},
      {"rws", reverse_wake_sleep},
      {"symmetric_kl", symmetric_kl},
      {"rtb", relative_trajectory_balance},
      {"pcl", path_consistency},
      {"softq", soft_q_learning},
      {"ppo", proximal_policy},
      {"nadb", non_acyclic_detailed_balance},
      {"sdb", stable_detailed_balance},
  };
  return named(kTable, name);
}

ObjectiveSettings objective_settings(const Config& config) {
  static constexpr std::pair<std::string_view, LossShape::Kind> kShapes[] = {
      {"squared", LossShape::kSquared},
      {"half_squared", LossShape::kHalfSquared},
      {"huber", LossShape::kHuber},
      {"log_cosh", LossShape::kLogCosh},
      {"shifted_cosh", LossShape::kShiftedCosh},
      {"linex", LossShape::kLinex},
  };
  static constexpr std::pair<std::string_view, Weighting> kWeightings[] = {
      {"geometric_within", Weighting::kGeometricWithin},
      {"geometric", Weighting::kGeometric},
      {"equal_within", Weighting::kEqualWithin},
      {"equal", Weighting::kEqual},
      {"tb", Weighting::kTb},
      {"db", Weighting::kDb},
      {"mdb", Weighting::kModifiedDb},
  };
  static constexpr std::pair<std::string_view, Baseline> kBaselines[] = {
      {"global", Baseline::kGlobal}, {"local", Baseline::kLocal}, {"none", Baseline::kNone},
      {"weighted", Baseline::kWeighted}};
  ObjectiveSettings settings;
  for (const ParamSpec& spec : find_objective(config.text("objective.name"))->params) {
    if (spec.key == "objective.shape") settings.shape.kind = named(kShapes, config.text(spec.key));
    if (spec.key == "objective.alpha") settings.shape.alpha = config.real(spec.key);
    if (spec.key == "objective.weighting") settings.weighting = named(kWeightings, config.text(spec.key));
    if (spec.key == "objective.baseline") settings.baseline = named(kBaselines, config.text(spec.key));
    if (spec.key == "objective.lambda") settings.lambda = config.real(spec.key);
    if (spec.key == "objective.flow_price") settings.flow_price = config.real(spec.key);
    if (spec.key == "objective.epsilon") settings.epsilon = config.real(spec.key);
    if (spec.key == "objective.eta") settings.eta = config.real(spec.key);
    if (spec.key == "objective.rollout") settings.rollout = static_cast<int>(config.integer(spec.key));
    if (spec.key == "objective.entropy") settings.entropy = config.real(spec.key);
    if (spec.key == "objective.clip") settings.clip = config.real(spec.key);
    if (spec.key == "objective.epochs") settings.epochs = static_cast<int>(config.integer(spec.key));
    if (spec.key == "objective.path_reward") settings.path_reward = config.text(spec.key) == "log_pb";
  }
  return settings;
}

}  // namespace flowscope
