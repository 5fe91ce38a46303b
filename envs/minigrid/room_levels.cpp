// Levels in a grid of rooms: find the key, open the door, take what lies behind it.
#include "envs/minigrid/minigrid_levels.h"
#include "envs/minigrid/room_grid.h"

namespace flowscope::minigrid {
namespace {

RoomGrid start_rooms(World& world, int room_size, int columns, int rows, int max_steps) {
  RoomGrid grid = make_rooms(world, room_size, columns, rows);
  world.max_steps = max_steps;
  world.see_through_walls = false;
  return grid;
}

// --- pick up one object: the very one, not one that looks like it --------------------------------

/// The task is that object.
Outcome pick_up_rules(World& world, int action) {
  Outcome outcome = step_base(world, action);
  if (action == kPickup && world.carrying == std::any_cast<Cell>(world.task)) {
    succeed(world, outcome);
  }
  return outcome;
}

void ask_to_pick_up(World& world, Cell object) {
  world.task = object;
  world.mission = "pick up the " + look_of(object);
}

void unlock_pickup(World& world, bool blocked) {
  RoomGrid grid = start_rooms(world, 6, 2, 1, blocked ? 576 : 288);
  const Placed box = add_object(world, grid, 1, 0, Kind::kBox);
  const Placed door = add_door(world, grid, 0, 0, kEast, {}, true);
  if (blocked) {
    world.at(door.position - Point{1, 0}) =
        new_object(world, Kind::kBall, world.rng.element(kColors));
  }
  add_object(world, grid, 0, 0, Kind::kKey, door.object.color);
  place_agent_in_room(world, grid, 0, 0);
  ask_to_pick_up(world, box.object);
}

void key_corridor(World& world, int room_size, int rows) {
  RoomGrid grid = start_rooms(world, room_size, 3, rows, 30 * room_size * room_size);
  for (int j = 1; j < rows; ++j) remove_wall(world, grid, 1, j, kNorth);
  const int row = world.rng.integers(0, rows);
  const Placed door = add_door(world, grid, 2, row, kWest, {}, true);
  const Placed ball = add_object(world, grid, 2, row, Kind::kBall);
  add_object(world, grid, 0, world.rng.integers(0, rows), Kind::kKey, door.object.color);
  place_agent_in_room(world, grid, 1, rows / 2);
  connect_all(world, grid);
  ask_to_pick_up(world, ball.object);
}

// --- open one door -------------------------------------------------------------------------------

/// The task is the door's position.
Outcome unlock_rules(World& world, int action) {
  Outcome outcome = step_base(world, action);
  if (action == kToggle && is_open_door(world.at(std::any_cast<Point>(world.task)))) {
    succeed(world, outcome);
  }
  return outcome;
}

void unlock(World& world) {
  RoomGrid grid = start_rooms(world, 6, 2, 1, 288);
  const Placed door = add_door(world, grid, 0, 0, kEast, {}, true);
  add_object(world, grid, 0, 0, Kind::kKey, door.object.color);
  place_agent_in_room(world, grid, 0, 0);
  world.task = door.position;
  world.mission = "open the door";
}

// --- obstructed mazes: keys in boxes, balls before doors -----------------------------------------

struct Obstruction {
  bool key_in_box = false, blocked = false;
};

/// The key of a door, in a box if it is to be hidden, somewhere in a room.
void add_key(World& world, RoomGrid& grid, int i, int j, Color color, bool in_box) {
  Cell object = new_object(world, Kind::kKey, color);
  if (in_box) {
    const Cell box = new_object(world, Kind::kBox, Color::kGrey);
    world.contents[box.id] = object;
    object = box;
  }
  place_in_room(world, grid, i, j, object);
}

/// A locked door; the ball before it takes the place of whatever lies there.
void add_locked_door(World& world, RoomGrid& grid, int i, int j, Side side, Color color,
                     bool blocked) {
  const Placed door = add_door(world, grid, i, j, side, color, true);
  if (blocked) {
    world.at(door.position - kSteps[side]) = new_object(world, Kind::kBall, Color::kGreen);
  }
}

void obstructed_door(World& world, Obstruction how) {
  RoomGrid grid = start_rooms(world, 6, 2, 1, 4 * 2 * 36);
  const Color color = world.rng.subset(kColors, 6)[0];
  add_locked_door(world, grid, 0, 0, kEast, color, how.blocked);
  add_key(world, grid, 0, 0, color, how.key_in_box);
  const Placed ball = add_object(world, grid, 1, 0, Kind::kBall, Color::kBlue);
  place_agent_in_room(world, grid, 0, 0);
  ask_to_pick_up(world, ball.object);
}

/// Both doors from the side room behind wall `side` of the middle to the corners, and their keys.
/// In version 0 a ball may take the place of the first key; version 1 hides the keys when both
/// balls lie.
void obstruct_side_room(World& world, RoomGrid& grid, int side, std::span<const Color> colors,
                        Obstruction how, int version) {
  const Point room = Point{1, 1} + kSteps[static_cast<std::size_t>(side)];
  const auto color_of = [&](int turn) {
    return colors[static_cast<std::size_t>((side + turn + 6) % 6)];
  };
  for (const int turn : {-1, 1}) {
    const auto wall = static_cast<Side>((side + turn + 4) % 4);
    add_locked_door(world, grid, room.x, room.y, wall, color_of(turn), how.blocked);
    if (version == 0) add_key(world, grid, room.x, room.y, color_of(turn), how.key_in_box);
  }
  if (version == 0) return;
  for (const int turn : {-1, 1}) {
    add_key(world, grid, room.x, room.y, color_of(turn), how.key_in_box);
  }
}

struct Maze {
  Point agent_room;
  int quarters;       // side rooms and corners in use
  int rooms_visited;  // by the longest way there may be
  Obstruction how = {true, true};
  int version = 0;
};

void obstructed_maze(World& world, const Maze& maze) {
  RoomGrid grid = start_rooms(world, 6, 3, 3, 4 * maze.rooms_visited * 36);
  const std::vector<Color> colors = world.rng.subset(kColors, 6);
  for (int side = 0; side < maze.quarters; ++side) {
    add_door(world, grid, 1, 1, static_cast<Side>(side), colors[static_cast<std::size_t>(side)],
             false);
    obstruct_side_room(world, grid, side, colors, maze.how, maze.version);
  }
  constexpr std::array kCorners{Point{2, 0}, Point{2, 2}, Point{0, 2}, Point{0, 0}};
  const Point corner = kCorners[static_cast<std::size_t>(world.rng.integers(0, maze.quarters))];
  const Placed ball = add_object(world, grid, corner.x, corner.y, Kind::kBall, Color::kBlue);
  place_agent_in_room(world, grid, maze.agent_room.x, maze.agent_room.y);
  ask_to_pick_up(world, ball.object);
}

constexpr Point kMiddle{1, 1}, kEastRoom{2, 1};

}  // namespace

std::span<const Level> room_levels() {
  static const std::vector<Level> table{
      {"MiniGrid-Unlock-v0", unlock, unlock_rules},
      {"MiniGrid-UnlockPickup-v0", [](World& w) { unlock_pickup(w, false); }, pick_up_rules},
      {"MiniGrid-BlockedUnlockPickup-v0", [](World& w) { unlock_pickup(w, true); }, pick_up_rules},
      {"MiniGrid-KeyCorridorS3R1-v0", [](World& w) { key_corridor(w, 3, 1); }, pick_up_rules},
      {"MiniGrid-KeyCorridorS3R2-v0", [](World& w) { key_corridor(w, 3, 2); }, pick_up_rules},
      {"MiniGrid-KeyCorridorS3R3-v0", [](World& w) { key_corridor(w, 3, 3); }, pick_up_rules},
      {"MiniGrid-KeyCorridorS4R3-v0", [](World& w) { key_corridor(w, 4, 3); }, pick_up_rules},
      {"MiniGrid-KeyCorridorS5R3-v0", [](World& w) { key_corridor(w, 5, 3); }, pick_up_rules},
      {"MiniGrid-KeyCorridorS6R3-v0", [](World& w) { key_corridor(w, 6, 3); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-1Dl-v0",
       [](World& w) { obstructed_door(w, {false, false}); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-1Dlh-v0",
       [](World& w) { obstructed_door(w, {true, false}); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-1Dlhb-v0",
       [](World& w) { obstructed_door(w, {true, true}); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-2Dl-v0",
       [](World& w) { obstructed_maze(w, {kEastRoom, 1, 4, {false, false}}); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-2Dlh-v0",
       [](World& w) { obstructed_maze(w, {kEastRoom, 1, 4, {true, false}}); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-2Dlhb-v0",
       [](World& w) { obstructed_maze(w, {kEastRoom, 1, 4}); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-2Dlhb-v1",
       [](World& w) { obstructed_maze(w, {kEastRoom, 1, 4, {true, true}, 1}); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-1Q-v0",
       [](World& w) { obstructed_maze(w, {kMiddle, 1, 5}); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-1Q-v1",
       [](World& w) { obstructed_maze(w, {kMiddle, 1, 5, {true, true}, 1}); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-2Q-v0",
       [](World& w) { obstructed_maze(w, {kEastRoom, 2, 11}); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-2Q-v1",
       [](World& w) { obstructed_maze(w, {kEastRoom, 2, 11, {true, true}, 1}); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-Full-v0",
       [](World& w) { obstructed_maze(w, {kMiddle, 4, 25}); }, pick_up_rules},
      {"MiniGrid-ObstructedMaze-Full-v1",
       [](World& w) { obstructed_maze(w, {kMiddle, 4, 25, {true, true}, 1}); }, pick_up_rules},
  };
  return table;
}

}  // namespace flowscope::minigrid
