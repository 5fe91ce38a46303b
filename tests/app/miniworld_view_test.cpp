// Miniworld in the window: what the agent sees, the pictures of its rooms, a person who walks
// there.
#include <GLFW/glfw3.h>

#include <algorithm>
#include <numbers>

#include "app/draw/plan.h"
#include "app/panels/caches.h"
#include "app/panels/walk.h"
#include "app/scene/first_person.h"
#include "app/window/picture.h"
#include "core/run/errors.h"
#include "envs/miniworld/levels.h"
#include "tests/app/draw_fixture.h"
#include "tests/app/panel_frame.h"

using namespace flowscope;

namespace {

constexpr const char* kPreset = "miniworld-oneroom";
constexpr double kPi = std::numbers::pi;

bool is_red(const std::uint8_t* p) { return p[0] > 90 && p[0] > 2 * p[1] && p[0] > 2 * p[2]; }

/// The rows in which something is red: first and last, or none.
struct Rows {
  int first = -1, last = -1, pixels = 0;
};
Rows red_rows(const Image& image) {
  Rows rows;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (!is_red(image.at(x, y))) continue;
      if (rows.pixels++ == 0) rows.first = y;
      rows.last = y;
    }
  }
  return rows;
}

/// Two rooms of 6 by 6 metres side by side, open from z = 2 to 4 up to a height of 2.2, with the
/// agent in the left one, looking at the opening, and a red box.
miniworld::World two_rooms(miniworld::Point box) {
  miniworld::World world;
  world.rooms = {miniworld::make_room({-6, 0, 0, 6}), miniworld::make_room({0, 6, 0, 6})};
  connect_rooms(world.rooms, 0, 1, {miniworld::Opening::kZ, 2, 4, 2.2});
  raise_walls(world);
  put(world, make_entity(miniworld::Kind::kBox, 0.8), {box.x, 0, box.z}, 0);
  world.agent = put(world, make_entity(miniworld::Kind::kAgent, 1.6), {-3, 0, 3}, 0);
  return world;
}

std::shared_ptr<Snapshot> fake(const char* preset = kPreset) {
  return make_fake_snapshot(Config::from_preset(preset), 0.9, 500);
}

void tap(PanelStage& stage, int key, int frames = 1) {
  ImGui::GetIO().KeysDown[key] = true;
  stage.frames(frames);
  ImGui::GetIO().KeysDown[key] = false;
  stage.frames(1);
}

}  // namespace

TEST_CASE("the observation of Miniworld is 80 by 60 and the same each time") {
  const OffscreenGui gui(64, 64);  // an OpenGL context
  const miniworld::World world = two_rooms({2, 3});
  const Image seen = observe_first_person(world);
  CHECK(seen.width == 80);
  CHECK(seen.height == 60);
  CHECK(seen.rgba.size() == 80 * 60 * 4);
  CHECK(observe_first_person(world).rgba == seen.rgba);
}

// From 1.5 m above the floor, 60 degrees from top to bottom: what is 4 m ahead and as low as the
// floor is seen 1.5 / (4 tan 30) of half the picture below its middle.
TEST_CASE("things are seen where Miniworld's camera sees them") {
  const OffscreenGui gui(64, 64);
  miniworld::World world = two_rooms({1.4, 3});  // its front is 4 m away, its back 4.8 m
  const Rows rows = red_rows(observe_first_person(world));
  const auto row_of = [](double height, double distance) {
    return 30 * (1 - (height - 1.5) / (distance * std::tan(kPi / 6)));
  };
  CHECK(rows.first == Approx(row_of(0.8, 4.8)).margin(1));
  CHECK(rows.last == Approx(row_of(0, 4) - 1).margin(1));
  world.body().direction = kPi;
  CHECK(red_rows(observe_first_person(world)).pixels == 0);
}

TEST_CASE("walls hide what is behind them, portals do not") {
  const OffscreenGui gui(64, 64);
  CHECK(red_rows(observe_first_person(two_rooms({1, 3}))).pixels > 20);
  CHECK(red_rows(observe_first_person(two_rooms({1, 0.6}))).pixels == 0);
}

TEST_CASE("what is carried is held before the eye, wherever it looks") {
  const OffscreenGui gui(64, 64);
  miniworld::World world = two_rooms({-2.1, 3});
  step_base(world, miniworld::kPickup);
  REQUIRE(world.carried);
  const int held = red_rows(observe_first_person(world)).pixels;
  CHECK(held > 20);
  for (int i = 0; i < 3; ++i) step_base(world, miniworld::kTurnLeft);
  CHECK(red_rows(observe_first_person(world)).pixels == Approx(held).epsilon(0.1));
}

TEST_CASE("every room of Miniworld can be seen and drawn from above") {
  OffscreenGui gui(320, 240);
  for (const miniworld::Level& level : miniworld::levels()) {
    CAPTURE(level.id);
    const miniworld::World world = miniworld::make_world(level, 0);
    const Image eye = observe_first_person(world);
    CHECK(unlikeness(eye, Image{80, 60, std::vector<std::uint8_t>(80 * 60 * 4, 0)}) > 0.9);
    const Image plan = gui.draw([&] {
      ImDrawList* list = ImGui::GetWindowDrawList();
      const Plan p = fit_plan(world, {0, 0, 320, 240});
      draw_ground(list, p, world);
      draw_things(list, p, world);
      draw_sight(list, p, world);
      draw_agent(list, p, world);
      const miniworld::Point at = world.body().position.on_floor();
      const ImVec2 there = p.point(static_cast<float>(at.x), static_cast<float>(at.z));
      CHECK(p.rect.contains(there));
    });
    int red = 0;
    for (int i = 0; i < 320 * 240; ++i) red += is_red(plan.at(i % 320, i / 320));
    CHECK(red > 30);  // the agent
  }
}

TEST_CASE("Miniworld looks as it should, from above and from within") {
  const auto snapshot = fake("miniworld-ymaze");
  const PictureSpec plan{.width = 960, .height = 600, .panel = "hero", .walk = 6};
  check_golden("miniworld-plan", draw_picture(*snapshot, plan));
  PictureSpec room = plan;
  room.view = "first-person";
  check_golden("miniworld-room", draw_picture(*snapshot, room));
}

TEST_CASE("a small picture in first person is what the agent sees") {
  const Image seen =
      draw_picture(*fake(), {.width = 80, .height = 60, .view = "first-person", .walk = 3});
  CHECK(seen.width == 80);
  CHECK(seen.height == 60);
  const auto grid = make_fake_snapshot(Config::from_preset("hypergrid-8x8"), 0.5);
  CHECK_THROWS_AS(draw_picture(*grid, {.width = 80, .height = 60, .view = "first-person"}),
                  UsageError);
  CHECK_THROWS_AS(draw_picture(*fake(), {.width = 80, .height = 60, .view = "world"}), UsageError);
}

TEST_CASE("the floor shows where walks pass or where they end") {
  PanelStage stage(fake());
  stage.frames(2);
  stage.click(stage.middle("hero_footer/world_ends"));
  CHECK(stage.ui.world_ends);
  stage.ui.first_person = true;
  stage.frames(1);
  const auto ends = stage.ui.caches->room.scene;
  stage.click(stage.middle("hero_footer/world_ends"));
  CHECK_FALSE(stage.ui.world_ends);
  CHECK(stage.ui.caches->room.scene != ends);  // made anew
}

TEST_CASE("a held key walks on, step after step, and the eye glides") {
  PanelStage stage(fake());
  stage.ui.first_person = true;
  stage.frames(1);
  stage.click(stage.middle("hero/world"));
  REQUIRE(stage.ui.playing);
  const auto eye = [&] { return stage.ui.caches->eye; };
  const auto share = [&] { return (stage.now - eye().since) / kStride; };
  tap(stage, GLFW_KEY_A);
  CHECK(stage.ui.walk->actions.size() == 1);
  CHECK(share() < 0.5);  // still on its way
  CHECK(eye().from.turn != eye().to.turn);
  CHECK(stage.ui.busy_until > stage.now);  // so the window goes on drawing
  stage.frames(30);
  CHECK(share() > 1);
  CHECK(stage.ui.busy_until < stage.now);
  tap(stage, GLFW_KEY_D, 63);  // a little more than a second: at 0, 0.2, 0.4, 0.6, 0.8 and 1 s
  CHECK(stage.ui.walk->actions.size() == 1 + 6);
}

TEST_CASE("the eye turns the shorter way") {
  const Camera a{{0, 1, 0}, 3.0f, 0}, b{{2, 1, 0}, -3.0f, 0.2f};
  const Camera half = between(a, b, 0.5f);
  CHECK(half.eye.x == Approx(1));
  CHECK(std::cos(half.turn) == Approx(-1).margin(1e-5));  // past half a turn, not through 0
  CHECK(half.pitch == Approx(0.1f));
}
