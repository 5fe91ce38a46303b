#pragma once

#include <vector>

#include "core/run/config.h"
#include "envs/registry.h"
#include "envs/schema.h"

namespace flowscope {

/// The keys that apply whatever the environment and the objective.
const std::vector<ParamSpec>& base_schema();

/// Its parts that have a file of their own.
std::vector<ParamSpec> policy_schema();
std::vector<ParamSpec> exploration_schema();
std::vector<ParamSpec> conditional_schema();
std::vector<ParamSpec> optimizer_schema();

}  // namespace flowscope
