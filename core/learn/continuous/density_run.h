// A run in a continuous space.
#pragma once

#include "core/learn/continuous/cell_window.h"
#include "core/learn/continuous/density_trainer.h"
#include "core/learn/live_run.h"

namespace flowscope {

/// What stays the same in a continuous space, whoever samples it.
std::shared_ptr<const RunInfo> make_space_run(const Config& config,
                                              std::shared_ptr<const ContinuousEnvironment> space);

class DensityRun final : public LiveRun {
 public:
  /// Makes the networks. Throws UsageError or DamagedFile.
  DensityRun(const Config& config, std::shared_ptr<const ContinuousEnvironment> space,
             const Checkpoint* from);

  std::int64_t steps() const override { return trainer_.steps(); }

 private:
  StepReport train() override { return trainer_.step(); }
  double log_z() const override { return trainer_.log_z(); }
  int threads() const override { return trainer_.threads(); }
  void save(std::vector<std::uint8_t>& bytes) const override { trainer_.save(bytes); }
  std::size_t restore(std::span<const std::uint8_t> bytes) override { return trainer_.restore(bytes); }
  void take_over(const Config& config) override;
  bool sweep(const std::atomic<bool>& cancel) override;
  void remember_objects() override;
  std::int64_t batch_size() const override { return trainer_.batch().size(); }
  bool large() const override { return false; }
  void show(Snapshot& snapshot, bool fresh) override;
  std::shared_ptr<const BehaviourView> behaviour() const;

  DensityTrainer<float> trainer_;
  std::shared_ptr<const DensityView> view_;
  CellWindow seen_;  // the last training objects
  std::shared_ptr<const BehaviourView> shown_behaviour_;
};

}  // namespace flowscope
