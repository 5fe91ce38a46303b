// The truth about a policy: its networks evaluated on every state, then one sweep over the graph.
#pragma once

#include <atomic>
#include <memory>

#include "core/learn/policy.h"
#include "core/run/snapshot.h"

namespace flowscope {

/// P_F, P_B on every edge of the graph, in blocks of states. Returns false, with `out` unfinished,
/// when `cancel` turns true.
template <class Real>
bool policy_on_graph(const Policy<Real>& policy, const Environment& environment,
                     const StateGraph& graph, const std::atomic<bool>& cancel, GraphPolicy& out);

/// Everything that an ExactView holds but its step and its cost; null when cancelled.
template <class Real>
std::shared_ptr<ExactView> make_exact_view(const Policy<Real>& policy, const RunInfo& run,
                                           const std::atomic<bool>& cancel);

/// The share of a distribution [S] in each mode of the environment.
std::vector<double> mass_per_mode(const Environment& environment, const StateGraph& graph,
                                  std::span<const double> distribution);

}  // namespace flowscope
