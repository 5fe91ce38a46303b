#include "core/run/run_store.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <thread>

#include "core/run/errors.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

namespace fs = std::filesystem;
using Access = RunStore::Access;

/// A folder of its own that goes away with the test.
struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "flowscope-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  std::string file(const char* name = "run.flow") const { return (path / name).string(); }
};

Snapshot snapshot_at(std::int64_t step) {
  Snapshot snapshot;
  snapshot.state = RunState::kRunning;
  snapshot.metrics.step = step;
  snapshot.metrics.trajectories = 16 * step;
  snapshot.metrics.loss = 1.0 / 3 / static_cast<double>(step + 1);
  snapshot.metrics.log_z = 0.1 * static_cast<double>(step);
  return snapshot;
}

Checkpoint checkpoint_at(std::int64_t step, size_t bytes = 1000) {
  Checkpoint checkpoint;
  checkpoint.step = step;
  checkpoint.config_json = Config().to_json();
  checkpoint.state.resize(bytes);
  for (size_t i = 0; i < bytes; ++i) {
    checkpoint.state[i] = static_cast<std::uint8_t>(i * 7 + static_cast<size_t>(step));
  }
  return checkpoint;
}

template <typename Error>
std::string complaint(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& e) {
    return e.what();
  }
  FAIL("the expected error was not thrown");
  return "";
}

/// The first number that an SQL query gives, asked past RunStore.
std::int64_t ask(const std::string& file, const char* sql) {
  sqlite3* db = nullptr;
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_prepare_v2(db, sql, -1, &statement, nullptr) == SQLITE_OK);
  sqlite3_step(statement);
  const auto answer = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return answer;
}

void overwrite(const std::string& file, std::int64_t offset, const std::string& bytes) {
  std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(offset);
  out << bytes;
}

}  // namespace

TEST_CASE("CRC-32 is the one of zip and PNG") {
  CHECK(crc32("123456789", 9) == 0xCBF43926u);
  CHECK(crc32("", 0) == 0);
}

TEST_CASE("a run comes back as it was recorded") {
  const Folder folder;
  Config config = Config::from_preset("hypergrid-16x16");
  config.set_text("seed", "42");
  config.set_text("optimizer.lr", "0.003");
  {
    RunStore store = RunStore::create(folder.file(), config);
    Snapshot snapshot = snapshot_at(10);
    store.record(snapshot);
    snapshot = snapshot_at(20);
    snapshot.metrics.loss = std::nullopt;
    auto exact = std::make_shared<ExactView>();
    exact->step = 20;
    exact->tv = 0.125;
    exact->kl = std::numeric_limits<double>::infinity();
    snapshot.exact = exact;
    snapshot.events = {{15, "optimizer.lr = 0.01"}};
    store.record(snapshot);
    snapshot.events.push_back({20, "batch = 32"});
    store.record(snapshot);
    for (const std::int64_t step : {10, 20, 30}) store.add_checkpoint(checkpoint_at(step));
  }
  RunStore::open(folder.file(), Access::kRead).metrics();
  CHECK(std::distance(fs::directory_iterator(folder.path), {}) == 1);  // nothing is left beside it
  const RunStore store = RunStore::open(folder.file(), Access::kRead);
  CHECK(store.config() == config);
  CHECK(store.config().preset == "hypergrid-16x16");

  const MetricTable table = store.metrics();
  REQUIRE(table.rows.size() == 2);
  REQUIRE(table.rows[0].size() == table.columns.size());
  const auto cell = [&](size_t row, const std::string& column) {
    const auto at = std::ranges::find(table.columns, column) - table.columns.begin();
    return table.rows[row].at(static_cast<size_t>(at));
  };
  CHECK(cell(0, "step") == MetricTable::Cell(std::int64_t{10}));
  CHECK(cell(0, "trajectories") == MetricTable::Cell(std::int64_t{160}));
  CHECK(cell(0, "loss") == MetricTable::Cell(1.0 / 3 / 11));
  CHECK(cell(0, "tv") == MetricTable::Cell());
  CHECK(cell(1, "loss") == MetricTable::Cell());
  CHECK(cell(1, "tv") == MetricTable::Cell(0.125));
  CHECK(cell(1, "kl") == MetricTable::Cell());  // infinite

  const auto commands = store.commands();
  REQUIRE(commands.size() == 2);
  CHECK(commands[0].step == 15);
  CHECK(commands[1].text == "batch = 32");

  CHECK(store.checkpoint_steps() == std::vector<std::int64_t>{20, 30});  // the last two
  CHECK(store.checkpoint()->step == 30);
  CHECK(store.checkpoint(29)->step == 20);
  CHECK(store.checkpoint(29)->state == checkpoint_at(20).state);
  CHECK(store.checkpoint(29)->config_json == checkpoint_at(20).config_json);
  CHECK(store.checkpoint(19) == nullptr);
}

TEST_CASE("going on from a checkpoint forgets what came after it") {
  const Folder folder;
  RunStore store = RunStore::create(folder.file(), Config());
  for (std::int64_t step = 1; step <= 5; ++step) store.record(snapshot_at(step));
  store.add_checkpoint(checkpoint_at(3));
  store.add_checkpoint(checkpoint_at(5));
  store.rewind_to(3);
  CHECK(store.metrics().rows.size() == 3);
  CHECK(store.checkpoint_steps() == std::vector<std::int64_t>{3});
  Config changed;
  changed.set_text("steps", "77");
  store.set_config(changed);
  CHECK(RunStore::open(folder.file(), Access::kRead).config().integer("steps") == 77);
}

TEST_CASE("a run file is any SQLite client's to read, even while it is recorded") {
  const Folder folder;
  RunStore store = RunStore::create(folder.file(), Config());
  store.record(snapshot_at(1));
  CHECK(ask(folder.file(), "SELECT count(*) FROM metrics WHERE loss > 0") == 1);
  CHECK(ask(folder.file(), "SELECT value FROM meta WHERE key = 'seed'") == 0);
  store.record(snapshot_at(2));
  CHECK(ask(folder.file(), "SELECT max(step) FROM metrics") == 2);
}

TEST_CASE("a run is not overwritten, and not recorded by two at once") {
  const Folder folder;
  const RunStore store = RunStore::create(folder.file(), Config());
  CHECK(complaint<UsageError>([&] { RunStore::create(folder.file(), Config()); })
            .find("exists already") != std::string::npos);
  CHECK(complaint<UsageError>([&] { RunStore::open(folder.file(), Access::kRecord); })
            .find("another process") != std::string::npos);
  CHECK_NOTHROW(RunStore::open(folder.file(), Access::kRead));
}

TEST_CASE("a file that cannot be written or is no run is the user's mistake, by name") {
  const Folder folder;
  const std::string nowhere = (folder.path / "no" / "such" / "run.flow").string();
  for (const auto& line :
       {complaint<UsageError>([&] { RunStore::create(nowhere, Config()); }),
        complaint<UsageError>([&] { RunStore::open(nowhere, Access::kRead); })}) {
    CAPTURE(line);
    CHECK(line.find(nowhere) != line.npos);
    CHECK(line.find('\n') == line.npos);
  }
  CHECK_THROWS_AS(RunStore::open(folder.path.string(), Access::kRead), UsageError);
  ask(folder.file("other.db"), "PRAGMA user_version = 3");
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(folder.file("other.db").c_str(), &db) == SQLITE_OK);
  sqlite3_exec(db, "CREATE TABLE t (x)", nullptr, nullptr, nullptr);
  sqlite3_close(db);
  CHECK(complaint<UsageError>([&] { RunStore::open(folder.file("other.db"), Access::kRead); })
            .find("not a flowscope run") != std::string::npos);
}

TEST_CASE("a run of an older program, with fewer metrics, is read and recorded on") {
  const Folder folder;
  RunStore::create(folder.file(), Config());
  for (const char* sql : {"ALTER TABLE metrics DROP COLUMN eubo", "ALTER TABLE metrics DROP COLUMN exact",
                          "PRAGMA user_version = 1"}) {
    ask(folder.file(), sql);
  }
  const auto has_eubo = [&] {
    const auto columns = RunStore::open(folder.file(), Access::kRead).metrics().columns;
    return std::ranges::count(columns, "eubo") == 1;
  };
  CHECK_FALSE(has_eubo());
  RunStore::open(folder.file(), Access::kRecord).record(snapshot_at(3));
  CHECK(has_eubo());
  CHECK(ask(folder.file(), "PRAGMA user_version") == RunStore::kVersion);
  CHECK(ask(folder.file(), "SELECT exact FROM metrics WHERE step = 3") == 0);
}

TEST_CASE("a run of a newer program is refused, not misread") {
  const Folder folder;
  RunStore::create(folder.file(), Config());
  ask(folder.file(), "PRAGMA user_version = 9");
  CHECK(complaint<UsageError>([&] { RunStore::open(folder.file(), Access::kRead); })
            .find("version 9") != std::string::npos);
}

TEST_CASE("damage is found when the file is opened, wherever it is") {
  const Folder folder;
  {
    RunStore store = RunStore::create(folder.file(), Config());
    for (std::int64_t step = 1; step <= 300; ++step) store.record(snapshot_at(step));
    store.add_checkpoint(checkpoint_at(300, 50'000));
  }
  const auto size = fs::file_size(folder.file());
  const std::string copy = folder.file("copy.flow");
  int count = 0;
  const auto damaged = [&](const std::function<void()>& harm) {
    fs::copy_file(folder.file(), copy, fs::copy_options::overwrite_existing);
    harm();
    INFO("damage " << ++count);
    const auto line = complaint<DamagedFile>([&] { RunStore::open(copy, Access::kRead); });
    CAPTURE(line);
    CHECK(line.find(copy) != line.npos);
    CHECK(line.find('\n') == line.npos);
  };
  damaged([&] { overwrite(copy, 0, "not SQLite format 3"); });
  damaged([&] { fs::resize_file(copy, 0); });
  damaged([&] { fs::resize_file(copy, size / 2); });
  damaged([&] { overwrite(copy, 6 * 4096, std::string(2000, '\xff')); });
  // In the middle of the checkpoint's bytes, where SQLite itself sees nothing wrong.
  damaged([&] { overwrite(copy, static_cast<std::int64_t>(size) - 20'000, "#"); });
  damaged([&] {
    ask(copy, "UPDATE meta SET value = replace(value, 'flowscope', 'glowscope') "
              "WHERE key = 'config'");
  });
}

TEST_CASE("a recorder killed at any instant leaves a file that opens and goes on") {
  const Folder folder;
  std::int64_t furthest = 0;
  for (int attempt = 0; attempt < 12; ++attempt) {
    const std::string file = folder.file(("run" + std::to_string(attempt) + ".flow").c_str());
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      try {
        RunStore store = RunStore::create(file, Config());
        for (std::int64_t step = 1;; ++step) {
          store.record(snapshot_at(step));
          store.add_checkpoint(checkpoint_at(step, 100'000));
        }
      } catch (...) {
      }
      _exit(1);
    }
    // A third of the children dies while the file is made, the others while they record.
    for (int i = 0; attempt % 3 != 0 && i < 5000 && !fs::exists(file); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1 + 5 * attempt));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    if (!fs::exists(file)) continue;  // killed before the run began
    CAPTURE(attempt);
    RunStore store = RunStore::open(file, Access::kRecord);  // integrity and checksums included
    const auto checkpoint = store.checkpoint();
    const auto rows = static_cast<std::int64_t>(store.metrics().rows.size());
    const std::int64_t at = checkpoint ? checkpoint->step : 0;
    CHECK((rows == at || rows == at + 1));
    if (checkpoint) CHECK(checkpoint->state == checkpoint_at(at, 100'000).state);
    store.rewind_to(at);
    store.record(snapshot_at(at + 1));
    CHECK(store.metrics().rows.size() == static_cast<size_t>(at + 1));
    furthest = std::max(furthest, at);
  }
  CHECK(furthest > 0);
}

}  // namespace flowscope
