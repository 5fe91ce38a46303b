// A chain of rooms of random sizes, each behind a door in a wall of the one before.
#pragma once

#include "envs/minigrid/world.h"

namespace flowscope::minigrid {

/// Rooms are 4 to `max_size` cells wide and high, walls included; the goal is in the last one.
void multi_room(World& world, int rooms, int max_size);

}  // namespace flowscope::minigrid
