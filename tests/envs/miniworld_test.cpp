// Miniworld: recorded episodes, floor plans, and how the agent moves and carries.
#include <cmath>
#include <fstream>
#include <numbers>
#include <set>

#include "app/golden/golden.h"
#include "envs/miniworld/levels.h"
#include "tests/catch.h"

namespace flowscope::miniworld {
namespace {

constexpr double kQuarter = std::numbers::pi / 2;

std::vector<nlohmann::json> recorded_lines() {
  std::ifstream in(FLOWSCOPE_SOURCE_DIR "/tests/golden/miniworld_traces.jsonl");
  std::vector<nlohmann::json> lines;
  for (std::string text; std::getline(in, text);) lines.push_back(nlohmann::json::parse(text));
  return lines;
}

/// A yard of 10 m by 10 m with the agent in its middle, looking along x.
struct Fixture {
  World world;

  Fixture() {
    world.rooms = {make_room({-5, 5, -5, 5})};
    raise_walls(world);
    world.agent = put(world, make_entity(Kind::kAgent, kAgentHeight), {}, 0);
  }

  std::size_t add(Kind kind, double height, Point p) {
    return put(world, make_entity(kind, height), {p.x, 0, p.z}, 0);
  }

  void play(std::initializer_list<Action> actions) {
    for (const Action action : actions) step_base(world, action);
  }

  Position at() const { return world.body().position; }
};

TEST_CASE("Every Miniworld level replays a recorded episode") {
  std::set<std::string> replayed;
  for (const auto& line : recorded_lines()) {
    CAPTURE(line.at("id"), line.at("seed"));
    REQUIRE_NOTHROW(golden::replay(line));
    replayed.insert(line.at("id"));
  }
  CHECK(replayed.size() == 23);
  CHECK(levels().size() == 23);
}

TEST_CASE("A changed recording of Miniworld is noticed") {
  const auto field = GENERATE(as<std::string>{}, "rooms", "ents", "rng", "steps");
  auto line = recorded_lines().front();
  if (field == "rooms") line["rooms"][0]["outline"][0][0] = 15.9;
  if (field == "ents") line["ents"][2]["dir"] = line["ents"][2]["dir"].get<double>() + 1e-5;
  if (field == "rng") line["rng"] = "37e516d85010939625d2390e5146697b:0";
  if (field == "steps") line["steps"][7][4] = 1.5;
  CHECK_THROWS_AS(golden::replay(line), golden::Difference);
}

TEST_CASE("A room without portals has one segment a wall, a portal splits its wall") {
  std::vector<Room> rooms{make_room({0, 4, 0, 4}), make_room({5, 9, 0, 4})};
  CHECK(wall_segments(rooms).size() == 8);
  connect_rooms(rooms, 0, 1, {Opening::kZ, 1, 3, 2.2});
  REQUIRE(rooms.size() == 3);
  CHECK(wall_segments(rooms).size() == 3 + 2 + 3 + 2 + 2);
  const Bounds hallway = bounds_of(rooms[2]);
  CHECK(hallway.min_x == 4);
  CHECK(hallway.max_x == 5);
  CHECK(hallway.max_z - hallway.min_z == 2);
  CHECK(rooms[2].wall_height == 2.2);
}

TEST_CASE("Rooms that touch are joined without a hallway; others must face each other") {
  std::vector<Room> rooms{make_room({0, 4, 0, 4}), make_room({4, 8, 0, 4})};
  connect_rooms(rooms, 0, 1, {Opening::kZ, 0, 4});
  CHECK(rooms.size() == 2);
  CHECK(wall_segments(rooms).size() == 6);
  std::vector<Room> one{make_room(std::vector<Point>{{0, 0}, {0, 1}, {1, 0}})};
  CHECK_THROWS_AS(connect_rooms(one, 0, 0, {Opening::kX, 0, 1}), std::invalid_argument);
}

TEST_CASE("The inside of a room ends at its walls") {
  const Room room = make_room({0, 4, 0, 4});
  CHECK(is_inside(room, {3.99, 0.01}));
  CHECK_FALSE(is_inside(room, {4, 2}));
  CHECK_FALSE(is_inside(room, {2, -1}));
  CHECK(area_of(room) == 16);
}

TEST_CASE("Turning left turns towards -z, and forward goes where the agent looks") {
  Fixture f;
  f.play({kTurnLeft, kTurnLeft, kTurnLeft, kTurnLeft, kTurnLeft, kTurnLeft});
  CHECK(f.world.body().direction == Approx(kQuarter));
  f.play({kForward, kForward, kBack});
  CHECK(f.at().x == Approx(0).margin(1e-12));
  CHECK(f.at().z == Approx(-0.15));
}

TEST_CASE("A step into a wall or another body is not taken at all") {
  Fixture f;
  for (int i = 0; i < 100; ++i) f.play({kForward});
  CHECK(f.at().x == Approx(4.5));  // the radius of 0.4 before the wall, by steps of 0.15
  Fixture g;
  g.add(Kind::kBox, 0.8, {1.1, 0});
  g.play({kForward, kForward});
  CHECK(g.at().x == Approx(0));  // the next step would end nearer than 0.4 + 0.566 to the box
}

TEST_CASE("What is picked up is carried in front of the agent and put on the floor by a drop") {
  Fixture f;
  const std::size_t ball = f.add(Kind::kBall, 0.6, {1.05, 0});
  f.play({kPickup});
  REQUIRE(f.world.carried == ball);
  const Entity& carried = f.world.entities[ball];
  CHECK(carried.position.x == Approx(1.05 * (0.4 + carried.radius + 0.17)));
  CHECK(carried.position.y == Approx(1.5 - 0.6 - 0.3));
  f.play({kTurnRight, kForward});
  CHECK(carried.direction == f.world.body().direction);
  f.play({kDrop});
  CHECK_FALSE(f.world.carried);
  CHECK(carried.position.y == 0);
  CHECK(carried.position.z > 0);
}

TEST_CASE("Fixed things cannot be picked up, and nothing can through a wall") {
  Fixture f;
  f.add(Kind::kCone, 0.75, {1, 0});
  f.play({kPickup});
  CHECK_FALSE(f.world.carried);
  Fixture g;
  g.add(Kind::kBall, 0.6, {1.05, 0});
  g.world.walls.push_back({{0.9, -1}, {0.9, 1}});
  g.play({kPickup});
  CHECK_FALSE(g.world.carried);
}

TEST_CASE("A turn is undone while the carried thing has no room") {
  Fixture f;
  f.add(Kind::kBall, 0.6, {1.05, 0});
  f.play({kPickup});
  f.world.walls.push_back({{1, 0.9}, {2, 0.9}});
  f.play({kTurnRight, kTurnRight, kTurnRight});
  CHECK(f.world.body().direction == Approx(-kQuarter / 6));
  CHECK(f.at().x == 0);
}

TEST_CASE("A medkit restores health and lies elsewhere afterwards") {
  const Level& level = *find_level("MiniWorld-CollectHealth-v0");
  World world = make_world(level, 1);
  const Position kit = world.entities[3].position;
  world.body().position = {kit.x - 0.9, 0, kit.z};
  world.body().direction = 0;
  for (int i = 0; i < 49; ++i) REQUIRE_FALSE(step(level, world, kDone).terminated);
  const auto outcome = step(level, world, kPickup);
  CHECK(outcome.reward == 2);
  CHECK(world.health == 100);
  CHECK(world.entities.size() == 19);
  CHECK(world.body().kind == Kind::kAgent);
  CHECK_FALSE(world.carried);
  for (const Entity& e : world.entities) {
    CHECK((std::abs(e.position.x - kit.x) > 1e-3 || std::abs(e.position.z - kit.z) > 1e-3));
  }
}

TEST_CASE("The street ends the walk without reward, the box with one") {
  const Level& level = *find_level("MiniWorld-Sidewalk-v0");
  World world = make_world(level, 0);
  world.body().position = {-0.5, 0, 1};
  world.body().direction = 0;
  Outcome outcome;
  for (int i = 0; i < 3; ++i) outcome = step(level, world, kForward);
  CHECK_FALSE(outcome.terminated);
  outcome = step(level, world, kForward);
  CHECK(outcome.terminated);
  CHECK(outcome.reward == 0);

  world = make_world(level, 0);
  const auto box = world.entities[6].position;
  world.body().position = {box.x, 0, box.z - 1.1};
  outcome = step(level, world, kTurnLeft);
  CHECK(outcome.terminated);
  CHECK(outcome.reward == 1 - 0.2 * (1.0 / 150));
}

TEST_CASE("Only an unlimited Miniworld level is never cut off") {
  for (const Level& level : levels()) {
    CAPTURE(level.id);
    World world = make_world(level, 3);
    world.step_count = 2000;
    CHECK(step(level, world, kTurnLeft).truncated == (level.id != "MiniWorld-RoomObjects-v0"));
    CHECK_THROWS_AS(step(level, world, level.num_actions), std::invalid_argument);
  }
}

TEST_CASE("Everything stands free when a Miniworld level begins") {
  for (const Level& level : levels()) {
    for (std::uint64_t seed = 50; seed < 60; ++seed) {
      const World world = make_world(level, seed);
      CAPTURE(level.id, seed);
      const Entity& agent = world.body();
      for (const Segment wall : world.walls) {
        CHECK_FALSE(overlaps(wall, agent.position.on_floor(), agent.radius));
      }
      for (std::size_t i = 0; i < world.entities.size(); ++i) {
        if (i == world.agent) continue;
        const Point way = world.entities[i].position.on_floor() - agent.position.on_floor();
        CHECK(length(way) >= world.entities[i].radius + agent.radius);
      }
    }
  }
}

}  // namespace
}  // namespace flowscope::miniworld
