// One run as it lives: trainer, truth, history and counters together. No thread. What worlds of all
// kinds share is here; GraphRun and DensityRun hold the engines.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/learn/step_report.h"
#include "core/run/session.h"
#include "core/run/snapshot.h"

namespace flowscope {

class LiveRun {
 public:
  virtual ~LiveRun() = default;

  /// One training step. False if it could not be taken; trouble() then says why.
  bool step();
  const std::string& trouble() const { return trouble_; }
  virtual std::int64_t steps() const = 0;
  const Config& config() const { return run_->config; }

  /// Changes live parameters: takes over a configuration that differs in live keys only.
  void reconfigure(const Config& config, const std::string& event);
  void add_event(const std::string& text) { events_.push_back({steps(), text}); }

  /// Whether what is known of the policy, exactly or from samples, is older than the policy, and whether
  /// its share of time allows another view.
  bool has_exact() const { return truth_known_; }
  bool exact_stale() const;
  bool exact_due() const;
  double exact_seconds() const { return sweep_seconds_; }  // that the last view took
  /// Computes what is exactly true of the policy; keeps the old view when cancelled.
  void refresh_exact(const std::atomic<bool>& cancel);

  /// Fills in what the run knows; the caller adds state, message and rates. While it is `running`,
  /// big arrays are brought up to date no more often than an eye can follow.
  void describe(Snapshot& snapshot, bool running);

  Checkpoint checkpoint() const;

 protected:
  using Clock = std::chrono::steady_clock;

  explicit LiveRun(std::shared_ptr<const RunInfo> run) : run_(std::move(run)) {}

  /// The engine's part of the above.
  virtual StepReport train() = 0;
  virtual double log_z() const = 0;
  virtual int threads() const = 0;
  virtual void save(std::vector<std::uint8_t>& bytes) const = 0;
  virtual std::size_t restore(std::span<const std::uint8_t> bytes) = 0;  // returns the bytes consumed
  virtual void take_over(const Config& config) = 0;  // makes a new run_
  /// Makes a new view of what is known about the policy, exact or estimated; false if cancelled.
  virtual bool sweep(const std::atomic<bool>& cancel) = 0;
  virtual bool learns() const { return true; }  // a loss and log Z
  virtual void after_step() {}                   // the counters are up to date
  /// Notes where the last batch ended: report_mode() and whatever it keeps of objects.
  virtual void remember_objects() = 0;
  virtual std::int64_t batch_size() const = 0;
  virtual bool large() const = 0;  // big arrays are copied slowly
  virtual void show(Snapshot& snapshot, bool fresh) = 0;
  /// What a checkpoint holds beyond the trainer and the counters.
  virtual void save_objects(std::vector<std::uint8_t>&) const {}
  virtual void restore_objects(std::span<const std::uint8_t>&) {}

  /// To be called once the engine stands.
  void begin(const Checkpoint* from, std::int64_t modes);
  void report_mode(int mode);

  std::shared_ptr<const RunInfo> run_;
  Metrics metrics_;
  History history_;

 private:
  void resume(const Checkpoint& from);
  void remember_step(const StepReport& report);
  void remember_measures();

  std::string trouble_;
  std::vector<RunEvent> events_;
  std::vector<bool> mode_found_;
  Clock::time_point exact_end_ = Clock::now();
  std::shared_ptr<const History> shown_history_;
  Clock::time_point shown_at_;
  double sweep_seconds_ = 0;
  std::int64_t truth_step_ = 0;
  bool truth_known_ = false, reward_changed_ = false;
};

/// Builds the world of a configuration and makes the networks. Throws UsageError or DamagedFile.
std::unique_ptr<LiveRun> make_live_run(const Config& config, const Checkpoint* from);

}  // namespace flowscope
