#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "app/window/picture.h"
#include "app/window/settings.h"
#include "core/run/errors.h"
#include "tests/app/draw_fixture.h"
#include "tests/app/fake_session.h"
#include "tests/app/process.h"

using namespace flowscope;

namespace {

namespace fs = std::filesystem;

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("the whole window looks as it should") {
  const auto snapshot = make_fake_snapshot(Config::from_preset("hypergrid-8x8"), 0.8);
  check_golden("window", draw_picture(*snapshot, {.width = 960, .height = 600}));
}

TEST_CASE("the whole window looks as it should in the light theme") {
  const auto snapshot = make_fake_snapshot(Config::from_preset("bits-8"), 0.8);
  check_golden("window-light",
               draw_picture(*snapshot, {.width = 960, .height = 600, .theme = "light"}));
}

TEST_CASE("a picture is the same every time") {
  const auto snapshot = make_fake_snapshot(Config::from_preset("hypergrid-8x8"), 0.5);
  const PictureSpec spec{.width = 960, .height = 600};
  CHECK(draw_picture(*snapshot, spec).rgba == draw_picture(*snapshot, spec).rgba);
}

TEST_CASE("the timeline shows the maps of kept moments, each near its time and none twice") {
  const Config config = Config::from_preset("hypergrid-8x8");
  const auto now = make_fake_snapshot(config, 0.9);
  now->metrics.step = 1000;
  const auto timeline = std::make_shared<Timeline>();
  for (const std::int64_t step : {0, 500}) {
    const auto moment = make_fake_snapshot(config, step > 0 ? 0.9 : 0.1);
    moment->metrics.step = step;
    const auto exact = std::make_shared<ExactView>(*moment->exact);
    exact->step = step;
    moment->exact = exact;
    timeline->add({moment, std::make_shared<const Checkpoint>()}, Timeline::kBudget);
  }
  const PictureSpec spec{.panel = "timeline"};
  const Image without = draw_picture(Snapshots{now}, spec), with = draw_picture(Snapshots{now}, spec, {timeline});
  REQUIRE(with.width == without.width);
  // Columns in which a map appeared, counted in stretches.
  std::vector<int> begins;
  bool inside = false;
  for (int x = 0; x < with.width; ++x) {
    int changed = 0;
    for (int y = 40; y < with.height - 34; ++y) {
      const auto at = 4 * (static_cast<size_t>(y) * static_cast<size_t>(with.width) + static_cast<size_t>(x));
      changed += !std::equal(&with.rgba[at], &with.rgba[at + 3], &without.rgba[at]);
    }
    const bool map = changed > 20;
    if (map && !inside) begins.push_back(x);
    inside = map;
  }
  REQUIRE(begins.size() == 2);
  CHECK(begins[0] < 40);
  CHECK(std::abs(begins[1] + 26 - with.width / 2) < 60);
}

TEST_CASE("scale multiplies the pixels of a picture, and a panel is cut out of it") {
  const auto snapshot = make_fake_snapshot(Config::from_preset("hypergrid-8x8"), 0.5);
  const Image twice = draw_picture(*snapshot, {.width = 960, .height = 600, .scale = 2});
  CHECK(twice.width == 1920);
  CHECK(twice.height == 1200);
  const Image hero = draw_picture(*snapshot, {.panel = "hero"});
  CHECK(hero.width == 904);
  CHECK(hero.height == 488);
}

TEST_CASE("every state of a run can be pictured") {
  Snapshot loading;
  CHECK(draw_picture(loading, {}).width == 1600);
  Snapshot failed;
  failed.state = RunState::kFailed;
  failed.message = "the trainer is missing";
  CHECK(draw_picture(failed, {}).width == 1600);
  auto snapshot = make_fake_snapshot(Config::from_preset("hypergrid-8x8"), 0.5);
  snapshot->state = RunState::kDiverged;
  snapshot->message = "the loss became NaN at step 812";
  CHECK(draw_picture(*snapshot, {}).width == 1600);
  Config large = Config::from_preset("hypergrid-8^4");
  large.set_text("exact.states", "100");  // no graph
  CHECK(draw_picture(*make_fake_snapshot(large, 0.5), {}).width == 1600);
  CHECK(draw_picture(*make_fake_snapshot(Config::from_preset("hypergrid-8x8"), 0, 0), {}).width == 1600);
}

TEST_CASE("a picture file carries config, seed and step") {
  const TemporaryFolder folder;
  const std::string file = (folder.path / "a.png").string();
  const auto snapshot = make_fake_snapshot(Config::from_preset("hypergrid-8x8"), 0.5, 77);
  const Image image{2, 1, {10, 20, 30, 255, 40, 50, 60, 255}};
  write_png(file, image, picture_text(*snapshot));
  PngText text;
  CHECK(read_png(file, &text).rgba == image.rgba);
  CHECK(text["step"] == "77");
  CHECK(text["seed"] == "0");
  CHECK(text["preset"] == "hypergrid-8x8");
  CHECK(Config::from_json(text["config"], "picture") == snapshot->run->config);
  CHECK(std::distance(fs::directory_iterator(folder.path), {}) == 1);  // no temporary file is left
}

TEST_CASE("a picture that cannot be written is told in one line that names the file") {
  const Image image{1, 1, {0, 0, 0, 255}};
  const std::string path = "/nowhere/at/all.png";
  CHECK(message_of([&] { write_png(path, image); }).find(path) != std::string::npos);
  CHECK(message_of([&] { check_png_path(path); }).find(path) != std::string::npos);
  CHECK(message_of([&] { check_png_path("/"); }).find("directory") != std::string::npos);
  CHECK_THROWS_AS(read_png(FLOWSCOPE_SOURCE_DIR "/CMakeLists.txt"), UsageError);
}

TEST_CASE("what is wrong with a picture's options is named with what is allowed") {
  const auto message = [](const PictureSpec& spec) {
    return message_of([&] { check_picture(spec); });
  };
  CHECK(message({.panel = "haro"}).find("hero_footer") != std::string::npos);
  CHECK(message({.layout = "lecture"}).find("learn, debug, compare or present") != std::string::npos);
  CHECK(message({.view = "top"}).find("map, flow, dag") != std::string::npos);
  CHECK(message({.theme = "blue"}).find("dark or light") != std::string::npos);
  CHECK(message({.width = 200}).find("960x600") != std::string::npos);
  CHECK(message({.scale = 0}).find("--scale") != std::string::npos);
  CHECK(message({.layout = "present", .panel = "setup"}).find("hero") != std::string::npos);
  CHECK(message({}) == "");
}

TEST_CASE("settings come back, and a damaged file is passed over with a note") {
  const TemporaryFolder folder;
  const std::string file = (folder.path / "deep" / "settings.json").string();
  UiState ui;
  ui.natural_scale = 2;
  ui.scale = 3;
  ui.dark = false;
  ui.rail_width = 320;
  ui.charts = {"gradient_norm", "kl", "entropy", "loss"};
  CHECK(save_settings(file, ui) == "");
  UiState back;
  CHECK(load_settings(file, back) == "");
  CHECK(back.scale == 1.5f);  // relative to a monitor of scale 1
  CHECK_FALSE(back.dark);
  CHECK(back.rail_width == 320);
  CHECK(back.charts == ui.charts);
  for (const char* text : {"{\"scale\": ", "[]", "{\"rail_width\": \"wide\"}", ""}) {
    std::ofstream(file) << text;
    UiState untouched;
    INFO(text);
    CHECK(load_settings(file, untouched).find(file) != std::string::npos);
    CHECK(untouched.rail_width == 296);
  }
  std::ofstream(file) << R"({"charts": ["no such curve", "tv"]})";
  UiState other;
  CHECK(load_settings(file, other) == "");
  CHECK(other.charts == std::array<std::string, 4>{"distance", "tv", "loss", "length"});
  UiState fresh;
  CHECK(load_settings((folder.path / "missing.json").string(), fresh) == "");
}
