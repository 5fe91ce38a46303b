#include "envs/minigrid/levels.h"

#include <algorithm>

#include "envs/minigrid/babyai/babyai_levels.h"
#include "envs/minigrid/minigrid_levels.h"

namespace flowscope::minigrid {

std::span<const Level> levels() {
  static const std::vector<Level> table = [] {
    std::vector<Level> all;
    for (const auto part :
         {own_levels(), goal_levels(), task_levels(), room_levels(), babyai_go_to_levels(),
          babyai_open_levels(), babyai_pick_up_levels(), babyai_put_next_levels(),
          babyai_generated_levels()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return table;
}

const Level* find_level(std::string_view id) {
  const auto found = std::ranges::find(levels(), id, &Level::id);
  return found == levels().end() ? nullptr : &*found;
}

void reset(const Level& level, World& world, Image* first_image) {
  level.generate(world);
  world.carrying = kEmptyCell;
  world.step_count = 0;
  if (first_image) observe(world, *first_image);
  if (level.after_first_image) level.after_first_image(world);
}

World make_world(const Level& level, std::uint64_t seed, Image* first_image) {
  World world;
  world.rng = Rng(seed);
  reset(level, world, first_image);
  return world;
}

}  // namespace flowscope::minigrid
