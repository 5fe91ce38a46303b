// Every situation that a level can come to within so many actions, and what leads to what: the
// level without its clock. Situations differ in where the agent and all things are, in what it
// carries, in the doors, and in whether the episode has ended.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "envs/minigrid/levels.h"
#include "envs/timed_environment.h"

namespace flowscope::minigrid {

inline constexpr int kNumMoves = 6;  // all actions but "done", which changes nothing

struct LevelGraph : SituationGraph {
  enum class Ending : std::uint8_t { kNone, kFailure, kSuccess };

  World start;
  std::vector<Cell> things;   // what can be carried, boxed ones included
  std::vector<Point> doors;
  std::vector<std::int32_t> situations;     // [n, length]: see situation()
  std::vector<std::uint8_t> done_succeeds;  // [n] whether "done" would solve the level's task here

  static constexpr int kCarried = -1, kGone = -2;  // places of things; gone: in a box or opened

  int length() const { return 3 + static_cast<int>(things.size() + doors.size()); }

  /// Agent's cell (y * width + x), direction, ending; then the cell of each thing, kCarried or
  /// kGone; then the state of each door.
  std::span<const std::int32_t> situation(int id) const {
    return {situations.data() + static_cast<std::ptrdiff_t>(id) * length(),
            static_cast<std::size_t>(length())};
  }
  Point agent(int id) const {
    const int cell = situation(id)[0];
    return {cell % start.width, cell / start.width};
  }
  Ending ending(int id) const { return static_cast<Ending>(situation(id)[2]); }
  bool solved(int id) const {
    return ending(id) == Ending::kSuccess || done_succeeds[static_cast<std::size_t>(id)];
  }

  /// The world as it is in that situation.
  World world(int id) const;
};

/// Whether a level's rules remember nothing that the world does not show: MiniGrid's, and of BabyAI's
/// those with one thing to go to, to open or to pick up. Obstacles that move are explored at rest.
bool explorable(const Level& level);

/// Searches from the level's first situation, `depth` actions far. Situation 0 is the first one. The
/// level must be one that explorable() names. Throws std::invalid_argument for more than
/// `budget` situations.
LevelGraph explore(const Level& level, std::uint64_t seed, int depth, int budget);

}  // namespace flowscope::minigrid
