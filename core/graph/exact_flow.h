// Exact sweeps over a state graph, in double precision: what a policy does, without sampling
// noise, and what the rewards demand. S states, E edges; every array is indexed by state id or
// edge id of the graph. (Bengio et al. 2023, "GFlowNet Foundations", arXiv 2111.09266.)
#pragma once

#include <span>
#include <vector>

#include "core/graph/state_graph.h"

namespace flowscope {

/// A policy on every state of a graph, as probabilities.
struct GraphPolicy {
  std::vector<double> forward;   // [E] P_F(child | parent)
  std::vector<double> stop;      // [S] P_F(stop | s); 0 where stop is not legal
  std::vector<double> backward;  // [E] P_B(parent | child)
};

/// What a forward policy does. Where a graph has cycles, a trajectory may pass more than once, and
/// what is a probability elsewhere is an expected number of times.
struct ForwardFlow {
  std::vector<double> visit;       // [S] P(a trajectory passes s); F(s) = Z visit
  std::vector<double> edge;        // [E] P(a trajectory takes the edge)
  std::vector<double> terminating; // [S] P_T(x) = visit(x) P_F(stop | x); sums to 1
  double expected_length = 0;      // actions, the stop included
};

/// Pushes probability 1 from s0 along the forward policy.
ForwardFlow forward_flow(const StateGraph& graph, std::span<const double> forward,
                         std::span<const double> stop);

/// What the rewards demand through a backward policy.
struct RewardFlow {
  std::vector<double> log_state;  // [S] log F(s): rewards of all objects, shared backwards by P_B
  std::vector<double> log_edge;   // [E] log F(s -> s')
  double log_z = 0;               // log F(s0) = log sum of R
};

/// Pulls the rewards from the objects back to s0 along the backward policy. log_reward [S] is read
/// where the state is terminating. All sums are made in logarithms.
RewardFlow reward_flow(const StateGraph& graph, std::span<const double> log_reward,
                       std::span<const double> backward);

/// The backward policy that is uniform over parents. [E]
std::vector<double> uniform_backward(const StateGraph& graph);

/// The forward policy of a reward flow: P_F(s'|s) = F(s -> s') / F(s), P_F(stop|s) = R(s) / F(s).
GraphPolicy policy_of(const StateGraph& graph, const RewardFlow& flow,
                      std::span<const double> log_reward, std::span<const double> backward);

/// The target R(x)/Z [S], zero where the process cannot stop, and its log Z.
struct Target {
  std::vector<double> probability;  // [S]
  std::vector<double> log_reward;   // [S] -infinity where the process cannot stop
  double log_z = 0;
};
Target exact_target(const StateGraph& graph, const Environment& environment);

/// A forward policy's own reversal [E], P_B(s | s') = P(through s -> s') / P(through s').
std::vector<double> reversal(const StateGraph& graph, const GraphPolicy& policy);

/// The random walk: uniform over legal actions, the stop included, with its own reversal.
GraphPolicy random_walk(const StateGraph& graph);

/// The target of an objective that is relative to a prior: prior_T(x) R(x) / Z, with the prior's
/// share in log_reward. Every trajectory then has probability prior(trajectory) R(x) / Z, so that the
/// flow goes by the prior's own backward policy.
Target relative_target(const StateGraph& graph, const Target& rewards, const GraphPolicy& prior);

}  // namespace flowscope
