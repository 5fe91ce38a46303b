// Levels whose instruction is to go to something.
#include <algorithm>

#include "envs/minigrid/babyai/babyai_levels.h"
#include "envs/minigrid/babyai/mission.h"

namespace flowscope::minigrid {
namespace {

/// A red ball among others, which can be made grey so that its colour alone tells it apart.
void go_to_red_ball(World& world, int things, bool grey) {
  build(world, one_room(8), [=](World& w, RoomGrid& rooms) {
    place_agent_in_room(w, rooms);
    const Cell ball = add_object(w, rooms, 0, 0, Kind::kBall, Color::kRed).object;
    for (const Placed& thing : add_distractors(w, rooms, things, false)) {
      if (grey) w.at(thing.position).color = Color::kGrey;
    }
    require_reachable(w);
    return go_to(look(ball));
  });
}

void go_to_only_object(World& world, int size) {
  build(world, one_room(size), [](World& w, RoomGrid& rooms) {
    place_agent_in_room(w, rooms);
    return go_to(look(add_distractors(w, rooms, 1, true).front().object));
  });
}

void go_to_local(World& world, int size, int things) {
  build(world, one_room(size), [=](World& w, RoomGrid& rooms) {
    place_agent_in_room(w, rooms);
    const auto objects = add_distractors(w, rooms, things, false);
    require_reachable(w);
    return go_to(look(w.rng.element(objects).object));
  });
}

void go_to_red_or_blue_ball(World& world) {
  build(world, one_room(8), [](World& w, RoomGrid& rooms) {
    place_agent_in_room(w, rooms);
    for (const auto& [thing, position] : add_distractors(w, rooms, 7, false)) {
      const bool red_or_blue = thing.color == Color::kRed || thing.color == Color::kBlue;
      if (thing.kind == Kind::kBall && red_or_blue) reject("only one ball may be red or blue");
    }
    const Color color = w.rng.element(std::array{Color::kRed, Color::kBlue});
    const Cell ball = add_object(w, rooms, 0, 0, Kind::kBall, color).object;
    require_reachable(w);
    return go_to(look(ball));
  });
}

void open_all_doors(World& world) {
  for (Cell& cell : world.cells) {
    if (cell.kind == Kind::kDoor) cell.state = kOpen;
  }
}

void go_to_in_maze(World& world, const Shape& shape, int things, bool doors_open) {
  build(world, shape, [=](World& w, RoomGrid& rooms) {
    place_agent_in_room(w, rooms);
    connect_all(w, rooms);
    const auto objects = add_distractors(w, rooms, things, false);
    require_reachable(w);
    const Cell object = w.rng.element(objects).object;
    if (doors_open) open_all_doors(w);
    return go_to(look(object));
  });
}

/// The object lies in a room that must be unlocked first, which the instruction does not mention.
void go_to_behind_locked_door(World& world) {
  build(world, {}, [](World& w, RoomGrid& rooms) {
    const LockedDoor locked = add_locked_door_and_key(w, rooms);
    connect_all(w, rooms);
    add_things_and_agent(w, rooms, locked, 2);
    const auto things = add_distractors(w, rooms, 1, false, locked.column, locked.row);
    return go_to(look(things.front().object));
  });
}

void go_to_door(World& world) {
  build(world, {.room_size = 7}, [](World& w, RoomGrid& rooms) {
    std::vector<Placed> doors;
    for (int i = 0; i < 4; ++i) doors.push_back(add_door(w, rooms, 1, 1));
    place_agent_in_room(w, rooms, 1, 1);
    return go_to(look(w.rng.element(doors).object));
  });
}

void go_to_object_or_door(World& world) {
  build(world, {}, [](World& w, RoomGrid& rooms) {
    place_agent_in_room(w, rooms, 1, 1);
    auto objects = add_distractors(w, rooms, 8, false, 1, 1);
    for (int i = 0; i < 4; ++i) objects.push_back(add_door(w, rooms, 1, 1));
    require_reachable(w);
    return go_to(look(w.rng.element(objects).object));
  });
}

}  // namespace

std::span<const Level> babyai_go_to_levels() {
  static const std::vector<Level> table{
      {"BabyAI-GoToRedBallGrey-v0", [](World& w) { go_to_red_ball(w, 7, true); }, play},
      {"BabyAI-GoToRedBall-v0", [](World& w) { go_to_red_ball(w, 7, false); }, play},
      {"BabyAI-GoToRedBallNoDists-v0", [](World& w) { go_to_red_ball(w, 0, false); }, play},
      {"BabyAI-GoToObj-v0", [](World& w) { go_to_only_object(w, 8); }, play},
      {"BabyAI-GoToObjS4-v0", [](World& w) { go_to_only_object(w, 4); }, play},
      {"BabyAI-GoToObjS6-v1", [](World& w) { go_to_only_object(w, 6); }, play},
      {"BabyAI-GoToLocal-v0", [](World& w) { go_to_local(w, 8, 8); }, play},
      {"BabyAI-GoToLocalS5N2-v0", [](World& w) { go_to_local(w, 5, 2); }, play},
      {"BabyAI-GoToLocalS6N2-v0", [](World& w) { go_to_local(w, 6, 2); }, play},
      {"BabyAI-GoToLocalS6N3-v0", [](World& w) { go_to_local(w, 6, 3); }, play},
      {"BabyAI-GoToLocalS6N4-v0", [](World& w) { go_to_local(w, 6, 4); }, play},
      {"BabyAI-GoToLocalS7N4-v0", [](World& w) { go_to_local(w, 7, 4); }, play},
      {"BabyAI-GoToLocalS7N5-v0", [](World& w) { go_to_local(w, 7, 5); }, play},
      {"BabyAI-GoToLocalS8N2-v0", [](World& w) { go_to_local(w, 8, 2); }, play},
      {"BabyAI-GoToLocalS8N3-v0", [](World& w) { go_to_local(w, 8, 3); }, play},
      {"BabyAI-GoToLocalS8N4-v0", [](World& w) { go_to_local(w, 8, 4); }, play},
      {"BabyAI-GoToLocalS8N5-v0", [](World& w) { go_to_local(w, 8, 5); }, play},
      {"BabyAI-GoToLocalS8N6-v0", [](World& w) { go_to_local(w, 8, 6); }, play},
      {"BabyAI-GoToLocalS8N7-v0", [](World& w) { go_to_local(w, 8, 7); }, play},
      {"BabyAI-GoTo-v0", [](World& w) { go_to_in_maze(w, {}, 18, false); }, play},
      {"BabyAI-GoToOpen-v0", [](World& w) { go_to_in_maze(w, {}, 18, true); }, play},
      {"BabyAI-GoToObjMaze-v0", [](World& w) { go_to_in_maze(w, {}, 1, false); }, play},
      {"BabyAI-GoToObjMazeOpen-v0", [](World& w) { go_to_in_maze(w, {}, 1, true); }, play},
      {"BabyAI-GoToObjMazeS4R2-v0",
       [](World& w) {
         go_to_in_maze(w, {4, 2, 2}, 1, false);
       },
       play},
      {"BabyAI-GoToObjMazeS4-v0", [](World& w) { go_to_in_maze(w, {4}, 1, false); }, play},
      {"BabyAI-GoToObjMazeS5-v0", [](World& w) { go_to_in_maze(w, {5}, 1, false); }, play},
      {"BabyAI-GoToObjMazeS6-v0", [](World& w) { go_to_in_maze(w, {6}, 1, false); }, play},
      {"BabyAI-GoToObjMazeS7-v0", [](World& w) { go_to_in_maze(w, {7}, 1, false); }, play},
      {"BabyAI-GoToImpUnlock-v0", go_to_behind_locked_door, play},
      {"BabyAI-GoToRedBlueBall-v0", go_to_red_or_blue_ball, play},
      {"BabyAI-GoToDoor-v0", go_to_door, play},
      {"BabyAI-GoToObjDoor-v0", go_to_object_or_door, play},
  };
  return table;
}

}  // namespace flowscope::minigrid
