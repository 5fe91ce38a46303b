// Golden lines: what Farama Minigrid and Miniworld did, recorded as JSON, one line an episode. Each
// function here does the same with flowscope's own worlds and throws at the first difference.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>

#include "envs/minigrid/levels.h"

namespace flowscope::golden {

/// Something that is not as recorded: "step 3: dirs is 2, recorded 1".
struct Difference : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// FNV-1a, 64 bits.
std::uint64_t hash_of(std::span<const std::uint8_t> bytes);

/// Lower-case hexadecimal, zeros in front.
std::string hex(std::uint64_t value, int digits);

/// Throws Difference unless the two are equal. Step 0 is what the reset gave.
template <class T>
void expect_same(int step, const char* field, const T& here, const T& recorded) {
  if (here == recorded) return;
  const auto text = [](const nlohmann::json& value) {
    const std::string all = value.dump();
    return all.size() <= 80 ? all : all.substr(0, 77) + "...";
  };
  throw Difference("step " + std::to_string(step) + ": " + field + " is " + text(here) +
                   ", recorded " + text(recorded));
}

/// The level that a line names. Throws std::invalid_argument naming an unknown id.
const minigrid::Level& level_of(const nlohmann::json& line);

/// "seed". Throws std::invalid_argument unless it is a whole number from 0 to 2^64 - 1.
std::uint64_t seed_of(const nlohmann::json& line);

/// The digits of "acts".
std::vector<int> actions_of(const nlohmann::json& line);

/// Plays a line over: an episode, frames of an episode, or the observations of a wrapper. Throws
/// Difference, nlohmann::json::exception for a line that lacks something or has it in another type,
/// and std::invalid_argument for one that names what does not exist.
void replay(const nlohmann::json& line);

void replay_trace(const nlohmann::json& line);
void replay_frames(const nlohmann::json& line);
void replay_wrapper(const nlohmann::json& line);
void replay_miniworld(const nlohmann::json& line);

}  // namespace flowscope::golden
