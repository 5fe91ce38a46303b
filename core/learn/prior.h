// The prior policy of an objective that is relative to one: a uniformly random walk, or a policy that
// an earlier run has learned and that is not trained any further.
#pragma once

#include <memory>

#include "core/graph/exact_flow.h"
#include "core/learn/policy.h"
#include "core/run/config.h"

namespace flowscope {

/// The policy of objective.prior, read from the newest checkpoint of that run; null for the random
/// walk. It must have been learned in a world with the states and actions of `environment`, under any
/// reward. Throws UsageError or DamagedFile.
std::shared_ptr<const Policy<float>> load_prior(const Config& config, const Environment& environment);

/// The prior on all of a graph, with its own reversal as backward policy.
GraphPolicy prior_on_graph(const Config& config, const Environment& environment, const StateGraph& graph);

}  // namespace flowscope
