#include "app/golden/golden.h"

#include <cstdio>

namespace flowscope::golden {

std::uint64_t hash_of(std::span<const std::uint8_t> bytes) {
  std::uint64_t h = 0xcbf29ce484222325ull;
  for (const std::uint8_t byte : bytes) h = (h ^ byte) * 0x100000001b3ull;
  return h;
}

std::string hex(std::uint64_t value, int digits) {
  char text[17];
  std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(value));
  return text;
}

const minigrid::Level& level_of(const nlohmann::json& line) {
  const auto id = line.at("id").get<std::string>();
  const minigrid::Level* level = minigrid::find_level(id);
  if (!level) throw std::invalid_argument("id: '" + id + "' is no level of flowscope's Minigrid");
  return *level;
}

std::uint64_t seed_of(const nlohmann::json& line) {
  const nlohmann::json& seed = line.at("seed");
  if (!seed.is_number_unsigned()) {
    throw std::invalid_argument("seed: " + seed.dump() +
                                " is not allowed; it must be a whole number from 0 to 2^64 - 1");
  }
  return seed.get<std::uint64_t>();
}

std::vector<int> actions_of(const nlohmann::json& line) {
  std::vector<int> actions;
  for (const char digit : line.at("acts").get<std::string>()) {
    if (digit < '0' || digit > '6') {
      throw std::invalid_argument(std::string("acts: '") + digit +
                                  "' is no action; they are 0 to 6");
    }
    actions.push_back(digit - '0');
  }
  return actions;
}

void replay(const nlohmann::json& line) {
  if (line.contains("oh")) return replay_trace(line);
  if (line.contains("wrapper")) return replay_wrapper(line);
  if (line.contains("pov32")) return replay_frames(line);
  if (line.contains("ents")) return replay_miniworld(line);
  throw std::invalid_argument(
      "neither an episode ('oh' or 'ents'), nor observations ('wrapper'), nor frames ('pov32')");
}

}  // namespace flowscope::golden
