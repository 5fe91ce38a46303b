#include "core/learn/trainer.h"

#include <chrono>
#include <cmath>
#include <thread>

#include "core/learn/bytes.h"
#include "core/learn/kernels.h"
#include "core/learn/named.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

PolicyShape shape_of(const Config& config) {
  static constexpr std::pair<std::string_view, BackwardKind> kBackward[] = {
      {"learned", BackwardKind::kLearned}, {"tied", BackwardKind::kTied},
      {"uniform", BackwardKind::kUniform}, {"maxent", BackwardKind::kMaximumEntropy},
      {"frozen", BackwardKind::kFrozen}};
  static constexpr std::pair<std::string_view, Activation> kActivations[] = {
      {"relu", Activation::kRelu}, {"leaky_relu", Activation::kLeakyRelu},
      {"elu", Activation::kElu}, {"tanh", Activation::kTanh}};
  const ObjectiveEntry* objective = find_objective(config.text("objective.name"));
  return {.tabular = config.text("policy.kind") == "tabular",
          .width = static_cast<int>(config.integer("policy.hidden")),
          .layers = static_cast<int>(config.integer("policy.layers")),
          .activation = named(kActivations, config.text("policy.activation")),
          .layer_norm = config.boolean("policy.layer_norm"),
          .shared_torso = config.text("policy.torso") == "shared",
          .backward = objective->relative ? BackwardKind::kUniform  // never read
                                          : named(kBackward, config.text("policy.backward")),
          .flow = objective->needs_flow};
}

/// The graph that a policy needs, if it needs one: the one at hand, or a new one.
std::shared_ptr<const StateGraph> graph_for(const Config& config, const Environment& environment,
                                            std::shared_ptr<const StateGraph> graph) {
  if (graph || !shape_of(config).needs_graph()) return graph;
  auto enumerated = StateGraph::enumerate(environment, config.integer("exact.states"));
  if (enumerated) return std::make_shared<const StateGraph>(std::move(*enumerated));
  const char* key = config.text("policy.kind") == "tabular" ? "policy.kind" : "policy.backward";
  throw UsageError(std::string(key) + ": '" + config.text(key) + "' needs a world of at most " +
                   to_text(config.get("exact.states")) + " states (exact.states); this one has more");
}

std::uint64_t seed_of(const Config& config) {
  return static_cast<std::uint64_t>(config.integer("seed"));
}

}  // namespace

template <class Real>
Trainer<Real>::Trainer(const Config& config, std::shared_ptr<const Environment> environment,
                       std::shared_ptr<const StateGraph> graph)
    : environment_(std::move(environment)),
      sampling_(seed_of(config), Stream::kForward),
      policy_(*environment_, shape_of(config), Rng(seed_of(config), Stream::kWeights),
              graph_for(config, *environment_, std::move(graph))),
      entry_(find_objective(config.text("objective.name"))),
      objective_(find_objective_function(entry_->name)),
      optimizer_(policy_.parameters().size()),
      log_z_(config.real("log_z.initial")),
      estimate_log_z_(config.text("log_z.start") == "estimate"),
      batch_(*environment_) {
  if (entry_->needs_stop && !environment_->spec().all_terminating) {
    throw UsageError("objective.name: '" + entry_->name +
                     "' needs a world in which every state may stop; environment.name = " +
                     config.text("environment.name") + " is none");
  }
  configure(config);
}

template <class Real>
void Trainer<Real>::configure(const Config& config) {
  settings_ = objective_settings(config);
  batch_size_ = static_cast<int>(config.integer("batch"));
  optimizer_.configure(config);
  epsilon_ = config.real("exploration.epsilon");
  epsilon_steps_ = config.integer("exploration.epsilon_steps");
}

template <class Real>
void Trainer<Real>::set_environment(std::shared_ptr<const Environment> environment) {
  environment_ = std::move(environment);
}

template <class Real>
double Trainer<Real>::epsilon() const {
  if (epsilon_steps_ == 0) return epsilon_;
  return epsilon_ * std::max(0.0, 1 - static_cast<double>(step_) / static_cast<double>(epsilon_steps_));
}

/// The log Z at which the batch's trajectory balance is best: the mean of
/// log R + log P_B - log P_F (Malkin et al. 2023, arXiv 2210.00580, the batch-optimal baseline).
template <class Real>
double Trainer<Real>::batch_log_z() const {
  double sum = 0;
  for (size_t k = 0; k < evaluation_.log_pf.size(); ++k) {
    sum += evaluation_.log_pb[k] - evaluation_.log_pf[k];
  }
  for (const double log_reward : batch_.log_reward) sum += log_reward;
  return sum / batch_.size();
}

template <class Real>
void Trainer<Real>::sample() {
  sample_forward(*environment_, policy_, batch_size_, {epsilon()}, sampling_, step_, batch_, sweep_);
  if (entry_->needs_inflows) {
    collect_inflows(*environment_, batch_);
    policy_.extend_forward(batch_.rows, sweep_);
  }
  policy_.evaluate_rest(batch_.rows, sweep_);
}

template <class Real>
double Trainer<Real>::evaluate() {
  const size_t k = batch_.transitions.size();
  const int actions = policy_.spec().num_actions, backward = policy_.spec().num_backward_actions;
  evaluation_.log_pf.resize(k);
  evaluation_.log_pb.resize(k);
  for (size_t i = 0; i < k; ++i) {
    const Transition& t = batch_.transitions[i];
    evaluation_.log_pf[i] = static_cast<double>(sweep_.log_pf[sz(t.row) * sz(actions) + sz(t.action)]);
    evaluation_.log_pb[i] =
        entry_->relative ? -std::log(batch_.rows.num_forward(t.row)) :  // the random walk
        t.next < 0       ? 0 : static_cast<double>(sweep_.log_pb[sz(t.next) * sz(backward) + sz(t.backward_action)]);
  }
  const size_t n = sz(batch_.rows.size());
  if (entry_->needs_flow) {
    evaluation_.log_flow.assign(sweep_.log_flow.begin(), sweep_.log_flow.begin() + static_cast<long>(n));
    for (size_t r = 0; entry_->forward_looking && r < n; ++r) {
      evaluation_.log_flow[r] -= environment_->energy(batch_.rows.state(static_cast<int>(r)));
    }
  }
  if (entry_->needs_stop) {
    evaluation_.log_stop.resize(n);
    evaluation_.row_log_reward.resize(n);
    for (size_t r = 0; r < n; ++r) {
      evaluation_.log_stop[r] = static_cast<double>(sweep_.log_pf[(r + 1) * sz(actions) - 1]);
      evaluation_.row_log_reward[r] = environment_->log_reward(batch_.rows.state(static_cast<int>(r)));
    }
  }
  if (entry_->needs_inflows) {
    evaluation_.log_inflow_pf.resize(batch_.inflows.size());
    for (size_t i = 0; i < batch_.inflows.size(); ++i) {
      const Inflow& in = batch_.inflows[i];
      evaluation_.log_inflow_pf[i] =
          static_cast<double>(sweep_.log_pf[sz(in.parent) * sz(actions) + sz(in.action)]);
    }
  }
  if (step_ == 0 && estimate_log_z_) log_z_ = batch_log_z();
  evaluation_.log_z = log_z_;
  evaluation_.d_log_pf.assign(k, 0);
  evaluation_.d_log_pb.assign(k, 0);
  evaluation_.d_log_flow.assign(evaluation_.log_flow.size(), 0);
  evaluation_.d_log_stop.assign(evaluation_.log_stop.size(), 0);
  evaluation_.d_log_inflow_pf.assign(evaluation_.log_inflow_pf.size(), 0);
  evaluation_.d_log_z = 0;
  return objective_(batch_, settings_, evaluation_, residuals_);
}

template <class Real>
void Trainer<Real>::backward() {
  policy_.backward(batch_, sweep_, evaluation_);
}

template <class Real>
double Trainer<Real>::gradient_norm() const {
  const auto gradient = policy_.gradient();
  return std::sqrt(kernels<Real>().square_norm(gradient.data(), gradient.size()));
}

template <class Real>
void Trainer<Real>::update(double loss, double gradient_norm) {
  optimizer_.step(policy_.parameters(), policy_.gradient(), gradient_norm, loss, policy_.groups(), policy_.workers());
  ++step_;
  if (entry_->learns_log_z) {
    optimizer_.step_log_z(evaluation_.d_log_z, log_z_);
  } else {
    log_z_ = evaluation_.estimated_log_z;
  }
}

template <class Real>
StepReport Trainer<Real>::step() {
  StepReport report;
  report.learning_rate = optimizer_.rate(Role::kForward);
  report.epsilon = epsilon();
  sample();
  report.loss = evaluate();
  report.visits = static_cast<std::int64_t>(batch_.transitions.size());
  report.distinct_states = batch_.rows.size();
  report.mean_length = static_cast<double>(report.visits) / batch_.size();
  if (!std::isfinite(report.loss)) {
    report.trouble = std::string("the loss became ") + (std::isnan(report.loss) ? "NaN" : "infinite");
    return report;
  }
  backward();
  report.gradient_norm = gradient_norm();
  if (!std::isfinite(report.gradient_norm)) {
    report.trouble = "the gradient became NaN or infinite";
    std::ranges::fill(policy_.gradient(), Real(0));
    return report;
  }
  update(report.loss, report.gradient_norm);
  return report;
}

template <class Real>
void Trainer<Real>::save(std::vector<std::uint8_t>& bytes) const {
  put(bytes, step_);
  put(bytes, static_cast<std::int64_t>(policy_.parameters().size()));
  put(bytes, log_z_);
  put(bytes, policy_.parameters().data(), policy_.parameters().size());
  optimizer_.save(bytes);
}

template <class Real>
std::size_t Trainer<Real>::restore(std::span<const std::uint8_t> bytes) {
  const size_t before = bytes.size();
  step_ = take<std::int64_t>(bytes);
  if (take<std::int64_t>(bytes) != static_cast<std::int64_t>(policy_.parameters().size())) {
    throw DamagedFile("the checkpoint's networks have another size than its configuration says");
  }
  log_z_ = take<double>(bytes);
  take(bytes, policy_.parameters().data(), policy_.parameters().size());
  optimizer_.restore(bytes);
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
