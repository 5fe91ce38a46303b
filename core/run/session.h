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

class Timeline;

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

  /// Kept moments of its past, if it was asked to keep any; null where it was not. Never waits.
  virtual std::shared_ptr<const Timeline> timeline() const { return nullptr; }
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
  std::string kernels;      // the instruction sets of the loops that train
  double gflops = 0;        // single-precision 256x256x256 products, one thread, best of several
  double load_seconds = 0;
};
using TrainerLibraryProbe = std::function<TrainerLibraryInfo()>;

/// How fast one configuration trains, for `flowscope bench`. Times are seconds an iteration.
struct BenchResult {
  std::string kernels;               // the instruction sets of the loops that train
  double iterations_per_second = 0;  // median over windows
  double states_per_iteration = 0;   // distinct
  double visits_per_iteration = 0;
  double flops_per_iteration = 0;    // of networks: one forward and one backward a distinct state
  double peak_gflops = 0;            // of this machine's matrix products, measured in the same run
  double sampling = 0, evaluation = 0, backward = 0, optimiser = 0;
  double exact_sweep = 0;            // seconds one sweep takes, 0 if the world is not enumerated
  double publish = 0;                // seconds that a snapshot costs the trainer, the mean at view rate

  /// Share of the machine's arithmetic that does the work that cannot be avoided.
  double fraction_of_floor() const {
    return peak_gflops > 0 ? iterations_per_second * flops_per_iteration / (1e9 * peak_gflops) : 0;
  }
};
using TrainerBench = std::function<BenchResult(const Config& config, double seconds)>;

/// What main hands to every command: the way into core/learn.
struct TrainerLibrary {
  SessionFactory start;
  TrainerLibraryProbe probe;
  TrainerBench bench;
};

}  // namespace flowscope
