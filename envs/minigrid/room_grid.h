// Worlds made of equal square rooms side by side, neighbours sharing a wall: what Minigrid's
// multi-room tasks and all of BabyAI are built from. Every function draws in Minigrid's order.
#pragma once

#include <span>
#include <vector>

#include "envs/minigrid/world.h"

namespace flowscope::minigrid {

enum Side { kEast, kSouth, kWest, kNorth };  // the walls of a room, in the order of directions
inline Side opposite(Side side) { return static_cast<Side>((side + 2) % 4); }

/// One room. What it knows of doors and objects is what was put there while building.
struct Room {
  enum class Passage : std::uint8_t { kNone, kDoor, kGap };  // a gap: the wall was removed

  Area area;                           // walls included
  std::array<bool, 4> neighbor{};      // whether there is a room behind the wall
  std::array<Point, 4> door_position;  // where a door would be, drawn once
  std::array<Passage, 4> passage{};
  std::array<Cell, 4> door;            // as it was put there; kEmpty without one
  bool locked = false;                 // the last door added from this side was locked
  std::vector<Cell> objects;           // put there by place_in_room, in that order

  bool has_door(int side) const {
    return passage[static_cast<std::size_t>(side)] != Passage::kNone;
  }
};

/// An object and where it was put.
struct Placed {
  Cell object;
  Point position;
};

struct RoomGrid {
  int room_size = 0, columns = 0, rows = 0;
  std::vector<Room> rooms;  // [rows, columns]

  Room& room(int i, int j) { return rooms[static_cast<std::size_t>(j * columns + i)]; }
  const Room& room(int i, int j) const { return rooms[static_cast<std::size_t>(j * columns + i)]; }
  Room& room_at(Point p) { return room(p.x / (room_size - 1), p.y / (room_size - 1)); }
  const Room& room_at(Point p) const { return room(p.x / (room_size - 1), p.y / (room_size - 1)); }
  Room& neighbor(int i, int j, int side);
};

/// Clears the world and builds the walls. The agent stands in the centre, facing right, until it is
/// placed: objects keep away from there.
RoomGrid make_rooms(World& world, int room_size, int columns, int rows);

/// Puts an object into room (i, j), not beside the agent.
Placed place_in_room(World& world, RoomGrid& grid, int i, int j, Cell object);

/// Puts a new object there; what is not given is drawn, the kind first.
Placed add_object(World& world, RoomGrid& grid, int i, int j, std::optional<Kind> kind = {},
                  std::optional<Color> color = {});

/// Puts a door into a wall of room (i, j); what is not given is drawn: a wall with a room behind it
/// and no door, a colour, whether it is locked.
Placed add_door(World& world, RoomGrid& grid, int i, int j, std::optional<Side> side = {},
                std::optional<Color> color = {}, std::optional<bool> locked = {});

/// Opens the whole wall between a room and its neighbour.
void remove_wall(World& world, RoomGrid& grid, int i, int j, Side side);

/// Puts the agent into room (i, j), drawn if not given, not right in front of an object.
void place_agent_in_room(World& world, const RoomGrid& grid, std::optional<int> i = {},
                         std::optional<int> j = {});

/// Adds unlocked doors until every room can be reached from the agent's; locked rooms get none.
/// Throws PlacementError after 5,001 rounds.
std::vector<Placed> connect_all(World& world, RoomGrid& grid,
                                std::span<const Color> colors = kColors);

/// Adds `count` things of random look, the colour drawn first, into room (i, j), drawn each time if
/// not given. `unique`: none looks like another thing in the rooms.
std::vector<Placed> add_distractors(World& world, RoomGrid& grid, int count, bool unique,
                                    std::optional<int> i = {}, std::optional<int> j = {});

/// Whether every object can be touched from where the agent stands, through doors of any state but
/// not through objects.
bool all_objects_reachable(const World& world);

}  // namespace flowscope::minigrid
