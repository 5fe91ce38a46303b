// The window on a continuous space: what lies on its map, time within trajectories, coordinates in pairs.
#include <numeric>

#include "app/panels/caches.h"
#include "app/panels/density_layers.h"
#include "envs/continuous/painting.h"
#include "tests/app/panel_frame.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

constexpr int kSamples = 60, kTimes = 5;

/// Samples that go from the origin along the diagonal, on a uniform target over the unit square.
std::shared_ptr<Snapshot> box_snapshot() {
  Config config;
  config.set("environment.name", std::string("box"));
  auto run = std::make_shared<RunInfo>(*make_fake_run(config));
  run->density = {20, 20, std::vector<double>(400, 1 / 400.0)};
  run->target_objects = {0.25f, 0.25f, 0.75f, 0.75f};
  auto density = std::make_shared<DensityView>();
  density->exact = true;
  density->learned = run->density;
  density->samples = kSamples;
  density->times = kTimes;
  for (int time = 0; time < kTimes; ++time) {
    for (int i = 0; i < kSamples; ++i) {
      for (int d = 0; d < 2; ++d) {
        density->cloud.push_back(static_cast<float>(time * (i + 1)) / (kTimes * kSamples));
      }
    }
  }
  const auto ends = density->cloud.end() - 2 * kSamples;
  for (int i = 0; i < kSamples; ++i) {
    density->x.push_back(ends[2 * i]);
    density->y.push_back(ends[2 * i + 1]);
  }
  density->objects.assign(ends, density->cloud.end());
  PolicyField& field = density->field;
  field.side = 5;
  field.directions = 8;
  field.times = {0};
  field.stop.assign(25, 0.2f);
  field.dx.assign(25, 0.1f);
  field.dy.assign(25, 0.1f);
  field.rose.assign(25 * 8, 0.16f);
  PathView path;
  path.x = {0, 0.3f, 0.6f};
  path.y = {0, 0.2f, 0.4f};
  density->recent = {path};
  auto behaviour = std::make_shared<BehaviourView>();
  behaviour->objects = 100;
  behaviour->density = {10, 10, std::vector<double>(100, 0.01)};
  behaviour->paths = {path, path};
  auto s = make_fake_snapshot(run, 0.5, 100);
  s->density = density;
  s->behaviour = behaviour;
  return s;
}

double total(const std::vector<float>& cells) { return std::accumulate(cells.begin(), cells.end(), 0.0); }

}  // namespace

TEST_CASE("the cells of a moment are the shares of the trajectories that are there then") {
  PanelStage stage(box_snapshot());
  stage.frames(2);
  stage.ui.moment = 0;
  PanelContext context{*stage.snapshot, Theme{}, stage.ui, [](Command) {}};
  float most = 0;
  const std::vector<float> start = moment_cells(context, most);
  CHECK(total(start) == Approx(1));
  CHECK(start[0] == Approx(1));  // all at the origin
  stage.ui.moment = 3;
  const std::vector<float> later = moment_cells(context, most);
  CHECK(total(later) == Approx(1));
  CHECK(most < 0.2f);
  CHECK(shows_moment(context));
  stage.ui.moment = kTimes - 1;
  CHECK_FALSE(shows_moment(context));
}

TEST_CASE("coarse shares of training objects are spread over the cells of the map") {
  PanelStage stage(box_snapshot());
  stage.frames(2);
  CHECK(total(stage.ui.cells.behaviour) == Approx(1));
  CHECK(stage.ui.cells.max_behaviour == Approx(0.01 / 4));
}

TEST_CASE("a click on the map of a space pins the point where the policy is looked at, another lets go") {
  PanelStage stage(box_snapshot());
  stage.frames(2);
  stage.click(stage.middle("hero/map_learned"));
  const int middle = stage.ui.pinned_cell;
  CHECK((middle / 20 >= 9 && middle / 20 <= 10 && middle % 20 >= 9 && middle % 20 <= 10));
  stage.click(stage.middle("hero/map_learned"));
  CHECK(stage.ui.pinned_cell == -1);
}

TEST_CASE("strokes of the brush on the map become the reward, and are taken back and painted again") {
  PanelStage stage(box_snapshot());
  stage.frames(2);
  stage.click(stage.middle("hero_footer/paint"));
  CHECK(stage.ui.brush.on);
  const Rect map = stage.item("hero/map_learned");
  stage.move({map.x + 0.25f * map.w, map.y + 0.5f * map.h});
  stage.press(true);
  stage.move({map.x + 0.75f * map.w, map.y + 0.5f * map.h});
  CHECK(stage.commands<SetParam>().empty());  // a stroke takes effect when it ends
  stage.press(false);
  const auto strokes_sent = [&] {
    std::vector<std::string> sent;
    for (const SetParam& c : stage.commands<SetParam>()) {
      if (c.key == "reward.strokes") sent.push_back(std::get<std::string>(c.value));
    }
    return sent;
  };
  REQUIRE(strokes_sent().size() == 1);
  CHECK(stage.commands<SetParam>().back().key == "reward.name");
  const auto first = parse_strokes("", strokes_sent()[0]);
  REQUIRE(first.size() == 1);
  CHECK(first[0].grey == 1);
  CHECK(first[0].places.front().first == Approx(0.25).margin(0.02));
  CHECK(first[0].places.back().first == Approx(0.75).margin(0.02));
  CHECK(first[0].places.back().second == Approx(0.5).margin(0.02));
  CHECK(stage.ui.pinned_cell == -1);

  stage.click(stage.middle("hero_footer/half"));
  stage.click(stage.middle("hero/map_target"));  // before the run has shown the first one
  REQUIRE(strokes_sent().size() == 2);
  CHECK(strokes_sent()[1].starts_with(strokes_sent()[0] + "; 0.5 "));
  stage.click(stage.middle("hero_footer/undo"));
  CHECK(strokes_sent()[2] == strokes_sent()[0]);
  stage.click(stage.middle("hero_footer/redo"));
  CHECK(strokes_sent()[3] == strokes_sent()[1]);
  stage.click(stage.middle("hero_footer/clear"));
  CHECK(strokes_sent()[4].empty());
}

TEST_CASE("strokes that a configuration brings are gone on with") {
  Config config;
  config.set("environment.name", std::string("box"));
  config.set_all(std::vector<std::string>{"reward.name=painted", "reward.strokes=1 0.1 0.5,0.5"});
  auto snapshot = box_snapshot();
  auto run = std::make_shared<RunInfo>(*snapshot->run);
  run->config = config;
  snapshot->run = run;
  PanelStage stage(snapshot);
  stage.ui.brush.on = true;
  stage.frames(2);
  stage.click(stage.middle("hero/map_learned"));
  const auto sent = stage.commands<SetParam>();
  REQUIRE(sent.size() == 1);
  CHECK(std::get<std::string>(sent[0].value).starts_with("1 0.1 0.5,0.5; 1 0.08 "));
}

TEST_CASE("a change that the run refuses is told once") {
  auto snapshot = box_snapshot();
  snapshot->message = "reward.file: 'x' cannot be read";
  PanelStage stage(snapshot);
  stage.frames(2);
  CHECK(stage.ui.toast == snapshot->message);
  stage.ui.toast.clear();
  stage.frames(2);
  CHECK(stage.ui.toast.empty());
}

TEST_CASE("the samples move from s0 to their ends by themselves, and a hand on the slider stops them") {
  PanelStage stage(box_snapshot());
  stage.frames(2);
  CHECK(stage.ui.moment < 0);
  stage.click(stage.middle("hero/move"));
  const double early = stage.ui.moment;
  stage.frames(60);
  CHECK(stage.ui.moment > early);
  stage.click(stage.middle("hero/moment"));
  CHECK(stage.ui.moving_since < 0);
  CHECK(stage.ui.moment == 2);
}

TEST_CASE("a space has tabs for its map and its coordinates, and no graph") {
  PanelStage stage(box_snapshot());
  stage.frames(2);
  CHECK_FALSE(stage.items.contains("lower/slice"));
  CHECK_FALSE(stage.items.contains("view_tabs/dag"));
  CHECK(stage.items.contains("lower/path1"));
  stage.click(stage.middle("view_tabs/corner"));
  stage.frames(2);
  CHECK(stage.ui.hero == HeroTab::kCorner);
  const CornerCache& corner = stage.ui.caches->corner;
  REQUIRE(corner.cells.size() == 4);
  CHECK(total(corner.cells[0].learned) == Approx(1));   // x alone
  CHECK(total(corner.cells[1].learned) == Approx(1));   // above the diagonal
  CHECK(corner.cells[1].target.empty());
  CHECK(total(corner.cells[2].target) == Approx(1));    // below it
}

TEST_CASE("a world of one dimension has no corner plot") {
  Config config;
  config.set("environment.name", std::string("line"));
  PanelStage stage(make_fake_snapshot(config, 0.5, 100));
  stage.ui.hero = HeroTab::kCorner;
  stage.frames(2);
  CHECK_FALSE(stage.items.contains("view_tabs/corner"));
}
