// BabyAI's levels: recorded episodes, the words of instructions, and when they are fulfilled.
#include <algorithm>
#include <fstream>
#include <set>

#include "app/golden/golden.h"
#include "envs/minigrid/babyai/mission.h"
#include "tests/catch.h"

namespace flowscope::minigrid {
namespace {

std::vector<const Level*> babyai_levels() {
  std::vector<const Level*> found;
  for (const Level& level : levels()) {
    if (level.id.starts_with("BabyAI-")) found.push_back(&level);
  }
  return found;
}

/// A room of 7 x 7 with the agent in its middle, facing right.
struct Fixture {
  World world;
  RoomGrid rooms = make_rooms(world, 7, 1, 1);

  Cell put(Kind kind, Color color, Point at, std::uint8_t state = 0) {
    return world.at(at) = new_object(world, kind, color, state);
  }

  /// Gives the instruction to the world and says it in words.
  std::string give(Instruction instruction) {
    find_objects(world, rooms, instruction);
    const std::string words = words_of(instruction);
    task_of(world).instruction = std::move(instruction);
    world.max_steps = 100;
    return words;
  }

  /// Plays the actions; the last one's outcome.
  Outcome play_all(std::initializer_list<Action> actions) {
    Outcome outcome;
    for (const Action action : actions) outcome = play(world, action);
    return outcome;
  }
};

TEST_CASE("Every BabyAI level replays a recorded episode") {
  std::ifstream in(FLOWSCOPE_SOURCE_DIR "/tests/golden/babyai_traces.jsonl");
  std::set<std::string> replayed;
  for (std::string text; std::getline(in, text);) {
    const auto line = nlohmann::json::parse(text);
    CAPTURE(line.at("id"));
    REQUIRE_NOTHROW(golden::replay(line));
    replayed.insert(line.at("id"));
  }
  CHECK(replayed.size() == 96);
  CHECK(babyai_levels().size() == 96);
}

TEST_CASE("A changed recording of BabyAI is noticed") {
  std::ifstream in(FLOWSCOPE_SOURCE_DIR "/tests/golden/babyai_traces.jsonl");
  std::string text;
  std::getline(in, text);
  auto line = nlohmann::json::parse(text);
  line["rew"][0][1] = "0.5";
  CHECK_THROWS_AS(golden::replay(line), golden::Difference);
}

TEST_CASE("BabyAI worlds of many seeds can be made and have a mission") {
  for (const Level* level : babyai_levels()) {
    CAPTURE(level->id);
    for (std::uint64_t seed = 100; seed < 110; ++seed) {
      const World world = make_world(*level, seed);
      CHECK_FALSE(world.mission.empty());
      CHECK(world.max_steps > 0);
    }
  }
}

TEST_CASE("A description is definite when it fits one object") {
  Fixture f;
  f.put(Kind::kBall, Color::kRed, {1, 1});
  CHECK(f.give(go_to({Kind::kBall})) == "go to the ball");
  f.put(Kind::kBall, Color::kBlue, {5, 5});
  CHECK(f.give(go_to({Kind::kBall})) == "go to a ball");
  CHECK(f.give(go_to({Kind::kBall, Color::kBlue})) == "go to the blue ball");
  CHECK(f.give(pick_up({std::nullopt, Color::kRed})) == "pick up the red object");
  // The walls are grey.
  f.put(Kind::kBox, Color::kGrey, {5, 1});
  CHECK(f.give(pick_up({std::nullopt, Color::kGrey})) == "pick up a grey object");
}

TEST_CASE("Places are those seen from the agent's start, strictly") {
  Fixture f;                                 // at (3, 3), facing right
  f.put(Kind::kKey, Color::kRed, {5, 3});    // straight ahead
  f.put(Kind::kKey, Color::kGreen, {3, 1});  // on the left
  f.put(Kind::kKey, Color::kBlue, {2, 5});   // behind, on the right
  CHECK(f.give(go_to({Kind::kKey, {}, Place::kFront})) == "go to the key in front of you");
  CHECK(f.give(go_to({Kind::kKey, {}, Place::kLeft})) == "go to the key on your left");
  CHECK(f.give(go_to({Kind::kKey, {}, Place::kRight})) == "go to the key on your right");
  CHECK(f.give(go_to({Kind::kKey, {}, Place::kBehind})) == "go to the key behind you");
  CHECK(task_of(f.world).instruction.object.positions == std::vector{Point{2, 5}});
}

TEST_CASE("Places do not reach beyond the agent's room") {
  World world;
  const RoomGrid rooms = make_rooms(world, 5, 2, 1);
  world.agent = {2, 2};
  world.direction = 0;
  world.at({6, 2}) = new_object(world, Kind::kBall, Color::kRed);
  Description ball{Kind::kBall, {}, Place::kFront};
  find_objects(world, rooms, ball);
  CHECK(ball.positions.empty());
}

TEST_CASE("Every form of instruction has its words and its number of walks") {
  Fixture f;
  f.put(Kind::kKey, Color::kRed, {5, 1});
  f.put(Kind::kBox, Color::kGrey, {1, 5});
  f.put(Kind::kDoor, Color::kYellow, {6, 3}, kClosed);
  const Instruction put = put_next({Kind::kKey}, {Kind::kBox, Color::kGrey});
  const Instruction door = open({Kind::kDoor});
  const Instruction both = in_order(Instruction::kAnd, put, pick_up({Kind::kBox}));
  CHECK(f.give(in_order(Instruction::kBefore, both, door)) ==
        "put the key next to the grey box and pick up the box, then open the door");
  CHECK(count_walks(task_of(f.world).instruction) == 4);
  CHECK(f.give(in_order(Instruction::kAfter, door, both)) ==
        "open the door after you put the key next to the grey box and pick up the box");
}

TEST_CASE("Success pays at the step that fulfils the instruction") {
  Fixture f;
  f.put(Kind::kBall, Color::kRed, {3, 2});
  f.give(go_to({Kind::kBall}));
  CHECK_FALSE(f.play_all({kRight, kLeft}).terminated);
  const Outcome outcome = f.play_all({kLeft});
  CHECK(outcome.terminated);
  CHECK(outcome.reward == 1 - 0.9 * (3.0 / 100));
}

TEST_CASE("A strict instruction fails with the wrong object") {
  Fixture f;
  f.put(Kind::kBall, Color::kRed, {4, 3});
  f.put(Kind::kBall, Color::kBlue, {5, 5});
  f.give(pick_up({Kind::kBall, Color::kBlue}, true));
  const Outcome outcome = f.play_all({kPickup});
  CHECK(outcome.terminated);
  CHECK(outcome.reward == 0);
}

TEST_CASE("A strict opening fails at any door that is not the one, and when the right one closes") {
  Fixture f;
  f.put(Kind::kDoor, Color::kRed, {4, 3}, kOpen);
  f.give(open({Kind::kDoor, Color::kRed}, true));
  CHECK(f.play_all({kToggle}).terminated);
  f.give(open({Kind::kDoor, Color::kRed}, false));
  const Outcome outcome = f.play_all({kToggle});
  CHECK(outcome.terminated);
  CHECK(outcome.reward > 0);
}

TEST_CASE("The second part of a sequence counts from the step that fulfils the first") {
  Fixture f;
  f.put(Kind::kBall, Color::kRed, {4, 3});
  const Instruction ball = go_to({Kind::kBall});
  f.give(in_order(Instruction::kBefore, ball, ball));
  CHECK(f.play_all({kDone}).terminated);
}

TEST_CASE("What was done too early does not count in a sequence, but does in a pair") {
  const bool sequence = GENERATE(true, false);
  Fixture f;
  f.put(Kind::kBall, Color::kRed, {3, 2});
  f.put(Kind::kKey, Color::kBlue, {3, 4});
  const Instruction ball = go_to({Kind::kBall}), key = go_to({Kind::kKey});
  f.give(in_order(sequence ? Instruction::kAfter : Instruction::kAnd, ball, key));
  CHECK_FALSE(f.play_all({kLeft}).terminated);  // at the ball, which comes second
  CHECK(f.play_all({kRight, kRight}).terminated == !sequence);
  if (sequence) CHECK(f.play_all({kLeft, kLeft}).terminated);
}

TEST_CASE("A put-next asks for a drop beside where the other object lies now") {
  Fixture f;
  f.put(Kind::kBall, Color::kRed, {4, 3});
  f.put(Kind::kKey, Color::kBlue, {4, 5});
  f.give(put_next({Kind::kBall}, {Kind::kKey}));
  CHECK_FALSE(f.play_all({kPickup, kDrop}).terminated);  // back where it was, two cells away
  CHECK_FALSE(f.play_all({kPickup, kRight, kForward, kLeft}).terminated);
  const Outcome outcome = f.play_all({kDrop});  // at (4, 4)
  CHECK(outcome.terminated);
  CHECK(outcome.reward > 0);
}

TEST_CASE("Going to where a carried object was counts until something is dropped") {
  Fixture f;
  f.put(Kind::kBall, Color::kRed, {4, 3});
  f.put(Kind::kKey, Color::kBlue, {1, 1});
  const Instruction never = go_to({Kind::kKey});
  f.give(in_order(Instruction::kBefore, never, go_to({Kind::kBall})));
  f.play_all({kPickup});
  const auto positions = [&] { return task_of(f.world).instruction.parts[1].object.positions; };
  CHECK(positions() == std::vector{Point{4, 3}});
  f.play_all({kRight, kRight, kDrop});
  CHECK(positions() == std::vector{Point{2, 3}});
}

TEST_CASE("Levels that start carrying show the object on the floor first") {
  const Level& level = *find_level("BabyAI-PutNextS5N2Carrying-v0");
  Image first, second;
  const World world = make_world(level, 0, &first);
  observe(world, second);
  CHECK(world.carries());
  CHECK(first != second);
}

TEST_CASE("A world played again remembers its last locked room, a fresh one has none") {
  const Level& level = *find_level("BabyAI-Synth-v0");
  int remembered = 0, forgotten = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    World world = make_world(level, seed);
    if (!task_of(world).last_locked_room) continue;
    reset(level, world);
    const bool locked = std::ranges::count(world.cells, std::uint8_t{kLocked}, &Cell::state) > 0;
    if (!locked) (task_of(world).last_locked_room ? remembered : forgotten)++;
  }
  CHECK(remembered > 0);
  CHECK(forgotten == 0);
}

}  // namespace
}  // namespace flowscope::minigrid
