#include "envs/miniworld/levels.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "envs/miniworld/floor_plans.h"

namespace flowscope::miniworld {
namespace {

constexpr int kWalking = 3, kGrasping = 5, kEverything = kNumActions;

const Entity& find_box(const World& world, Color color = Color::kRed) {
  return *std::ranges::find_if(world.entities, [color](const Entity& e) {
    return e.kind == Kind::kBox && e.color == color;
  });
}

void succeed(const World& world, Outcome& outcome) {
  outcome.reward += success_reward(world);
  outcome.terminated = true;
}

Outcome find_the_box(World& world, int action) {
  Outcome outcome = step_base(world, action);
  if (are_near(world, find_box(world), world.body())) succeed(world, outcome);
  return outcome;
}

/// Who walks into the street is out.
Outcome stay_on_sidewalk(World& world, int action) {
  Outcome outcome = step_base(world, action);
  if (is_inside(world.rooms[1], world.body().position.on_floor())) outcome.terminated = true;
  if (are_near(world, find_box(world), world.body())) succeed(world, outcome);
  return outcome;
}

/// What is picked up vanishes; nothing but the agent is left at the end.
Outcome pick_up_all(World& world, int action) {
  Outcome outcome = step_base(world, action);
  if (!world.carried) return outcome;
  remove(world, *world.carried);
  outcome.reward = 1;
  outcome.terminated = world.entities.size() == 1;
  return outcome;
}

Outcome put_red_next_to_yellow(World& world, int action) {
  Outcome outcome = step_base(world, action);
  const Entity& red = find_box(world, Color::kRed);
  const Entity& yellow = find_box(world, Color::kYellow);
  if (!world.carried && are_near(world, red, yellow)) succeed(world, outcome);
  return outcome;
}

/// A medkit restores health and appears again elsewhere.
Outcome stay_healthy(World& world, int action) {
  Outcome outcome = step_base(world, action);
  world.health -= 2;
  if (action == kPickup && world.carried) {
    place(world, remove(world, *world.carried));
    world.health = 100;
  }
  outcome.reward = world.health > 0 ? 2 : -100;
  outcome.terminated = world.health <= 0;
  return outcome;
}

/// No medkit appears again: the first one ends the episode.
Outcome take_a_medkit(World& world, int action) {
  Outcome outcome = step_base(world, action);
  outcome.terminated = world.carried.has_value();
  outcome.reward = outcome.terminated ? 2 : 0;
  return outcome;
}

/// The sign says BLUE and the task is the box; the fourth action, a step back, ends the episode.
Outcome follow_sign(World& world, int action) {
  Outcome outcome = step_base(world, action);
  if (action == kForward + 1) outcome.terminated = true;
  for (std::size_t i = 0; i < 6; ++i) {
    if (!are_near(world, world.entities[i], world.body())) continue;
    outcome.terminated = true;
    outcome.reward = i == 0 ? 1 : -1;
  }
  return outcome;
}

}  // namespace

std::span<const Level> levels() {
  using W = World&;
  static const std::vector<Level> table{
      {"MiniWorld-CollectHealth-v0", kEverything, collect_health, stay_healthy,
       "stay alive: pick up the medkits", take_a_medkit},
      {"MiniWorld-FourRooms-v0", kWalking, four_rooms, find_the_box},
      {"MiniWorld-Hallway-v0", kWalking, hallway, find_the_box},
      {"MiniWorld-Maze-v0", kWalking, [](W w) { maze(w, 8, 8, 1536); }, find_the_box},
      {"MiniWorld-MazeS2-v0", kWalking, [](W w) { maze(w, 2, 2, 96); }, find_the_box},
      {"MiniWorld-MazeS3-v0", kWalking, [](W w) { maze(w, 3, 3, 216); }, find_the_box},
      {"MiniWorld-MazeS3Fast-v0", kWalking,
       [](W w) {
         maze(w, 3, 3, 300);
         set_steps(w, 0.7, 45);
       },
       find_the_box},
      {"MiniWorld-OneRoom-v0", kWalking, [](W w) { one_room(w, 10, 180); }, find_the_box},
      {"MiniWorld-OneRoomS6-v0", kWalking, [](W w) { one_room(w, 6, 100); }, find_the_box},
      {"MiniWorld-OneRoomS6Fast-v0", kWalking,
       [](W w) {
         one_room(w, 6, 50);
         set_steps(w, 0.7, 45);
       },
       find_the_box},
      {"MiniWorld-PickupObjects-v0", kGrasping, pickup_objects, pick_up_all,
       "pick up everything"},
      {"MiniWorld-PutNext-v0", kEverything, put_next, put_red_next_to_yellow,
       "put the red box next to the yellow box"},
      {"MiniWorld-RoomObjects-v0", kEverything, room_objects, step_base, "look around"},
      {"MiniWorld-Sidewalk-v0", kWalking, sidewalk, stay_on_sidewalk,
       "go to the red box and keep off the street"},
      {"MiniWorld-Sign-v0", kForward + 2, sign, follow_sign,
       "go to the box in the colour that the sign names"},
      {"MiniWorld-TMaze-v0", kWalking, [](W w) { t_maze(w, Arm::kEither); }, find_the_box},
      {"MiniWorld-TMazeLeft-v0", kWalking, [](W w) { t_maze(w, Arm::kLeft); }, find_the_box},
      {"MiniWorld-TMazeRight-v0", kWalking, [](W w) { t_maze(w, Arm::kRight); }, find_the_box},
      {"MiniWorld-ThreeRooms-v0", kWalking, three_rooms, step_base, "look around"},
      {"MiniWorld-WallGap-v0", kWalking, wall_gap, find_the_box},
      {"MiniWorld-YMaze-v0", kWalking, [](W w) { y_maze(w, Arm::kEither); }, find_the_box},
      {"MiniWorld-YMazeLeft-v0", kWalking, [](W w) { y_maze(w, Arm::kLeft); }, find_the_box},
      {"MiniWorld-YMazeRight-v0", kWalking, [](W w) { y_maze(w, Arm::kRight); }, find_the_box},
  };
  return table;
}

const Level* find_level(std::string_view id) {
  const auto found = std::ranges::find(levels(), id, &Level::id);
  return found == levels().end() ? nullptr : &*found;
}

void reset(const Level& level, World& world) {
  clear(world);
  level.generate(world);
}

World make_world(const Level& level, std::uint64_t seed) {
  World world;
  world.rng = Rng(seed);
  reset(level, world);
  return world;
}

Outcome step(const Level& level, World& world, int action) {
  if (action < 0 || action >= level.num_actions) {
    throw std::invalid_argument("action " + std::to_string(action) + " does not exist in " +
                                std::string(level.id) + "; its actions are 0 to " +
                                std::to_string(level.num_actions - 1));
  }
  return level.rules(world, action);
}

}  // namespace flowscope::miniworld
