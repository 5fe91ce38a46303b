// A recorded run: one SQLite file that any client reads. Written in transactions, so that the
// process may be killed at any instant and the file still opens and goes on from a checkpoint.
//
//   meta         key, value: config (JSON), seed, program, created; config_crc
//   commands     step, text: what was changed while it ran, at the step where it took effect
//   metrics      a row a recorded step, a column a metric; NULL where it was not known; `exact` is 1
//                where tv and what follows it are exact, 0 where they are estimates
//   checkpoints  step, config, state (raw little-endian bytes), crc (CRC-32 of state); the last two
//
// PRAGMA application_id is 'flow', user_version the version of this schema. Files of version 1, which
// had fewer metrics, are read, and brought up to date when they are recorded on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/run/config.h"
#include "core/run/session.h"
#include "core/run/snapshot.h"

struct sqlite3;

namespace flowscope {

/// The recorded metrics, as they stand in the file.
struct MetricTable {
  using Cell = std::variant<std::monostate, std::int64_t, double>;
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;  // by increasing step
};

/// Not thread-safe: one thread uses it. Errors of the disk while writing throw UsageError.
class RunStore {
 public:
  static constexpr int kVersion = 2;
  static constexpr int kCheckpointsKept = 2;

  enum class Access { kRead, kRecord };

  /// Starts a new file. Throws UsageError if there is one already or it cannot be written.
  static RunStore create(const std::string& file, const Config& config);

  /// Opens a file and checks all of it. Throws UsageError if it is not there, not a run, too new or
  /// (to record) in use by another process; DamagedFile if its content cannot be trusted.
  static RunStore open(const std::string& file, Access access);

  RunStore(RunStore&& other) noexcept;
  RunStore& operator=(RunStore&&) = delete;
  ~RunStore();

  const std::string& file() const { return file_; }
  const Config& config() const { return config_; }

  /// Changes the configuration that a resumed run goes on with.
  void set_config(const Config& config);

  /// Adds a row for the snapshot's step, and the commands that took effect since the last call.
  void record(const Snapshot& snapshot);

  /// Adds a checkpoint and drops all but the newest two.
  void add_checkpoint(const Checkpoint& checkpoint);

  /// Forgets metrics and commands after a step: they will be made again.
  void rewind_to(std::int64_t step);

  /// The newest checkpoint, or the newest at or before a step; null if there is none. Throws
  /// DamagedFile if its checksum is wrong.
  std::shared_ptr<const Checkpoint> checkpoint(std::optional<std::int64_t> at = {}) const;
  std::vector<std::int64_t> checkpoint_steps() const;

  MetricTable metrics() const;
  std::vector<RunEvent> commands() const;

 private:
  RunStore(std::string file, sqlite3* db, int lock);
  void load_and_check();
  void add_missing_columns();

  std::string file_;
  sqlite3* db_ = nullptr;
  int lock_ = -1;  // a descriptor that holds the lock of the process that records
  Config config_;
  std::size_t commands_seen_ = 0;
};

/// CRC-32 as in zip and PNG, so that any tool can check a checkpoint.
std::uint32_t crc32(const void* data, std::size_t bytes);

}  // namespace flowscope
