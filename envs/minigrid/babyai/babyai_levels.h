// The 96 BabyAI levels, by what they ask for.
#pragma once

#include <span>

#include "envs/minigrid/levels.h"

namespace flowscope::minigrid {

std::span<const Level> babyai_go_to_levels();
std::span<const Level> babyai_open_levels();
std::span<const Level> babyai_pick_up_levels();
std::span<const Level> babyai_put_next_levels();

/// Instructions drawn from BabyAI's whole grammar or a part of it.
std::span<const Level> babyai_generated_levels();

}  // namespace flowscope::minigrid
