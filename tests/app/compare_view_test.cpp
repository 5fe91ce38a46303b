// Runs side by side, drawn off-screen and played with the mouse.
#include <algorithm>

#include "app/panels/compare.h"
#include "app/panels/run_names.h"
#include "app/window/picture.h"
#include "tests/app/draw_fixture.h"
#include "tests/app/panel_frame.h"

using namespace flowscope;

namespace {

Config config_of(const char* preset, const std::vector<std::string>& settings = {}) {
  Config config = Config::from_preset(preset);
  config.set_all(settings);
  return config;
}

std::shared_ptr<Snapshot> run_of(const char* preset, const char* objective, double quality,
                                 std::int64_t step = 500) {
  return make_fake_snapshot(config_of(preset, {"objective.name=" + std::string(objective)}),
                            quality, step);
}

/// A window with these runs, on its Compare view, after its first frames.
struct CompareStage : PanelStage {
  explicit CompareStage(const std::vector<std::shared_ptr<Snapshot>>& snapshots)
      : PanelStage(snapshots.front()) {
    for (const auto& s : snapshots) {
      runs.push_back({.live = s,
                      .shown = s,
                      .place = static_cast<int>(runs.size()),
                      .name = "objective.name = " + s->run->config.text("objective.name")});
    }
    ui.hero = HeroTab::kCompare;
    frames(3);
  }
};

/// Gives a run moments of its past at these steps.
void keep(RunView& run, const std::vector<std::int64_t>& steps) {
  auto timeline = std::make_shared<Timeline>();
  for (const std::int64_t step : steps) {
    timeline->add({make_fake_snapshot(run.live->run, 0.2, step), std::make_shared<Checkpoint>()},
                  1 << 30);
  }
  run.timeline = timeline;
}

}  // namespace

TEST_CASE("runs side by side look as they should") {
  const Snapshots runs = {run_of("hypergrid-8x8", "tb", 0.8), run_of("hypergrid-8x8", "db", 0.5)};
  check_golden("compare", draw_picture(runs, {.width = 960, .height = 600, .layout = "compare"}));
}

TEST_CASE("any number of runs of any worlds can be pictured side by side") {
  const auto grid = run_of("hypergrid-8x8", "tb", 0.8), bits = run_of("bits-8", "tb", 0.5),
             space = run_of("box-0.25", "tb", 0.5), big = run_of("hypergrid-16x16", "db", 0.1);
  Config unlisted = config_of("hypergrid-8^4", {"exact.states=100"});
  const auto too_many = make_fake_snapshot(unlisted, 0.5);
  const auto loading = std::make_shared<Snapshot>();
  for (const Snapshots& runs : {Snapshots{grid},
                                {grid, bits, space, big},
                                {bits, bits},
                                {space, grid},
                                {loading, grid},
                                {too_many, too_many},
                                {grid, too_many, loading}}) {
    for (const char* theme : {"dark", "light"}) {
      CHECK(draw_picture(runs, {.width = 1280, .height = 800, .layout = "compare", .theme = theme})
                .width == 1280);
    }
  }
}

TEST_CASE("the cell under the mouse is marked in the pictures of all runs") {
  CompareStage stage({run_of("hypergrid-8x8", "tb", 0.8), run_of("hypergrid-8x8", "db", 0.5)});
  const Image before = stage.picture("hero");
  const Rect map = stage.item("hero/compare_learned0"), other = stage.item("hero/compare_learned1"),
             hero = stage.item("hero");
  stage.move({map.x + map.w * 0.3f, map.y + map.h * 0.3f});
  CHECK(stage.ui.hovered_cell >= 0);
  CHECK(stage.ui.hovered_state >= 0);
  const Image after = stage.picture("hero");
  int changed = 0;
  for (int y = 0; y < static_cast<int>(other.h); ++y) {
    for (int x = 0; x < static_cast<int>(other.w); ++x) {
      const int px = static_cast<int>(other.x - hero.x) + x,
                py = static_cast<int>(other.y - hero.y) + y;
      changed += color_distance(pixel(before, px, py), pixel(after, px, py)) > 40;
    }
  }
  CHECK(changed > 20);
}

TEST_CASE("common limits: the same mass has the same colour in the pictures of all runs") {
  CompareStage stage({run_of("hypergrid-8x8", "tb", 1.0), run_of("hypergrid-8x8", "db", 1.0)});
  const Image hero = stage.picture("hero");
  const Rect panel = stage.item("hero");
  const auto middle_of = [&](const char* map) {
    const Rect r = stage.item(map);
    // The corner's mode, cell (1, 1) of eight, from the lower left.
    return pixel(hero, static_cast<int>(r.x - panel.x + r.w * 1.5f / 8),
                 static_cast<int>(r.y - panel.y + r.h * 6.5f / 8));
  };
  CHECK(color_distance(middle_of("hero/compare_learned0"), middle_of("hero/compare_learned1")) ==
        0);
  CHECK(color_distance(middle_of("hero/compare_learned0"), middle_of("hero/compare_target")) <= 2);
}

TEST_CASE(
    "a click on a run's name chooses it, on its cross asks for its end, on the chip for another "
    "run") {
  CompareStage stage({run_of("hypergrid-8x8", "tb", 0.8), run_of("hypergrid-8x8", "db", 0.5)});
  stage.click(stage.middle("hero/run1"));
  CHECK(stage.ui.run == 1);
  CHECK(stage.ui.wish.remove == -1);
  stage.click(stage.middle("hero/run0.remove"));
  CHECK(stage.ui.wish.remove == 0);
  stage.click(stage.middle("setup/runA"));
  CHECK(stage.ui.run == 0);
  stage.click(stage.middle("setup/add_run"));
  CHECK(stage.ui.wish.add);
}

TEST_CASE("a run that is alone stands beside an empty card that says how to add one") {
  PanelStage stage(run_of("hypergrid-8x8", "tb", 0.8));
  stage.ui.hero = HeroTab::kCompare;
  stage.frames(3);
  stage.click(stage.middle("hero/add"));
  CHECK(stage.ui.wish.add);
}

TEST_CASE("charts show the curve of every run and not only of the chosen one") {
  CompareStage both({run_of("hypergrid-8x8", "tb", 0.8), run_of("hypergrid-8x8", "db", 0.3)});
  const Image two = both.picture("charts");
  const auto pixels_of = [](const Image& image, ImU32 color) {
    int count = 0;
    for (int y = 0; y < image.height; ++y) {
      for (int x = 0; x < image.width; ++x) count += color_distance(pixel(image, x, y), color) < 12;
    }
    return count;
  };
  const Palette palette = dark_palette();
  CHECK(pixels_of(two, palette.run[0]) > 100);
  CHECK(pixels_of(two, palette.run[1]) > 100);
}

TEST_CASE(
    "a drag on the timeline looks back at a kept step, and the way on leads to a branch or back to "
    "live") {
  CompareStage stage({run_of("hypergrid-8x8", "tb", 0.8)});
  keep(stage.runs[0], {0, 100, 250, 400});
  stage.frames(2);
  const Rect bar = stage.item("timeline/scrub");
  stage.move({bar.x + bar.w * 0.46f, bar.y + bar.h / 2});
  stage.press(true);
  CHECK(stage.ui.past == 250);
  stage.press(false);
  CHECK(stage.ui.past == 250);
  stage.click(stage.middle("hero/branch"));
  CHECK(stage.ui.wish.branch == 250);
  stage.click(stage.middle("hero/live"));
  CHECK_FALSE(stage.ui.past);
  stage.move({bar.x + bar.w * 0.99f, bar.y + bar.h / 2});
  stage.press(true);
  CHECK_FALSE(stage.ui.past);  // nearest to where the run is now
}
