// A run on a thread of its own, as everybody outside core/learn sees it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/run/command.h"
#include "core/run/config.h"
#include "core/run/snapshot.h"

namespace flowscope {

/// All that is needed to go on from a step: raw little-endian bytes, no code.
struct Checkpoint {
  std::int64_t step = 0;
  std::string config_json;
  std::vector<std::uint8_t> state;  // parameters, optimiser moments, counters
};

class Session {
 public:
  virtual ~Session() = default;  // stops the thread and joins it

  /// Queues a command; never waits.
  virtual void send(Command command) = 0;

  /// The newest snapshot; never null, never waits.
  virtual std::shared_ptr<const Snapshot> latest() const = 0;

  /// A checkpoint of the current step, taken between two steps; waits for the trainer. Null while
  /// loading or after a failure. After a divergence it is the last good state.
  virtual std::shared_ptr<const Checkpoint> checkpoint() = 0;
};

/// Starts paused. Loading happens on the session's own thread; a failure arrives as a snapshot of
/// state kFailed. `from`, if given, is where to go on. Throws nothing.
using SessionFactory = std::function<std::unique_ptr<Session>(
    const Config& config, std::shared_ptr<const Checkpoint> from)>;

/// What the trainer library knows of itself, for `flowscope doctor`.
struct TrainerLibraryInfo {
  std::string torch_version;
  std::string blas_file;    // the shared object that provides sgemm_
  std::string blas_config;  // its own words, "" if it has none
  double gflops = 0;        // single-precision 256x256x256 products, one thread, best of several
  double load_seconds = 0;
};
using TrainerLibraryProbe = std::function<TrainerLibraryInfo()>;

/// What main hands to every command: the way into core/learn.
struct TrainerLibrary {
  SessionFactory start;
  TrainerLibraryProbe probe;
};

}  // namespace flowscope
