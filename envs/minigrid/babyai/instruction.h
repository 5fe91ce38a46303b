// The instructions of BabyAI (Chevalier-Boisvert et al. 2019, "BabyAI: A Platform to Study the
// Sample Efficiency of Grounded Language Learning", arXiv 1810.08272): what they say, which objects
// they mean, and when they are fulfilled.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "envs/minigrid/room_grid.h"

namespace flowscope::minigrid {

/// Where an object lies as seen by the agent at the start, in the room it starts in.
enum class Place { kAnywhere, kLeft, kRight, kFront, kBehind };

/// The order in which places are drawn.
inline constexpr std::array kPlaces{Place::kLeft, Place::kRight, Place::kFront, Place::kBehind};

/// "the red ball on your left": every object that fits is meant.
struct Description {
  std::optional<Kind> kind;
  std::optional<Color> color;
  Place place = Place::kAnywhere;

  std::vector<std::uint8_t> ids;  // the objects meant, as found at the start; walls have none
  std::vector<Point> positions;   // where they lay when last looked for
};

/// The description by kind and colour.
inline Description look(Cell object) { return {object.kind, object.color}; }

/// A task to do or, with two parts, an order in which to do them.
struct Instruction {
  enum Form { kGoTo, kOpen, kPickUp, kPutNext, kBefore, kAfter, kAnd };

  Form form = kGoTo;
  Description object;
  Description target;   // of kPutNext: what to put the object next to
  bool strict = false;  // the wrong object ends the episode

  std::vector<Instruction> parts;   // two of them from kBefore on
  std::array<bool, 2> done{};       // which parts are
  std::uint8_t carried_before = 0;  // id of what was in the hands at the last look; 0: nothing
};

Instruction go_to(Description object);
Instruction open(Description door, bool strict = false);
Instruction pick_up(Description object, bool strict = false);
Instruction put_next(Description object, Description target);
Instruction in_order(Instruction::Form form, Instruction first, Instruction second);

/// Looks for the objects meant, from the agent's pose.
void find_objects(const World& world, const RoomGrid& rooms, Description& description);
void find_objects(const World& world, const RoomGrid& rooms, Instruction& instruction);

/// Looks where the objects that were found lie now; carried ones lie nowhere.
void refresh_positions(const World& world, Instruction& instruction);

/// In words, once the objects were found: "put the red key next to a box on your left".
std::string words_of(const Instruction& instruction);

/// How many times the worlds' size it takes to fulfil it: 2 for a put-next, 1 for other tasks.
int count_walks(const Instruction& instruction);

enum class Status { kGoing, kFulfilled, kFailed };

/// Judges the action that was just taken; to be asked once after each.
Status judge(const World& world, Instruction& instruction, int action);

}  // namespace flowscope::minigrid
