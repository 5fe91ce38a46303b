// A run in a discrete world: its truth comes from the whole state graph where that can be enumerated,
// and from fresh samples elsewhere.
#pragma once

#include "core/learn/live_run.h"
#include "core/learn/object_window.h"
#include "core/learn/trainer.h"

namespace flowscope {

class GraphRun final : public LiveRun {
 public:
  /// Enumerates the world and makes the networks. Throws UsageError or DamagedFile.
  GraphRun(const Config& config, const Checkpoint* from);

  std::int64_t steps() const override { return trainer_.steps(); }

 private:
  StepReport train() override { return trainer_.step(); }
  double log_z() const override { return trainer_.log_z(); }
  int threads() const override { return trainer_.threads(); }
  void save(std::vector<std::uint8_t>& bytes) const override { trainer_.save(bytes); }
  std::size_t restore(std::span<const std::uint8_t> bytes) override { return trainer_.restore(bytes); }
  void take_over(const Config& config) override;
  void after_step() override;
  bool sweep(const std::atomic<bool>& cancel) override;
  bool learns() const override { return !chain_; }
  void remember_objects() override;
  std::int64_t batch_size() const override { return trainer_.batch().distinct(); }
  bool large() const override;
  void show(Snapshot& snapshot, bool fresh) override;
  void save_objects(std::vector<std::uint8_t>& bytes) const override;
  void restore_objects(std::span<const std::uint8_t>& bytes) override;

  bool sweep_graph(const std::atomic<bool>& cancel);
  bool take_samples(const std::atomic<bool>& cancel);
  std::shared_ptr<const BehaviourView> behaviour() const;
  double behaviour_tv() const;

  Trainer<float> trainer_;
  bool chain_ = false;    // a baseline without a policy, judged by its window
  ObjectWindow chained_;  // its last objects

  // Objects that training has sampled lately, as graph ids in a ring.
  std::vector<std::int32_t> window_;
  std::vector<std::int32_t> counts_;  // [S]
  size_t window_next_ = 0;

  std::shared_ptr<const ExactView> exact_;        // with a graph
  std::shared_ptr<const EstimateView> estimate_;  // without one
  std::shared_ptr<const BehaviourView> shown_behaviour_;
};

}  // namespace flowscope
