#include "envs/minigrid/babyai/mission.h"

#include <algorithm>
#include <utility>

namespace flowscope::minigrid {
namespace {

/// Begins anew if a put-next could be done by one object alone or is done already.
void require_sensible(const Instruction& instruction) {
  for (const Instruction& part : instruction.parts) require_sensible(part);
  if (instruction.form != Instruction::kPutNext) return;
  for (const std::uint8_t id : instruction.object.ids) {
    if (std::ranges::count(instruction.target.ids, id) > 0) {
      reject("an object would have to be put next to itself");
    }
  }
  for (const Point a : instruction.object.positions) {
    for (const Point b : instruction.target.positions) {
      if (manhattan_distance(a, b) == 1) reject("the objects lie side by side already");
    }
  }
}

void make(World& world, const Shape& shape, const MakeMission& make_mission) {
  RoomGrid rooms = make_rooms(world, shape.room_size, shape.columns, shape.rows);
  Instruction instruction = make_mission(world, rooms);
  find_objects(world, rooms, instruction);
  require_sensible(instruction);
  task_of(world).instruction = std::move(instruction);
}

}  // namespace

Task& task_of(World& world) {
  if (!std::any_cast<Task>(&world.task)) world.task = Task{};
  return std::any_cast<Task&>(world.task);
}

void build(World& world, const Shape& shape, const MakeMission& make_mission) {
  world.see_through_walls = false;
  for (bool made = false; !made;) {
    try {
      make(world, shape, make_mission);
      made = true;
    } catch (const PlacementError&) {
      // Anew, with the generator where it is.
    }
  }
  const Instruction& instruction = task_of(world).instruction;
  world.mission = words_of(instruction);
  world.max_steps = shape.max_steps;
  if (world.max_steps == 0) {
    world.max_steps =
        count_walks(instruction) * shape.room_size * shape.room_size * shape.columns * shape.rows;
  }
}

Outcome play(World& world, int action) {
  Outcome outcome = step_base(world, action);
  Instruction& instruction = task_of(world).instruction;
  if (action == kDrop) refresh_positions(world, instruction);
  switch (judge(world, instruction, action)) {
    case Status::kGoing:
      break;
    case Status::kFulfilled:
      succeed(world, outcome);
      break;
    case Status::kFailed:
      outcome.terminated = true;
      break;
  }
  return outcome;
}

void require_reachable(const World& world) {
  if (!all_objects_reachable(world)) reject("an object cannot be reached");
}

LockedDoor add_locked_door_and_key(World& world, RoomGrid& rooms) {
  LockedDoor locked;
  locked.column = world.rng.integers(0, rooms.columns);
  locked.row = world.rng.integers(0, rooms.rows);
  locked.door = add_door(world, rooms, locked.column, locked.row, {}, {}, true).object;
  // BabyAI means to keep the key and the things out of the locked room, but compares in a way that
  // never finds the rooms equal.
  const int i = world.rng.integers(0, rooms.columns);
  const int j = world.rng.integers(0, rooms.rows);
  add_object(world, rooms, i, j, Kind::kKey, locked.door.color);
  return locked;
}

void add_things_and_agent(World& world, RoomGrid& rooms, const LockedDoor& locked, int count) {
  for (int i = 0; i < rooms.columns; ++i) {
    for (int j = 0; j < rooms.rows; ++j) add_distractors(world, rooms, count, false, i, j);
  }
  place_agent_outside(world, rooms, locked.column, locked.row);
  require_reachable(world);
}

void place_agent_outside(World& world, const RoomGrid& rooms, int column, int row) {
  do {
    place_agent_in_room(world, rooms);
  } while (&rooms.room_at(world.agent) == &rooms.room(column, row));
}

void reject(const char* why) { throw PlacementError(why); }

}  // namespace flowscope::minigrid
