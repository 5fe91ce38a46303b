// What all BabyAI levels share: rooms are built and a mission is made in them, again and again
// until nothing speaks against it; then the instruction is judged after every step.
#pragma once

#include <functional>

#include "envs/minigrid/babyai/instruction.h"

namespace flowscope::minigrid {

/// The rooms of a level and the limit on its steps.
struct Shape {
  int room_size = 8, columns = 3, rows = 3;
  int max_steps = 0;  // 0: by the size of the world and the length of the instruction
};

inline constexpr Shape one_room(int size) { return {size, 1, 1}; }

/// Fills the rooms, places the agent and says what is to be done. Throws PlacementError to begin
/// anew with other rooms.
using MakeMission = std::function<Instruction(World&, RoomGrid&)>;

/// What a BabyAI world keeps in World::task.
struct Task {
  Instruction instruction;

  /// The locked room of the last generated mission that had one. BabyAI never forgets it, neither
  /// when it begins anew nor at the next reset, and some levels ask for it (generated_levels.cpp):
  /// a world that is played again can differ from a fresh one of the same seed.
  std::optional<Area> last_locked_room;
};

/// The task of a world, made if there is none.
Task& task_of(World& world);

/// Builds a world of that shape around a mission.
void build(World& world, const Shape& shape, const MakeMission& make_mission);

/// One step; fulfilling the instruction ends the episode with success.
Outcome play(World& world, int action);

/// Begins anew unless all objects can be reached without moving others away.
void require_reachable(const World& world);

/// A locked door of room (column, row), and somewhere a key for it.
struct LockedDoor {
  Cell door;
  int column = 0, row = 0;
};
LockedDoor add_locked_door_and_key(World& world, RoomGrid& rooms);

/// Puts `count` things into every room and the agent into any but the locked one.
void add_things_and_agent(World& world, RoomGrid& rooms, const LockedDoor& locked, int count);

/// Places the agent, again and again while it stands in room (column, row).
void place_agent_outside(World& world, const RoomGrid& rooms, int column, int row);

/// Says that the instruction asks for what should not be asked for.
[[noreturn]] void reject(const char* why);

}  // namespace flowscope::minigrid
