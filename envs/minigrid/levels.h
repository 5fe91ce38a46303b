// The levels of Minigrid by their registered names: how each one's world is made and how it is
// played.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "envs/minigrid/world.h"

namespace flowscope::minigrid {

struct Level {
  std::string_view id;  // "MiniGrid-Empty-5x5-v0"

  /// Builds the world: size, cells, agent, mission, max_steps, see_through_walls, task.
  void (*generate)(World& world);

  /// One step by the level's own rules; null: by step_base alone.
  Outcome (*rules)(World& world, int action) = nullptr;

  /// What happens after the first image was made; null: nothing.
  void (*after_first_image)(World& world) = nullptr;

  /// One step where nothing is drawn while the level is played; null: as ever.
  Outcome (*at_rest)(World& world, int action) = nullptr;
};

/// All levels, MiniGrid's and then BabyAI's.
std::span<const Level> levels();

/// The level of that name, or nullptr.
const Level* find_level(std::string_view id);

/// Starts an episode with the world's generator where it is. `first_image` receives what Minigrid's
/// reset returns.
void reset(const Level& level, World& world, Image* first_image = nullptr);

/// A fresh world of that level.
World make_world(const Level& level, std::uint64_t seed, Image* first_image = nullptr);

inline Outcome step(const Level& level, World& world, int action) {
  return level.rules ? level.rules(world, action) : step_base(world, action);
}

}  // namespace flowscope::minigrid
