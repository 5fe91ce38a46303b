#include "core/graph/policy_measures.h"

#include <cmath>

#include "core/graph/correlation.h"

namespace flowscope {
namespace {

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// p x, with 0 times infinity = 0: what never happens does not count.
double weighted(double p, double x) { return p > 0 ? p * x : 0; }

/// The mean of log R + log P_B - log P_F over a distribution of trajectories, given the probability
/// of passing each edge and of stopping at each state.
template <class Edge, class Stop>
double mean_log_ratio(const StateGraph& graph, const GraphPolicy& policy, const Target& target,
                      Edge edge, Stop stop) {
  double sum = 0;
  for (int s = 0; s < graph.num_states(); ++s) {
    if (graph.terminating(s)) {
      sum += weighted(stop(s), target.log_reward[at(s)] - std::log(policy.stop[at(s)]));
    }
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
      sum += weighted(edge(e), std::log(policy.backward[at(e)]) - std::log(policy.forward[at(e)]));
    }
  }
  return sum;
}

double trajectory_entropy(const StateGraph& graph, const GraphPolicy& policy,
                          const ForwardFlow& flow) {
  double sum = 0;
  for (std::int64_t e = 0; e < graph.num_edges(); ++e) {
    sum -= weighted(flow.edge[at(e)], std::log(policy.forward[at(e)]));
  }
  for (int s = 0; s < graph.num_states(); ++s) {
    sum -= weighted(flow.terminating[at(s)], std::log(policy.stop[at(s)]));
  }
  return sum;
}

}  // namespace

PolicyMeasures measure(const StateGraph& graph, const GraphPolicy& policy,
                       const ForwardFlow& forward, const RewardFlow& demand, const Target& target) {
  PolicyMeasures m{divergence(forward.terminating, target.probability)};
  std::vector<double> log_learned, log_reward;
  for (int s = 0; s < graph.num_states(); ++s) {
    if (!graph.terminating(s)) continue;
    log_learned.push_back(std::log(forward.terminating[at(s)]));
    log_reward.push_back(target.log_reward[at(s)]);
    m.log_likelihood += weighted(target.probability[at(s)], log_learned.back());
  }
  m.pearson = pearson(log_learned, log_reward);
  m.spearman = spearman(log_learned, log_reward);
  m.entropy = trajectory_entropy(graph, policy, forward);
  m.elbo = mean_log_ratio(
      graph, policy, target, [&](std::int64_t e) { return forward.edge[at(e)]; },
      [&](int s) { return forward.terminating[at(s)]; });
  m.eubo = mean_log_ratio(
      graph, policy, target,
      [&](std::int64_t e) { return std::exp(demand.log_edge[at(e)] - demand.log_z); },
      [&](int s) { return target.probability[at(s)]; });
  return m;
}

}  // namespace flowscope
