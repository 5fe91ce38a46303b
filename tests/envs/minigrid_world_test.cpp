// Rules of the world that the recorded episodes do not reach.
#include "envs/minigrid/world.h"

#include <set>

#include "envs/minigrid/levels.h"
#include "envs/minigrid/tiles.h"
#include "envs/minigrid/view.h"
#include "envs/minigrid/wrappers.h"
#include "tests/catch.h"

namespace flowscope::minigrid {
namespace {

World empty_room(int size) {
  World world;
  clear(world, size, size);
  wall_around(world, world.area());
  world.agent = {1, 1};
  world.direction = 0;
  world.max_steps = 10;
  return world;
}

/// What the error says that the call ends in.
std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("levels have names of their own, and an unknown one is not found") {
  std::set<std::string_view> names;
  int minigrid = 0;
  for (const Level& level : levels()) {
    names.insert(level.id);
    minigrid += level.id.starts_with("MiniGrid-");
    CHECK(find_level(level.id) == &level);
  }
  CHECK(names.size() == levels().size());
  CHECK(minigrid == 76);
  CHECK(find_level("MiniGrid-Empty-5x5-v9") == nullptr);
}

TEST_CASE("an action that does not exist is refused by its number") {
  World world = empty_room(5);
  CHECK(message_of([&] { step_base(world, 7); }).find("action 7") != std::string::npos);
}

TEST_CASE("drawing a place gives up after one more try than the limit") {
  World world = empty_room(3);  // its only free cell is the agent's
  Rng same = world.rng;
  CHECK_FALSE(draw_free_cell(world, world.area(), 4));
  for (int i = 0; i < 5 * 2; ++i) same.integers(0, 3);
  CHECK(world.rng.state_low() == same.state_low());
  CHECK_THROWS_AS(place_object(world, kGoalCell, world.area(), 4), PlacementError);
}

TEST_CASE("a box of several layers opens one at a time, and its last content is nothing") {
  World world = empty_room(5);
  const Cell inner = new_object(world, Kind::kBox, Color::kRed);
  const Cell outer = new_object(world, Kind::kBox, Color::kBlue);
  world.contents[outer.id] = inner;
  world.at({2, 1}) = outer;
  step_base(world, kToggle);
  CHECK(world.at({2, 1}) == inner);
  step_base(world, kToggle);
  CHECK(world.at({2, 1}) == kEmptyCell);
}

TEST_CASE("a key that was dropped again no longer opens, and one of another colour never did") {
  World world = empty_room(5);
  world.at({2, 1}) = new_door(world, Color::kRed, kLocked);
  step_base(world, kToggle);
  CHECK(world.at({2, 1}).state == kLocked);
  world.carrying = new_object(world, Kind::kKey, Color::kBlue);
  step_base(world, kToggle);
  CHECK(world.at({2, 1}).state == kLocked);
  world.carrying = new_object(world, Kind::kKey, Color::kRed);
  step_base(world, kToggle);
  CHECK(world.at({2, 1}).state == kOpen);
  CHECK(world.carries());
}

TEST_CASE("views, tiles and missions say what they allow") {
  const World world = empty_room(5);
  CHECK(message_of([&] { look(world, 4); }).find("view size 4") != std::string::npos);
  CHECK(message_of([&] { look(world, 33); }).find("view size 33") != std::string::npos);
  CHECK(message_of([&] { TilePainter(0); }).find("tile size 0") != std::string::npos);
  CHECK(message_of([&] { mission_words("go to the moon"); }).find("'moon'") != std::string::npos);
  World loud = world;
  loud.mission = "go!";
  CHECK(message_of([&] { flat_observation(loud); }).find("'!'") != std::string::npos);
  loud.mission = std::string(97, 'a');
  CHECK(message_of([&] { flat_observation(loud); }).find("97") != std::string::npos);
}

}  // namespace flowscope::minigrid
