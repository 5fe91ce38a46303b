// Every situation that a Miniworld level can come to within so many actions, and what leads to
// what. Steps and turns have fixed lengths, so the poses that can be reached are finitely many;
// those that agree to a micrometre are one. Situations differ in where the agent stands and looks,
// in where portable things are, and in whether the episode has ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "envs/miniworld/levels.h"
#include "envs/timed_environment.h"

namespace flowscope::miniworld {

/// Less than the agent's width, lest it step through walls.
inline constexpr double kLongestStep = 0.75;  // metres

/// How the agent moves.
struct Stride {
  double forward = 0.7;     // metres
  int turn = 90;            // degrees, a divisor of 360
  bool aligned = true;      // the first heading is rounded to a whole number of turns
  bool randomized = false;  // see randomize(); the looks are then drawn, too
};

/// Miniworld's domain randomisation takes every step 0.12 to 0.17 m long instead of 0.15 and turns
/// by 10 to 20 degrees instead of 15. Here both are drawn once for a world, so that its poses are
/// finitely many: in the same proportions, the turn among the divisors of 360.
Stride randomize(const Stride& stride, std::uint64_t seed);

struct PoseGraph : SituationGraph {
  enum class Ending : std::uint8_t { kNone, kFailure, kSuccess };

  /// All of a world that changes while it is played.
  struct Situation {
    std::vector<Entity> entities;
    std::size_t agent = 0;
    std::optional<std::size_t> carried;
    Ending ending = Ending::kNone;
    int place = 0;    // in places
    int heading = 0;  // turns to the left of the first one
    int things = 0;   // which arrangement of the things, numbered as they were found
  };

  World start;     // by the steps of the lattice
  World original;  // as Miniworld makes it, by its own steps
  int turns = 4;  // headings in a full turn
  std::vector<Situation> situations;
  std::vector<Point> places;  // where the agent can stand
  int arrangements = 0;       // of the things

  const Situation& at(int id) const { return situations[static_cast<std::size_t>(id)]; }
  bool solved(int id) const { return at(id).ending == Ending::kSuccess; }
  /// Radians, as Entity::direction.
  double direction_of(int heading) const;

  /// The world as it is in that situation.
  World world(int id) const;
};

/// Turns, steps, hands: the actions that can change anything.
int num_moves(const Level& level);

/// The names that a person uses: "OneRoom" for MiniWorld-OneRoom-v0.
std::vector<std::string> short_names();
const Level& level_of(const std::string& short_name);

/// Searches from the level's first situation, `depth` actions far. Throws std::invalid_argument for
/// more than `budget` situations.
PoseGraph explore(const Level& level, std::uint64_t seed, const Stride& stride, int depth,
                  int budget);

}  // namespace flowscope::miniworld
