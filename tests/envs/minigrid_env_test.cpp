// Levels as graphs, and the environment made of them. What every environment obeys is tested
// elsewhere, over the whole table.
#include "envs/minigrid/minigrid_env.h"

#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "tests/catch.h"

namespace flowscope {
namespace {

using minigrid::find_level;
using minigrid::LevelGraph;

constexpr int kFar = 100'000;  // actions: farther than anything in a small level

LevelGraph graph_of(const char* level, int depth = kFar) {
  return explore(*find_level(level), 0, depth, 100'000);
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "no error";
}

std::shared_ptr<const Environment> made(const Params& changes) {
  const EnvironmentEntry* entry = find_environment("minigrid");
  Params params;
  for (const ParamSpec& spec : entry->params) params[spec.key] = spec.default_value;
  for (const auto& [key, value] : changes) params[key] = value;
  return entry->make(params);
}

MinigridEnv door_key(int horizon, MinigridEnv::Reward reward = {}, bool stop_anywhere = true) {
  return MinigridEnv(*find_level("MiniGrid-DoorKey-5x5-v0"), 0,
                     {.horizon = horizon, .stop_anywhere = stop_anywhere}, reward);
}

using State = std::vector<std::int32_t>;

std::vector<std::uint8_t> forward_mask(const Environment& environment, StateView state) {
  std::vector<std::uint8_t> legal(static_cast<size_t>(environment.spec().num_actions));
  environment.forward_actions(state, legal);
  return legal;
}

int count_parents(const Environment& environment, StateView state) {
  std::vector<std::uint8_t> legal(static_cast<size_t>(environment.spec().num_backward_actions));
  environment.backward_actions(state, legal);
  return static_cast<int>(std::count(legal.begin(), legal.end(), 1));
}

}  // namespace

// Counted by another program that plays Minigrid.
TEST_CASE("levels have as many situations as were counted elsewhere") {
  const std::pair<const char*, int> counts[] = {{"MiniGrid-Empty-5x5-v0", 34},
                                                {"MiniGrid-Empty-8x8-v0", 142},
                                                {"MiniGrid-LavaGapS7-v0", 90},
                                                {"MiniGrid-DistShift1-v0", 121},
                                                {"MiniGrid-LavaCrossingS9N2-v0", 144},
                                                {"MiniGrid-SimpleCrossingS9N3-v0", 49},
                                                {"MiniGrid-SimpleCrossingS11N5-v0", 81},
                                                {"MiniGrid-FourRooms-v0", 1040},
                                                {"MiniGrid-DoorKey-5x5-v0", 270},
                                                {"MiniGrid-DoorKey-6x6-v0", 1294},
                                                {"MiniGrid-DoorKey-8x8-v0", 9210},
                                                {"MiniGrid-MultiRoom-N2-S4-v0", 64},
                                                {"MiniGrid-MultiRoom-N4-S5-v1", 1096},
                                                {"MiniGrid-MemoryS7-v0", 42},
                                                {"MiniGrid-RedBlueDoors-6x6-v0", 198},
                                                {"MiniGrid-Fetch-5x5-N2-v0", 34},
                                                {"MiniGrid-Unlock-v0", 1025},
                                                {"MiniGrid-KeyCorridorS3R1-v0", 160}};
  for (const auto& [level, count] : counts) {
    CAPTURE(level);
    CHECK(graph_of(level).size() == count);
  }
}

// The same program counts what is seen, and these levels end at any toggle, seen or not: the box that
// is opened or the door is, the toggled air is not.
TEST_CASE("where endings leave no trace, as many looks were counted elsewhere as there are") {
  const std::pair<const char*, size_t> counts[] = {{"MiniGrid-GoToDoor-5x5-v0", 40},
                                                   {"MiniGrid-GoToObject-6x6-N2-v0", 16'080}};
  for (const auto& [level, count] : counts) {
    const LevelGraph graph = graph_of(level);
    std::set<State> looks;
    for (int id = 0; id < graph.size(); ++id) {
      const auto situation = graph.situation(id);
      State look(situation.begin(), situation.end());
      look[2] = 0;  // ended or not
      looks.insert(look);
    }
    CAPTURE(level);
    CHECK(looks.size() == count);
  }
}

TEST_CASE("a search of some depth finds what so many actions reach") {
  // Turn left or right; walk; turn right and walk; turn around.
  CHECK(graph_of("MiniGrid-Empty-8x8-v0", 0).size() == 1);
  CHECK(graph_of("MiniGrid-Empty-8x8-v0", 1).size() == 4);
  CHECK(graph_of("MiniGrid-Empty-8x8-v0", 2).size() == 9);
}

TEST_CASE("arrivals are the children turned around") {
  const LevelGraph graph = graph_of("MiniGrid-DoorKey-5x5-v0");
  std::multiset<std::array<int, 3>> forward, backward;
  for (int id = 0; id < graph.size(); ++id) {
    for (int a = 0; a < minigrid::kNumMoves; ++a) {
      if (graph.child(id, a) >= 0) forward.insert({id, a, graph.child(id, a)});
    }
    for (const auto& arrival : graph.arrivals_at(id)) {
      backward.insert({arrival.parent, arrival.action, id});
    }
  }
  CHECK(forward == backward);
  CHECK(forward.size() > 270);
}

TEST_CASE("the worlds of a graph step as the graph says") {
  const minigrid::Level& level = *find_level("MiniGrid-KeyCorridorS3R1-v0");
  const LevelGraph graph = explore(level, 3, kFar, 100'000);
  bool good = true;
  for (int id = 0; id < graph.size(); ++id) {
    for (int a = 0; a < minigrid::kNumMoves; ++a) {
      minigrid::World world = graph.world(id);
      const bool over = graph.ending(id) != LevelGraph::Ending::kNone;
      const minigrid::Outcome outcome = step(level, world, a);
      const int child = graph.child(id, a);
      if (child < 0) {
        good = good && (over || world.cells == graph.world(id).cells);
        continue;
      }
      const minigrid::World next = graph.world(child);
      good = good && world.cells == next.cells && world.agent == next.agent &&
             world.direction == next.direction && world.carrying == next.carrying &&
             outcome.terminated == (graph.ending(child) != LevelGraph::Ending::kNone);
    }
  }
  CHECK(good);
}

TEST_CASE("obstacles are explored at rest: who runs into one fails, who keeps clear arrives") {
  const LevelGraph graph = graph_of("MiniGrid-Dynamic-Obstacles-6x6-v0");
  CHECK(graph.things.size() == 3);
  int failed = 0, solved = 0;
  for (int id = 0; id < graph.size(); ++id) {
    const minigrid::World world = graph.world(id);
    for (const minigrid::Cell thing : graph.things) CHECK(std::ranges::count(world.cells, thing) > 0);
    for (const int action : {minigrid::kPickup, minigrid::kDrop, minigrid::kToggle}) {
      CHECK(graph.child(id, action) == -1);  // the level knows turns and steps alone
    }
    failed += graph.ending(id) == LevelGraph::Ending::kFailure;
    solved += graph.ending(id) == LevelGraph::Ending::kSuccess;
  }
  CHECK(failed > 5);
  CHECK(solved > 0);
}

TEST_CASE("a door that is open may have been closed before or locked") {
  const MinigridEnv environment = door_key(12);
  const LevelGraph& graph = environment.graph();
  int both = 0;
  for (int id = 0; id < graph.size(); ++id) {
    std::set<std::pair<int, int>> toggles;
    for (const auto& a : graph.arrivals_at(id)) {
      if (a.action == minigrid::kToggle) toggles.insert({a.parent, a.rank});
    }
    CHECK(toggles.size() <= 2);
    if (toggles.size() < 2) continue;
    ++both;
    for (const auto& [parent, rank] : toggles) {
      State state{parent, 5};
      const int backward = environment.backward_of(state, minigrid::kToggle);
      environment.apply(state, minigrid::kToggle);
      CHECK(environment.undo(state, backward) == minigrid::kToggle);
      CHECK(state == State{parent, 5});
    }
  }
  CHECK(both > 0);
}

TEST_CASE("only what can be reached at that time is a parent") {
  const MinigridEnv environment = door_key(6);
  State state(2);
  environment.reset(state);
  CHECK(count_parents(environment, state) == 0);
  environment.apply(state, minigrid::kLeft);
  CHECK(count_parents(environment, state) == 1);  // though one may turn to there from two headings
}

TEST_CASE("an episode that is over can only stop, and stopping may be left to its end") {
  const MinigridEnv anywhere = door_key(20), at_end = door_key(20, {}, false);
  CHECK(forward_mask(anywhere, State{0, 0}).back() == 1);
  CHECK(forward_mask(at_end, State{0, 0}).back() == 0);
  CHECK(forward_mask(at_end, State{0, 20}) == std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 1});
  const LevelGraph& graph = at_end.graph();
  int goals = 0;
  for (int id = 0; id < graph.size(); ++id) {
    if (graph.ending(id) == LevelGraph::Ending::kNone) continue;
    ++goals;
    CHECK(graph.start.at(graph.agent(id)).kind == minigrid::Kind::kGoal);
    CHECK(forward_mask(at_end, State{id, 12}) == std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 1});
  }
  CHECK(goals > 0);
}

TEST_CASE("without time one comes back to a situation, but never to the source") {
  const MinigridEnv room(*find_level("MiniGrid-Empty-5x5-v0"), 0, {.horizon = 30, .time = false}, {});
  State state(2), source(2);
  room.reset(source);
  state = source;
  const int first = room.backward_of(state, minigrid::kLeft);
  for (int turn = 0; turn < 4; ++turn) room.apply(state, minigrid::kLeft);
  CHECK(state[0] == source[0]);
  CHECK(state != source);
  CHECK(room.label(state) != room.label(source));
  CHECK(room.log_reward(state) == room.log_reward(source));
  CHECK(count_parents(room, source) == 0);
  CHECK(count_parents(room, state) == 2);  // a turn from the left, a turn from the right

  room.apply(state, minigrid::kLeft);  // from the first turn's situation two parents differ in time
  State back = state;
  CHECK(count_parents(room, state) == 4);  // two turns, a step back being none; and s0
  CHECK(room.undo(back, first) == minigrid::kLeft);
  CHECK(back == source);
}

TEST_CASE("the reward adds up as its formula says") {
  const MinigridEnv::Reward reward{.r0 = 0.01, .success = 2, .near = 0.5, .reach = 4,
                                   .painted = 0.25, .carry = 0.125, .doors = 1, .time = 0.9,
                                   .cells = {{1, 1}}};
  const MinigridEnv environment = door_key(20, reward);
  const LevelGraph& graph = environment.graph();
  bool carried = false, opened = false, solved = false, painted = false;
  std::map<int, int> within;
  for (int id = 0; id < graph.size(); ++id) {
    const minigrid::World world = graph.world(id);
    double bonus = 0;
    if (world.at(world.agent).kind == minigrid::Kind::kGoal) bonus += 2 + 0.5, solved = true;
    if (world.agent == minigrid::Point{1, 1}) bonus += 0.25, painted = true;
    if (world.carries()) bonus += 0.125, carried = true;
    for (const minigrid::Cell cell : world.cells) {
      if (is_open_door(cell)) bonus += 1, opened = true;
    }
    const double here = std::exp(environment.log_reward(State{id, 5}));
    const double near = (here - 0.01) / (1 - 0.9 * 5 / 20.0) - bonus;
    if (graph.solved(id) || std::abs(near) < 1e-12) {
      CHECK(near == Approx(0).margin(1e-12));
      continue;
    }
    const double distance = -4 * std::log(near / 0.5);  // to a solution: a whole number of actions
    ++within[static_cast<int>(std::round(distance))];
    CHECK(distance == Approx(std::round(distance)).margin(1e-9));
  }
  CHECK((carried && opened && solved && painted));
  CHECK(within.begin()->first == 1);
  CHECK(static_cast<int>(within.size()) == within.rbegin()->first);  // no distance is left out
}

TEST_CASE("named goals are reached by having them in the hands or standing before them") {
  using minigrid::Color, minigrid::Kind;
  const MinigridEnv::Reward reward{.r0 = 0.5, .success = 0, .reached = 2,
                                   .goals = {{Kind::kKey, Color::kYellow}, {Kind::kDoor, {}}}};
  const MinigridEnv environment = door_key(20, reward);
  const LevelGraph& graph = environment.graph();
  int keys = 0, doors = 0, both = 0;
  for (int id = 0; id < graph.size(); ++id) {
    const minigrid::World world = graph.world(id);
    const bool key = world.carries(), door = world.front_cell().kind == Kind::kDoor;
    keys += key, doors += door, both += key && door;
    const State state{id, 5};
    CHECK(std::exp(environment.log_reward(state)) == Approx(0.5 + 2 * key + 2 * door));
    CHECK(environment.mode_of(state) == (key ? 0 : door ? 1 : -1));
  }
  CHECK((keys > both && doors > both && both > 0));
  CHECK(environment.num_modes() == 2);
}

TEST_CASE("a BabyAI level played at random is where its graph says, and ends when it says") {
  for (const char* name : {"BabyAI-GoToLocalS5N2-v0", "BabyAI-OpenRedDoor-v0", "BabyAI-OneRoomS8-v0",
                           "BabyAI-UnlockPickup-v0", "BabyAI-KeyCorridorS3R1-v0"}) {
    CAPTURE(name);
    const minigrid::Level& level = *find_level(name);
    const LevelGraph graph = explore(level, 1, kFar, 100'000);
    minigrid::Rng draws(7);
    int solved = 0;
    for (int episode = 0; episode < 200; ++episode) {
      minigrid::World world = minigrid::make_world(level, 1);
      world.max_steps = minigrid::kNoLimit;  // beyond it a success would pay less than nothing
      int id = 0;
      for (int t = 0; t < 300 && graph.ending(id) == LevelGraph::Ending::kNone; ++t) {
        const int action = draws.integers(0, minigrid::kNumMoves);
        const minigrid::Outcome outcome = step(level, world, action);
        if (graph.child(id, action) >= 0) id = graph.child(id, action);
        REQUIRE(world.cells == graph.world(id).cells);
        REQUIRE(world.agent == graph.agent(id));
        REQUIRE(outcome.terminated == (graph.ending(id) != LevelGraph::Ending::kNone));
        REQUIRE((outcome.reward > 0) == (graph.ending(id) == LevelGraph::Ending::kSuccess));
      }
      solved += graph.solved(id);
    }
    CHECK(solved > 0);
  }
}

TEST_CASE("maps have y upwards and leave the outer walls out") {
  const MinigridEnv environment(*find_level("MiniGrid-Empty-5x5-v0"), 0, {.horizon = 8}, {});
  CHECK(environment.maps()[0].width == 3);
  CHECK(environment.map_cell(0, State{0, 0}) == 2 * 3 + 0);  // the agent starts above, at the left
  CHECK(environment.map_cell(1, State{0, 0}) == 5 * 6 + 1);  // and looks right: above, right
  CHECK(environment.label(State{0, 0}) == "(1, 1) right, t 0");
}

TEST_CASE("bad values get one line that names them") {
  const auto refused = [](const Params& changes) { return message_of([&] { made(changes); }); };
  using Text = std::string;
  CHECK(refused({{"reward.cells", Text("1,1;2,2")}}).find("reward.cells = '1,1;2,2'") == 0);
  CHECK(refused({{"reward.cells", Text("1 1")}}).find("reward.cells = '1 1'") == 0);
  CHECK(refused({{"reward.cells", Text("0,2")}}).find("(0, 2) is no floor") != Text::npos);
  CHECK(refused({{"reward.cells", Text("9,2")}}).find("(9, 2) is no floor") != Text::npos);
  CHECK(refused({{"reward.r0", 0.0}}).find("reward.r0 = 0") == 0);
  CHECK(refused({{"environment.time", false}, {"reward.time", 0.5}}).find("reward.time > 0") == 0);
  CHECK(refused({{"environment.time", false},
                 {"environment.stop", Text("end")},
                 {"environment.level", Text("Flowscope-FourRooms-9x9-v0")}})
            .find("environment.stop = end: no ending") == 0);
  CHECK(refused({{"reward.goals", Text("red kei")}}).find("reward.goals: 'red kei'") == 0);
  CHECK(refused({{"reward.goals", Text("key,")}}) == refused({{"reward.goals", Text("key")}}));
  CHECK(refused({{"reward.goals", Text("red key")}}).find("reward.goals: no red key") == 0);
  const Params fetch{{"environment.level", Text("MiniGrid-Fetch-5x5-N2-v0")},
                     {"reward.goals", Text("blue key,  ball")}};
  CHECK(refused(fetch) == "no error");
  CHECK(refused({{"environment.level", Text("MiniGrid-Playground-v0")},
                 {"environment.horizon", std::int64_t{200}}})
            .find("more than 300000 situations") != Text::npos);
  CHECK(refused({{"reward.cells", Text(" 1,1  3,2 ")}}) == "no error");
}

}  // namespace flowscope
