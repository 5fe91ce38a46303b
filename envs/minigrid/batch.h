// Many worlds of one level, stepped together: nothing is allocated while episodes run.
#pragma once

#include <span>
#include <vector>

#include "envs/minigrid/levels.h"

namespace flowscope::minigrid {

struct Batch {
  const Level* level = nullptr;
  std::vector<World> worlds;
  std::vector<Image> images;      // what each agent sees now
  std::vector<Outcome> outcomes;  // of the last step
};

/// World i starts from seed + i.
Batch make_batch(const Level& level, int count, std::uint64_t seed);

/// One action a world. A world whose episode ended goes on with a new one, and its image is the
/// first one of that.
void step(Batch& batch, std::span<const std::uint8_t> actions);

/// Random actions, uniform over all seven, for `rounds` steps of the whole batch; from the same
/// batch and seed the same. Returns how many episodes ended.
std::int64_t play_at_random(Batch& batch, int rounds, std::uint64_t seed);

}  // namespace flowscope::minigrid
