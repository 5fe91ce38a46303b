// The panels under frames and under the mouse, in a window without a display.
#include "app/panels/facts.h"
#include "tests/app/panel_frame.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

std::shared_ptr<Snapshot> fake(const char* preset, double quality = 0.7) {
  return make_fake_snapshot(Config::from_preset(preset), quality, 500);
}

}  // namespace

TEST_CASE("every tab of every kind of world draws, at every size and in both themes") {
  for (const char* preset : {"hypergrid-8x8", "hypergrid-64x64", "hypergrid-8^4", "bits-8",
                             "minigrid-doorkey-5x5"}) {
    const auto snapshot = fake(preset);
    for (const auto& [width, height] : {std::pair{1280, 720}, {960, 600}}) {
      PanelStage stage(snapshot, width, height);
      stage.ui.selected_state = 7;
      stage.ui.show_flow = stage.ui.show_trajectories = stage.ui.log_color = true;
      constexpr LowerTab kLower[] = {LowerTab::kDag, LowerTab::kTrajectories, LowerTab::kModes};
      for (const HeroTab hero : {HeroTab::kMap, HeroTab::kFlow, HeroTab::kDag, HeroTab::kObjects,
                                 HeroTab::kWorld}) {
        stage.ui.first_person = !stage.ui.first_person;
        stage.ui.hero = hero;
        stage.ui.lower = kLower[static_cast<int>(hero) % 3];
        stage.ui.dark = hero != HeroTab::kFlow;
        stage.frames(3);
      }
      CHECK(stage.sent.empty());
      CHECK(stage.items.contains("top_bar/play"));
    }
  }
}

TEST_CASE("a run that is loading, failed, diverged or too large still draws and says so") {
  auto snapshot = std::make_shared<Snapshot>();
  PanelStage stage(snapshot, 960, 600);
  for (const RunState state : {RunState::kLoading, RunState::kFailed}) {
    snapshot->state = state;
    stage.frames(3);
  }
  Config config = Config::from_preset("hypergrid-8x8");
  config.set("exact.states", std::int64_t{10});
  stage.snapshot = make_fake_snapshot(config, 0.5, 10);
  for (const HeroTab hero : {HeroTab::kMap, HeroTab::kFlow, HeroTab::kDag, HeroTab::kObjects}) {
    stage.ui.hero = hero;
    stage.frames(3);
  }
  stage.snapshot = fake("hypergrid-8x8");
  stage.snapshot->state = RunState::kDiverged;
  stage.frames(3);
  stage.click(stage.middle("hero/halve"));
  REQUIRE(stage.commands<SetParam>().size() == 1);
  CHECK(std::get<double>(stage.commands<SetParam>()[0].value) == Approx(5e-4));
  CHECK(stage.commands<Reset>().size() == 1);
}

TEST_CASE("hovering a cell links its state everywhere and clicking selects it") {
  PanelStage stage(fake("hypergrid-8x8"));
  stage.frames(3);
  for (const char* map : {"hero/map_learned", "hero/map_target", "hero/map_difference"}) {
    const Rect r = stage.item(map);
    const int x = 5, y = 2;  // y upwards
    const ImVec2 at{r.x + r.w * (x + 0.5f) / 8, r.y + r.h * (1 - (y + 0.5f) / 8)};
    const std::int32_t state[] = {x, y};
    const int expected = stage.snapshot->run->graph->find(state);
    stage.ui.selected_state = -1;
    stage.move(at);
    CHECK(stage.ui.hovered_state == expected);
    CHECK(stage.ui.selected_state == -1);
    stage.click(at);
    CHECK(stage.ui.selected_state == expected);
  }
  stage.move({5, 5});
  CHECK(stage.ui.hovered_state == -1);
}

TEST_CASE("in a summed map a click selects the state of highest target in the cell") {
  PanelStage stage(fake("hypergrid-8^4"));
  stage.ui.map = 1;  // x1, x2
  stage.frames(3);
  const Rect r = stage.item("hero/map_target");
  stage.click({r.x + r.w * 1.5f / 8, r.y + r.h * 6.5f / 8});
  // x1 = x2 = 1 lies in the band: with the other two in the band as well it is a mode.
  const int state = stage.ui.selected_state;
  REQUIRE(state >= 0);
  CHECK(stage.snapshot->run->environment->mode_of(stage.snapshot->run->graph->state(state)) >= 0);
}

TEST_CASE("the wheel zooms about the cursor and a double click fits again") {
  PanelStage stage(fake("hypergrid-64x64"));
  stage.frames(3);
  const Rect r = stage.item("hero/map_learned");
  stage.move({r.x + r.w * 0.75f, r.y + r.h * 0.25f});
  const int cell = stage.ui.hovered_cell;
  ImGui::GetIO().MouseWheel = 3;
  stage.frames(1);
  ImGui::GetIO().MouseWheel = 0;
  stage.frames(2);
  CHECK(stage.ui.zoom.w > 0);
  CHECK(stage.ui.zoom.w < 64);
  CHECK(stage.ui.hovered_cell == cell);
  for (int i = 0; i < 2; ++i) {
    ImGui::GetIO().MouseDown[0] = true;
    stage.frames(1);
    ImGui::GetIO().MouseDown[0] = false;
    stage.frames(1);
  }
  CHECK(stage.ui.zoom.w == 0);
}

TEST_CASE("a live slider sends its parameter while it is dragged") {
  PanelStage stage(fake("hypergrid-8x8"));
  stage.frames(3);
  const Rect r = stage.item("setup/optimizer.lr");
  stage.move({r.x + r.w * 0.5f, r.y + r.h / 2});
  stage.press(true);
  stage.move({r.x + r.w * 0.75f, r.y + r.h / 2});
  stage.frames(20);
  const auto sent = stage.commands<SetParam>();
  REQUIRE_FALSE(sent.empty());
  CHECK(sent.back().key == "optimizer.lr");
  CHECK(std::get<double>(sent.back().value) > 1e-3);
  stage.press(false);
}

TEST_CASE("a slider that restarts the run sends once, when the mouse lets go") {
  PanelStage stage(fake("hypergrid-8x8"));
  stage.frames(3);
  const Rect r = stage.item("setup/environment.side");
  stage.move({r.x + r.w * 0.1f, r.y + r.h / 2});
  stage.press(true);
  for (int i = 1; i <= 5; ++i) {
    stage.move({r.x + r.w * (0.1f + 0.05f * static_cast<float>(i)), r.y + r.h / 2});
    stage.frames(20);
  }
  CHECK(stage.sent.empty());
  stage.press(false);
  const auto sent = stage.commands<SetParam>();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].key == "environment.side");
  CHECK(std::get<std::int64_t>(sent[0].value) > 30);
}

TEST_CASE("the dot of a changed setting puts its default back") {
  PanelStage stage(fake("hypergrid-16x16"));
  stage.frames(3);
  CHECK_FALSE(stage.items.contains("setup/environment.dims.reset"));
  stage.click(stage.middle("setup/environment.side.reset"));
  const auto sent = stage.commands<UnsetParam>();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].key == "environment.side");
}

TEST_CASE("the transport plays, pauses, steps and resets") {
  PanelStage stage(fake("hypergrid-8x8"));
  stage.frames(3);
  stage.click(stage.middle("top_bar/play"));
  CHECK(stage.commands<Play>().size() == 1);
  stage.snapshot->state = RunState::kRunning;
  stage.click(stage.middle("top_bar/play"));
  CHECK(stage.commands<Pause>().size() == 1);
  stage.click(stage.middle("top_bar/step"));
  CHECK(stage.commands<StepBy>().size() == 1);
  stage.click(stage.middle("top_bar/to_start"));
  CHECK(stage.commands<Reset>().size() == 1);
}

TEST_CASE("the preset list starts another experiment") {
  PanelStage stage(fake("hypergrid-8x8"));
  stage.frames(3);
  stage.click(stage.middle("top_bar/preset"));
  stage.click(stage.middle("top_bar/preset.list0"));
  const auto sent = stage.commands<Restart>();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].config.preset == presets()[0].name);
}

TEST_CASE("no two widgets of the top bar overlap in a narrow window") {
  const auto snapshot = fake("hypergrid-16x16");
  snapshot->run_until = 123'456'789;
  snapshot->metrics.step = 98'765'432;
  for (const int width : {960, 1100, 1280, 1600}) {
    PanelStage stage(snapshot, width, 600);
    stage.frames(3);
    std::vector<Rect> bar;
    for (const auto& [name, rect] : stage.items) {
      if (name.starts_with("top_bar/")) bar.push_back(rect);
    }
    CHECK(bar.size() == 8);
    for (size_t i = 0; i < bar.size(); ++i) {
      CHECK((bar[i].x >= 0 && bar[i].x + bar[i].w <= static_cast<float>(width)));
      for (size_t j = i + 1; j < bar.size(); ++j) {
        const bool apart = bar[i].x + bar[i].w <= bar[j].x || bar[j].x + bar[j].w <= bar[i].x;
        CHECK(apart);
      }
    }
  }
}
