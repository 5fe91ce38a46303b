// The command line as scripts see it: exit codes, one-line errors, JSON, files.
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "core/run/run_store.h"
#include "tests/app/process.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

/// Ends with that code, with nothing but one line on standard error that holds all the parts.
void check_mistake(int code, const Arguments& arguments, const std::vector<std::string>& parts) {
  const Outcome outcome = flowscope_run(arguments);
  std::string command;
  for (const auto& word : arguments) command += " " + word;
  CAPTURE(command, outcome.err, outcome.out);
  CHECK(outcome.code == code);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.starts_with("flowscope: "));
  CHECK(std::ranges::count(outcome.err, '\n') == 1);
  CHECK(outcome.err.ends_with('\n'));
  for (const std::string& part : parts) {
    CAPTURE(part);
    CHECK(outcome.err.find(part) != std::string::npos);
  }
}

nlohmann::json last_line_json(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  const auto begin = text.rfind('\n', end);
  return nlohmann::json::parse(text.substr(begin == text.npos ? 0 : begin + 1));
}

nlohmann::json train_json(Arguments arguments) {
  arguments.insert(arguments.begin(), {"train", "--json", "--quiet"});
  const Outcome outcome = flowscope_run(arguments);
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  return last_line_json(outcome.out);
}

/// Waits until the run file holds so many rows, a minute at most.
void wait_for_rows(const std::string& file, size_t rows) {
  for (int i = 0; i < 3000; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    try {
      if (fs::exists(file) &&
          RunStore::open(file, RunStore::Access::kRead).metrics().rows.size() >= rows) {
        return;
      }
    } catch (const std::exception&) {
      // being created
    }
  }
  FAIL("no run in " << file);
}

}  // namespace

TEST_CASE("--help and --version succeed and say what they should", "[cli]") {
  const Outcome help = flowscope_run({"--help"});
  CHECK(help.code == 0);
  for (const char* command : {"train", "shot", "list", "export", "sweep", "doctor"}) {
    CAPTURE(command);
    CHECK(help.out.find(command) != std::string::npos);
  }
  const Outcome version = flowscope_run({"--version"});
  CHECK(version.code == 0);
  CHECK(version.out.starts_with("flowscope "));
}

TEST_CASE("a mistake on the command line ends in exit code 2 and one clear line", "[cli]") {
  check_mistake(2, {"tarin"}, {"tarin"});
  check_mistake(2, {"train", "-p", "hypergrid-8x9"}, {"'hypergrid-8x9'", "'hypergrid-8x8'"});
  check_mistake(2, {"train", "--set", "bach=3"}, {"'bach'", "'batch'"});
  check_mistake(2, {"train", "--set", "batch=many"}, {"batch", "'many'", "an integer"});
  check_mistake(2, {"train", "--set", "batch=0"}, {"batch", "'0'", "from 1 to 65536"});
  check_mistake(2, {"train", "--set", "batch"}, {"batch", "key=value"});
  check_mistake(2, {"train", "--set", "reward.r0=0"}, {"reward.r0"});
  check_mistake(2, {"train", "--set", "objective.name=nope"}, {"objective.name", "'nope'", "tb"});
  check_mistake(2, {"train", "--set", "environment.name=nope"}, {"environment.name", "hypergrid"});
  check_mistake(2, {"train", "--seed", "-1"}, {"seed", "'-1'", "from 0"});
  check_mistake(2, {"train", "--steps", "soon"}, {"steps", "soon"});
  check_mistake(2, {"train", "--steps", "-5"}, {"steps", "'-5'", "from 0"});
  check_mistake(2, {"train", "-p", "bits-8", "-c", "x.json"}, {"-p", "-c"});
  check_mistake(2, {"train", "-c", "/no/such.json"}, {"/no/such.json"});
  check_mistake(2, {"train", "--run", "/no/such/folder/a.flow"}, {"/no/such/folder/a.flow"});
  check_mistake(2, {"train", "--resume"}, {"--resume", "--run"});
  check_mistake(2, {"train", "--resume", "--run", "/no/such.flow"}, {"/no/such.flow"});
  check_mistake(2, {"train", "--checkpoint-every", "0"}, {"--checkpoint-every"});
  check_mistake(2, {"list", "preset"}, {"'preset'", "presets"});
  check_mistake(2, {"export", "/no/such.flow", "-o", "a.csv"}, {"/no/such.flow"});
  check_mistake(2, {"shot"}, {"--output"});
  check_mistake(2, {"shot", "-o", "a.png", "--size", "big"}, {"--size", "'big'", "1600x1000"});
  check_mistake(2, {"-p", "bits-8", "train"}, {"train"});
}

TEST_CASE("list shows tables to people and JSON to programs", "[cli]") {
  const std::string keys = flowscope_run({"list", "keys"}).out;
  for (size_t begin = 0, end; (end = keys.find('\n', begin)) != std::string::npos; begin = end + 1) {
    CHECK(end - begin < 400);  // however many choices a key has
  }
  for (const char* what : {"envs", "objectives", "presets", "keys"}) {
    CAPTURE(what);
    const Outcome table = flowscope_run({"list", what});
    CHECK(table.code == 0);
    const Outcome json = flowscope_run({"list", what, "--json"});
    CHECK(json.code == 0);
    const auto parsed = nlohmann::json::parse(json.out);
    REQUIRE(parsed.is_array());
    REQUIRE_FALSE(parsed.empty());
    for (const auto& entry : parsed) {
      const std::string name = entry.at(entry.contains("key") ? "key" : "name");
      CAPTURE(name);
      CHECK(table.out.find(name) != std::string::npos);
    }
  }
}

TEST_CASE("list of one key shows all that it may be", "[cli]") {
  const Outcome levels = flowscope_run({"list", "environment.level"});
  CHECK(levels.code == 0);
  CHECK(levels.out.find("\nMiniGrid-Fetch-5x5-N2-v0\n") != std::string::npos);
  const Outcome json = flowscope_run({"list", "batch", "--json"});
  CHECK(json.code == 0);
  CHECK(nlohmann::json::parse(json.out).at("max") == 65536);
}

TEST_CASE("train --json ends with one object that holds every promised key", "[cli]") {
  const Outcome outcome = flowscope_run({"train", "--json", "--steps", "20", "--seed", "5"});
  CHECK(outcome.code == 0);
  const auto json = last_line_json(outcome.out);
  for (const char* key :
       {"preset", "env", "objective", "seed", "steps", "trajectories", "states_visited", "seconds",
        "iterations_per_second", "loss", "log_z", "log_z_true", "tv", "l1", "jsd", "kl",
        "modes_found", "modes_total", "exact", "kl_reverse", "log_z_error", "pearson", "spearman",
        "log_likelihood", "entropy", "expected_length", "elbo", "eubo", "mode_mass"}) {
    CAPTURE(key);
    CHECK(json.contains(key));
  }
  CHECK(json.at("preset") == "hypergrid-8x8");
  CHECK(json.at("env") == "hypergrid");
  CHECK(json.at("objective") == "tb");
  CHECK(json.at("seed") == 5);
  CHECK(json.at("steps") == 20);
  CHECK(json.at("trajectories") == 320);
  CHECK(json.at("exact") == true);
  CHECK(json.at("modes_total") == 4);
  CHECK(json.at("log_z_true").get<double>() == Approx(3.10906).epsilon(1e-5));
  CHECK(json.at("l1").get<double>() == Approx(2 * json.at("tv").get<double>()));
  CHECK(json.at("elbo").get<double>() < json.at("log_z_true").get<double>());
  CHECK(json.at("eubo").get<double>() > json.at("log_z_true").get<double>());
  CHECK(json.at("elbo_error").is_null());  // it is exact
}

TEST_CASE("without a graph there are estimates with errors, and what cannot be known is null", "[cli]") {
  const auto json = train_json({"--steps", "3", "--set", "exact.states=10"});
  CHECK(json.at("exact") == false);
  for (const char* key : {"tv", "l1", "jsd", "elbo", "elbo_error", "eubo", "eubo_error", "samples"}) {
    CAPTURE(key);
    CHECK(json.at(key).is_number());
  }
  for (const char* key : {"kl", "kl_reverse", "mode_mass"}) {
    CAPTURE(key);
    CHECK(json.at(key).is_null());
  }
  CHECK(json.at("log_z_true").is_number());  // the hypergrid has it in closed form
}

TEST_CASE("the same configuration and seed give the same metrics, another seed others", "[cli]") {
  const auto metrics = [](const char* seed) {
    auto json = train_json({"--steps", "60", "--seed", seed});
    json.erase("seconds");
    json.erase("iterations_per_second");
    return json;
  };
  const auto first = metrics("7");
  CHECK(metrics("7") == first);
  CHECK(metrics("8").at("loss") != first.at("loss"));
}

TEST_CASE("a configuration file and --set are obeyed, in any order", "[cli]") {
  const TemporaryFolder folder;
  const std::string file = folder / "my.json";
  std::ofstream(file) << R"({"flowscope": 1, "environment": {"name": "hypergrid", "side": 5},
                             "batch": 4})";
  const auto json = train_json({"--set", "batch=8", "-c", file, "--steps", "10"});
  CHECK(json.at("preset") == "custom");
  CHECK(json.at("trajectories") == 80);
  CHECK(json.at("modes_total") == 0);  // side 5 has no cell in the band
}

TEST_CASE("a run is recorded, exported, and not overwritten", "[cli]") {
  const TemporaryFolder folder;
  const std::string run = folder / "a.flow", csv = folder / "a.csv", jsonl = folder / "a.jsonl";
  const auto json = train_json({"--steps", "30", "--run", run});
  check_mistake(2, {"train", "--steps", "30", "--run", run}, {run, "--resume"});

  REQUIRE(flowscope_run({"export", run, "-o", csv}).code == 0);
  REQUIRE(flowscope_run({"export", run, "-o", jsonl}).code == 0);
  std::vector<std::string> rows, lines;
  std::ifstream table(csv), objects(jsonl);
  for (std::string line; std::getline(table, line);) rows.push_back(line);
  for (std::string line; std::getline(objects, line);) lines.push_back(line);
  REQUIRE(lines.size() >= 1);
  CHECK(rows.size() == lines.size() + 1);
  CHECK(rows.front().starts_with("step,trajectories,"));
  CHECK(rows.back().starts_with("30,480,"));
  const auto last = nlohmann::json::parse(lines.back());
  for (const char* key : {"loss", "log_z", "tv", "l1", "jsd"}) {
    CAPTURE(key);
    CHECK(last.at(key) == json.at(key));
  }
  check_mistake(2, {"export", run, "-o", folder / "a.xlsx"}, {"a.xlsx", ".csv", ".jsonl"});
  check_mistake(2, {"export", run, "-o", "/no/such/folder/a.csv"}, {"/no/such/folder/a.csv"});
}

TEST_CASE("a damaged run ends in exit code 4 and one line that names it", "[cli]") {
  const TemporaryFolder folder;
  const std::string run = folder / "a.flow";
  std::ofstream(run) << "This was a run once. It is long enough to be more than a header of SQLite's, "
                        "so that its content is what is wrong.";
  check_mistake(4, {"train", "--resume", "--run", run}, {run, "damaged"});
  check_mistake(4, {"export", run, "-o", folder / "a.csv"}, {run, "damaged"});
  check_mistake(4, {"shot", "--run", run, "-o", folder / "a.png"}, {run, "damaged"});
}

TEST_CASE("a run that diverges ends in exit code 3 and names the step", "[cli]") {
  const TemporaryFolder folder;
  const std::string run = folder / "a.flow";
  // Deep and far too fast: activations overflow within a few steps.
  const Outcome outcome = flowscope_run({"train", "--json", "--quiet", "--steps", "500", "--set",
                                         "policy.layers=8", "--set", "policy.hidden=64", "--set",
                                         "optimizer.lr=1000", "--run", run});
  CAPTURE(outcome.err, outcome.out);
  CHECK(outcome.code == 3);
  CHECK(outcome.err.find("diverged") != std::string::npos);
  CHECK(outcome.err.find("step") != std::string::npos);
  CHECK_NOTHROW(RunStore::open(run, RunStore::Access::kRead));
}

TEST_CASE("an interrupted run saves its state, ends with 130, and resumes to the same end", "[cli]") {
  const TemporaryFolder folder;
  const std::string run = folder / "a.flow";
  constexpr const char* kSteps = "1500";
  for (const int signal : {SIGINT, SIGTERM}) {
    CAPTURE(signal);
    fs::remove(run);
    // A checkpoint interval beyond the test: what is resumed was saved by the interrupt.
    Process process({"train", "--quiet", "--steps", "1000000", "--checkpoint-every", "1000",
                     "--run", run});
    wait_for_rows(run, 2);
    process.signal(signal);
    const int code = process.wait();
    CAPTURE(process.err());
    CHECK(code == 130);
    CHECK(process.err().find("interrupted") != std::string::npos);
    const RunStore store = RunStore::open(run, RunStore::Access::kRead);
    const auto checkpoint = store.checkpoint();
    REQUIRE(checkpoint);
    CHECK(std::get<std::int64_t>(store.metrics().rows.back()[0]) == checkpoint->step);
  }

  // Stopped half-way and gone on with, a run ends as if it had never been stopped.
  fs::remove(run);
  auto whole = train_json({"--steps", kSteps, "--seed", "3"});
  {
    Process process({"train", "--quiet", "--steps", kSteps, "--seed", "3", "--run", run});
    wait_for_rows(run, 2);
    process.signal(SIGINT);
    const int code = process.wait();
    CHECK((code == 130 || code == 0));  // a quick machine may be done before
  }
  auto resumed = train_json({"--resume", "--run", run});
  for (auto* json : {&whole, &resumed}) {
    json->erase("seconds");
    json->erase("iterations_per_second");
  }
  CHECK(resumed == whole);
}

TEST_CASE("a killed run opens and goes on from its last checkpoint", "[cli]") {
  const TemporaryFolder folder;
  const std::string run = folder / "a.flow";
  {
    Process process({"train", "--quiet", "--steps", "1000000", "--checkpoint-every", "0.05", "--run",
                     run});
    wait_for_rows(run, 5);
    process.signal(SIGKILL);
    CHECK(process.wait() == -SIGKILL);
  }
  std::int64_t step = 0;
  {
    const RunStore store = RunStore::open(run, RunStore::Access::kRead);
    REQUIRE(store.checkpoint());
    step = store.checkpoint()->step;
    CHECK(step > 0);
  }
  const std::string more = std::to_string(step + 5);
  const auto json = train_json({"--resume", "--run", run, "--steps", more});
  CHECK(json.at("steps") == step + 5);
  CHECK(json.at("trajectories") == 16 * (step + 5));
  const auto rows = RunStore::open(run, RunStore::Access::kRead).metrics().rows;
  std::set<std::int64_t> steps;
  for (const auto& row : rows) steps.insert(std::get<std::int64_t>(row[0]));
  CHECK(steps.size() == rows.size());
  CHECK(*steps.rbegin() == step + 5);
}

TEST_CASE("a resumed run keeps its configuration", "[cli]") {
  const TemporaryFolder folder;
  const std::string run = folder / "a.flow";
  train_json({"--steps", "10", "--seed", "4", "--run", run});
  check_mistake(2, {"train", "--resume", "--run", run, "--set", "batch=32"}, {"batch = 16"});
  check_mistake(2, {"train", "--resume", "--run", run, "-p", "bits-8"}, {"environment.name"});
  const auto json = train_json({"--resume", "--run", run, "--seed", "4", "--steps", "12"});
  CHECK(json.at("steps") == 12);
  CHECK(json.at("seed") == 4);
}

TEST_CASE("a run that has reached its end reports and is pictured again without training", "[cli]") {
  const TemporaryFolder folder;
  const std::string run = folder / "a.flow", picture = folder / "a.png";
  auto first = train_json({"--steps", "10", "--run", run});
  auto again = train_json({"--resume", "--run", run});
  for (auto* json : {&first, &again}) {
    json->erase("seconds");
    json->erase("iterations_per_second");
  }
  CHECK(again == first);
  const Outcome shot = flowscope_run({"shot", "--run", run, "-o", picture, "--size", "960x600"});
  CAPTURE(shot.err);
  CHECK(shot.code == 0);
  CHECK(fs::exists(picture));
}

TEST_CASE("the doctor names what it looked at and always ends well", "[cli]") {
  const Outcome outcome = flowscope_run({"doctor"});
  CHECK(outcome.code == 0);
  for (const char* subject : {"flowscope", "LibTorch", "GFLOP/s", "OpenGL", "Inter", "memory",
                              "cores", "ImGui"}) {
    CAPTURE(subject);
    CHECK(outcome.out.find(subject) != std::string::npos);
  }
}

}  // namespace flowscope
