#include "envs/minigrid/multi_room.h"

#include <algorithm>

#include "envs/minigrid/minigrid_levels.h"

namespace flowscope::minigrid {
namespace {

constexpr int kSize = 25, kMinRoom = 4, kExitTries = 8;

struct Chamber {
  Area area;
  Point entry;
};

/// Where a room of that size lies that is entered through that cell of that wall (0 right, 1 below,
/// 2 left, 3 above).
Point draw_corner(Rng& rng, int wall, Point entry, int w, int h) {
  switch (wall) {
    case 0: return {entry.x - w + 1, rng.integers(entry.y - h + 2, entry.y)};
    case 1: return {rng.integers(entry.x - w + 2, entry.x), entry.y - h + 1};
    case 2: return {entry.x, rng.integers(entry.y - h + 2, entry.y)};
    default: return {rng.integers(entry.x - w + 2, entry.x), entry.y};
  }
}

Point draw_exit(Rng& rng, int wall, Area room) {
  const Point end = room.top + Point{room.width - 1, room.height - 1};
  switch (wall) {
    case 0: return {end.x, room.top.y + rng.integers(1, room.height - 1)};
    case 1: return {room.top.x + rng.integers(1, room.width - 1), end.y};
    case 2: return {room.top.x, room.top.y + rng.integers(1, room.height - 1)};
    default: return {room.top.x + rng.integers(1, room.width - 1), room.top.y};
  }
}

/// Whether the room lies within the world and apart from all earlier rooms but the last. The
/// inequalities are upstream's: rooms to the left and above must leave a cell free.
bool fits(const std::vector<Chamber>& rooms, Area a) {
  if (a.top.x < 0 || a.top.y < 0) return false;
  if (a.top.x + a.width > kSize || a.top.y + a.height >= kSize) return false;
  const auto apart = [a](const Chamber& other) {
    const Area b = other.area;
    return a.top.x + a.width < b.top.x || b.top.x + b.width <= a.top.x ||
           a.top.y + a.height < b.top.y || b.top.y + b.height <= a.top.y;
  };
  return rooms.empty() || std::all_of(rooms.begin(), rooms.end() - 1, apart);
}

/// Adds a room behind that entry and, through exits of its own, up to `missing` rooms in all. False
/// only if this first one finds no place.
bool add_rooms(Rng& rng, std::vector<Chamber>& rooms, int missing, int max_size, int wall,
               Point entry) {
  const int w = rng.integers(kMinRoom, max_size + 1);
  const int h = rng.integers(kMinRoom, max_size + 1);
  const Point corner = rooms.empty() ? entry : draw_corner(rng, wall, entry, w, h);
  const Area area{corner, w, h};
  if (!fits(rooms, area)) return false;
  rooms.push_back({area, entry});
  if (missing == 1) return true;
  for (int tries = 0; tries < kExitTries; ++tries) {
    std::vector<int> walls{0, 1, 2, 3};
    walls.erase(walls.begin() + wall);
    const int exit = rng.element(walls);
    const Point door = draw_exit(rng, exit, area);
    if (add_rooms(rng, rooms, missing - 1, max_size, (exit + 2) % 4, door)) break;
  }
  return true;
}

}  // namespace

void multi_room(World& world, int rooms, int max_size) {
  clear(world, kSize, kSize);
  world.max_steps = 20 * rooms;
  world.see_through_walls = false;
  world.mission = "traverse the rooms to get to the goal";
  std::vector<Chamber> chain;
  while (static_cast<int>(chain.size()) < rooms) {
    const int x = world.rng.integers(0, kSize - 2);
    const Point entry{x, world.rng.integers(0, kSize - 2)};
    std::vector<Chamber> attempt;
    add_rooms(world.rng, attempt, rooms, max_size, 2, entry);
    if (attempt.size() > chain.size()) chain = std::move(attempt);
  }
  std::vector<Color> colors(kColors.begin(), kColors.end());  // all but the last door's
  for (const Chamber& room : chain) {
    wall_around(world, room.area);
    if (&room == &chain.front()) continue;
    const Color color = world.rng.element(colors);
    world.at(room.entry) = {Kind::kDoor, color, kClosed};
    colors.assign(kColors.begin(), kColors.end());
    std::erase(colors, color);
  }
  place_agent(world, chain.front().area);
  place_object(world, kGoalCell, chain.back().area);
}

}  // namespace flowscope::minigrid
