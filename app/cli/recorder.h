// A run without a window, as train and sweep drive it: what is recorded, and when it is over.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/run/run_store.h"
#include "core/run/session.h"

namespace flowscope {

/// Puts what a session shows into a run file, at a bounded rate. Without a file it does nothing.
class Recorder {
 public:
  /// `checkpoint_every`: seconds between two checkpoints.
  Recorder(RunStore* store, double checkpoint_every);

  void watch(const Snapshot& snapshot, Session& session);

  /// The last row and checkpoint; the session stands still or has finished.
  void finish(const Snapshot& snapshot, Session& session);

 private:
  using Clock = std::chrono::steady_clock;

  void write_row(const Snapshot& snapshot);
  void write_checkpoint(Session& session);

  RunStore* store_;
  std::chrono::duration<double> every_;
  std::chrono::time_point<Clock, std::chrono::duration<double>> checkpoint_due_;
  Clock::time_point row_due_{};
  std::int64_t last_step_ = -1;
};

/// The run is over: at its end, diverged or failed.
bool ended(const Snapshot& snapshot);

/// Pauses a session and waits until it stands still, so that its state can be taken.
std::shared_ptr<const Snapshot> halt(Session& session);

}  // namespace flowscope
