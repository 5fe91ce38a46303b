// Networks, optimiser and one training step of a continuous GFlowNet; no thread, no clock, no file.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/learn/continuous/density_policy.h"
#include "core/learn/continuous/point_collector.h"
#include "core/learn/objectives/objective.h"
#include "core/learn/step_report.h"

namespace flowscope {

template <class Real>
class DensityTrainer {
 public:
  DensityTrainer(const Config& config, std::shared_ptr<const ContinuousEnvironment> environment);

  void set_threads(int threads) { policy_.set_threads(threads); }
  int threads() const { return policy_.workers().threads(); }

  /// Takes over the live values of a configuration.
  void configure(const Config& config);
  /// Puts another reward on the same states.
  void set_environment(std::shared_ptr<const ContinuousEnvironment> environment);

  /// Samples a batch, evaluates the objective and updates the parameters.
  StepReport step();

  std::int64_t steps() const { return step_; }
  double log_z() const { return log_z_; }
  const DensityPolicy<Real>& policy() const { return policy_; }
  DensityPolicy<Real>& policy() { return policy_; }
  const PointBatch& batch() const { return batch_; }  // of the last step
  const Evaluation& evaluation() const { return evaluation_; }
  const typename DensityPolicy<Real>::Sweep& sweep() const { return sweep_; }

  /// The parts of step(), for tests and measurements.
  void sample();
  double evaluate();  // fills evaluation(), returns the loss
  void backward();    // sets the gradient of the policy
  double learn(double loss, const std::function<void()>& turn = [] {});  // as Trainer's
  void look_again();  // brings what was sampled up to date with the parameters
  void finish_step() { ++step_; }

  /// Parameters, moments and step as raw little-endian bytes; restore() throws DamagedFile.
  void save(std::vector<std::uint8_t>& bytes) const;
  std::size_t restore(std::span<const std::uint8_t> bytes);  // returns the bytes consumed

 private:
  void look_forward();
  double judge();
  GradientStatistics gradient_statistics();

  std::shared_ptr<const ContinuousEnvironment> environment_;
  PointCollector<Real> collector_;
  DensityPolicy<Real> policy_;
  const ObjectiveEntry* entry_;
  Objective objective_;
  ObjectiveSettings settings_;
  Optimizer<Real> optimizer_;
  double log_z_;
  bool estimate_log_z_;  // from the first batch
  std::int64_t step_ = 0, statistics_every_ = 0;
  bool first_look_ = true;  // the batch has not been learned from yet

  PointBatch batch_;
  typename DensityPolicy<Real>::Sweep sweep_;
  Evaluation evaluation_;
  Residuals residuals_;
};

}  // namespace flowscope
