// Levels whose instruction is to open doors.
#include <algorithm>

#include "envs/minigrid/babyai/babyai_levels.h"
#include "envs/minigrid/babyai/mission.h"

namespace flowscope::minigrid {
namespace {

constexpr int kTwoDoorsSteps = 20 * 6 * 6;  // in rooms of 6 x 6

/// Every door as often as a room has it: those between two rooms count twice.
std::vector<Cell> doors_by_room(const RoomGrid& rooms) {
  std::vector<Cell> doors;
  for (int i = 0; i < rooms.columns; ++i) {
    for (int j = 0; j < rooms.rows; ++j) {
      const Room& room = rooms.room(i, j);
      std::ranges::copy_if(room.door, std::back_inserter(doors),
                           [](Cell door) { return door.kind == Kind::kDoor; });
    }
  }
  return doors;
}

void open_in_maze(World& world) {
  build(world, {}, [](World& w, RoomGrid& rooms) {
    place_agent_in_room(w, rooms);
    connect_all(w, rooms);
    add_distractors(w, rooms, 18, false);
    require_reachable(w);
    return open(look(w.rng.element(doors_by_room(rooms))));
  });
}

void open_red_door(World& world) {
  build(world, {5, 2, 1}, [](World& w, RoomGrid& rooms) {
    const Cell door = add_door(w, rooms, 0, 0, kEast, Color::kRed, false).object;
    place_agent_in_room(w, rooms, 0, 0);
    return open(look(door));
  });
}

enum class Select { kByColor, kByPlace, kByEither };

/// Four doors around the agent.
void open_door(World& world, Select select, bool strict) {
  build(world, {}, [=](World& w, RoomGrid& rooms) {
    const auto colors = w.rng.subset(kColors, 4);
    for (const Side side : {kEast, kSouth, kWest, kNorth}) {
      add_door(w, rooms, 1, 1, side, colors[side], false);
    }
    const bool by_color = select == Select::kByEither ? w.rng.coin() : select == Select::kByColor;
    Description door{Kind::kDoor};
    if (by_color) {
      door.color = colors[0];
    } else {
      door.place = w.rng.element(kPlaces);
    }
    place_agent_in_room(w, rooms, 1, 1);
    return open(door, strict);
  });
}

/// One door to the west and one to the east, to be opened in that order.
void open_two_doors(World& world, std::optional<Color> first, std::optional<Color> second,
                    bool strict) {
  build(world, {6, 3, 3, kTwoDoorsSteps}, [=](World& w, RoomGrid& rooms) {
    const auto colors = w.rng.subset(kColors, 2);
    const Cell west = add_door(w, rooms, 1, 1, kWest, first.value_or(colors[0]), false).object;
    const Cell east = add_door(w, rooms, 1, 1, kEast, second.value_or(colors[1]), false).object;
    place_agent_in_room(w, rooms, 1, 1);
    return in_order(Instruction::kBefore, open(look(west), strict), open(look(east)));
  });
}

/// One or two of several doors, in either order.
void open_doors_in_order(World& world, int count, bool strict) {
  build(world, {6, 3, 3, kTwoDoorsSteps}, [=](World& w, RoomGrid& rooms) {
    std::vector<Placed> doors;
    for (const Color color : w.rng.subset(kColors, count)) {
      doors.push_back(add_door(w, rooms, 1, 1, {}, color, false));
    }
    place_agent_in_room(w, rooms, 1, 1);
    const auto chosen = w.rng.subset(doors, 2);
    const Instruction first = open(look(chosen[0].object), strict);
    const Instruction second = open(look(chosen[1].object), strict);
    switch (w.rng.integers(0, 3)) {
      case 0:
        return first;
      case 1:
        return in_order(Instruction::kBefore, first, second);
      default:
        return in_order(Instruction::kAfter, first, second);
    }
  });
}

/// A locked door somewhere; in half of the worlds no other door has its colour.
void unlock(World& world) {
  build(world, {}, [](World& w, RoomGrid& rooms) {
    const LockedDoor locked = add_locked_door_and_key(w, rooms);
    std::vector<Color> colors(kColors.begin(), kColors.end());
    if (w.rng.coin()) std::erase(colors, locked.door.color);
    connect_all(w, rooms, colors);
    add_things_and_agent(w, rooms, locked, 3);
    return open(look(locked.door));
  });
}

void unlock_local(World& world, int things) {
  build(world, {}, [=](World& w, RoomGrid& rooms) {
    const Cell door = add_door(w, rooms, 1, 1, {}, {}, true).object;
    add_object(w, rooms, 1, 1, Kind::kKey, door.color);
    add_distractors(w, rooms, things, true, 1, 1);
    place_agent_in_room(w, rooms, 1, 1);
    return open({Kind::kDoor});
  });
}

void unlock_with_key_in_box(World& world) {
  build(world, {}, [](World& w, RoomGrid& rooms) {
    const Cell door = add_door(w, rooms, 1, 1, {}, {}, true).object;
    const Cell box = new_object(w, Kind::kBox, w.rng.element(kColors));
    w.contents[box.id] = new_object(w, Kind::kKey, door.color);
    place_in_room(w, rooms, 1, 1, box);
    place_agent_in_room(w, rooms, 1, 1);
    return open({Kind::kDoor});
  });
}

}  // namespace

std::span<const Level> babyai_open_levels() {
  using enum Color;
  static const std::vector<Level> table{
      {"BabyAI-Open-v0", open_in_maze, play},
      {"BabyAI-OpenRedDoor-v0", open_red_door, play},
      {"BabyAI-OpenDoor-v0", [](World& w) { open_door(w, Select::kByEither, false); }, play},
      {"BabyAI-OpenDoorDebug-v0", [](World& w) { open_door(w, Select::kByEither, true); }, play},
      {"BabyAI-OpenDoorColor-v0", [](World& w) { open_door(w, Select::kByColor, false); }, play},
      {"BabyAI-OpenDoorLoc-v0", [](World& w) { open_door(w, Select::kByPlace, false); }, play},
      {"BabyAI-OpenTwoDoors-v0", [](World& w) { open_two_doors(w, {}, {}, false); }, play},
      {"BabyAI-OpenRedBlueDoors-v0", [](World& w) { open_two_doors(w, kRed, kBlue, false); }, play},
      {"BabyAI-OpenRedBlueDoorsDebug-v0", [](World& w) { open_two_doors(w, kRed, kBlue, true); },
       play},
      {"BabyAI-OpenDoorsOrderN2-v0", [](World& w) { open_doors_in_order(w, 2, false); }, play},
      {"BabyAI-OpenDoorsOrderN4-v0", [](World& w) { open_doors_in_order(w, 4, false); }, play},
      {"BabyAI-OpenDoorsOrderN2Debug-v0", [](World& w) { open_doors_in_order(w, 2, true); }, play},
      {"BabyAI-OpenDoorsOrderN4Debug-v0", [](World& w) { open_doors_in_order(w, 4, true); }, play},
      {"BabyAI-Unlock-v0", unlock, play},
      {"BabyAI-UnlockLocal-v0", [](World& w) { unlock_local(w, 0); }, play},
      {"BabyAI-UnlockLocalDist-v0", [](World& w) { unlock_local(w, 3); }, play},
      {"BabyAI-KeyInBox-v0", unlock_with_key_in_box, play},
  };
  return table;
}

}  // namespace flowscope::minigrid
