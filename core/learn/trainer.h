// Networks, optimiser and one training step; no thread, no clock, no file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/learn/chains.h"
#include "core/learn/collector.h"
#include "core/learn/gradient_statistics.h"
#include "core/learn/objectives/objective.h"
#include "core/learn/optimizer.h"
#include "core/learn/policy.h"
#include "core/learn/step_report.h"
#include "core/run/config.h"

namespace flowscope {

template <class Real>
class Trainer {
 public:
  /// `graph`, where there is one, serves policies that need it; they enumerate it otherwise.
  /// Throws UsageError.
  Trainer(const Config& config, std::shared_ptr<const Environment> environment,
          std::shared_ptr<const StateGraph> graph = nullptr);

  /// Threads that share a step; the numbers do not depend on them.
  void set_threads(int threads) { policy_.set_threads(threads); }
  int threads() const { return policy_.workers().threads(); }

  /// Takes over the live values of a configuration. Throws UsageError, and then nothing has changed.
  void configure(const Config& config);
  /// Puts another reward on the same states.
  void set_environment(std::shared_ptr<const Environment> environment);

  /// Samples a batch, evaluates the objective and updates the parameters.
  StepReport step();

  /// The distance from the target that the plateau schedule watches (optimizer.watch).
  void watch(double distance) { optimizer_.watch(distance); }

  std::int64_t steps() const { return step_; }
  double log_z() const;
  const Policy<Real>& policy() const { return policy_; }
  Policy<Real>& policy() { return policy_; }
  const RowBatch& batch() const { return batch_; }           // of the last step
  const Evaluation& evaluation() const { return evaluation_; }
  const Residuals& residuals() const { return residuals_; }
  const typename Policy<Real>::Sweep& sweep() const { return sweep_; }

  /// The parts of step(), for tests and measurements.
  void sample();
  double evaluate();  // fills evaluation(), returns the loss
  void backward();    // sets the gradient of the policy
  /// One step of the optimiser, backward() included; returns the norm of the gradient. turn() is called whenever the
  /// optimiser begins or ends its part, for those who measure.
  double learn(double loss, const std::function<void()>& turn = [] {});
  void look_again();  // brings what was sampled up to date with the parameters
  void finish_step();

  /// Parameters, optimiser and step as raw little-endian bytes; restore() throws DamagedFile.
  void save(std::vector<std::uint8_t>& bytes) const;
  std::size_t restore(std::span<const std::uint8_t> bytes);  // returns the bytes consumed

 private:
  double evaluate(const Batch& part);
  void evaluate_conditions(const Batch& part);
  double log_prior(const Transition& t) const;
  StepReport walk();  // the step of a baseline without a policy
  GradientStatistics gradient_statistics();

  std::shared_ptr<const Environment> environment_;
  Policy<Real> policy_;
  const ObjectiveEntry* entry_;
  Objective objective_;
  ObjectiveSettings settings_;
  Optimizer<Real> optimizer_;
  double log_z_;
  bool estimate_log_z_;  // from the first batch
  std::int64_t step_ = 0;

  Collector<Real> collector_;
  double target_rate_ = 0;          // Polyak averaging; 0: no target network
  std::vector<Real> target_;        // its parameters
  typename Policy<Real>::Sweep target_sweep_;
  std::int64_t statistics_every_ = 0;

  std::shared_ptr<const Policy<float>> prior_;  // of a relative objective; null: the random walk
  Policy<float>::Sweep prior_sweep_;

  std::unique_ptr<ChainSampler> chains_;  // of such a baseline

  bool first_look_ = true;  // the batch has not been learned from yet

  RowBatch batch_;
  typename Policy<Real>::Sweep sweep_;
  Evaluation evaluation_;
  Residuals residuals_;
};

/// The `threads` of a configuration; where that is 0, one or all of the machine's, whichever trains
/// this configuration faster (a tenth of a second of training each).
int choose_threads(const Config& config, std::shared_ptr<const Environment> environment);

}  // namespace flowscope
