// Levels without rules of their own: walk to the green square.
#include <algorithm>

#include "envs/minigrid/minigrid_levels.h"
#include "envs/minigrid/multi_room.h"

namespace flowscope::minigrid {
namespace {

constexpr const char* kReachGoal = "get to the green goal square";
constexpr const char* kAvoidLava = "avoid the lava and get to the green goal square";
constexpr const char* kFindOpening = "find the opening and get to the green goal square";

void empty(World& world, int size, bool random_start) {
  start_walled(world, size, size, 4 * size * size, kReachGoal);
  world.see_through_walls = true;
  world.at(far_corner(world)) = kGoalCell;
  if (random_start) {
    place_agent(world, world.area());
  } else {
    put_agent(world, {1, 1});
  }
}

/// Two strips of lava, the second one in a row that training and test levels differ in.
void shifted_lava(World& world, int second_row) {
  start_walled(world, 9, 7, 252, kReachGoal);
  world.see_through_walls = true;
  put_agent(world, {1, 1});
  world.at({7, 1}) = kGoalCell;
  for (const int row : {1, second_row}) horizontal_wall(world, {3, row}, 3, kLavaCell);
}

void door_key(World& world, int size) {
  start_walled(world, size, size, 10 * size * size,
               "use the key to open the door and then get to the goal");
  world.at(far_corner(world)) = kGoalCell;
  const int split = world.rng.integers(2, size - 2);
  vertical_wall(world, {split, 0}, size);
  const Area left{{0, 0}, split, size};
  place_agent(world, left);
  world.at({split, world.rng.integers(1, size - 2)}) = {Kind::kDoor, Color::kYellow, kLocked};
  place_object(world, new_object(world, Kind::kKey, Color::kYellow), left);
}

void lava_gap(World& world, int size) {
  start_walled(world, size, size, 4 * size * size, kAvoidLava);
  put_agent(world, {1, 1});
  world.at(far_corner(world)) = kGoalCell;
  const int x = world.rng.integers(2, size - 2);
  const int y = world.rng.integers(1, size - 1);
  vertical_wall(world, {x, 1}, size - 2, kLavaCell);
  world.at({x, y}) = kEmptyCell;
}

/// The rivers of one direction, and the walls beside the first and the last as bounds.
std::vector<int> bounded(std::vector<int> rivers, int size) {
  std::ranges::sort(rivers);
  rivers.insert(rivers.begin(), 0);
  rivers.push_back(size - 1);
  return rivers;
}

/// Opens one cell in every river, along a random order of crossing them from corner to corner.
void open_rivers(World& world, const std::vector<int>& columns, const std::vector<int>& rows) {
  enum class Go : std::uint8_t { kEast, kSouth };
  std::vector<Go> path(columns.size() - 2, Go::kEast);
  path.resize(columns.size() + rows.size() - 4, Go::kSouth);
  world.rng.shuffle(path);
  std::size_t i = 0, j = 0;  // the field between rivers that the path has reached
  for (const Go go : path) {
    Point gap;
    if (go == Go::kEast) {
      gap = {columns[i + 1], rows[j] + 1 + world.rng.integers(0, rows[j + 1] - rows[j] - 1)};
      ++i;
    } else {
      gap.x = columns[i] + 1 + world.rng.integers(0, columns[i + 1] - columns[i] - 1);
      gap.y = rows[++j];
    }
    world.at(gap) = kEmptyCell;
  }
}

void crossing(World& world, int size, int count, Cell river) {
  start_walled(world, size, size, 4 * size * size,
               river == kLavaCell ? kAvoidLava : kFindOpening);
  put_agent(world, {1, 1});
  world.at(far_corner(world)) = kGoalCell;
  struct River {
    bool vertical;
    int at;
  };
  std::vector<River> rivers;
  for (const bool vertical : {true, false}) {
    for (int at = 2; at < size - 2; at += 2) rivers.push_back({vertical, at});
  }
  world.rng.shuffle(rivers);
  rivers.resize(static_cast<std::size_t>(count));
  std::vector<int> columns, rows;
  for (const River r : rivers) (r.vertical ? columns : rows).push_back(r.at);
  for (const int y : rows) horizontal_wall(world, {1, y}, size - 2, river);
  for (const int x : columns) vertical_wall(world, {x, 1}, size - 2, river);
  open_rivers(world, bounded(columns, size), bounded(rows, size));
}

void four_rooms(World& world) {
  constexpr int kRoom = 9;
  start_walled(world, 2 * kRoom + 1, 2 * kRoom + 1, 100, "reach the goal");
  for (const int top : {0, kRoom}) {
    for (const int left : {0, kRoom}) {
      if (left == 0) {
        vertical_wall(world, {kRoom, top}, kRoom);
        world.at({kRoom, world.rng.integers(top + 1, top + kRoom)}) = kEmptyCell;
      }
      if (top == 0) {
        horizontal_wall(world, {left, kRoom}, kRoom);
        world.at({world.rng.integers(left + 1, left + kRoom), kRoom}) = kEmptyCell;
      }
    }
  }
  place_agent(world, world.area());
  place_object(world, kGoalCell, world.area());
}

Point random_cell(Rng& rng, Area room) {
  const int x = rng.integers(room.top.x + 1, room.top.x + room.width - 1);
  return {x, rng.integers(room.top.y + 1, room.top.y + room.height - 1)};
}

/// Three rooms to either side of a hallway, one of them locked.
void locked_room(World& world) {
  constexpr int kLeft = 7, kRight = 11, kHeight = 6;
  start_walled(world, 19, 19, 190, "");
  struct Chamber {
    Area area;
    Point door;
  };
  std::vector<Chamber> rooms;
  for (const int x : {kLeft, kRight}) vertical_wall(world, {x, 0}, world.height);
  for (int top = 0; top < 3 * kHeight; top += kHeight) {
    horizontal_wall(world, {0, top}, kLeft);
    horizontal_wall(world, {kRight, top}, world.width - kRight);
    rooms.push_back({{{0, top}, kLeft + 1, kHeight + 1}, {kLeft, top + 3}});
    rooms.push_back({{{kRight, top}, kLeft + 1, kHeight + 1}, {kRight, top + 3}});
  }
  const auto count = static_cast<int>(rooms.size());
  const auto locked = static_cast<std::size_t>(world.rng.integers(0, count));
  world.at(random_cell(world.rng, rooms[locked].area)) = kGoalCell;
  const std::vector<Color> colors = world.rng.subset(kColors, count);
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    world.at(rooms[i].door) = {Kind::kDoor, colors[i], i == locked ? kLocked : kClosed};
  }
  std::size_t key = locked;
  while (key == locked) key = static_cast<std::size_t>(world.rng.integers(0, count));
  world.at(random_cell(world.rng, rooms[key].area)) =
      new_object(world, Kind::kKey, colors[locked]);
  place_agent(world, {{kLeft, 0}, kRight - kLeft, world.height});
  const std::string lock = name_of(colors[locked]);
  world.mission = "get the " + lock + " key from the " + name_of(colors[key]) +
                  " room, unlock the " + lock + " door and go to the goal";
}

/// Nine rooms with doors and things, and nothing to do.
void playground(World& world) {
  constexpr int kRoom = 6, kRooms = 3;
  start_walled(world, kRooms * kRoom + 1, kRooms * kRoom + 1, 100, "");
  const auto put_door = [&](Point at) {
    world.at(at) = {Kind::kDoor, world.rng.element(kColors), kClosed};
  };
  for (int top = 0; top < kRooms * kRoom; top += kRoom) {
    for (int left = 0; left < kRooms * kRoom; left += kRoom) {
      const int right = left + kRoom, bottom = top + kRoom;
      if (right < world.width - 1) {
        vertical_wall(world, {right, top}, kRoom);
        put_door({right, world.rng.integers(top + 1, bottom - 1)});
      }
      if (bottom < world.height - 1) {
        horizontal_wall(world, {left, bottom}, kRoom);
        put_door({world.rng.integers(left + 1, right - 1), bottom});
      }
    }
  }
  place_agent(world, world.area());
  for (int i = 0; i < 12; ++i) {
    const Kind kind = world.rng.element(kThings);
    place_object(world, new_object(world, kind, world.rng.element(kColors)), world.area());
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
      {"MiniGrid-FourRooms-v0", four_rooms},
      {"MiniGrid-DoorKey-5x5-v0", [](World& w) { door_key(w, 5); }},
      {"MiniGrid-DoorKey-6x6-v0", [](World& w) { door_key(w, 6); }},
      {"MiniGrid-DoorKey-8x8-v0", [](World& w) { door_key(w, 8); }},
      {"MiniGrid-DoorKey-16x16-v0", [](World& w) { door_key(w, 16); }},
      {"MiniGrid-MultiRoom-N2-S4-v0", [](World& w) { multi_room(w, 2, 4); }},
      {"MiniGrid-MultiRoom-N4-S5-v0", [](World& w) { multi_room(w, 6, 5); }},  // six, as upstream
      {"MiniGrid-MultiRoom-N4-S5-v1", [](World& w) { multi_room(w, 4, 5); }},
      {"MiniGrid-MultiRoom-N6-v0", [](World& w) { multi_room(w, 6, 10); }},
      {"MiniGrid-LockedRoom-v0", locked_room},
      {"MiniGrid-SimpleCrossingS9N1-v0", [](World& w) { crossing(w, 9, 1, kWallCell); }},
      {"MiniGrid-SimpleCrossingS9N2-v0", [](World& w) { crossing(w, 9, 2, kWallCell); }},
      {"MiniGrid-SimpleCrossingS9N3-v0", [](World& w) { crossing(w, 9, 3, kWallCell); }},
      {"MiniGrid-SimpleCrossingS11N5-v0", [](World& w) { crossing(w, 11, 5, kWallCell); }},
      {"MiniGrid-LavaGapS5-v0", [](World& w) { lava_gap(w, 5); }},
      {"MiniGrid-LavaGapS6-v0", [](World& w) { lava_gap(w, 6); }},
      {"MiniGrid-LavaGapS7-v0", [](World& w) { lava_gap(w, 7); }},
      {"MiniGrid-LavaCrossingS9N1-v0", [](World& w) { crossing(w, 9, 1, kLavaCell); }},
      {"MiniGrid-LavaCrossingS9N2-v0", [](World& w) { crossing(w, 9, 2, kLavaCell); }},
      {"MiniGrid-LavaCrossingS9N3-v0", [](World& w) { crossing(w, 9, 3, kLavaCell); }},
      {"MiniGrid-LavaCrossingS11N5-v0", [](World& w) { crossing(w, 11, 5, kLavaCell); }},
      {"MiniGrid-DistShift1-v0", [](World& w) { shifted_lava(w, 2); }},
      {"MiniGrid-DistShift2-v0", [](World& w) { shifted_lava(w, 5); }},
      {"MiniGrid-Playground-v0", playground},
  };
  return table;
}

}  // namespace flowscope::minigrid
