#include "core/run/run_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>

#include "core/run/errors.h"
#include "core/run/measures.h"
#include "core/run/sqlite.h"

namespace flowscope {
namespace {

namespace fs = std::filesystem;

constexpr int kApplicationId = 0x666c6f77;  // "flow"

constexpr const char* kSchema = R"(
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE commands (id INTEGER PRIMARY KEY, step INTEGER NOT NULL, text TEXT NOT NULL);
  CREATE TABLE metrics (
    step INTEGER PRIMARY KEY, trajectories INTEGER NOT NULL, states_visited INTEGER NOT NULL,
    seconds REAL NOT NULL, loss REAL, log_z REAL, mean_length REAL, modes_found INTEGER,
    learning_rate REAL, epsilon REAL, exact INTEGER);
  CREATE TABLE checkpoints (
    step INTEGER PRIMARY KEY, config TEXT NOT NULL, state BLOB NOT NULL, crc INTEGER NOT NULL);
)";

void put_meta(sqlite3* db, const std::string& file, const std::string& key,
              const std::string& value) {
  Statement(db, file, "INSERT OR REPLACE INTO meta VALUES (?, ?)").bind(key).bind(value).step();
}

void put_config(sqlite3* db, const std::string& file, const Config& config) {
  const std::string json = config.to_json();
  put_meta(db, file, "config", json);
  put_meta(db, file, "config_crc", std::to_string(crc32(json.data(), json.size())));
  put_meta(db, file, "seed", std::to_string(config.integer("seed")));
}

std::string get_meta(sqlite3* db, const std::string& file, const std::string& key) {
  Statement row(db, file, "SELECT value FROM meta WHERE key = ?");
  if (!row.bind(key).step()) throw DamagedFile(file + " is damaged: " + key + " is missing");
  return row.text(0);
}

std::int64_t pragma(sqlite3* db, const std::string& file, const char* sql) {
  Statement row(db, file, sql);
  return row.step() ? row.integer(0) : 0;
}

void add_metric(sqlite3* db, const std::string& file, const std::string& name,
                const char* type = "REAL") {
  execute(db, file, "ALTER TABLE metrics ADD COLUMN " + name + " " + type);
}

/// The descriptor that holds the lock of the one process that may record. SQLite's own locks come
/// and go with transactions. It must outlive the database: closing any descriptor of a file drops
/// all of the process's POSIX locks on it.
int lock_for_recording(const std::string& file) {
  const int lock = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) throw UsageError(file + ": " + std::strerror(errno));
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock);
    throw UsageError(file + " is being recorded by another process");
  }
  return lock;
}

}  // namespace

std::uint32_t crc32(const void* data, std::size_t bytes) {
  static const std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> t{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      t[i] = i;
      for (int bit = 0; bit < 8; ++bit) t[i] = t[i] & 1 ? 0xEDB88320u ^ (t[i] >> 1) : t[i] >> 1;
    }
    return t;
  }();
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const auto* p = static_cast<const std::uint8_t*>(data); bytes > 0; --bytes, ++p) {
    crc = table[(crc ^ *p) & 0xFF] ^ (crc >> 8);
  }
  return ~crc;
}

RunStore::RunStore(std::string file, sqlite3* db, int lock)
    : file_(std::move(file)), db_(db), lock_(lock) {}

RunStore::RunStore(RunStore&& other) noexcept
    : file_(std::move(other.file_)), db_(std::exchange(other.db_, nullptr)),
      lock_(std::exchange(other.lock_, -1)), config_(std::move(other.config_)),
      commands_seen_(other.commands_seen_) {}

RunStore::~RunStore() {
  sqlite3_close(db_);
  if (lock_ >= 0) ::close(lock_);
}

RunStore RunStore::create(const std::string& file, const Config& config) {
  if (fs::exists(file)) {
    throw UsageError(file + " exists already; --resume goes on with it, another name starts anew");
  }
  // Made whole under another name first: whatever stands under the real one is a complete run.
  const std::string part = file + ".part";
  std::error_code ignored;
  fs::remove(part, ignored);
  if (::access(fs::absolute(file).parent_path().c_str(), W_OK) != 0) {
    throw UsageError("cannot write " + file + ": " + std::strerror(errno));
  }
  {
    const Database db = open_database(part, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    execute(db.get(), file, "PRAGMA application_id = " + std::to_string(kApplicationId) +
                                "; PRAGMA user_version = " + std::to_string(kVersion));
    Transaction all(db.get(), file);
    execute(db.get(), file, kSchema);
    for (const Measure& measure : measures()) add_metric(db.get(), file, measure.name);
    put_config(db.get(), file, config);
    put_meta(db.get(), file, "program", "flowscope " FLOWSCOPE_VERSION);
    execute(db.get(), file,
            "INSERT INTO meta VALUES ('created', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))");
    all.commit();
    execute(db.get(), file, "PRAGMA journal_mode = WAL");
  }
  std::error_code error;
  fs::rename(part, file, error);
  if (error) throw UsageError(file + ": " + error.message());
  return open(file, Access::kRecord);
}

RunStore RunStore::open(const std::string& file, Access access) {
  std::error_code error;
  if (!fs::exists(file, error)) throw UsageError("there is no run file " + file);
  if (!fs::is_regular_file(file, error)) throw UsageError(file + " is not a file");
  if (fs::file_size(file, error) == 0) throw DamagedFile(file + " is damaged: it is empty");
  const bool record = access == Access::kRecord;
  RunStore store(file, nullptr, record ? lock_for_recording(file) : -1);
  // To read as well, where the file system allows it: a reader that may not write leaves SQLite's
  // -wal and -shm files behind.
  store.db_ = open_database(file, SQLITE_OPEN_READWRITE).release();
  store.load_and_check();
  if (record) {
    store.add_missing_columns();
    execute(store.db_, file, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  }
  return store;
}

void RunStore::load_and_check() {
  if (pragma(db_, file_, "PRAGMA application_id") != kApplicationId) {
    throw UsageError(file_ + " is not a flowscope run");
  }
  const auto version = pragma(db_, file_, "PRAGMA user_version");
  if (version < 1 || version > kVersion) {
    throw UsageError(file_ + " has version " + std::to_string(version) +
                     "; this program knows versions up to " + std::to_string(kVersion));
  }
  {
    Statement check(db_, file_, "PRAGMA integrity_check(1)");
    const std::string verdict = check.step() ? check.text(0) : "no answer";
    if (verdict != "ok") {  // the last line says what, those above it where
      throw DamagedFile(file_ + " is damaged: " + verdict.substr(verdict.rfind('\n') + 1));
    }
  }
  const std::string json = get_meta(db_, file_, "config");
  if (get_meta(db_, file_, "config_crc") != std::to_string(crc32(json.data(), json.size()))) {
    throw DamagedFile(file_ + " is damaged: the configuration's checksum is wrong");
  }
  config_ = Config::from_json(json, file_);
  for (const std::int64_t step : checkpoint_steps()) checkpoint(step);
}

void RunStore::add_missing_columns() {
  const std::vector<std::string> columns = metrics().columns;
  const auto missing = [&](const char* name) {
    return std::ranges::find(columns, name) == columns.end();
  };
  Transaction all(db_, file_);
  if (missing("exact")) add_metric(db_, file_, "exact", "INTEGER");
  for (const Measure& measure : measures()) {
    if (missing(measure.name)) add_metric(db_, file_, measure.name);
  }
  execute(db_, file_, "PRAGMA user_version = " + std::to_string(kVersion));
  all.commit();
}

void RunStore::set_config(const Config& config) {
  Transaction all(db_, file_);
  put_config(db_, file_, config);
  all.commit();
  config_ = config;
}

void RunStore::record(const Snapshot& snapshot) {
  const Metrics& m = snapshot.metrics;
  std::string names, marks;
  for (const Measure& measure : measures()) {
    names += std::string(", ") + measure.name;
    marks += ", ?";
  }
  const std::string sql =
      "INSERT OR REPLACE INTO metrics (step, trajectories, states_visited, seconds, loss, log_z, "
      "mean_length, modes_found, learning_rate, epsilon, exact" + names +
      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?" + marks + ")";
  Transaction all(db_, file_);
  Statement row(db_, file_, sql.c_str());
  row.bind(m.step).bind(m.trajectories).bind(m.states_visited).bind(std::optional(m.seconds))
      .bind(m.loss).bind(std::optional(m.log_z)).bind(std::optional(m.mean_length))
      .bind(m.modes_found).bind(std::optional(m.learning_rate)).bind(std::optional(m.epsilon))
      .bind(std::int64_t{measures_are_exact(snapshot)});
  for (const Measure& measure : measures()) row.bind(measure.of(snapshot));
  row.step();
  for (std::size_t i = commands_seen_; i < snapshot.events.size(); ++i) {
    const RunEvent& event = snapshot.events[i];
    Statement(db_, file_, "INSERT INTO commands (step, text) VALUES (?, ?)")
        .bind(event.step).bind(event.text).step();
  }
  all.commit();
  commands_seen_ = snapshot.events.size();
}

void RunStore::add_checkpoint(const Checkpoint& checkpoint) {
  Transaction all(db_, file_);
  Statement(db_, file_, "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?)")
      .bind(checkpoint.step).bind(checkpoint.config_json).bind(checkpoint.state)
      .bind(std::int64_t{crc32(checkpoint.state.data(), checkpoint.state.size())}).step();
  Statement(db_, file_,
            "DELETE FROM checkpoints WHERE step NOT IN "
            "(SELECT step FROM checkpoints ORDER BY step DESC LIMIT ?)")
      .bind(std::int64_t{kCheckpointsKept}).step();
  all.commit();
}

void RunStore::rewind_to(std::int64_t step) {
  Transaction all(db_, file_);
  for (const char* sql : {"DELETE FROM metrics WHERE step > ?", "DELETE FROM commands WHERE step > ?",
                          "DELETE FROM checkpoints WHERE step > ?"}) {
    Statement(db_, file_, sql).bind(step).step();
  }
  all.commit();
}

std::shared_ptr<const Checkpoint> RunStore::checkpoint(std::optional<std::int64_t> at) const {
  Statement row(db_, file_,
                "SELECT step, config, state, crc FROM checkpoints WHERE step <= ? "
                "ORDER BY step DESC LIMIT 1");
  if (!row.bind(at.value_or(std::numeric_limits<std::int64_t>::max())).step()) return nullptr;
  auto found = std::make_shared<Checkpoint>();
  found->step = row.integer(0);
  found->config_json = row.text(1);
  found->state = row.bytes(2);
  if (row.integer(3) != crc32(found->state.data(), found->state.size())) {
    throw DamagedFile(file_ + " is damaged: the checksum of the checkpoint at step " +
                      std::to_string(found->step) + " is wrong");
  }
  return found;
}

std::vector<std::int64_t> RunStore::checkpoint_steps() const {
  std::vector<std::int64_t> steps;
  Statement row(db_, file_, "SELECT step FROM checkpoints ORDER BY step");
  while (row.step()) steps.push_back(row.integer(0));
  return steps;
}

MetricTable RunStore::metrics() const {
  MetricTable table;
  Statement row(db_, file_, "SELECT * FROM metrics ORDER BY step");
  for (int i = 0; i < row.columns(); ++i) table.columns.emplace_back(row.name(i));
  while (row.step()) {
    auto& cells = table.rows.emplace_back();
    for (int i = 0; i < row.columns(); ++i) {
      if (row.type(i) == SQLITE_NULL) {
        cells.emplace_back();
      } else if (row.type(i) == SQLITE_INTEGER) {
        cells.emplace_back(row.integer(i));
      } else {
        cells.emplace_back(row.real(i));
      }
    }
  }
  return table;
}

std::vector<RunEvent> RunStore::commands() const {
  std::vector<RunEvent> events;
  Statement row(db_, file_, "SELECT step, text FROM commands ORDER BY id");
  while (row.step()) events.push_back({row.integer(0), row.text(1)});
  return events;
}

}  // namespace flowscope
