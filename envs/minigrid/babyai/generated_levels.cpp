// Levels that draw their instruction from BabyAI's grammar: one or two tasks, or two pairs of them,
// in an order, about any object.
#include <algorithm>

#include "envs/minigrid/babyai/babyai_levels.h"
#include "envs/minigrid/babyai/mission.h"

namespace flowscope::minigrid {
namespace {

constexpr int kDescriptionTries = 100;

/// What an instruction is made of.
enum class Form { kTask, kPair, kSequence };

constexpr std::array kAllForms{Form::kTask, Form::kPair, Form::kSequence};
constexpr std::array kAllTasks{Instruction::kGoTo, Instruction::kPickUp, Instruction::kOpen,
                               Instruction::kPutNext};

/// The order in which kinds of objects are drawn for a description; doors come last.
constexpr std::array kKinds{Kind::kBox, Kind::kBall, Kind::kKey, Kind::kDoor};
constexpr std::span<const Kind> kAnyKind{kKinds};
constexpr std::span<const Kind> kPortable = kAnyKind.first(3);
constexpr std::span<const Kind> kOnlyDoors = kAnyKind.last(1);

struct Recipe {
  Shape shape;
  int things = 18;
  double locked_room = 0.5;     // probability that a room is locked
  bool places = true;           // "on your left" may be said
  bool unblocking = true;       // objects may have to be moved away
  bool implicit_unlock = true;  // the only object that fits may lie in the locked room
  std::span<const Instruction::Form> tasks = kAllTasks;
  std::span<const Form> forms = kAllForms;
};

/// Locks a room that has a neighbour and puts the key into another one.
const Room& add_locked_room(World& world, RoomGrid& rooms) {
  Rng& rng = world.rng;
  int i, j;
  Side side;
  do {
    i = rng.integers(0, rooms.columns);
    j = rng.integers(0, rooms.rows);
    side = static_cast<Side>(rng.integers(0, 4));
  } while (!rooms.room(i, j).neighbor[side]);
  const Room& locked = rooms.room(i, j);
  task_of(world).last_locked_room = locked.area;
  const Cell door = add_door(world, rooms, i, j, side, {}, true).object;
  do {
    i = rng.integers(0, rooms.columns);
    j = rng.integers(0, rooms.rows);
  } while (&rooms.room(i, j) == &locked);
  add_object(world, rooms, i, j, Kind::kKey, door.color);
  return locked;
}

/// Draws instructions about one world.
struct Grammar {
  World& world;
  const RoomGrid& rooms;
  const Recipe& recipe;

  Description draw_description(std::span<const Kind> kinds);
  Instruction draw_task();
  Instruction draw_instruction(std::span<const Form> forms);

 private:
  bool is_acceptable(const Description& description) const;
};

bool Grammar::is_acceptable(const Description& description) const {
  const auto& locked = task_of(world).last_locked_room;
  if (recipe.implicit_unlock || !locked) return !description.positions.empty();
  return !std::ranges::all_of(description.positions, [&](Point p) { return locked->contains(p); });
}

Description Grammar::draw_description(std::span<const Kind> kinds) {
  Rng& rng = world.rng;
  for (int tries = 0; tries <= kDescriptionTries; ++tries) {
    Description description;
    const int color = rng.integers(0, 1 + static_cast<int>(kColors.size()));
    if (color > 0) description.color = kColors[static_cast<std::size_t>(color - 1)];
    description.kind = rng.element(kinds);
    if (recipe.places && rng.coin()) description.place = rng.element(kPlaces);
    find_objects(world, rooms, description);
    if (is_acceptable(description)) return description;
  }
  reject("no description fits an object");
}

Instruction Grammar::draw_task() {
  switch (world.rng.element(recipe.tasks)) {
    case Instruction::kPickUp:
      return pick_up(draw_description(kPortable));
    case Instruction::kOpen:
      return open(draw_description(kOnlyDoors));
    case Instruction::kPutNext: {
      Description object = draw_description(kPortable);
      return put_next(std::move(object), draw_description(kAnyKind));
    }
    default:
      return go_to(draw_description(kAnyKind));
  }
}

Instruction Grammar::draw_instruction(std::span<const Form> forms) {
  const Form form = world.rng.element(forms);
  if (form == Form::kTask) return draw_task();
  const auto parts = form == Form::kPair ? forms.first(1) : forms.first(2);
  Instruction first = draw_instruction(parts);
  Instruction second = draw_instruction(parts);
  Instruction::Form order = Instruction::kAnd;
  if (form == Form::kSequence) {
    order = world.rng.element(std::array{Instruction::kBefore, Instruction::kAfter});
  }
  return in_order(order, std::move(first), std::move(second));
}

/// A key that opens a locked door may be needed elsewhere: no task is about it.
void require_no_needed_key(const World& world, const Instruction& instruction) {
  for (const Instruction& part : instruction.parts) require_no_needed_key(world, part);
  for (const Description* d : {&instruction.object, &instruction.target}) {
    if (d->kind != Kind::kKey || !d->color) continue;
    if (std::ranges::count(world.cells, Cell{Kind::kDoor, *d->color, kLocked}, [](Cell cell) {
          return Cell{cell.kind, cell.color, cell.state};
        }) > 0) {
      reject("the task is about the key of a locked door");
    }
  }
}

Instruction make_generated(World& world, RoomGrid& rooms, const Recipe& recipe) {
  const Room* locked = nullptr;
  if (world.rng.uniform(0, 1) < recipe.locked_room) locked = &add_locked_room(world, rooms);
  connect_all(world, rooms);
  add_distractors(world, rooms, recipe.things, false);
  do {
    place_agent_in_room(world, rooms);
  } while (&rooms.room_at(world.agent) == locked);
  if (!recipe.unblocking) require_reachable(world);
  Instruction instruction = Grammar{world, rooms, recipe}.draw_instruction(recipe.forms);
  if (recipe.unblocking) require_no_needed_key(world, instruction);
  return instruction;
}

template <class Change>
void generate(World& world, Change change) {
  Recipe recipe;
  change(recipe);
  build(world, recipe.shape,
        [&](World& w, RoomGrid& rooms) { return make_generated(w, rooms, recipe); });
}

/// Instructions of one task.
constexpr std::span<const Form> kOneTask = std::span(kAllForms).first(1);
constexpr std::span<const Instruction::Form> kOnlyGoTo = std::span(kAllTasks).first(1);
constexpr std::span<const Instruction::Form> kOnlyPickUp = std::span(kAllTasks).subspan(1, 1);

void go_to_sequence(World& world, const Shape& shape, int things) {
  generate(world, [&](Recipe& r) {
    r.shape = shape;
    r.things = things;
    r.locked_room = 0;
    r.places = r.unblocking = false;
    r.tasks = kOnlyGoTo;
  });
}

void pick_up_by_place(World& world) {
  generate(world, [](Recipe& r) {
    r.shape = one_room(8);
    r.things = 8;
    r.locked_room = 0;
    r.unblocking = false;
    r.tasks = kOnlyPickUp;
    r.forms = kOneTask;
  });
}

void synthetic(World& world, const Shape& shape, int things, bool places,
               std::span<const Form> forms) {
  generate(world, [&](Recipe& r) {
    r.shape = shape;
    r.things = things;
    r.places = places;
    r.implicit_unlock = false;
    r.forms = forms;
  });
}

void mini_boss(World& world) {
  generate(world, [](Recipe& r) {
    r.shape = {5, 2, 2};
    r.things = 7;
    r.locked_room = 0.25;
  });
}

void boss(World& world) {
  generate(world, [](Recipe&) {});
}

void boss_without_locks(World& world) {
  generate(world, [](Recipe& r) {
    r.locked_room = 0;
    r.implicit_unlock = false;
  });
}

}  // namespace

std::span<const Level> babyai_generated_levels() {
  static const std::vector<Level> table{
      {"BabyAI-GoToSeq-v0", [](World& w) { go_to_sequence(w, {}, 18); }, play},
      {"BabyAI-GoToSeqS5R2-v0",
       [](World& w) {
         go_to_sequence(w, {5, 2, 2}, 4);
       },
       play},
      {"BabyAI-PickupLoc-v0", pick_up_by_place, play},
      {"BabyAI-Synth-v0", [](World& w) { synthetic(w, {}, 18, false, kOneTask); }, play},
      {"BabyAI-SynthS5R2-v0",
       [](World& w) {
         synthetic(w, {5, 3, 2}, 18, false, kOneTask);
       },
       play},
      {"BabyAI-SynthLoc-v0", [](World& w) { synthetic(w, {}, 18, true, kOneTask); }, play},
      {"BabyAI-SynthSeq-v0", [](World& w) { synthetic(w, {}, 18, true, kAllForms); }, play},
      {"BabyAI-MiniBossLevel-v0", mini_boss, play},
      {"BabyAI-BossLevel-v0", boss, play},
      {"BabyAI-BossLevelNoUnlock-v0", boss_without_locks, play},
  };
  return table;
}

}  // namespace flowscope::minigrid
