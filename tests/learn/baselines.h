// Which entries of the table of objectives are no GFlowNet's: they have tests of their own.
#pragma once

#include "core/run/config.h"

namespace flowscope {

inline bool is_baseline(const ObjectiveEntry& objective) {
  return objective.chain || objective.name == "softq" || objective.name == "ppo";
}

}  // namespace flowscope
