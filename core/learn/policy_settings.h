// What a configuration says of the policy: keys policy.*, conditional.* and exploration.thompson*.
#pragma once

#include <memory>

#include "core/graph/state_graph.h"
#include "core/learn/policy.h"
#include "core/run/config.h"

namespace flowscope {

PolicyShape policy_shape(const Config& config);

/// Throws UsageError where the policy is to know its condition, or to have several heads, and something
/// else cannot.
void check_policy(const Config& config);

/// The graph that the policy needs, if it needs one: the one at hand, or a new one. Throws UsageError
/// where there cannot be one.
std::shared_ptr<const StateGraph> graph_for(const Config& config, const Environment& environment,
                                            std::shared_ptr<const StateGraph> graph);

}  // namespace flowscope
