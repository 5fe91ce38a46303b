#include "core/learn/trainer.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

#include "core/learn/kernels.h"
#include "core/learn/learned_state.h"
#include "core/learn/objectives/paths.h"
#include "core/learn/policy_settings.h"
#include "core/learn/prior.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

std::uint64_t seed_of(const Config& config) {
  return static_cast<std::uint64_t>(config.integer("seed"));
}

}  // namespace

template <class Real>
Trainer<Real>::Trainer(const Config& config, std::shared_ptr<const Environment> environment,
                       std::shared_ptr<const StateGraph> graph)
    : environment_(std::move(environment)),
      policy_(*environment_, policy_shape(config), Rng(seed_of(config), Stream::kWeights),
              graph_for(config, *environment_, std::move(graph))),
      entry_(find_objective(config.text("objective.name"))),
      objective_(entry_->chain ? nullptr : find_objective_function(entry_->name)),
      optimizer_(policy_.parameters().size()),
      log_z_(config.real("log_z.initial")),
      estimate_log_z_(config.text("log_z.start") == "estimate"),
      collector_(config),
      prior_(load_prior(config, *environment_)),
      batch_(*environment_) {
  if (entry_->needs_stop && !environment_->spec().all_terminating) {
    throw UsageError("objective.name: '" + entry_->name +
                     "' needs a world in which every state may stop; environment.name = " +
                     config.text("environment.name") + " is none");
  }
  configure(config);
  if (!entry_->chain) return;
  chains_ = std::make_unique<ChainSampler>(environment_, chain_settings(config),
                                           Rng(seed_of(config), Stream::kForward));
  log_z_ = std::numeric_limits<double>::quiet_NaN();  // unknown to it
}

template <class Real>
void Trainer<Real>::configure(const Config& config) {
  check_policy(config);
  collector_.configure(config);  // may refuse
  settings_ = objective_settings(config);
  optimizer_.configure(config, settings_.epochs, config.text("optimizer.watch"));
  target_rate_ = config.real("target.rate");
  if (target_rate_ == 0) target_.clear(), target_sweep_.log_flow.clear();
  statistics_every_ = config.integer("statistics.every");
}

template <class Real>
void Trainer<Real>::set_environment(std::shared_ptr<const Environment> environment) {
  environment_ = std::move(environment);
  collector_.reward_again(*environment_);
  if (chains_) chains_->set_environment(environment_);
}

template <class Real>
void Trainer<Real>::sample() {
  first_look_ = true;
  collector_.collect(*environment_, policy_, step_, batch_, sweep_);
  if (entry_->needs_inflows) {
    collect_inflows(*environment_, batch_);
    policy_.extend_forward(batch_.rows, sweep_);
  }
  policy_.evaluate_rest(*environment_, batch_.rows, sweep_);
  if (prior_) {
    prior_sweep_.clear();
    prior_->extend_forward(batch_.rows, prior_sweep_);
  }
  if (!entry_->needs_flow || target_rate_ == 0) return;
  if (target_.empty()) target_.assign(policy_.parameters().begin(), policy_.parameters().end());
  target_sweep_.clear();
  policy_.extend_flow(target_, *environment_, batch_.rows, target_sweep_);
}

template <class Real>
double Trainer<Real>::evaluate() {
  return evaluate(batch_);
}

/// The objective on the trajectories of `part`, whose rows are those of the batch.
template <class Real>
double Trainer<Real>::evaluate(const Batch& part) {
  const size_t k = part.transitions.size();
  const int actions = policy_.spec().num_actions, backward = policy_.spec().num_backward_actions;
  evaluation_.log_pf.resize(k);
  evaluation_.log_pb.resize(k);
  for (size_t i = 0; i < k; ++i) {
    const Transition& t = part.transitions[i];
    evaluation_.log_pf[i] = static_cast<double>(sweep_.log_pf[sz(t.row) * sz(actions) + sz(t.action)]);
    evaluation_.log_pb[i] =
        entry_->relative ? log_prior(t) :
        t.next < 0       ? 0 : static_cast<double>(sweep_.log_pb[sz(t.next) * sz(backward) + sz(t.backward_action)]);
  }
  const size_t n = sz(batch_.rows.size());
  if (entry_->needs_flow) {
    evaluation_.log_flow.assign(sweep_.log_flow.begin(), sweep_.log_flow.begin() + static_cast<long>(n));
    evaluation_.log_flow_target.assign(target_sweep_.log_flow.begin(), target_sweep_.log_flow.end());
    for (size_t r = 0; entry_->forward_looking && r < n; ++r) {
      const double energy = batch_.rows.energy(*environment_, static_cast<int>(r));
      evaluation_.log_flow[r] -= energy;
      if (!evaluation_.log_flow_target.empty()) evaluation_.log_flow_target[r] -= energy;
    }
  }
  if (policy_.shape().flow_at_source) evaluate_conditions(part);
  if (entry_->needs_stop) {
    evaluation_.log_stop.resize(n);
    evaluation_.row_log_reward.resize(n);
    for (size_t r = 0; r < n; ++r) {
      evaluation_.log_stop[r] = static_cast<double>(sweep_.log_pf[(r + 1) * sz(actions) - 1]);
      evaluation_.row_log_reward[r] = batch_.rows.log_reward(*environment_, static_cast<int>(r));
    }
  }
  if (entry_->needs_inflows) {
    evaluation_.log_inflow_pf.resize(part.inflows.size());
    for (size_t i = 0; i < part.inflows.size(); ++i) {
      const Inflow& in = part.inflows[i];
      evaluation_.log_inflow_pf[i] =
          static_cast<double>(sweep_.log_pf[sz(in.parent) * sz(actions) + sz(in.action)]);
    }
  }
  evaluation_.log_z = log_z_;
  if (step_ == 0 && estimate_log_z_ && &part == &batch_) {
    evaluation_.log_z = log_z_ = batch_log_z(batch_, evaluation_);
  }
  if (first_look_) {
    evaluation_.sampled_log_pf = evaluation_.log_pf;
    evaluation_.sampled_log_flow = evaluation_.log_flow;
  }
  evaluation_.clear_derivatives();
  const double loss = objective_(part, settings_, evaluation_, residuals_);
  for (size_t i = 0; i < evaluation_.d_log_z_beyond.size(); ++i) {
    const Transition& first = part.transitions[sz(part.begin[i])];
    evaluation_.d_log_flow[sz(first.row)] += evaluation_.d_log_z_beyond[i];
  }
  for (size_t i = 0; i < k; ++i) {  // what the world draws is not learned
    if (batch_.rows.drawn(part.transitions[i].row)) evaluation_.d_log_pf[i] = 0;
  }
  for (size_t i = 0; i < evaluation_.d_log_inflow_pf.size(); ++i) {
    if (batch_.rows.drawn(part.inflows[i].parent)) evaluation_.d_log_inflow_pf[i] = 0;
  }
  return loss;
}

template <class Real>
double Trainer<Real>::log_prior(const Transition& t) const {
  if (!prior_) return -std::log(batch_.rows.num_forward(t.row));
  const size_t actions = sz(policy_.spec().num_actions);
  return static_cast<double>(prior_sweep_.log_pf[sz(t.row) * actions + sz(t.action)]);
}

/// log Z of every trajectory's condition, beyond the parameter: what the flow's network says of s0.
template <class Real>
void Trainer<Real>::evaluate_conditions(const Batch& part) {
  const auto n = static_cast<long>(batch_.rows.size());
  evaluation_.log_flow.assign(sweep_.log_flow.begin(), sweep_.log_flow.begin() + n);
  evaluation_.log_z_beyond.clear();
  for (int i = 0; i < part.size(); ++i) {
    const Transition& first = part.transitions[sz(part.begin[sz(i)])];
    evaluation_.log_z_beyond.push_back(evaluation_.log_flow[sz(first.row)]);
  }
}

/// Of a policy that knows its condition at the one that the environment has; unknown without a flow.
template <class Real>
double Trainer<Real>::log_z() const {
  if (!policy_.shape().conditional()) return log_z_;
  if (!policy_.shape().flow) return std::numeric_limits<double>::quiet_NaN();
  Rows rows(*environment_);
  std::vector<std::int32_t> start(sz(policy_.spec().state_length));
  environment_->reset(start);
  rows.insert(*environment_, start);
  typename Policy<Real>::Sweep sweep;
  policy_.extend_flow(*environment_, rows, sweep);
  const double energy = entry_->forward_looking ? rows.energy(*environment_, 0) : 0;
  return static_cast<double>(sweep.log_flow[0]) - energy + (entry_->learns_log_z ? log_z_ : 0);
}

template <class Real>
GradientStatistics Trainer<Real>::gradient_statistics() {
  const int parts = std::min(GradientStatistics::kParts, batch_.size());
  std::vector<std::vector<Real>> gradients;
  for (int part = 0; part < parts; ++part) {
    Batch some;
    for (int i = part * batch_.size() / parts; i < (part + 1) * batch_.size() / parts; ++i) {
      const auto from = batch_.transitions.begin();
      some.transitions.insert(some.transitions.end(), from + batch_.begin[sz(i)], from + batch_.begin[sz(i) + 1]);
      some.begin.push_back(static_cast<std::int32_t>(some.transitions.size()));
      some.log_reward.push_back(batch_.log_reward[sz(i)]);
    }
    evaluate(some);
    policy_.backward(some, sweep_, evaluation_);
    gradients.emplace_back(policy_.gradient().begin(), policy_.gradient().end());
  }
  return statistics_of<Real>(gradients);
}

template <class Real>
void Trainer<Real>::backward() {
  policy_.backward(batch_, sweep_, evaluation_);
}

template <class Real>
double Trainer<Real>::learn(double loss, const std::function<void()>& turn) {
  const typename Optimizer<Real>::Buffers buffers{policy_.parameters(), policy_.gradient(), policy_.workers()};
  policy_.backward(batch_, sweep_, evaluation_, [&](const ParameterGroup& group) {
    turn();
    optimizer_.collect(group, buffers);
    turn();
  });
  turn();
  const double norm = optimizer_.finish(loss, policy_.groups(), buffers);
  turn();
  if (!std::isfinite(norm)) return norm;
  if (entry_->learns_log_z) {
    optimizer_.step_log_z(evaluation_.d_log_z, log_z_);
  } else {
    log_z_ = evaluation_.estimated_log_z;
  }
  return norm;
}

template <class Real>
void Trainer<Real>::finish_step() {
  ++step_;
  const Real rate = static_cast<Real>(target_rate_);
  for (size_t i = 0; i < target_.size(); ++i) {
    target_[i] += rate * (policy_.parameters()[i] - target_[i]);
  }
}

/// The objects where the chains stand become the batch: trajectories of which only the stop is known.
template <class Real>
StepReport Trainer<Real>::walk() {
  chains_->step(++step_);
  batch_.rows.clear();
  batch_.transitions.clear();
  batch_.log_reward.clear();
  batch_.begin.assign(1, 0);
  for (int i = 0; i < chains_->chains(); ++i) {
    const StateView object = chains_->object(i);
    batch_.transitions.push_back({batch_.rows.insert(*environment_, object), environment_->spec().stop_action()});
    batch_.begin.push_back(i + 1);
    batch_.log_reward.push_back(environment_->log_reward(object));
  }
  StepReport report;
  report.visits = std::max<std::int64_t>(chains_->proposals(), chains_->chains());
  report.mean_length = static_cast<double>(report.visits) / chains_->chains();
  report.distinct_states = batch_.rows.size();
  return report;
}

template <class Real>
StepReport Trainer<Real>::step() {
  if (chains_) return walk();
  StepReport report;
  report.learning_rate = optimizer_.rate(Role::kForward);
  report.epsilon = collector_.exploration(step_).epsilon;
  sample();
  report.loss = evaluate();
  describe_batch(batch_, batch_.rows.size(), report);
  if (report.trouble = trouble_of(report.loss); !report.trouble.empty()) return report;
  if (statistics_every_ > 0 && step_ % statistics_every_ == 0 && !entry_->needs_inflows && batch_.size() > 1) {
    report.gradients = gradient_statistics();
    evaluate();
  }
  learn_from_batch(*this, settings_.epochs, report);
  if (report.trouble.empty()) finish_step();
  return report;
}

template <class Real>
void Trainer<Real>::look_again() {
  first_look_ = false;
  sweep_.clear();
  policy_.extend_forward(batch_.rows, sweep_);
  policy_.evaluate_rest(*environment_, batch_.rows, sweep_);
}

template <class Real>
void Trainer<Real>::save(std::vector<std::uint8_t>& bytes) const {
  save_learned<Real>(step_, log_z_, policy_.parameters(), optimizer_, bytes);
  put(bytes, static_cast<std::uint8_t>(!target_.empty()));
  put(bytes, target_.data(), target_.size());
  collector_.save(bytes);
  if (chains_) chains_->save(bytes);
}

template <class Real>
std::size_t Trainer<Real>::restore(std::span<const std::uint8_t> bytes) {
  const size_t before = bytes.size();
  restore_learned<Real>(bytes, step_, log_z_, policy_.parameters(), optimizer_);
  policy_.recall_reached(optimizer_);
  target_.resize(take<std::uint8_t>(bytes) ? policy_.parameters().size() : 0);
  take(bytes, target_.data(), target_.size());
  collector_.restore(bytes);
  if (chains_) chains_->restore(bytes);
  return before - bytes.size();
}

int choose_threads(const Config& config, std::shared_ptr<const Environment> environment) {
  const int asked = static_cast<int>(config.integer("threads"));
  const int all = static_cast<int>(std::thread::hardware_concurrency());
  if (asked > 0 || all <= 1) return std::max(1, asked);
  const auto rate = [&](int threads) {
    using Clock = std::chrono::steady_clock;
    Trainer<float> trainer(config, environment);
    trainer.set_threads(threads);
    trainer.step();
    const auto start = Clock::now();
    std::chrono::duration<double> spent{};
    for (int steps = 1;; ++steps) {
      trainer.step();
      spent = Clock::now() - start;
      if (spent.count() > 0.1) return steps / spent.count();
    }
  };
  constexpr double kWorthIt = 1.1;  // a second core should earn its keep
  return rate(all) > kWorthIt * rate(1) ? all : 1;
}

template class Trainer<float>;
template class Trainer<double>;

}  // namespace flowscope
