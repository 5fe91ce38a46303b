#include "core/graph/exact_flow.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/graph/visits.h"

namespace flowscope {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// log(sum of exp), by a running maximum; -infinity for an empty sum.
class LogSum {
 public:
  void add(double x) {
    if (x == kNone) return;
    if (x > max_) {
      sum_ = sum_ * std::exp(max_ - x) + 1;
      max_ = x;
    } else {
      sum_ += std::exp(x - max_);
    }
  }
  double value() const { return sum_ > 0 ? max_ + std::log(sum_) : kNone; }

 private:
  double max_ = kNone, sum_ = 0;
};

/// Fills in log Z and the probabilities from log_reward.
Target normalised(Target target) {
  LogSum sum;
  for (const double log_reward : target.log_reward) sum.add(log_reward);
  target.log_z = sum.value();
  target.probability.clear();
  for (const double log_reward : target.log_reward) {
    target.probability.push_back(std::exp(log_reward - target.log_z));
  }
  return target;
}

/// Expected visits from s0, by elimination, where there is no order in which to push.
std::vector<double> cyclic_visits(const StateGraph& graph, std::span<const double> forward,
                                  std::span<const double> stop) {
  std::vector<ChainStep> steps;
  for (std::int64_t e = 0; e < graph.num_edges(); ++e) {
    steps.push_back({graph.parent(e), graph.child(e), forward[at(e)]});
  }
  std::vector<double> start(at(graph.num_states()), 0);
  start[0] = 1;
  return expected_visits(steps, stop, start);
}

/// log F(s) on a graph with cycles: rewards walk backwards by P_B until they end in s0, and a state's
/// flow is what passes through, as often as it does.
std::vector<double> cyclic_log_flow(const StateGraph& graph, std::span<const double> log_reward,
                                    std::span<const double> backward) {
  std::vector<ChainStep> steps;
  for (std::int64_t e = 0; e < graph.num_edges(); ++e) {
    steps.push_back({graph.child(e), graph.parent(e), backward[at(e)]});
  }
  std::vector<double> leak(at(graph.num_states()), 0), start(leak);
  leak[0] = 1;
  double top = kNone;
  for (int s = 0; s < graph.num_states(); ++s) {
    if (graph.terminating(s)) top = std::max(top, log_reward[at(s)]);
  }
  for (int s = 0; s < graph.num_states(); ++s) {
    if (graph.terminating(s)) start[at(s)] = std::exp(log_reward[at(s)] - top);
  }
  std::vector<double> flow = expected_visits(steps, leak, start);
  for (double& x : flow) x = top + std::log(x);
  return flow;
}

}  // namespace

ForwardFlow forward_flow(const StateGraph& graph, std::span<const double> forward,
                         std::span<const double> stop) {
  const int n = graph.num_states();
  ForwardFlow flow;
  flow.visit.assign(at(n), 0);
  flow.edge.assign(at(graph.num_edges()), 0);
  flow.terminating.assign(at(n), 0);
  flow.visit[0] = 1;
  if (!graph.acyclic()) flow.visit = cyclic_visits(graph, forward, stop);
  for (int s = 0; s < n; ++s) {  // topological order: all parents are done
    const double visit = flow.visit[at(s)];
    flow.expected_length += visit;  // one action is taken per visited state
    flow.terminating[at(s)] = visit * stop[at(s)];
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
      flow.edge[at(e)] = visit * forward[at(e)];
      if (graph.acyclic()) flow.visit[at(graph.child(e))] += flow.edge[at(e)];
    }
  }
  return flow;
}

RewardFlow reward_flow(const StateGraph& graph, std::span<const double> log_reward,
                       std::span<const double> backward) {
  const int n = graph.num_states();
  RewardFlow flow;
  flow.log_state.assign(at(n), kNone);
  flow.log_edge.assign(at(graph.num_edges()), kNone);
  if (!graph.acyclic()) flow.log_state = cyclic_log_flow(graph, log_reward, backward);
  for (int s = n - 1; s >= 0; --s) {  // reverse topological order: all children are done
    LogSum sum;
    if (graph.terminating(s)) sum.add(log_reward[at(s)]);
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
      flow.log_edge[at(e)] = flow.log_state[at(graph.child(e))] + std::log(backward[at(e)]);
      sum.add(flow.log_edge[at(e)]);
    }
    if (graph.acyclic()) flow.log_state[at(s)] = sum.value();
  }
  flow.log_z = flow.log_state[0];
  return flow;
}

std::vector<double> uniform_backward(const StateGraph& graph) {
  std::vector<double> backward(at(graph.num_edges()));
  for (std::int64_t e = 0; e < graph.num_edges(); ++e) {
    backward[at(e)] = 1.0 / static_cast<double>(graph.edges_in(graph.child(e)).size());
  }
  return backward;
}

GraphPolicy policy_of(const StateGraph& graph, const RewardFlow& flow,
                      std::span<const double> log_reward, std::span<const double> backward) {
  GraphPolicy policy;
  policy.backward.assign(backward.begin(), backward.end());
  policy.forward.resize(at(graph.num_edges()));
  policy.stop.assign(at(graph.num_states()), 0);
  for (int s = 0; s < graph.num_states(); ++s) {
    const double log_state = flow.log_state[at(s)];
    if (graph.terminating(s)) policy.stop[at(s)] = std::exp(log_reward[at(s)] - log_state);
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
      policy.forward[at(e)] = std::exp(flow.log_edge[at(e)] - log_state);
    }
  }
  return policy;
}

Target exact_target(const StateGraph& graph, const Environment& environment) {
  const int n = graph.num_states();
  Target target;
  target.log_reward.assign(at(n), kNone);
  for (int s = 0; s < n; ++s) {
    if (graph.terminating(s)) target.log_reward[at(s)] = environment.log_reward(graph.state(s));
  }
  return normalised(std::move(target));
}

std::vector<double> reversal(const StateGraph& graph, const GraphPolicy& policy) {
  const ForwardFlow flow = forward_flow(graph, policy.forward, policy.stop);
  std::vector<double> backward(at(graph.num_edges()));
  for (std::int64_t e = 0; e < graph.num_edges(); ++e) {
    backward[at(e)] = flow.edge[at(e)] / flow.visit[at(graph.child(e))];
  }
  return backward;
}

GraphPolicy random_walk(const StateGraph& graph) {
  GraphPolicy policy;
  policy.forward.resize(at(graph.num_edges()));
  policy.stop.resize(at(graph.num_states()));
  for (int s = 0; s < graph.num_states(); ++s) {
    const auto edges = graph.child_end(s) - graph.child_begin(s);
    const double each = 1.0 / static_cast<double>(edges + graph.terminating(s));
    policy.stop[at(s)] = graph.terminating(s) ? each : 0;
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) policy.forward[at(e)] = each;
  }
  policy.backward = reversal(graph, policy);
  return policy;
}

Target relative_target(const StateGraph& graph, const Target& rewards, const GraphPolicy& prior) {
  const ForwardFlow flow = forward_flow(graph, prior.forward, prior.stop);
  Target target = rewards;
  for (int s = 0; s < graph.num_states(); ++s) {
    if (graph.terminating(s)) target.log_reward[at(s)] += std::log(flow.terminating[at(s)]);
  }
  return normalised(std::move(target));
}

}  // namespace flowscope
