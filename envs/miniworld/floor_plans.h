// The worlds of Miniworld's levels. Each function clears the world and builds one with its limit on
// steps, drawing in Miniworld's order.
#pragma once

#include "envs/miniworld/world.h"

namespace flowscope::miniworld {

/// Sets how far an action moves and turns the agent.
void set_steps(World& world, double meters, double degrees);

/// Which arm of a maze the box lies in.
enum class Arm { kEither, kLeft, kRight };

// Find the box.
void one_room(World& world, double size, int max_steps);
void hallway(World& world);
void four_rooms(World& world);
void wall_gap(World& world);
void maze(World& world, int rows, int columns, int max_steps);
void t_maze(World& world, Arm arm);
void y_maze(World& world, Arm arm);
/// The second room is the street.
void sidewalk(World& world);

// Other tasks.
void three_rooms(World& world);
void pickup_objects(World& world);
void put_next(World& world);
void collect_health(World& world);
void room_objects(World& world);
/// The entities begin with three boxes, blue, red and green, and three keys in the same colours.
void sign(World& world);

}  // namespace flowscope::miniworld
