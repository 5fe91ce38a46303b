// Levels without rules of their own: walk to the green square.
#include "envs/minigrid/minigrid_levels.h"

namespace flowscope::minigrid {
namespace {

/// A walled square or rectangle.
void start(World& world, int width, int height, int max_steps, const char* mission) {
  clear(world, width, height);
  wall_around(world, world.area());
  world.max_steps = max_steps;
  world.see_through_walls = false;
  world.mission = mission;
}

void put_agent(World& world, Point at) {
  world.agent = at;
  world.direction = 0;
}

Point far_corner(const World& world) { return {world.width - 2, world.height - 2}; }

void empty(World& world, int size, bool random_start) {
  start(world, size, size, 4 * size * size, "get to the green goal square");
  world.see_through_walls = true;
  world.at(far_corner(world)) = kGoalCell;
  if (random_start) {
    place_agent(world, world.area());
  } else {
    put_agent(world, {1, 1});
  }
}

}  // namespace

std::span<const Level> goal_levels() {
  static const std::vector<Level> table{
      {"MiniGrid-Empty-5x5-v0", [](World& w) { empty(w, 5, false); }},
      {"MiniGrid-Empty-Random-5x5-v0", [](World& w) { empty(w, 5, true); }},
      {"MiniGrid-Empty-6x6-v0", [](World& w) { empty(w, 6, false); }},
      {"MiniGrid-Empty-Random-6x6-v0", [](World& w) { empty(w, 6, true); }},
      {"MiniGrid-Empty-8x8-v0", [](World& w) { empty(w, 8, false); }},
      {"MiniGrid-Empty-16x16-v0", [](World& w) { empty(w, 16, false); }},
  };
  return table;
}

}  // namespace flowscope::minigrid
