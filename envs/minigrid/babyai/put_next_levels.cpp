// Levels whose instruction is to put things side by side.
#include <utility>

#include "envs/minigrid/babyai/babyai_levels.h"
#include "envs/minigrid/babyai/mission.h"

namespace flowscope::minigrid {
namespace {

Instruction put_next(const Placed& object, const Placed& target) {
  return put_next(look(object.object), look(target.object));
}

void put_next_local(World& world, int size, int things) {
  build(world, one_room(size), [=](World& w, RoomGrid& rooms) {
    place_agent_in_room(w, rooms);
    const auto objects = add_distractors(w, rooms, things, true);
    require_reachable(w);
    const auto chosen = w.rng.subset(objects, 2);
    return put_next(chosen[0], chosen[1]);
  });
}

/// Things to the left and to the right of where a wall was.
struct TwoSides {
  std::vector<Placed> left, right;
};

TwoSides furnish_two_rooms(World& world, RoomGrid& rooms, int things) {
  place_agent_in_room(world, rooms, 0, 0);
  TwoSides sides;
  sides.left = add_distractors(world, rooms, things, true, 0, 0);
  sides.right = add_distractors(world, rooms, things, true, 1, 0);
  remove_wall(world, rooms, 0, 0, kEast);
  return sides;
}

void put_next_across(World& world, int size, int things) {
  build(world, {size, 2, 1, 8 * size * size}, [=](World& w, RoomGrid& rooms) {
    const auto [left, right] = furnish_two_rooms(w, rooms, things);
    Placed object = w.rng.element(left);
    Placed target = w.rng.element(right);
    if (w.rng.coin()) std::swap(object, target);
    return put_next(object, target);
  });
}

/// The object to be moved is in the agent's hands from the start.
void start_carrying(World& world) {
  const int id = task_of(world).instruction.object.ids.front();
  std::swap(world.at(*find_object(world, id)), world.carrying);
}

void move_two_across(World& world, int size, int things) {
  build(world, {size, 2, 1, 16 * size * size}, [=](World& w, RoomGrid& rooms) {
    const auto [left, right] = furnish_two_rooms(w, rooms, things);
    const auto a = w.rng.subset(left, 2);
    const auto b = w.rng.subset(right, 2);
    return in_order(Instruction::kBefore, put_next(a[0], b[0]), put_next(b[1], a[1]));
  });
}

}  // namespace

std::span<const Level> babyai_put_next_levels() {
  static const std::vector<Level> table{
      {"BabyAI-PutNextLocal-v0", [](World& w) { put_next_local(w, 8, 8); }, play},
      {"BabyAI-PutNextLocalS5N3-v0", [](World& w) { put_next_local(w, 5, 3); }, play},
      {"BabyAI-PutNextLocalS6N4-v0", [](World& w) { put_next_local(w, 6, 4); }, play},
      {"BabyAI-PutNextS4N1-v0", [](World& w) { put_next_across(w, 4, 1); }, play},
      {"BabyAI-PutNextS5N2-v0", [](World& w) { put_next_across(w, 5, 2); }, play},
      {"BabyAI-PutNextS5N1-v0", [](World& w) { put_next_across(w, 5, 1); }, play},
      {"BabyAI-PutNextS6N3-v0", [](World& w) { put_next_across(w, 6, 3); }, play},
      {"BabyAI-PutNextS7N4-v0", [](World& w) { put_next_across(w, 7, 4); }, play},
      {"BabyAI-PutNextS5N2Carrying-v0", [](World& w) { put_next_across(w, 5, 2); }, play,
       start_carrying},
      {"BabyAI-PutNextS6N3Carrying-v0", [](World& w) { put_next_across(w, 6, 3); }, play,
       start_carrying},
      {"BabyAI-PutNextS7N4Carrying-v0", [](World& w) { put_next_across(w, 7, 4); }, play,
       start_carrying},
      {"BabyAI-MoveTwoAcrossS5N2-v0", [](World& w) { move_two_across(w, 5, 2); }, play},
      {"BabyAI-MoveTwoAcrossS8N9-v0", [](World& w) { move_two_across(w, 8, 9); }, play},
  };
  return table;
}

}  // namespace flowscope::minigrid
