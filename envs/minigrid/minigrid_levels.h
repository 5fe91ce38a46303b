// The 76 MiniGrid levels, by what they ask for, and what their builders share.
#pragma once

#include <span>
#include <string>

#include "envs/minigrid/levels.h"

namespace flowscope::minigrid {

/// Reach the goal by the rules that all levels share.
std::span<const Level> goal_levels();

/// Rules of their own about what the agent does in one room or hallway.
std::span<const Level> task_levels();

/// Fetch what lies behind locked doors in a grid of rooms.
std::span<const Level> room_levels();

/// flowscope's own, for small exact pictures.
std::span<const Level> own_levels();

/// An empty world with walls around it, where walls end the view.
inline void start_walled(World& world, int width, int height, int max_steps, std::string mission) {
  clear(world, width, height);
  wall_around(world, world.area());
  world.max_steps = max_steps;
  world.see_through_walls = false;
  world.mission = std::move(mission);
}

/// Puts the agent where no drawing is done for it, facing right.
inline void put_agent(World& world, Point at) {
  world.agent = at;
  world.direction = 0;
}

inline Point far_corner(const World& world) { return {world.width - 2, world.height - 2}; }

}  // namespace flowscope::minigrid
