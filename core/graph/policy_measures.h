// How a policy stands to its target, in numbers: exact, from sweeps over the whole graph.
#pragma once

#include "core/graph/divergence.h"
#include "core/graph/exact_flow.h"

namespace flowscope {

/// Everything in nats. elbo <= log Z <= eubo, with equality where P_F and P_B are in balance.
struct PolicyMeasures : Divergence {
  double pearson = 0;         // of log P_T(x) and log R(x) over objects; NaN where P_T misses one
  double spearman = 0;        // of their ranks; NaN where the reward is the same everywhere
  double log_likelihood = 0;  // mean of log P_T(x) over objects from the target
  double entropy = 0;         // of trajectories: the sum over states of visit(s) H(P_F(. | s))
  double elbo = 0;            // mean of log R + log P_B - log P_F over trajectories from P_F
  double eubo = 0;            // the same over objects from the target, built backwards by P_B
};

/// `forward` is forward_flow of the policy, `demand` is reward_flow of its P_B.
PolicyMeasures measure(const StateGraph& graph, const GraphPolicy& policy,
                       const ForwardFlow& forward, const RewardFlow& demand, const Target& target);

}  // namespace flowscope
