// A run of a baseline in a continuous space.
#pragma once

#include "core/learn/continuous/point_chains.h"
#include "core/learn/live_run.h"

namespace flowscope {

class PointRun final : public LiveRun {
 public:
  /// Throws UsageError or DamagedFile.
  PointRun(const Config& config, std::shared_ptr<const ContinuousEnvironment> space,
           const Checkpoint* from);

  std::int64_t steps() const override { return step_; }

 private:
  StepReport train() override;
  double log_z() const override;
  int threads() const override { return 1; }
  void save(std::vector<std::uint8_t>& bytes) const override;
  std::size_t restore(std::span<const std::uint8_t> bytes) override;
  void take_over(const Config& config) override;
  bool sweep(const std::atomic<bool>& cancel) override;
  bool learns() const override { return false; }
  void remember_objects() override;
  std::int64_t batch_size() const override { return sampler_.chains(); }
  bool large() const override { return false; }
  void show(Snapshot& snapshot, bool) override { snapshot.density = view_; }
  double effective() const;

  PointSampler sampler_;
  std::int64_t step_ = 0;
  // Objects of the last steps, a ring of whole steps: [step, chain, axis].
  std::vector<double> window_;
  std::size_t next_ = 0;
  // Of Z over all populations so far, scaled by exp(log_scale_) against overflow.
  double sum_z_ = 0, log_scale_ = 0;
  std::shared_ptr<const DensityView> view_;
};

/// How many independent samples m chains of n correlated values are worth, as a share of all: the total
/// variance over m times that of the chains' means, of the axis where it is least (Gelman et al. 2013,
/// section 11.5). values [n, m, axes].
double effective_share(std::span<const double> values, int chains, int axes);

}  // namespace flowscope
