// The plan of a world against the pixels that Minigrid itself draws.
#include "app/draw/plan.h"
#include "envs/minigrid/levels.h"
#include "envs/minigrid/tiles.h"
#include "tests/app/draw_fixture.h"

using namespace flowscope;

namespace {

constexpr int kTile = 32;

Image picture_of(const minigrid::Frame& frame) {
  Image image{frame.width, frame.height, {}};
  for (size_t i = 0; i < frame.pixels.size(); i += 3) {
    image.rgba.insert(image.rgba.end(),
                      {frame.pixels[i], frame.pixels[i + 1], frame.pixels[i + 2], 255});
  }
  return image;
}

Image plan_of(const minigrid::World& world) {
  OffscreenGui gui(world.width * kTile, world.height * kTile);
  return gui.draw([&] {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    const Plan plan = fit_plan(world, {0, 0, size.x, size.y});
    CHECK(plan.tile == kTile);
    draw_ground(list, plan, world);
    draw_things(list, plan, world);
    draw_agent(list, plan, world.agent, world.direction);
    draw_sight(list, plan, world);
  });
}

}  // namespace

TEST_CASE("the plan of a world is Minigrid's own picture but for the edges of its shapes") {
  minigrid::TilePainter painter(kTile);
  for (const char* id :
       {"MiniGrid-DoorKey-8x8-v0", "MiniGrid-Playground-v0", "MiniGrid-DistShift1-v0",
        "MiniGrid-FourRooms-v0", "MiniGrid-GoToDoor-5x5-v0"}) {
    for (const std::uint64_t seed : {0u, 1u}) {
      const minigrid::World world = minigrid::make_world(*minigrid::find_level(id), seed);
      const Image expected = picture_of(painter.full(world, true)), drawn = plan_of(world);
      CAPTURE(id, seed);
      const double unlike = unlikeness(drawn, expected);
      if (unlike > 0.01) {
        write_png(FLOWSCOPE_BINARY_DIR "/plan-actual.png", drawn);
        write_png(FLOWSCOPE_BINARY_DIR "/plan-expected.png", expected);
      }
      CHECK(unlike <= 0.01);
    }
  }
}

TEST_CASE("every state of a door, every thing and every heading is drawn as Minigrid draws it") {
  minigrid::TilePainter painter(kTile);
  using minigrid::Kind;
  minigrid::World world = minigrid::make_world(*minigrid::find_level("MiniGrid-Empty-8x8-v0"), 0);
  int x = 1;
  for (const auto state : {minigrid::kOpen, minigrid::kClosed, minigrid::kLocked}) {
    world.at({x++, 2}) = {Kind::kDoor, minigrid::Color::kBlue, static_cast<std::uint8_t>(state)};
  }
  x = 1;
  for (const Kind kind : {Kind::kKey, Kind::kBall, Kind::kBox, Kind::kFloor, Kind::kLava}) {
    world.at({x++, 3}) = {kind, minigrid::Color::kPurple};
  }
  for (world.direction = 0; world.direction < 4; ++world.direction) {
    CAPTURE(world.direction);
    CHECK(unlikeness(plan_of(world), picture_of(painter.full(world, true))) <= 0.01);
  }
}
