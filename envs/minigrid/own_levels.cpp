// flowscope's own levels: small enough that every state of an episode can be listed and looked at.
#include "envs/minigrid/minigrid_levels.h"

namespace flowscope::minigrid {
namespace {

/// Four rooms of equal size with a doorway between any two neighbours and no goal: where to end is
/// left to the reward. The agent starts in the middle of the first room.
void small_four_rooms(World& world, int room) {
  const int size = 2 * room + 3, wall = room + 1;
  start_walled(world, size, size, 100, "end anywhere");
  vertical_wall(world, {wall, 0}, size);
  horizontal_wall(world, {0, wall}, size);
  const int near = (room + 1) / 2, far = wall + near;
  for (const Point gap : {Point{wall, near}, {near, wall}, {wall, far}, {far, wall}}) {
    world.at(gap) = kEmptyCell;
  }
  put_agent(world, {near, near});
}

}  // namespace

std::span<const Level> own_levels() {
  static const std::vector<Level> table{
      {"Flowscope-FourRooms-9x9-v0", [](World& w) { small_four_rooms(w, 3); }},
      {"Flowscope-FourRooms-13x13-v0", [](World& w) { small_four_rooms(w, 5); }},
  };
  return table;
}

}  // namespace flowscope::minigrid
