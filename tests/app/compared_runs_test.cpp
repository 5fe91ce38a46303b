// The runs of a window, with sessions that obey at once.
#include "app/window/compared_runs.h"

#include "app/panels/compare.h"
#include "app/panels/run_names.h"
#include "tests/app/fake_session.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

Config grid(const std::vector<std::string>& settings = {}) {
  Config config = Config::from_preset("hypergrid-8x8");
  config.set_all(settings);
  return config;
}

/// Runs whose sessions the test can reach.
struct Bench {
  std::vector<FakeSession*> sessions;
  ComparedRuns runs{[this](const Config& config, std::shared_ptr<const Checkpoint>) {
    auto session = std::make_unique<FakeSession>(config);
    sessions.push_back(session.get());
    return session;
  }};

  std::int64_t step(size_t run) {
    runs.refresh();
    return runs.views({}).at(run).live->metrics.step;
  }
};

}  // namespace

TEST_CASE("a run is named by what tells it from the others") {
  const auto names =
      run_names(std::vector{grid({"objective.name=tb"}), grid({"objective.name=db"})});
  CHECK(names == std::vector<std::string>{"objective.name = tb", "objective.name = db"});
  const auto several =
      run_names(std::vector{grid({"batch=32", "seed=3"}), grid(), grid({"batch=32"})});
  CHECK(several[0] == "batch = 32, seed = 3");
  CHECK(several[1] == "batch = 16, seed = 0");
  CHECK(several[2] == "batch = 32, seed = 0");
  CHECK(run_names(std::vector{grid(), grid()})[0] == "the same settings");
  CHECK(brief_name("objective.name = subtb, reward.r0 = 0.3, batch = 32, and 2 more") ==
        "subtb, r0 0.3, batch 32");
  CHECK(brief_name("the same settings") == "");
}

TEST_CASE("a setting that only one of the runs knows is told where it was chosen") {
  const auto names =
      run_names(std::vector{grid({"objective.name=subtb", "objective.lambda=0.5"}), grid()});
  CHECK(names[0].find("objective.lambda = 0.5") != std::string::npos);
  CHECK(names[1].find("lambda") == std::string::npos);
}

TEST_CASE("transport goes to all runs and a setting to one") {
  Bench b;
  b.runs.add(grid());
  b.runs.add(grid());
  b.runs.send(0, Play{});
  b.runs.refresh();
  for (const RunView& run : b.runs.views({})) CHECK(run.live->state == RunState::kRunning);
  b.runs.send(1, SetSpeed{50});
  b.runs.send(1, SetParam{"objective.name", std::string("db")});
  b.runs.refresh();
  const auto views = b.runs.views({});
  CHECK(views[0].live->asked_rate == 50);
  CHECK(views[0].name == "objective.name = tb");
  CHECK(views[1].name == "objective.name = db");
  CHECK(views[0].live->run->config.text("objective.name") == "tb");
  b.runs.send(0, Pause{});
  b.runs.send(0, Reset{});
  CHECK(b.step(0) == 0);
  CHECK(b.step(1) == 0);
}

TEST_CASE("a step brings all runs to one step, and so does adding one") {
  Bench b;
  b.runs.add(grid());
  b.sessions[0]->advance(120);
  b.runs.refresh();
  b.runs.add(grid());
  CHECK(b.step(1) == 120);
  b.sessions[0]->advance(5);
  b.runs.refresh();
  b.runs.send(0, StepBy{1});
  CHECK(b.step(0) == 126);
  CHECK(b.step(1) == 126);
}

TEST_CASE("a run that is taken away leaves the others their letters and their numbers") {
  Bench b;
  for (const char* objective : {"tb", "db", "fm"})
    b.runs.add(grid({"objective.name=" + std::string(objective)}));
  for (FakeSession* session : b.sessions) session->advance(40);
  b.runs.refresh();
  b.runs.remove(1);
  b.runs.refresh();
  const auto views = b.runs.views({});
  REQUIRE(views.size() == 2);
  CHECK(run_letter(views[0].place) == "A");
  CHECK(run_letter(views[1].place) == "C");
  CHECK(views[1].name == "objective.name = fm");
  CHECK(b.step(1) == 40);
  b.runs.add(grid());
  CHECK(run_letter(b.runs.views({})[2].place) == "B");
}

TEST_CASE("five runs are one too many") {
  Bench b;
  for (int i = 0; i < 6; ++i) b.runs.add(grid());
  CHECK(b.runs.size() == kMostRuns);
}

namespace {

RunView view_of(const Config& config, double quality, int place, std::int64_t step = 500) {
  const auto snapshot = make_fake_snapshot(config, quality, step);
  return {.live = snapshot,
          .shown = snapshot,
          .place = place,
          .name = "objective.name = " + config.text("objective.name")};
}

}  // namespace

TEST_CASE("the verdict names the closest run, and by how much") {
  const auto good = view_of(grid({"objective.name=tb"}), 0.9, 0),
             bad = view_of(grid({"objective.name=db"}), 0.4, 1);
  const double ratio = bad.live->exact->tv / good.live->exact->tv;
  REQUIRE(ratio > 1.2);
  char expected[32];
  std::snprintf(expected, sizeof expected, ratio < 9.95 ? "%.1fx" : "%.0fx", ratio);
  const std::string words = verdict({good, bad});
  CHECK(words.find("A (tb) is " + std::string(expected) +
                   " closer to the target than B (db): TV ") == 0);
  CHECK(verdict({bad, good}).find("A (tb) is ") == 0);
  CHECK(verdict({good, view_of(grid({"reward.r0=0.3"}), 0.4, 1)}).find("closer to its own target") !=
        std::string::npos);
  CHECK(verdict({good}) == "");
  RunView behind = view_of(grid({"objective.name=db"}), 0.4, 1, 100);
  CHECK(verdict({good, behind}) == "Not judged against each other: B is at step 100 of 500");
  auto running = std::make_shared<Snapshot>(*behind.live);
  running->state = RunState::kRunning;
  behind.live = behind.shown = running;
  CHECK(verdict({good, behind}) == "B is on its way to the others: step 100 of 500");
  CHECK(verdict({good, view_of(Config::from_preset("bits-8"), 0.4, 1)}).find("different worlds") !=
        std::string::npos);
}

TEST_CASE("runs of different worlds are kept apart, with the reason") {
  const auto one = make_fake_snapshot(grid(), 0.5);
  CHECK(why_apart(*one, *make_fake_snapshot(grid({"objective.name=db", "seed=4"}), 0.5)) == "");
  CHECK(why_apart(*one, *make_fake_snapshot(grid({"reward.r0=0.3"}), 0.5)) == "");
  CHECK(why_apart(*one, *make_fake_snapshot(Config::from_preset("bits-8"), 0.5))
            .find("environment.name = bits") != std::string::npos);
  CHECK(why_apart(*one, *make_fake_snapshot(Config::from_preset("hypergrid-16x16"), 0.5))
            .find("other states") != std::string::npos);
}

TEST_CASE("the best of several values is the smallest in size, and none where all are alike") {
  CHECK(best_of({0.3, -0.1, 0.2}) == 1);
  CHECK(best_of({0.3, std::nullopt}) == -1);
  CHECK(best_of({0.3, 0.3}) == -1);
  CHECK(best_of({std::nullopt, 0.3, 0.2}) == 2);
}
