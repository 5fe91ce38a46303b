// One run as it lives: trainer, truth, history and behaviour window together. No thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/learn/object_window.h"
#include "core/learn/trainer.h"
#include "core/run/session.h"
#include "core/run/snapshot.h"

namespace flowscope {

class LiveRun {
 public:
  /// Enumerates the world and makes the networks. Throws UsageError or DamagedFile.
  LiveRun(const Config& config, const Checkpoint* from);

  /// One training step. False if it could not be taken; trouble() then says why.
  bool step();
  const std::string& trouble() const { return trouble_; }
  std::int64_t steps() const { return trainer_.steps(); }
  const Config& config() const { return run_->config; }

  /// Changes live parameters: takes over a configuration that differs in live keys only.
  void reconfigure(const Config& config, const std::string& event);
  void add_event(const std::string& text) { events_.push_back({steps(), text}); }

  /// Whether the exact view, or without a graph the estimates, are older than the policy, and whether
  /// their share of time allows others.
  bool has_exact() const { return exact_ || estimate_; }
  bool exact_stale() const;
  bool exact_due() const;
  /// Sweeps the graph or takes fresh samples; keeps the old view when cancelled.
  void refresh_exact(const std::atomic<bool>& cancel);

  /// Fills in what the run knows; the caller adds state, message and rates. While it is `running`,
  /// big arrays are brought up to date no more often than an eye can follow.
  void describe(Snapshot& snapshot, bool running);

  Checkpoint checkpoint() const;

 private:
  using Clock = std::chrono::steady_clock;

  std::shared_ptr<const RunInfo> make_run(const Config& config,
                                          std::shared_ptr<const StateGraph> graph) const;
  void remember(const StepReport& report);
  void sweep_graph(const std::atomic<bool>& cancel);
  void take_samples(const std::atomic<bool>& cancel);
  std::shared_ptr<const BehaviourView> behaviour() const;

  std::shared_ptr<const RunInfo> run_;
  Trainer<float> trainer_;
  Metrics metrics_;
  std::string trouble_;
  std::vector<RunEvent> events_;
  std::vector<bool> mode_found_;
  History history_;
  bool chain_ = false;   // a baseline without a policy, judged by its window
  ObjectWindow chained_;  // its last objects

  // Objects that training has sampled lately, as graph ids in a ring.
  std::vector<std::int32_t> window_;
  std::vector<std::int32_t> counts_;  // [S]
  size_t window_next_ = 0;

  std::shared_ptr<const ExactView> exact_;        // with a graph
  std::shared_ptr<const EstimateView> estimate_;  // without one
  std::shared_ptr<const History> shown_history_;
  std::shared_ptr<const BehaviourView> shown_behaviour_;
  Clock::time_point shown_at_;
  Clock::time_point exact_end_ = Clock::now();
  bool reward_changed_ = false;
};

}  // namespace flowscope
