// Miniworld's levels as graphs of poses, and the environment made of them. What every environment
// obeys is tested elsewhere, over the whole table.
#include "envs/miniworld/miniworld_env.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>

#include "tests/catch.h"

namespace flowscope {
namespace {

using miniworld::PoseGraph;
using miniworld::Stride;

using State = std::vector<std::int32_t>;

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "no error";
}

std::shared_ptr<const Environment> made(const Params& changes) {
  const EnvironmentEntry* entry = find_environment("miniworld");
  Params params;
  for (const ParamSpec& spec : entry->params) params[spec.key] = spec.default_value;
  for (const auto& [key, value] : changes) params[key] = value;
  return entry->make(params);
}

PoseGraph graph_of(const char* level, int depth, const Stride& stride = {}) {
  return explore(miniworld::level_of(level), 0, stride, depth, 100'000);
}

}  // namespace

TEST_CASE("without walls in reach, poses are those of a square or a hexagonal lattice") {
  // Two actions lead to the opposite heading, to the left and to the right, to two more headings
  // one step ahead, and two steps ahead.
  CHECK(graph_of("OneRoom", 0).size() == 1);
  CHECK(graph_of("OneRoom", 1).size() == 4);
  CHECK(graph_of("OneRoom", 2).size() == 10);
  // Six turns of 60 degrees come back; so does a walk along the sides of a hexagon.
  const PoseGraph hexagons = graph_of("OneRoom", 11, {.forward = 0.3, .turn = 60});
  std::set<int> headings;
  for (const auto& s : hexagons.situations) headings.insert(s.heading);
  CHECK(headings.size() == 6);
  int id = 0;
  for (const int action : {2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2}) {
    id = hexagons.child(id, action);
    REQUIRE(id >= 0);
  }
  CHECK(hexagons.at(id).place == hexagons.at(0).place);
}

TEST_CASE("the worlds of a pose graph step as the graph says") {
  for (const char* name : {"YMaze", "PickupObjects", "PutNext", "Sidewalk"}) {
    CAPTURE(name);
    const miniworld::Level& level = miniworld::level_of(name);
    const PoseGraph graph = graph_of(name, 7, {.forward = 0.7, .turn = 60});
    bool good = true;
    for (int id = 0; id < graph.size(); ++id) {
      if (graph.at(id).ending != PoseGraph::Ending::kNone) continue;
      for (int a = 0; a < graph.num_moves; ++a) {
        const int child = graph.child(id, a);
        if (child < 0) continue;
        miniworld::World world = graph.world(id);
        const bool ended = step(level, world, a).terminated;
        const miniworld::World next = graph.world(child);
        good = good && ended == (graph.at(child).ending != PoseGraph::Ending::kNone) &&
               world.entities.size() == next.entities.size() &&
               world.carried.has_value() == next.carried.has_value();
        for (size_t i = 0; i < world.entities.size() && good; ++i) {
          const auto way =
              world.entities[i].position.on_floor() - next.entities[i].position.on_floor();
          good = length(way) < 1e-6;
        }
      }
    }
    CHECK(good);
  }
}

TEST_CASE("no step leads into a wall, and the agent never leaves the rooms") {
  const PoseGraph graph = graph_of("MazeS3Fast", 14, {.forward = 0.75});
  CHECK(graph.size() > 100);
  int blocked = 0;
  for (int id = 0; id < graph.size(); ++id) {
    const auto& s = graph.at(id);
    const auto p = s.entities[s.agent].position.on_floor();
    CHECK(std::ranges::any_of(graph.start.rooms, [&](const auto& r) { return is_inside(r, p); }));
    const bool further =
        std::ranges::any_of(std::array{0, 1}, [&](int a) { return graph.child(id, a) >= 0; });
    blocked += further && graph.child(id, miniworld::kForward) < 0;
  }
  CHECK(blocked > 10);
}

TEST_CASE("things are carried, put down elsewhere and picked up for good") {
  const PoseGraph put = graph_of("PutNext", 12);
  bool carried = false, moved = false;
  for (const auto& s : put.situations) {
    carried = carried || s.carried;
    moved = moved || (!s.carried && s.things > 0);
  }
  CHECK((carried && moved));
  const PoseGraph pick = graph_of("PickupObjects", 12);
  CHECK(std::ranges::any_of(pick.situations, [&](const auto& s) {
    return s.entities.size() < pick.start.entities.size();
  }));
}

TEST_CASE("the first medkit ends an episode, as the next one would be drawn") {
  const PoseGraph graph = graph_of("CollectHealth", 14);
  int taken = 0;
  for (int id = 0; id < graph.size(); ++id) {
    const auto& s = graph.at(id);
    CHECK(graph.solved(id) == s.carried.has_value());
    CHECK(s.entities.size() == graph.start.entities.size());
    taken += graph.solved(id);
  }
  CHECK(taken > 0);
}

TEST_CASE("looks are drawn from the seed, within Miniworld's proportions") {
  const miniworld::Looks plain;
  CHECK(paint_of_material(plain, 5).g == 1);
  std::set<double> views, paints;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const miniworld::Looks looks = miniworld::draw_looks(seed);
    CHECK((looks.field_of_view >= 55 && looks.field_of_view <= 65));
    CHECK((looks.height >= 1.45 && looks.height <= 1.55));
    CHECK(std::abs(looks.pitch) <= 5);
    CHECK((looks.ahead >= -0.05 && looks.ahead <= 0.1));
    CHECK((looks.sky.g >= 0.1 && looks.sky.g <= 1));
    CHECK((looks.light.r >= 0.45 && looks.light.r <= 0.8));
    CHECK((looks.ambient.b >= 0.55 && looks.ambient.b <= 0.75));
    CHECK((looks.to_light[1] >= 3.5 && looks.to_light[1] <= 6));
    CHECK(looks.sky.r == miniworld::draw_looks(seed).sky.r);
    views.insert(looks.field_of_view);
    paints.insert(paint_of_material(looks, 2).b);
  }
  CHECK(views.size() == 100);
  CHECK(paints.size() > 4);
}

TEST_CASE("a randomised stride is its seed's own, within Miniworld's proportions") {
  const Stride asked{.forward = 0.6, .turn = 60};
  std::set<double> steps;
  std::set<int> turns;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Stride drawn = randomize(asked, seed);
    CHECK(drawn.forward >= 0.6 * 0.8);
    CHECK(drawn.forward <= 0.6 * 17 / 15);
    steps.insert(drawn.forward);
    turns.insert(drawn.turn);
    CHECK(randomize(asked, seed).forward == drawn.forward);
  }
  CHECK(steps.size() == 200);
  CHECK(turns == std::set<int>{40, 45, 60, 72});
  const auto& level = miniworld::level_of("OneRoom");
  Stride random = asked;
  random.randomized = true;
  const PoseGraph graph = explore(level, 7, random, 3, 1000);
  CHECK(graph.start.forward_step == randomize(asked, 7).forward);
  CHECK(graph.turns == 360 / randomize(asked, 7).turn);
  CHECK(graph.original.forward_step == 0.15);  // for a walk by Miniworld's own steps
  CHECK(graph.start.looks.field_of_view == miniworld::draw_looks(7).field_of_view);
  CHECK(explore(level, 7, asked, 0, 1000).start.looks.field_of_view == 60);
}

TEST_CASE("Miniworld's reward adds up as its formula says") {
  const MiniworldEnv::Reward reward{.r0 = 0.01,
                                    .success = 2,
                                    .near = 0.5,
                                    .reach = 4,
                                    .painted = 0.25,
                                    .radius = 1.5,
                                    .time = 0.2,
                                    .spots = {{2, 2}}};
  const MiniworldEnv environment(miniworld::level_of("OneRoom"), 0, {}, 18, true, reward);
  const PoseGraph& graph = environment.graph();
  bool solved = false, painted = false;
  for (int id = 0; id < graph.size(); ++id) {
    const miniworld::World world = graph.world(id);
    const bool won = are_near(world, world.entities[0], world.body());
    const bool spot = length(world.body().position.on_floor() - miniworld::Point{2, 2}) <= 1.5;
    CHECK(graph.solved(id) == won);
    solved = solved || won;
    painted = painted || spot;
    const double here = std::exp(environment.log_reward(State{id, 9}));
    const double near = (here - 0.01) / (1 - 0.2 * 9 / 18.0) - 2 * won - 0.25 * spot;
    CHECK(near >= -1e-12);
    CHECK(near <= 0.5 + 1e-12);
    if (won) CHECK(near == Approx(0.5));
    CHECK(environment.mode_of(State{id, 9}) == (won ? 0 : spot ? 1 : -1));
  }
  CHECK((solved && painted));
}

TEST_CASE("bad values of Miniworld get one line that names them") {
  const auto refused = [](const Params& changes) { return message_of([&] { made(changes); }); };
  using Text = std::string;
  CHECK(refused({{"reward.spots", Text("2;2")}}).find("reward.spots = '2;2'") == 0);
  CHECK(refused({{"reward.spots", Text("20,2")}}).find("(20.00, 2.00) is in no room") !=
        Text::npos);
  CHECK(refused({{"reward.r0", 0.0}}).find("reward.r0 = 0") == 0);
  CHECK(refused({{"environment.turn_step", std::int64_t{50}}}).find("environment.turn_step = 50") ==
        0);
  CHECK(refused({{"environment.turn_step", std::int64_t{15}},
                 {"environment.horizon", std::int64_t{60}}})
            .find("more than 100000 situations") != Text::npos);
  CHECK(refused({{"reward.spots", Text(" 2.5,1  8,8 ")}}) == "no error");
}

}  // namespace flowscope
