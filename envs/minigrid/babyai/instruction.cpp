#include "envs/minigrid/babyai/instruction.h"

#include <algorithm>
#include <utility>

namespace flowscope::minigrid {
namespace {

int dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }

bool is_placed(const World& world, const Area& room, Place place, Point p) {
  if (place == Place::kAnywhere) return true;
  if (!room.contains(p)) return false;
  const Point ahead = kSteps[static_cast<std::size_t>(world.direction)];
  const Point right{-ahead.y, ahead.x};
  const Point way = p - world.agent;
  switch (place) {
    case Place::kLeft:
      return dot(way, right) < 0;
    case Place::kRight:
      return dot(way, right) > 0;
    case Place::kFront:
      return dot(way, ahead) > 0;
    default:
      return dot(way, ahead) < 0;
  }
}

/// Calls visit(point, cell) for every cell that is not empty, column by column.
template <class Visit>
void for_each_object(const World& world, Visit visit) {
  for (int x = 0; x < world.width; ++x) {
    for (int y = 0; y < world.height; ++y) {
      const Cell& cell = world.at({x, y});
      if (cell.kind != Kind::kEmpty) visit(Point{x, y}, cell);
    }
  }
}

bool means(const Description& description, Cell object) {
  return object.id != 0 && std::ranges::count(description.ids, object.id) > 0;
}

void refresh_positions(const World& world, Description& description) {
  description.positions.clear();
  for_each_object(world, [&](Point p, Cell cell) {
    if (means(description, cell)) description.positions.push_back(p);
  });
}

std::string words_of(const Description& description) {
  std::string words = description.positions.size() > 1 ? "a " : "the ";
  if (description.color) words += std::string(name_of(*description.color)) + " ";
  words += description.kind ? name_of(*description.kind) : "object";
  switch (description.place) {
    case Place::kAnywhere:
      return words;
    case Place::kLeft:
      return words + " on your left";
    case Place::kRight:
      return words + " on your right";
    case Place::kFront:
      return words + " in front of you";
    case Place::kBehind:
      return words + " behind you";
  }
  return words;
}

Status fulfilled_if(bool fulfilled) { return fulfilled ? Status::kFulfilled : Status::kGoing; }

Status judge_open(const World& world, const Instruction& task, int action) {
  if (action != kToggle) return Status::kGoing;
  const Cell front = world.front_cell();
  if (means(task.object, front) && is_open_door(front)) return Status::kFulfilled;
  return task.strict && front.kind == Kind::kDoor ? Status::kFailed : Status::kGoing;
}

Status judge_pick_up(const World& world, Instruction& task, int action) {
  const bool hands_were_empty = std::exchange(task.carried_before, world.carrying.id) == 0;
  if (action != kPickup) return Status::kGoing;
  if (hands_were_empty && means(task.object, world.carrying)) return Status::kFulfilled;
  return task.strict && world.carries() ? Status::kFailed : Status::kGoing;
}

Status judge_put_next(const World& world, Instruction& task, int action) {
  const std::uint8_t moved = std::exchange(task.carried_before, world.carrying.id);
  if (action != kDrop || moved == 0 || std::ranges::count(task.object.ids, moved) == 0) {
    return Status::kGoing;
  }
  const auto now = find_object(world, moved);
  return fulfilled_if(now && std::ranges::any_of(task.target.positions, [&](Point p) {
                        return manhattan_distance(*now, p) == 1;
                      }));
}

/// Part `first`, and from the moment it is fulfilled the other one.
Status judge_sequence(const World& world, Instruction& both, std::size_t first, int action) {
  if (!both.done[first]) {
    const Status status = judge(world, both.parts[first], action);
    if (status != Status::kFulfilled) return status;
    both.done[first] = true;
  }
  return judge(world, both.parts[1 - first], action);
}

Status judge_both(const World& world, Instruction& both, int action) {
  for (std::size_t i = 0; i < 2; ++i) {
    if (!both.done[i]) both.done[i] = judge(world, both.parts[i], action) == Status::kFulfilled;
  }
  return fulfilled_if(both.done[0] && both.done[1]);
}

}  // namespace

Instruction go_to(Description object) { return {Instruction::kGoTo, std::move(object)}; }

Instruction open(Description door, bool strict) {
  return {Instruction::kOpen, std::move(door), {}, strict};
}

Instruction pick_up(Description object, bool strict) {
  return {Instruction::kPickUp, std::move(object), {}, strict};
}

Instruction put_next(Description object, Description target) {
  return {Instruction::kPutNext, std::move(object), std::move(target)};
}

Instruction in_order(Instruction::Form form, Instruction first, Instruction second) {
  Instruction both{form};
  both.parts = {std::move(first), std::move(second)};
  return both;
}

void find_objects(const World& world, const RoomGrid& rooms, Description& description) {
  description.ids.clear();
  description.positions.clear();
  const Area room = rooms.room_at(world.agent).area;
  for_each_object(world, [&](Point p, Cell cell) {
    if (description.kind && cell.kind != *description.kind) return;
    if (description.color && cell.color != *description.color) return;
    if (!is_placed(world, room, description.place, p)) return;
    if (cell.id != 0) description.ids.push_back(cell.id);
    description.positions.push_back(p);
  });
}

void find_objects(const World& world, const RoomGrid& rooms, Instruction& instruction) {
  for (Instruction& part : instruction.parts) find_objects(world, rooms, part);
  if (!instruction.parts.empty()) return;
  find_objects(world, rooms, instruction.object);
  if (instruction.form == Instruction::kPutNext) find_objects(world, rooms, instruction.target);
}

void refresh_positions(const World& world, Instruction& instruction) {
  for (Instruction& part : instruction.parts) refresh_positions(world, part);
  refresh_positions(world, instruction.object);
  refresh_positions(world, instruction.target);
}

std::string words_of(const Instruction& instruction) {
  const auto part = [&](std::size_t i) { return words_of(instruction.parts[i]); };
  switch (instruction.form) {
    case Instruction::kGoTo:
      return "go to " + words_of(instruction.object);
    case Instruction::kOpen:
      return "open " + words_of(instruction.object);
    case Instruction::kPickUp:
      return "pick up " + words_of(instruction.object);
    case Instruction::kPutNext:
      return "put " + words_of(instruction.object) + " next to " + words_of(instruction.target);
    case Instruction::kBefore:
      return part(0) + ", then " + part(1);
    case Instruction::kAfter:
      return part(0) + " after you " + part(1);
    case Instruction::kAnd:
      return part(0) + " and " + part(1);
  }
  return {};
}

int count_walks(const Instruction& instruction) {
  int walks = 0;
  for (const Instruction& part : instruction.parts) walks += count_walks(part);
  if (instruction.parts.empty()) walks = instruction.form == Instruction::kPutNext ? 2 : 1;
  return walks;
}

Status judge(const World& world, Instruction& instruction, int action) {
  switch (instruction.form) {
    case Instruction::kGoTo:
      return fulfilled_if(std::ranges::count(instruction.object.positions, world.front()) > 0);
    case Instruction::kOpen:
      return judge_open(world, instruction, action);
    case Instruction::kPickUp:
      return judge_pick_up(world, instruction, action);
    case Instruction::kPutNext:
      return judge_put_next(world, instruction, action);
    case Instruction::kBefore:
      return judge_sequence(world, instruction, 0, action);
    case Instruction::kAfter:
      return judge_sequence(world, instruction, 1, action);
    case Instruction::kAnd:
      return judge_both(world, instruction, action);
  }
  return Status::kGoing;
}

}  // namespace flowscope::minigrid
