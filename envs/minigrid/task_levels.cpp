// Levels with rules of their own: say when you are there, take the right thing, remember what you
// saw, keep clear of what moves.
#include <algorithm>
#include <cstdlib>

#include "envs/minigrid/minigrid_levels.h"

namespace flowscope::minigrid {
namespace {

template <class T>
T& task_of(World& world) {
  return std::any_cast<T&>(world.task);
}

bool beside(Point a, Point b) { return manhattan_distance(a, b) == 1; }
bool near(Point a, Point b) { return std::abs(a.x - b.x) <= 1 && std::abs(a.y - b.y) <= 1; }

// --- stand before a door or a thing and say "done" -----------------------------------------------

/// The task is the target's position.
Outcome go_to_rules(World& world, int action) {
  Outcome outcome = step_base(world, action);
  if (action == kToggle) outcome.terminated = true;
  if (action == kDone) {
    if (beside(world.agent, task_of<Point>(world))) outcome.reward = success_reward(world);
    outcome.terminated = true;
  }
  return outcome;
}

void go_to_door(World& world, int size) {
  clear(world, size, size);
  world.max_steps = 4 * size * size;
  world.see_through_walls = true;
  Rng& rng = world.rng;
  const int w = rng.integers(5, size + 1);
  const int h = rng.integers(5, size + 1);
  wall_around(world, {{0, 0}, w, h});
  std::array<Point, 4> doors;
  doors[0] = {rng.integers(2, w - 2), 0};
  doors[1] = {rng.integers(2, w - 2), h - 1};
  doors[2] = {0, rng.integers(2, h - 2)};
  doors[3] = {w - 1, rng.integers(2, h - 2)};
  std::vector<Color> colors;
  while (colors.size() < doors.size()) {
    const Color color = rng.element(kColors);
    if (std::ranges::find(colors, color) == colors.end()) colors.push_back(color);
  }
  for (std::size_t i = 0; i < doors.size(); ++i) {
    world.at(doors[i]) = {Kind::kDoor, colors[i], kClosed};
  }
  place_agent(world, {{0, 0}, w, h});
  const Point target = rng.element(doors);
  world.task = target;
  world.mission = "go to the " + look_of(world.at(target));
}

/// A thing of random kind and colour that looks like none of the others.
Cell new_unlike(World& world, const std::vector<Cell>& others, std::span<const Kind> kinds) {
  for (;;) {
    const Kind kind = world.rng.element(kinds);
    const Color color = world.rng.element(kColors);
    const auto alike = [&](Cell other) { return same_look(other, {kind, color}); };
    if (std::ranges::none_of(others, alike)) return new_object(world, kind, color);
  }
}

void go_to_object(World& world, int size, int count) {
  start_walled(world, size, size, 5 * size * size, "");
  world.see_through_walls = true;
  std::vector<Cell> things;
  std::vector<Point> places;
  for (int i = 0; i < count; ++i) {
    things.push_back(new_unlike(world, things, kThings));
    places.push_back(place_object(world, things.back(), world.area()));
  }
  place_agent(world, world.area());
  const auto target = static_cast<std::size_t>(world.rng.integers(0, count));
  world.task = places[target];
  world.mission = "go to the " + look_of(things[target]);
}

// --- take the right thing ------------------------------------------------------------------------

/// The task is the look of what is wanted.
Outcome fetch_rules(World& world, int action) {
  Outcome outcome = step_base(world, action);
  if (!world.carries()) return outcome;
  outcome = {0, true, outcome.truncated};
  if (same_look(world.carrying, task_of<Cell>(world))) outcome.reward = success_reward(world);
  return outcome;
}

void fetch(World& world, int size, int count) {
  start_walled(world, size, size, 5 * size * size, "");
  world.see_through_walls = true;
  constexpr std::array kKinds{Kind::kKey, Kind::kBall};
  std::vector<Cell> things;
  for (int i = 0; i < count; ++i) {
    const Kind kind = world.rng.element(kKinds);
    things.push_back(new_object(world, kind, world.rng.element(kColors)));
    place_object(world, things.back(), world.area());
  }
  place_agent(world, world.area());
  const Cell target = world.rng.element(things);
  constexpr std::array kPhrases{"get a", "go get a", "fetch a", "go fetch a", "you must fetch a"};
  world.task = target;
  world.mission = std::string(world.rng.element(kPhrases)) + " " + look_of(target);
}

// --- put one thing near another ------------------------------------------------------------------

struct PutNear {
  Cell moved;
  Point target;
};

Outcome put_near_rules(World& world, int action) {
  const Cell before = world.carrying;
  const bool carried = world.carries();
  Outcome outcome = step_base(world, action);
  const auto& [moved, target] = task_of<PutNear>(world);
  if (action == kPickup && world.carries() && !same_look(world.carrying, moved)) {
    outcome.terminated = true;
  }
  if (action == kDrop && carried) {
    outcome.terminated = true;
    if (world.front_cell() == before && near(world.front(), target)) {
      outcome.reward = success_reward(world);
    }
  }
  return outcome;
}

void put_near(World& world, int size, int count) {
  start_walled(world, size, size, 5 * size, "");
  world.see_through_walls = true;
  std::vector<Cell> things;
  std::vector<Point> places;
  const auto crowded = [&](Point p) {
    return std::ranges::any_of(places, [p](Point other) { return near(p, other); });
  };
  for (int i = 0; i < count; ++i) {
    things.push_back(new_unlike(world, things, kThings));
    places.push_back(place_object(world, things.back(), world.area(), kNoLimit, crowded));
  }
  place_agent(world, world.area());
  const int moved = world.rng.integers(0, count);
  int target = moved;
  while (target == moved) target = world.rng.integers(0, count);
  const auto m = static_cast<std::size_t>(moved), t = static_cast<std::size_t>(target);
  world.task = PutNear{things[m], places[t]};
  world.mission = "put the " + look_of(things[m]) + " near the " + look_of(things[t]);
}

// --- open the red door, then the blue one --------------------------------------------------------

struct TwoDoors {
  Point red, blue;
};

Outcome red_blue_rules(World& world, int action) {
  const TwoDoors doors = task_of<TwoDoors>(world);
  const bool red_before = is_open_door(world.at(doors.red));
  const bool blue_before = is_open_door(world.at(doors.blue));
  Outcome outcome = step_base(world, action);
  if (is_open_door(world.at(doors.blue))) {
    outcome.terminated = true;
    outcome.reward = red_before ? success_reward(world) : 0;
  } else if (is_open_door(world.at(doors.red)) && blue_before) {
    outcome = {0, true, outcome.truncated};
  }
  return outcome;
}

void red_blue_doors(World& world, int size) {
  start_walled(world, 2 * size, size, 20 * size * size, "open the red door then the blue door");
  const Area room{{size / 2, 0}, size, size};
  wall_around(world, room);
  place_agent(world, room);
  TwoDoors doors;
  doors.red = {size / 2, world.rng.integers(1, size - 1)};
  doors.blue = {size / 2 + size - 1, world.rng.integers(1, size - 1)};
  world.at(doors.red) = {Kind::kDoor, Color::kRed, kClosed};
  world.at(doors.blue) = {Kind::kDoor, Color::kBlue, kClosed};
  world.task = doors;
}

// --- remember ------------------------------------------------------------------------------------

struct Fork {
  Point success, failure;
};

Outcome memory_rules(World& world, int action) {
  Outcome outcome = step_base(world, action == kPickup ? kToggle : action);
  const Fork fork = task_of<Fork>(world);
  if (world.agent == fork.success) succeed(world, outcome);
  if (world.agent == fork.failure) outcome = {0, true, outcome.truncated};
  return outcome;
}

void memory(World& world, int size, bool random_length) {
  start_walled(world, size, size, 5 * size * size,
               "go to the matching object at the end of the hallway");
  const int middle = size / 2;
  const int end = random_length ? world.rng.integers(4, size - 2) : size - 3;
  for (const int up : {-1, 1}) {
    horizontal_wall(world, {1, middle + 2 * up}, 4);
    horizontal_wall(world, {4, middle + up}, 1);
    horizontal_wall(world, {5, middle + up}, std::max(end - 5, 0));
  }
  vertical_wall(world, {end, 0}, size);
  world.at({end, middle}) = kEmptyCell;
  vertical_wall(world, {end + 2, 0}, size);
  put_agent(world, {world.rng.integers(1, end + 1), middle});
  constexpr std::array kKinds{Kind::kKey, Kind::kBall};
  const Kind seen = world.rng.element(kKinds);
  const bool ball_above = world.rng.integers(0, 2) == 0;
  const auto green = [&](Kind kind) { return new_object(world, kind, Color::kGreen); };
  world.at({1, middle - 1}) = green(seen);
  world.at({end + 1, middle - 2}) = green(ball_above ? Kind::kBall : Kind::kKey);
  world.at({end + 1, middle + 2}) = green(ball_above ? Kind::kKey : Kind::kBall);
  Fork fork{{end + 1, middle - 1}, {end + 1, middle + 1}};
  if (ball_above != (seen == Kind::kBall)) std::swap(fork.success, fork.failure);
  world.task = fork;
}

// --- keep clear of what moves --------------------------------------------------------------------

using Balls = std::vector<Point>;

constexpr int kBallTries = 100;

/// Every ball moves to a free cell around it if it finds one.
void move_balls(World& world) {
  for (Point& at : task_of<Balls>(world)) {
    const auto next = draw_free_cell(world, {at - Point{1, 1}, 3, 3}, kBallTries);
    if (!next) continue;
    std::swap(world.at(*next), world.at(at));
    at = *next;
  }
}

Outcome dynamic_obstacles_rules(World& world, int action) {
  if (action > kForward) action = kLeft;
  const Kind front = world.front_cell().kind;
  const bool blocked = front != Kind::kEmpty && front != Kind::kGoal;
  move_balls(world);
  Outcome outcome = step_base(world, action);
  if (action == kForward && blocked) outcome = {-1, true, outcome.truncated};
  return outcome;
}

/// The same with obstacles that stay where they are; the level has no actions but the first three.
Outcome obstacles_at_rest(World& world, int action) {
  if (action > kForward) return {};
  const Kind front = world.front_cell().kind;
  const Outcome outcome = step_base(world, action);
  if (action != kForward || front == Kind::kEmpty || front == Kind::kGoal) return outcome;
  return {-1, true, outcome.truncated};
}

void dynamic_obstacles(World& world, int size, int count, bool random_start) {
  start_walled(world, size, size, 4 * size * size, "get to the green goal square");
  world.see_through_walls = true;
  world.at(far_corner(world)) = kGoalCell;
  if (random_start) {
    place_agent(world, world.area());
  } else {
    put_agent(world, {1, 1});
  }
  Balls balls;
  for (int i = 0; i < count; ++i) {
    const Cell ball = new_object(world, Kind::kBall, Color::kBlue);
    balls.push_back(place_object(world, ball, world.area(), kBallTries));
  }
  world.task = std::move(balls);
}

}  // namespace

std::span<const Level> task_levels() {
  static const std::vector<Level> table{
      {"MiniGrid-GoToDoor-5x5-v0", [](World& w) { go_to_door(w, 5); }, go_to_rules},
      {"MiniGrid-GoToDoor-6x6-v0", [](World& w) { go_to_door(w, 6); }, go_to_rules},
      {"MiniGrid-GoToDoor-8x8-v0", [](World& w) { go_to_door(w, 8); }, go_to_rules},
      {"MiniGrid-GoToObject-6x6-N2-v0", [](World& w) { go_to_object(w, 6, 2); }, go_to_rules},
      {"MiniGrid-GoToObject-8x8-N2-v0", [](World& w) { go_to_object(w, 8, 2); }, go_to_rules},
      {"MiniGrid-Fetch-5x5-N2-v0", [](World& w) { fetch(w, 5, 2); }, fetch_rules},
      {"MiniGrid-Fetch-6x6-N2-v0", [](World& w) { fetch(w, 6, 2); }, fetch_rules},
      {"MiniGrid-Fetch-8x8-N3-v0", [](World& w) { fetch(w, 8, 3); }, fetch_rules},
      {"MiniGrid-PutNear-6x6-N2-v0", [](World& w) { put_near(w, 6, 2); }, put_near_rules},
      {"MiniGrid-PutNear-8x8-N3-v0", [](World& w) { put_near(w, 8, 3); }, put_near_rules},
      {"MiniGrid-RedBlueDoors-6x6-v0", [](World& w) { red_blue_doors(w, 6); }, red_blue_rules},
      {"MiniGrid-RedBlueDoors-8x8-v0", [](World& w) { red_blue_doors(w, 8); }, red_blue_rules},
      {"MiniGrid-MemoryS7-v0", [](World& w) { memory(w, 7, false); }, memory_rules},
      {"MiniGrid-MemoryS9-v0", [](World& w) { memory(w, 9, false); }, memory_rules},
      {"MiniGrid-MemoryS11-v0", [](World& w) { memory(w, 11, false); }, memory_rules},
      {"MiniGrid-MemoryS13-v0", [](World& w) { memory(w, 13, false); }, memory_rules},
      {"MiniGrid-MemoryS13Random-v0", [](World& w) { memory(w, 13, true); }, memory_rules},
      {"MiniGrid-MemoryS17Random-v0", [](World& w) { memory(w, 17, true); }, memory_rules},
      {"MiniGrid-Dynamic-Obstacles-5x5-v0",
       [](World& w) { dynamic_obstacles(w, 5, 2, false); }, dynamic_obstacles_rules, nullptr,
       obstacles_at_rest},
      {"MiniGrid-Dynamic-Obstacles-Random-5x5-v0",
       [](World& w) { dynamic_obstacles(w, 5, 2, true); }, dynamic_obstacles_rules, nullptr,
       obstacles_at_rest},
      {"MiniGrid-Dynamic-Obstacles-6x6-v0",
       [](World& w) { dynamic_obstacles(w, 6, 3, false); }, dynamic_obstacles_rules, nullptr,
       obstacles_at_rest},
      {"MiniGrid-Dynamic-Obstacles-Random-6x6-v0",
       [](World& w) { dynamic_obstacles(w, 6, 3, true); }, dynamic_obstacles_rules, nullptr,
       obstacles_at_rest},
      {"MiniGrid-Dynamic-Obstacles-8x8-v0",
       [](World& w) { dynamic_obstacles(w, 8, 4, false); }, dynamic_obstacles_rules, nullptr,
       obstacles_at_rest},
      {"MiniGrid-Dynamic-Obstacles-16x16-v0",
       [](World& w) { dynamic_obstacles(w, 16, 8, false); }, dynamic_obstacles_rules, nullptr,
       obstacles_at_rest},
  };
  return table;
}

}  // namespace flowscope::minigrid
