// The 76 MiniGrid levels, by what they ask for.
#pragma once

#include <span>

#include "envs/minigrid/levels.h"

namespace flowscope::minigrid {

/// Reach the goal by the rules that all levels share.
std::span<const Level> goal_levels();

}  // namespace flowscope::minigrid
