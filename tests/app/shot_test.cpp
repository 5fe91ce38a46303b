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

TEST_CASE("shot pictures a run that diverged and returns 3") {
  const TemporaryFolder folder;
  ShotOptions options;
  options.run.preset = "hypergrid-8x8";
  options.output = folder / "a.png";
  CHECK(shot(options, library_ending_in(RunState::kDiverged)) == 3);
  CHECK(std::filesystem::exists(options.output));
}

TEST_CASE("shot tells every mistake before it trains") {
  TrainerLibrary never;
  never.start = [](const Config&, std::shared_ptr<const Checkpoint>) -> std::unique_ptr<Session> {
    FAIL("training was started");
    return nullptr;
  };
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
