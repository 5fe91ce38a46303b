#include <filesystem>

#include "app/cli/commands.h"
#include "app/window/png.h"
#include "core/run/errors.h"
#include "tests/app/fake_session.h"
#include "tests/app/process.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

/// Ends a run the way the test wants it to end.
class EndingSession : public FakeSession {
 public:
  EndingSession(const Config& config, RunState end) : FakeSession(config), end_(end) {}
  std::shared_ptr<const Snapshot> latest() const override {
    auto copy = std::make_shared<Snapshot>(*FakeSession::latest());
    copy->state = end_;
    copy->message = "what went wrong";
    return copy;
  }

 private:
  RunState end_;
};

TrainerLibrary library_ending_in(RunState end) {
  TrainerLibrary library;
  library.start = [end](const Config& config, std::shared_ptr<const Checkpoint>) {
    return std::make_unique<EndingSession>(config, end);
  };
  return library;
}

/// Fails the test that starts a run.
TrainerLibrary library_that_must_not_start() {
  TrainerLibrary never;
  never.start = [](const Config&, std::shared_ptr<const Checkpoint>) -> std::unique_ptr<Session> {
    FAIL("training was started");
    return nullptr;
  };
  return never;
}

}  // namespace

TEST_CASE("shot writes a picture of the step that was asked for") {
  const TemporaryFolder folder;
  ShotOptions options;
  options.run.preset = "hypergrid-8x8";
  options.run.steps = 250;
  options.run.seed = 5;
  options.width = 960;
  options.height = 600;
  options.output = folder / "a.png";
  CHECK(shot(options, library_ending_in(RunState::kFinished)) == 0);
  PngText text;
  const Image image = read_png(options.output, &text);
  CHECK(image.width == 960);
  CHECK(image.height == 600);
  CHECK(text["step"] == "250");
  CHECK(text["seed"] == "5");
}

TEST_CASE("shot pictures several runs side by side, each with its settings") {
  const TemporaryFolder folder;
  ShotOptions options;
  options.run.preset = "hypergrid-8x8";
  options.run.steps = 50;
  options.compare = {"objective.name=db", " objective.name = subtb ;batch=32;"};
  options.output = folder / "a.png";
  CHECK_THROWS_AS(shot(options, library_ending_in(RunState::kFinished)), UsageError);  // "objective.name "
  options.compare[1] = " objective.name=subtb ;batch=32;";
  CHECK(shot(options, library_ending_in(RunState::kFinished)) == 0);
  PngText text;
  read_png(options.output, &text);
  CHECK(Config::from_json(text["config"], "A").text("objective.name") == "tb");
  CHECK(Config::from_json(text["config B"], "B").text("objective.name") == "db");
  const Config third = Config::from_json(text["config C"], "C");
  CHECK(third.text("objective.name") == "subtb");
  CHECK(third.integer("batch") == 32);
}

TEST_CASE("what is wrong with runs to compare is told before any is trained") {
  const TrainerLibrary never = library_that_must_not_start();
  const TemporaryFolder folder;
  const auto message = [&](std::vector<std::string> compare, std::vector<std::string> recorded = {}) -> std::string {
    ShotOptions options;
    options.compare = std::move(compare);
    options.compare_runs = std::move(recorded);
    options.output = folder / "a.png";
    try {
      shot(options, never);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message({"objective.name=dbx"}).find("--compare: objective.name: 'dbx'") == 0);
  CHECK(message({" ; "}).find("objective.name=db; seed=2") != std::string::npos);
  CHECK(message({"seed=1", "seed=2", "seed=3", "seed=4"}).find("at most 4 runs") != std::string::npos);
  CHECK(message({}, {"b.flow"}).find("--compare-run needs --run") == 0);
}

TEST_CASE("shot pictures a run that diverged and returns 3") {
  const TemporaryFolder folder;
  ShotOptions options;
  options.run.preset = "hypergrid-8x8";
  options.output = folder / "a.png";
  CHECK(shot(options, library_ending_in(RunState::kDiverged)) == 3);
  CHECK(std::filesystem::exists(options.output));
}

TEST_CASE("shot tells every mistake before it trains") {
  const TrainerLibrary never = library_that_must_not_start();
  const TemporaryFolder folder;
  ShotOptions options;
  options.output = "/nowhere/at/all.png";
  CHECK_THROWS_AS(shot(options, never), UsageError);
  options.output = folder / "a.png";
  options.panel = "haro";
  CHECK_THROWS_AS(shot(options, never), UsageError);
  options.panel = "";
  options.at = 5;
  CHECK_THROWS_AS(shot(options, never), UsageError);
  options.at.reset();
  options.run.preset = "hypergrid-9x9";
  CHECK_THROWS_AS(shot(options, never), UsageError);
  options.run.preset = "";
  options.run_file = "/nowhere/at/all.flow";
  CHECK_THROWS_AS(shot(options, never), UsageError);
  CHECK_FALSE(std::filesystem::exists(options.output));
}

TEST_CASE("shot passes on why a session failed") {
  const TemporaryFolder folder;
  ShotOptions options;
  options.run.preset = "hypergrid-8x8";
  options.output = folder / "a.png";
  CHECK_THROWS_WITH(shot(options, library_ending_in(RunState::kFailed)), "what went wrong");
  CHECK_FALSE(std::filesystem::exists(options.output));
}
