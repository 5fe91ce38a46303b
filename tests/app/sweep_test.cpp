// flowscope sweep as its users see it: files, resuming, exit codes.
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/app/process.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

namespace fs = std::filesystem;

void write_text(const std::string& file, const std::string& text) { std::ofstream(file) << text; }

std::string read_text(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The rows of results.jsonl without what depends on the clock.
std::vector<nlohmann::json> timeless_rows(const std::string& folder) {
  std::vector<nlohmann::json> rows;
  std::istringstream lines(read_text(folder + "/results.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    rows.push_back(nlohmann::json::parse(line));
    rows.back().erase("seconds");
    rows.back().erase("iterations_per_second");
  }
  return rows;
}

std::string study_text(int steps) {
  return R"({"flowscope": 1, "title": "Two objectives", "preset": "hypergrid-8x8",
    "base": {"policy": {"hidden": 16}}, "grid": {"objective.name": ["tb", "db"]},
    "seeds": [0, 1], "report": ["l1", "loss"], "steps": )" + std::to_string(steps) + "}";
}

size_t count_flow_files(const std::string& folder) {
  size_t n = 0;
  for (const auto& entry : fs::directory_iterator(folder)) n += entry.path().extension() == ".flow";
  return n;
}

}  // namespace

TEST_CASE("a sweep writes a row a run and a table, whatever the number of jobs", "[cli]") {
  const TemporaryFolder folder;
  write_text(folder / "study.json", study_text(40));
  for (const char* jobs : {"1", "4"}) {
    const Outcome outcome =
        flowscope_run({"sweep", folder / "study.json", "--jobs", jobs, "-o", folder / jobs});
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    CHECK(outcome.out.find("| tb | 2 |") != std::string::npos);
  }
  const auto rows = timeless_rows(folder / "1");
  REQUIRE(rows.size() == 4);
  CHECK(rows == timeless_rows(folder / "4"));
  CHECK(rows[0].at("run") == "objective.name=tb, seed 0");
  CHECK(rows[3].at("objective") == "db");
  CHECK(rows[3].at("seed") == 1);
  CHECK(rows[3].at("steps") == 40);
  CHECK(rows[3].at("exact") == true);
  CHECK(count_flow_files(folder / "1") == 0);
  const std::string csv = read_text(folder / "1/results.csv");
  CHECK(std::ranges::count(csv, '\n') == 5);
  CHECK(csv.starts_with("run,objective.name,preset,"));
  const std::string table = read_text(folder / "1/table.md");
  CHECK(table.find("# Two objectives") == 0);
  CHECK(table.find("4 of 4 runs") != std::string::npos);

  // The table's mean and spread, from the rows.
  const double a = rows[0].at("l1"), b = rows[1].at("l1");
  char expected[64];
  std::snprintf(expected, sizeof expected, "| %.3g ± %.2g |", (a + b) / 2, std::abs(a - b) / std::sqrt(2));
  CHECK(table.find(expected) != std::string::npos);
}

TEST_CASE("finished runs are not run again, and a study that has grown runs only what is new", "[cli]") {
  const TemporaryFolder folder;
  write_text(folder / "study.json", study_text(20));
  REQUIRE(flowscope_run({"sweep", folder / "study.json", "--quiet", "-o", folder / "out"}).code == 0);
  // A mark in a finished row shows whether it was made anew.
  std::string text = read_text(folder / "out/results.jsonl");
  const auto first = nlohmann::json::parse(text.substr(0, text.find('\n')));
  auto marked = first;
  marked["l1"] = 77;
  write_text(folder / "out/results.jsonl", marked.dump() + "\n");
  REQUIRE(flowscope_run({"sweep", folder / "study.json", "--quiet", "-o", folder / "out"}).code == 0);
  auto rows = timeless_rows(folder / "out");
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].at("l1") == 77);
  CHECK(rows[1].at("l1") != 77);

  // Another study in the same folder keeps what the first has found.
  write_text(folder / "study.json", study_text(10));
  REQUIRE(flowscope_run({"sweep", folder / "study.json", "--quiet", "-o", folder / "out"}).code == 0);
  rows = timeless_rows(folder / "out");
  REQUIRE(rows.size() == 8);
  CHECK(rows[0].at("steps") == 10);
  CHECK(rows[4].at("l1") == 77);
}

TEST_CASE("an interrupted sweep goes on where it was and comes to the same numbers", "[cli]") {
  const TemporaryFolder folder;
  write_text(folder / "study.json", study_text(3000));
  Process process({"sweep", folder / "study.json", "--jobs", "1", "--quiet", "-o", folder / "broken"});
  for (int i = 0; i < 3000 && !(fs::exists(folder / "broken") && count_flow_files(folder / "broken") > 0); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  process.signal(SIGINT);
  CHECK(process.wait() == 130);
  CHECK(process.err().find("goes on from here") != std::string::npos);
  CHECK(timeless_rows(folder / "broken").size() < 4);
  CHECK(count_flow_files(folder / "broken") == 1);
  REQUIRE(flowscope_run({"sweep", folder / "study.json", "--quiet", "-o", folder / "broken"}).code == 0);
  REQUIRE(flowscope_run({"sweep", folder / "study.json", "--quiet", "-o", folder / "whole"}).code == 0);
  CHECK(timeless_rows(folder / "broken") == timeless_rows(folder / "whole"));
  CHECK(count_flow_files(folder / "broken") == 0);
}

TEST_CASE("a sweep refuses what it cannot use in one line", "[cli]") {
  const TemporaryFolder folder;
  const auto check = [&](const std::vector<std::string>& words, int code, const std::string& part) {
    const Outcome outcome = flowscope_run(words);
    CAPTURE(outcome.err, part);
    CHECK(outcome.code == code);
    CHECK(std::ranges::count(outcome.err, '\n') == 1);
    CHECK(outcome.err.find(part) != std::string::npos);
  };
  write_text(folder / "good.json", study_text(5));
  check({"sweep", folder / "none.json"}, 2, "none.json");
  check({"sweep", folder.path.string()}, 2, "cannot read");
  check({"sweep", folder / "good.json", "--jobs", "-1"}, 2, "--jobs");
  write_text(folder / "file", "");
  check({"sweep", folder / "good.json", "-o", folder / "file"}, 2, "file");
  write_text(folder / "report.json", R"({"flowscope": 1, "steps": 5, "report": ["l2"]})");
  check({"sweep", folder / "report.json", "-o", folder / "out"}, 2, "'l2'");
  write_text(folder / "unfit.json", R"({"flowscope": 1, "steps": 5, "preset": "bits-8",
    "grid": {"objective.name": ["mdb"]}})");
  check({"sweep", folder / "unfit.json", "--quiet", "-o", folder / "out"}, 2, "objective.name=mdb, seed 0");
  fs::create_directory(folder / "bad");
  write_text(folder / "bad/results.jsonl", "{}\n");
  check({"sweep", folder / "good.json", "-o", folder / "bad"}, 4, "results.jsonl");
}

TEST_CASE("a run that diverges is told apart, not averaged", "[cli]") {
  const TemporaryFolder folder;
  write_text(folder / "study.json", R"({"flowscope": 1, "preset": "hypergrid-8x8", "steps": 500,
    "base": {"policy": {"layers": 8, "hidden": 64}}, "grid": {"optimizer.lr": [0.001, 1000]}, "report": ["l1"]})");
  const Outcome outcome = flowscope_run({"sweep", folder / "study.json", "-o", folder / "out"});
  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.code == 3);
  CHECK(outcome.err.find("1 of 2 runs diverged") != std::string::npos);
  CHECK(outcome.out.find("| 0 + 1 diverged | - |") != std::string::npos);
}

}  // namespace flowscope
