#pragma once

#include <vector>

#include "core/run/config.h"
#include "envs/registry.h"
#include "envs/schema.h"

namespace flowscope {

/// The keys that apply whatever the environment and the objective.
const std::vector<ParamSpec>& base_schema();

}  // namespace flowscope
