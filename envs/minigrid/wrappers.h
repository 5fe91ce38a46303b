// The observations that Minigrid's wrappers make, byte for byte.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "envs/minigrid/world.h"

namespace flowscope::minigrid {

/// [width][height][object, colour, state] of the whole world; the agent's cell holds the agent and
/// its direction.
std::vector<std::uint8_t> full_observation(const World& world);

/// [width][height][x, y, object]; nothing is -1.
std::vector<int> symbolic_observation(const World& world);

/// [size][size][object, colour, state] of a view of another size.
std::vector<std::uint8_t> view_observation(const World& world, int size);

/// [7][7][20]: eleven bits of object, six of colour, three of state.
std::vector<std::uint8_t> one_hot_observation(const World& world);

/// The image and then the mission, 96 letters of 28 bits each. Throws std::invalid_argument for a
/// mission that is too long or has other letters than a-z, space and comma.
std::vector<std::uint8_t> flat_observation(const World& world);

/// The mission's words as numbers from 1 on. Throws std::invalid_argument for an unknown word.
std::vector<int> mission_words(std::string_view mission);

}  // namespace flowscope::minigrid
