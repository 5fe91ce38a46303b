// Levels whose instruction is to pick something up.
#include "envs/minigrid/babyai/babyai_levels.h"
#include "envs/minigrid/babyai/mission.h"

namespace flowscope::minigrid {
namespace {

void pick_up_in_maze(World& world) {
  build(world, {}, [](World& w, RoomGrid& rooms) {
    place_agent_in_room(w, rooms);
    connect_all(w, rooms);
    const auto objects = add_distractors(w, rooms, 18, false);
    require_reachable(w);
    return pick_up(look(w.rng.element(objects).object));
  });
}

/// Some object, often not the one asked for, cannot be reached without moving another away.
void unblock_and_pick_up(World& world) {
  build(world, {}, [](World& w, RoomGrid& rooms) {
    place_agent_in_room(w, rooms);
    connect_all(w, rooms);
    const auto objects = add_distractors(w, rooms, 20, false);
    if (all_objects_reachable(w)) reject("nothing needs to be moved away");
    return pick_up(look(w.rng.element(objects).object));
  });
}

/// One of five, told by its kind, its colour or both.
void pick_up_described(World& world, bool strict) {
  build(world, one_room(7), [=](World& w, RoomGrid& rooms) {
    const auto objects = add_distractors(w, rooms, 5, true);
    place_agent_in_room(w, rooms, 0, 0);
    Description object = look(w.rng.element(objects).object);
    enum { kByKind, kByColor, kByBoth };
    const int told = w.rng.integers(0, 3);
    if (told == kByColor) object.kind.reset();
    if (told == kByKind) object.color.reset();
    return pick_up(object, strict);
  });
}

void pick_up_above(World& world) {
  build(world, {6, 3, 3, 8 * 6 * 6}, [](World& w, RoomGrid& rooms) {
    const Cell object = add_object(w, rooms, 1, 0).object;
    add_door(w, rooms, 1, 1, kNorth, {}, false);
    place_agent_in_room(w, rooms, 1, 1);
    connect_all(w, rooms);
    return pick_up(look(object));
  });
}

/// A box behind a locked door. The limit on steps is by size: BabyAI's own constant, 288, is only
/// looked at where another one was given.
void unlock_and_pick_up(World& world, int things) {
  build(world, {6, 2, 1}, [=](World& w, RoomGrid& rooms) {
    const Cell box = add_object(w, rooms, 1, 0, Kind::kBox).object;
    const Cell door = add_door(w, rooms, 0, 0, kEast, {}, true).object;
    add_object(w, rooms, 0, 0, Kind::kKey, door.color);
    add_distractors(w, rooms, things, true);
    place_agent_in_room(w, rooms, 0, 0);
    return pick_up(look(box));
  });
}

/// The same with a ball in front of the door.
void unblock_unlock_and_pick_up(World& world) {
  build(world, {6, 2, 1, 16 * 6 * 6}, [](World& w, RoomGrid& rooms) {
    add_object(w, rooms, 1, 0, Kind::kBox);
    const auto [door, position] = add_door(w, rooms, 0, 0, kEast, {}, true);
    w.at(position + kSteps[kWest]) = new_object(w, Kind::kBall, w.rng.element(kColors));
    add_object(w, rooms, 0, 0, Kind::kKey, door.color);
    place_agent_in_room(w, rooms, 0, 0);
    return pick_up({Kind::kBox});
  });
}

/// The key of the ball's room lies behind another locked door.
void unlock_to_unlock(World& world) {
  build(world, {6, 3, 1, 30 * 6 * 6}, [](World& w, RoomGrid& rooms) {
    const auto colors = w.rng.subset(kColors, 2);
    add_door(w, rooms, 0, 0, kEast, colors[0], true);
    add_object(w, rooms, 2, 0, Kind::kKey, colors[0]);
    add_door(w, rooms, 1, 0, kEast, colors[1], true);
    add_object(w, rooms, 1, 0, Kind::kKey, colors[1]);
    add_object(w, rooms, 0, 0, Kind::kBall);
    place_agent_in_room(w, rooms, 1, 0);
    return pick_up({Kind::kBall});
  });
}

/// Go to something, open it or pick it up, as befits it.
void act_on_object_or_door(World& world) {
  build(world, {.room_size = 7}, [](World& w, RoomGrid& rooms) {
    auto objects = add_distractors(w, rooms, 5, true, 1, 1);
    for (int i = 0; i < 4; ++i) objects.push_back(add_door(w, rooms, 1, 1, {}, {}, false));
    place_agent_in_room(w, rooms, 1, 1);
    const Cell object = w.rng.element(objects).object;
    if (w.rng.coin()) return go_to(look(object));
    return object.kind == Kind::kDoor ? open(look(object)) : pick_up(look(object));
  });
}

void find_object_in_maze(World& world, int size) {
  build(world, {size, 3, 3, 20 * size * size}, [](World& w, RoomGrid& rooms) {
    const int i = w.rng.integers(0, rooms.rows);
    const int j = w.rng.integers(0, rooms.columns);
    const Cell object = add_object(w, rooms, i, j).object;
    place_agent_in_room(w, rooms, 1, 1);
    connect_all(w, rooms);
    return pick_up({object.kind});
  });
}

/// A ball in a locked room to the right of a hallway, the key in a room to its left.
void key_corridor(World& world, int size, int rows) {
  build(world, {size, 3, rows, 30 * size * size}, [](World& w, RoomGrid& rooms) {
    for (int j = 1; j < rooms.rows; ++j) remove_wall(w, rooms, 1, j, kNorth);
    const int locked = w.rng.integers(0, rooms.rows);
    const Cell door = add_door(w, rooms, 2, locked, kWest, {}, true).object;
    add_object(w, rooms, 2, locked, Kind::kBall);
    add_object(w, rooms, 0, w.rng.integers(0, rooms.rows), Kind::kKey, door.color);
    place_agent_in_room(w, rooms, 1, rooms.rows / 2);
    connect_all(w, rooms);
    return pick_up({Kind::kBall});
  });
}

void pick_up_only_ball(World& world, int size) {
  build(world, one_room(size), [](World& w, RoomGrid& rooms) {
    add_object(w, rooms, 0, 0, Kind::kBall);
    place_agent_in_room(w, rooms);
    return pick_up({Kind::kBall});
  });
}

}  // namespace

std::span<const Level> babyai_pick_up_levels() {
  static const std::vector<Level> table{
      {"BabyAI-Pickup-v0", pick_up_in_maze, play},
      {"BabyAI-UnblockPickup-v0", unblock_and_pick_up, play},
      {"BabyAI-PickupDist-v0", [](World& w) { pick_up_described(w, false); }, play},
      {"BabyAI-PickupDistDebug-v0", [](World& w) { pick_up_described(w, true); }, play},
      {"BabyAI-PickupAbove-v0", pick_up_above, play},
      {"BabyAI-UnlockPickup-v0", [](World& w) { unlock_and_pick_up(w, 0); }, play},
      {"BabyAI-UnlockPickupDist-v0", [](World& w) { unlock_and_pick_up(w, 4); }, play},
      {"BabyAI-BlockedUnlockPickup-v0", unblock_unlock_and_pick_up, play},
      {"BabyAI-UnlockToUnlock-v0", unlock_to_unlock, play},
      {"BabyAI-ActionObjDoor-v0", act_on_object_or_door, play},
      {"BabyAI-FindObjS5-v0", [](World& w) { find_object_in_maze(w, 5); }, play},
      {"BabyAI-FindObjS6-v0", [](World& w) { find_object_in_maze(w, 6); }, play},
      {"BabyAI-FindObjS7-v0", [](World& w) { find_object_in_maze(w, 7); }, play},
      {"BabyAI-KeyCorridor-v0", [](World& w) { key_corridor(w, 6, 3); }, play},
      {"BabyAI-KeyCorridorS3R1-v0", [](World& w) { key_corridor(w, 3, 1); }, play},
      {"BabyAI-KeyCorridorS3R2-v0", [](World& w) { key_corridor(w, 3, 2); }, play},
      {"BabyAI-KeyCorridorS3R3-v0", [](World& w) { key_corridor(w, 3, 3); }, play},
      {"BabyAI-KeyCorridorS4R3-v0", [](World& w) { key_corridor(w, 4, 3); }, play},
      {"BabyAI-KeyCorridorS5R3-v0", [](World& w) { key_corridor(w, 5, 3); }, play},
      {"BabyAI-KeyCorridorS6R3-v0", [](World& w) { key_corridor(w, 6, 3); }, play},
      {"BabyAI-OneRoomS8-v0", [](World& w) { pick_up_only_ball(w, 8); }, play},
      {"BabyAI-OneRoomS12-v0", [](World& w) { pick_up_only_ball(w, 12); }, play},
      {"BabyAI-OneRoomS16-v0", [](World& w) { pick_up_only_ball(w, 16); }, play},
      {"BabyAI-OneRoomS20-v0", [](World& w) { pick_up_only_ball(w, 20); }, play},
  };
  return table;
}

}  // namespace flowscope::minigrid
