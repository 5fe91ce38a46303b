#include "core/learn/continuous/density_trainer.h"

#include <algorithm>
#include <cmath>

#include "core/learn/gradient_statistics.h"
#include "core/learn/kernels.h"
#include "core/learn/learned_state.h"
#include "core/learn/objectives/paths.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

/// Throws UsageError where there is no drift that could lean on a slope.
DensityPolicyShape shape_of(const Config& config, const ContinuousEnvironment& environment) {
  if (config.boolean("policy.langevin") && !can_lean(environment)) {
    throw UsageError("policy.langevin: needs steps of a single Gaussian, as in diffusion; environment.name = " +
                     config.text("environment.name") + " has none");
  }
  return {.width = static_cast<int>(config.integer("policy.hidden")),
          .layers = static_cast<int>(config.integer("policy.layers")),
          .activation = find_activation(config.text("policy.activation")),
          .learned_backward = config.text("policy.backward") == "learned",
          .flow = find_objective(config.text("objective.name"))->needs_flow,
          .langevin = config.boolean("policy.langevin")};
}

std::uint64_t seed_of(const Config& config) {
  return static_cast<std::uint64_t>(config.integer("seed"));
}

/// What an objective asks of a world that this space does not have, or "".
std::string misfit(const ObjectiveEntry& entry, const ContinuousSpec& spec) {
  if (entry.needs_inflows) return "the list of all parents of a state";
  if (entry.relative) return "a prior policy";
  if (entry.chain) return "discrete objects to walk among";
  if ((entry.needs_stop || entry.forward_looking) && !spec.all_terminating) {
    return "a world in which every state may stop";
  }
  return "";
}

}  // namespace

template <class Real>
DensityTrainer<Real>::DensityTrainer(const Config& config,
                                     std::shared_ptr<const ContinuousEnvironment> environment)
    : environment_(std::move(environment)),
      collector_(config),
      policy_(*environment_, shape_of(config, *environment_), Rng(seed_of(config), Stream::kWeights)),
      entry_(find_objective(config.text("objective.name"))),
      objective_(find_objective_function(entry_->name)),
      optimizer_(policy_.parameters().size()),
      log_z_(config.real("log_z.initial")),
      estimate_log_z_(config.text("log_z.start") == "estimate"),
      batch_(*environment_) {
  if (const std::string wanted = misfit(*entry_, environment_->spec()); !wanted.empty()) {
    throw UsageError("objective.name: '" + entry_->name + "' needs " + wanted +
                     "; environment.name = " + config.text("environment.name") + " has none");
  }
  if (const std::string kind = config.text("policy.backward"); kind != "learned" && kind != "uniform") {
    throw UsageError("policy.backward: '" + kind + "' is for discrete worlds; in a continuous space "
                     "it must be one of learned, uniform");
  }
  configure(config);
}

template <class Real>
void DensityTrainer<Real>::configure(const Config& config) {
  settings_ = objective_settings(config);
  collector_.configure(config);
  optimizer_.configure(config, settings_.epochs);
  statistics_every_ = config.integer("statistics.every");
}

template <class Real>
void DensityTrainer<Real>::set_environment(
    std::shared_ptr<const ContinuousEnvironment> environment) {
  environment_ = std::move(environment);
  collector_.reward_again(*environment_);
}

template <class Real>
void DensityTrainer<Real>::sample() {
  first_look_ = true;
  collector_.collect(*environment_, policy_, step_, batch_, sweep_);
}

template <class Real>
void DensityTrainer<Real>::look_again() {
  first_look_ = false;
  sweep_.clear();
  policy_.extend_forward(*environment_, batch_, sweep_);
}

/// log F(s) = log F~(s) - E(s), with the energy of every state but s0, whose flow is Z.
template <class Real>
void DensityTrainer<Real>::look_forward() {
  for (int r = 1; r < batch_.num_rows(); ++r) {
    evaluation_.log_flow[static_cast<size_t>(r)] += environment_->log_reward(batch_.state(r));
  }
}

template <class Real>
double DensityTrainer<Real>::evaluate() {
  policy_.evaluate(*environment_, batch_, sweep_, evaluation_);
  Evaluation& e = evaluation_;
  if (step_ == 0 && estimate_log_z_) log_z_ = batch_log_z(batch_, e);
  e.log_z = log_z_;
  if (entry_->needs_flow) e.log_flow[0] = log_z_;
  if (entry_->forward_looking) look_forward();
  if (entry_->needs_stop) {
    // Modified detailed balance takes R(s) / P_F(stop | s) for the flow of s; at s0, which has
    // neither, that is Z.
    policy_.evaluate_stop(*environment_, batch_, sweep_, e);
    e.row_log_reward.assign(1, log_z_);
    for (int r = 1; r < batch_.num_rows(); ++r) {
      e.row_log_reward.push_back(environment_->log_reward(batch_.state(r)));
    }
  }
  if (first_look_) {
    e.sampled_log_pf = e.log_pf;
    e.sampled_log_flow = e.log_flow;
  }
  return judge();
}

/// The objective on the batch as it has been evaluated.
template <class Real>
double DensityTrainer<Real>::judge() {
  Evaluation& e = evaluation_;
  e.clear_derivatives();
  const double loss = objective_(batch_, settings_, e, residuals_);
  if (entry_->needs_flow) e.d_log_z += e.d_log_flow[0];
  if (entry_->needs_stop) e.d_log_z -= e.d_log_stop[0];  // of log Z - log P_F(stop | s0)
  return loss;
}

/// From the objective on each of four parts of the batch; leaves the derivatives of the last part behind.
template <class Real>
GradientStatistics DensityTrainer<Real>::gradient_statistics() {
  const int parts = std::min(GradientStatistics::kParts, batch_.size());
  std::vector<std::vector<Real>> gradients;
  for (int part = 0; part < parts; ++part) {
    const auto first = static_cast<size_t>(part * batch_.size() / parts);
    const auto last = static_cast<size_t>((part + 1) * batch_.size() / parts);
    const long from = batch_.begin[first], to = batch_.begin[last];
    const auto of_part = [&](const std::vector<double>& all) { return std::vector(all.begin() + from, all.begin() + to); };
    Batch some;
    some.transitions.assign(batch_.transitions.begin() + from, batch_.transitions.begin() + to);
    some.log_reward.assign(batch_.log_reward.begin() + static_cast<long>(first), batch_.log_reward.begin() + static_cast<long>(last));
    for (size_t i = first; i < last; ++i) some.begin.push_back(batch_.begin[i + 1] - static_cast<std::int32_t>(from));
    Evaluation e = evaluation_;
    e.log_pf = of_part(evaluation_.log_pf);
    e.log_pb = of_part(evaluation_.log_pb);
    e.sampled_log_pf = of_part(evaluation_.sampled_log_pf);
    e.clear_derivatives();
    objective_(some, settings_, e, residuals_);
    evaluation_.clear_derivatives();
    std::ranges::copy(e.d_log_pf, evaluation_.d_log_pf.begin() + from);
    std::ranges::copy(e.d_log_pb, evaluation_.d_log_pb.begin() + from);
    evaluation_.d_log_flow = e.d_log_flow;
    evaluation_.d_log_stop = e.d_log_stop;
    backward();
    gradients.emplace_back(policy_.gradient().begin(), policy_.gradient().end());
  }
  return statistics_of<Real>(gradients);
}

template <class Real>
void DensityTrainer<Real>::backward() {
  policy_.backward(batch_, sweep_, evaluation_);
}

template <class Real>
double DensityTrainer<Real>::learn(double loss, const std::function<void()>& turn) {
  backward();
  turn();
  const double norm = optimizer_.step(loss, policy_.groups(), {policy_.parameters(), policy_.gradient(), policy_.workers()});
  turn();
  if (!std::isfinite(norm)) return norm;
  if (entry_->learns_log_z || entry_->needs_flow || entry_->needs_stop) {
    optimizer_.step_log_z(evaluation_.d_log_z, log_z_);
  } else {
    log_z_ = evaluation_.estimated_log_z;
  }
  return norm;
}

template <class Real>
StepReport DensityTrainer<Real>::step() {
  StepReport report;
  report.learning_rate = optimizer_.rate(Role::kForward);
  report.epsilon = collector_.perturbation(step_).uniform;
  sample();
  report.loss = evaluate();
  describe_batch(batch_, batch_.num_rows(), report);
  if (report.trouble = trouble_of(report.loss); !report.trouble.empty()) return report;
  if (statistics_every_ > 0 && step_ % statistics_every_ == 0 && batch_.size() > 1) {
    report.gradients = gradient_statistics();
    judge();
  }
  learn_from_batch(*this, settings_.epochs, report);
  if (report.trouble.empty()) finish_step();
  return report;
}

template <class Real>
void DensityTrainer<Real>::save(std::vector<std::uint8_t>& bytes) const {
  save_learned<Real>(step_, log_z_, policy_.parameters(), optimizer_, bytes);
  collector_.save(bytes);
}

template <class Real>
std::size_t DensityTrainer<Real>::restore(std::span<const std::uint8_t> bytes) {
  const size_t before = bytes.size();
  restore_learned<Real>(bytes, step_, log_z_, policy_.parameters(), optimizer_);
  collector_.restore(bytes, static_cast<size_t>(environment_->spec().state_length));
  return before - bytes.size();
}

template class DensityTrainer<float>;
template class DensityTrainer<double>;

}  // namespace flowscope
