// The table of curves, and the menu that chooses among them.
#include "app/panels/curves.h"

#include <set>

#include "core/run/measures.h"
#include "tests/app/panel_frame.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

const Curve& curve(const char* id) {
  REQUIRE(find_curve(id));
  return *find_curve(id);
}

std::shared_ptr<Snapshot> fake(const std::vector<std::string>& settings, const char* preset = "hypergrid-8x8") {
  Config config = Config::from_preset(preset);
  config.set_all(settings);
  return make_fake_snapshot(config, 0.7, 500);
}

}  // namespace

TEST_CASE("every curve has an id of its own and draws what a run notes") {
  std::set<std::string> noted = {"loss", "log_z", "mean_length", "learning_rate", "epsilon", "modes_found",
                                 "behaviour_tv"};
  for (const Measure& measure : measures()) noted.insert(measure.name);
  std::set<std::string> ids;
  for (const Curve& c : curves()) {
    CAPTURE(c.id);
    CHECK(ids.insert(c.id).second);
    CHECK(noted.contains(c.lines[0].series));
    if (c.lines[1].series) CHECK(noted.contains(c.lines[1].series));
  }
  for (const std::string& id : UiState().charts) CHECK(ids.contains(id));
  CHECK_FALSE(find_curve("tv2"));
}

TEST_CASE("every measure of a policy can be seen as a curve") {
  std::set<std::string> drawn = {"samples", "jsd_kde"};  // a size; a number of the run's end
  for (const Curve& c : curves()) {
    for (const CurveLine& line : c.lines) {
      if (line.series) drawn.insert({line.series, std::string(line.series) + "_error"});
    }
  }
  for (const Measure& measure : measures()) {
    CAPTURE(measure.name);
    CHECK(drawn.contains(measure.name));
  }
}

TEST_CASE("a curve that a run cannot have says why") {
  const auto grid = fake({});
  CHECK(why_empty(curve("tv"), *grid) == "");
  CHECK(why_empty(curve("gradient_cosine"), *grid) == "set statistics.every first");
  CHECK(why_empty(curve("gradient_cosine"), *fake({"statistics.every=10"})) == "press Space to train");
  CHECK(why_empty(curve("top_reward"), *grid) == "for worlds too large to enumerate");
  CHECK(why_empty(curve("effective"), *grid) == "needs real-valued states");
  const auto large = fake({"exact.states=10"});
  CHECK(why_empty(curve("kl"), *large) == "needs all states: too many");
  CHECK(why_empty(curve("mode_least"), *large) == "needs all states: too many");
  CHECK(why_empty(curve("modes_found"), *fake({}, "set-6-3")) == "this reward has no separate modes");
  CHECK(why_empty(curve("gradient_norm"), *fake({"objective.name=mh"}, "set-6-3")) == "");  // a fake has one
  CHECK(why_empty(curve("bounds"), *fake({"objective.name=mh"})) == "needs a policy; this baseline has none");
  Snapshot loading;
  CHECK(why_empty(curve("tv"), loading) == "waiting for the trainer");
}

TEST_CASE("a value that is estimated comes with its standard error") {
  auto history = std::make_shared<History>();
  history->add("entropy", 5, 2.5);
  history->add("entropy_error", 5, 0.125);
  history->add("elbo", 5, 1.5);
  history->add("eubo", 5, 3.5);
  Snapshot s;
  s.run = fake({"exact.states=10"})->run;
  s.history = history;
  CHECK(readout_of(curve("entropy"), s) == "2.5 ± 0.12");
  CHECK(readout_of(curve("bounds"), s) == "ELBO 1.5  EUBO 3.5");
  CHECK(source_words(curve("entropy"), s) == "estimated");
  CHECK(source_words(curve("entropy"), *fake({})) == "exact");
  CHECK(errors_of(curve("bounds"), curve("bounds").lines[0], s) == nullptr);
}

TEST_CASE("a click on a chart's title chooses another curve for its place") {
  PanelStage stage(fake({}), 1600, 1000);
  stage.frames(3);
  stage.click(stage.middle("charts/chart2"));
  stage.frames(2);
  stage.click(stage.middle("charts/chart2.gradient_norm"));
  CHECK(stage.ui.charts == std::array<std::string, 4>{"distance", "log_z", "gradient_norm", "length"});
  stage.frames(2);
  CHECK_FALSE(stage.items.contains("charts/chart2.gradient_norm"));  // the menu has closed
}

TEST_CASE("all curves are drawn where the charts have the window to themselves") {
  for (const char* preset : {"hypergrid-8x8", "box-0.25"}) {
    PanelStage stage(fake({}, preset), 1100, 700);
    stage.ui.maximised = "charts";
    stage.ui.dark = false;
    stage.frames(3);
    CHECK(stage.items.contains("charts"));
  }
}
