#include "envs/registry.h"

#include "envs/bits.h"
#include "envs/continuous/box.h"
#include "envs/continuous/diffusion.h"
#include "envs/continuous/hybrid.h"
#include "envs/continuous/line.h"
#include "envs/continuous/torus.h"
#include "envs/cyclic_grid.h"
#include "envs/dag.h"
#include "envs/hypergrid.h"
#include "envs/minigrid/minigrid_env.h"
#include "envs/miniworld/miniworld_env.h"
#include "envs/set.h"

namespace flowscope {

std::span<const EnvironmentEntry> environments() {
  static const std::vector<EnvironmentEntry> table = {
      hypergrid_entry(),
      bits_entry(),
      set_entry(),
      dag_entry(),
      cyclic_grid_entry(),
      minigrid_entry(),
      miniworld_entry(),
      box_entry(),
      line_entry(),
      torus_entry(),
      diffusion_entry(),
      hybrid_entry(),
  };
  return table;
}

const EnvironmentEntry* find_environment(std::string_view name) {
  for (const EnvironmentEntry& entry : environments()) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

}  // namespace flowscope
