#include "envs/minigrid/room_grid.h"

#include <algorithm>

namespace flowscope::minigrid {
namespace {

constexpr int kRoomTries = 1000;
constexpr int kConnectRounds = 5000;

/// Draws where the doors to the east and to the south of room (i, j) would be, and tells the rooms
/// behind them.
void draw_door_positions(World& world, RoomGrid& grid, int i, int j) {
  Room& room = grid.room(i, j);
  const Point top = room.area.top;
  const int last = grid.room_size - 1;
  const auto share = [&](Side side, Point p) {
    Room& other = grid.neighbor(i, j, side);
    room.neighbor[side] = other.neighbor[opposite(side)] = true;
    room.door_position[side] = other.door_position[opposite(side)] = p;
  };
  if (i < grid.columns - 1) {
    share(kEast, {top.x + last, world.rng.integers(top.y + 1, top.y + last)});
  }
  if (j < grid.rows - 1) {
    share(kSouth, {world.rng.integers(top.x + 1, top.x + last), top.y + last});
  }
}

/// How many rooms can be reached from the agent's through doors and gaps.
int count_reachable(const World& world, const RoomGrid& grid) {
  std::vector<bool> reached(grid.rooms.size(), false);
  std::vector<Point> open{
      {world.agent.x / (grid.room_size - 1), world.agent.y / (grid.room_size - 1)}};
  int count = 0;
  while (!open.empty()) {
    const Point at = open.back();
    open.pop_back();
    const auto index = static_cast<std::size_t>(at.y * grid.columns + at.x);
    if (reached[index]) continue;
    reached[index] = true;
    ++count;
    for (std::size_t side = 0; side < 4; ++side) {
      if (grid.rooms[index].has_door(static_cast<int>(side))) open.push_back(at + kSteps[side]);
    }
  }
  return count;
}

}  // namespace

Room& RoomGrid::neighbor(int i, int j, int side) {
  const Point step = kSteps[static_cast<std::size_t>(side)];
  return room(i + step.x, j + step.y);
}

RoomGrid make_rooms(World& world, int room_size, int columns, int rows) {
  const int pitch = room_size - 1;
  clear(world, columns * pitch + 1, rows * pitch + 1);
  RoomGrid grid{room_size, columns, rows,
                std::vector<Room>(static_cast<std::size_t>(columns * rows))};
  for (int j = 0; j < rows; ++j) {
    for (int i = 0; i < columns; ++i) {
      grid.room(i, j).area = {{i * pitch, j * pitch}, room_size, room_size};
      wall_around(world, grid.room(i, j).area);
    }
  }
  for (int j = 0; j < rows; ++j) {
    for (int i = 0; i < columns; ++i) draw_door_positions(world, grid, i, j);
  }
  world.agent = {columns / 2 * pitch + room_size / 2, rows / 2 * pitch + room_size / 2};
  world.direction = 0;
  return grid;
}

Placed place_in_room(World& world, RoomGrid& grid, int i, int j, Cell object) {
  Room& room = grid.room(i, j);
  const Point p = place_object(world, object, room.area, kRoomTries, [&world](Point q) {
    return manhattan_distance(q, world.agent) < 2;
  });
  room.objects.push_back(object);
  return {object, p};
}

Placed add_object(World& world, RoomGrid& grid, int i, int j, std::optional<Kind> kind,
                  std::optional<Color> color) {
  if (!kind) kind = world.rng.element(kThings);
  if (!color) color = world.rng.element(kColors);
  return place_in_room(world, grid, i, j, new_object(world, *kind, *color));
}

Placed add_door(World& world, RoomGrid& grid, int i, int j, std::optional<Side> side,
                std::optional<Color> color, std::optional<bool> locked) {
  Room& room = grid.room(i, j);
  while (!side) {
    const auto drawn = static_cast<Side>(world.rng.integers(0, 4));
    if (room.neighbor[drawn] && !room.has_door(drawn)) side = drawn;
  }
  if (!color) color = world.rng.element(kColors);
  if (!locked) locked = world.rng.coin();
  room.locked = *locked;
  const Cell door = new_door(world, *color, *locked ? kLocked : kClosed);
  const Point p = room.door_position[*side];
  world.at(p) = door;
  Room& other = grid.neighbor(i, j, *side);
  room.passage[*side] = other.passage[opposite(*side)] = Room::Passage::kDoor;
  room.door[*side] = other.door[opposite(*side)] = door;
  return {door, p};
}

void remove_wall(World& world, RoomGrid& grid, int i, int j, Side side) {
  Room& room = grid.room(i, j);
  const Area area = room.area;
  const Point corner = side == kEast    ? Point{area.width - 1, 1}
                       : side == kSouth ? Point{1, area.height - 1}
                       : side == kWest  ? Point{0, 1}
                                        : Point{1, 0};
  if (side == kEast || side == kWest) {
    vertical_wall(world, area.top + corner, area.height - 2, kEmptyCell);
  } else {
    horizontal_wall(world, area.top + corner, area.width - 2, kEmptyCell);
  }
  Room& other = grid.neighbor(i, j, side);
  room.passage[side] = other.passage[opposite(side)] = Room::Passage::kGap;
}

void place_agent_in_room(World& world, const RoomGrid& grid, std::optional<int> i,
                         std::optional<int> j) {
  if (!i) i = world.rng.integers(0, grid.columns);
  if (!j) j = world.rng.integers(0, grid.rows);
  Kind front;
  do {
    place_agent(world, grid.room(*i, *j).area, kRoomTries);
    front = world.front_cell().kind;
  } while (front != Kind::kEmpty && front != Kind::kWall);
}

std::vector<Placed> connect_all(World& world, RoomGrid& grid, std::span<const Color> colors) {
  std::vector<Placed> doors;
  for (int round = 0; round <= kConnectRounds; ++round) {
    if (count_reachable(world, grid) == static_cast<int>(grid.rooms.size())) return doors;
    const int i = world.rng.integers(0, grid.columns);
    const int j = world.rng.integers(0, grid.rows);
    const auto side = static_cast<Side>(world.rng.integers(0, 4));
    const Room& room = grid.room(i, j);
    if (!room.neighbor[side] || room.has_door(side)) continue;
    if (room.locked || grid.neighbor(i, j, side).locked) continue;
    doors.push_back(add_door(world, grid, i, j, side, world.rng.element(colors), false));
  }
  throw PlacementError("the rooms could not be connected");
}

std::vector<Placed> add_distractors(World& world, RoomGrid& grid, int count, bool unique,
                                    std::optional<int> i, std::optional<int> j) {
  std::vector<Cell> present;
  for (const Room& room : grid.rooms) {
    present.insert(present.end(), room.objects.begin(), room.objects.end());
  }
  std::vector<Placed> added;
  while (static_cast<int>(added.size()) < count) {
    const Color color = world.rng.element(kColors);
    const Kind kind = world.rng.element(kThings);
    const auto alike = [&](Cell other) { return other.kind == kind && other.color == color; };
    if (unique && std::ranges::any_of(present, alike)) continue;
    const int column = i ? *i : world.rng.integers(0, grid.columns);
    const int row = j ? *j : world.rng.integers(0, grid.rows);
    added.push_back(add_object(world, grid, column, row, kind, color));
    present.push_back(added.back().object);
  }
  return added;
}

bool all_objects_reachable(const World& world) {
  std::vector<bool> touched(world.cells.size(), false);
  std::vector<Point> open{world.agent};
  while (!open.empty()) {
    const Point p = open.back();
    open.pop_back();
    if (!world.inside(p)) continue;
    const auto index = static_cast<std::size_t>(p.y * world.width + p.x);
    if (touched[index]) continue;
    touched[index] = true;
    const Kind kind = world.cells[index].kind;
    if (kind != Kind::kEmpty && kind != Kind::kDoor) continue;
    for (const Point step : kSteps) open.push_back(p + step);
  }
  for (std::size_t index = 0; index < touched.size(); ++index) {
    const Kind kind = world.cells[index].kind;
    if (kind != Kind::kEmpty && kind != Kind::kWall && !touched[index]) return false;
  }
  return true;
}

}  // namespace flowscope::minigrid
