// The levels of Miniworld by their registered names.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "envs/miniworld/world.h"

namespace flowscope::miniworld {

struct Level {
  std::string_view id;  // "MiniWorld-OneRoom-v0"
  int num_actions;      // the first so many of Action

  /// Builds the world: rooms, entities, agent, limits.
  void (*generate)(World& world);

  /// One step by the level's own rules.
  Outcome (*rules)(World& world, int action);

  std::string_view mission = "go to the red box";

  /// One step where nothing is drawn while the level is played; null: by the rules.
  Outcome (*at_rest)(World& world, int action) = nullptr;
};

std::span<const Level> levels();

/// The level of that name, or nullptr.
const Level* find_level(std::string_view id);

/// Starts an episode with the world's generator where it is.
void reset(const Level& level, World& world);

/// A fresh world of that level.
World make_world(const Level& level, std::uint64_t seed);

/// Throws std::invalid_argument for an action that the level does not have.
Outcome step(const Level& level, World& world, int action);

}  // namespace flowscope::miniworld
