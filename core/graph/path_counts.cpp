#include "core/graph/path_counts.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace flowscope {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();
constexpr double kSettled = 1e-13;  // nats

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// The log of what a step does to the weight of a path.
double log_step(const StateGraph& graph) {
  if (graph.acyclic()) return 0;
  size_t most = 1;
  for (int s = 0; s < graph.num_states(); ++s) most = std::max(most, graph.edges_in(s).size());
  return -std::log(2 * static_cast<double>(most));
}

/// The log of the weight of all paths to a state, by those to its parents.
double log_paths_to(const StateGraph& graph, int s, const std::vector<double>& log_paths, double step) {
  double top = kNone, sum = 0;
  for (const std::int32_t e : graph.edges_in(s)) top = std::max(top, log_paths[at(graph.parent(e))]);
  if (top == kNone) return kNone;  // no way is known yet
  for (const std::int32_t e : graph.edges_in(s)) sum += std::exp(log_paths[at(graph.parent(e))] - top);
  return top + std::log(sum) + step;
}

}  // namespace

std::vector<double> log_path_backward(const StateGraph& graph) {
  const double step = log_step(graph);
  std::vector<double> log_paths(at(graph.num_states()), kNone);
  log_paths[0] = 0;  // nothing leads back to s0
  bool settled = false;
  while (!settled) {
    settled = true;
    for (int s = 1; s < graph.num_states(); ++s) {
      const double weight = log_paths_to(graph, s, log_paths, step);
      if (weight == log_paths[at(s)]) continue;
      settled = settled && std::abs(weight - log_paths[at(s)]) < kSettled;
      log_paths[at(s)] = weight;
    }
  }
  std::vector<double> log_pb(at(graph.num_edges()));
  for (std::int64_t e = 0; e < graph.num_edges(); ++e) {
    log_pb[at(e)] = log_paths[at(graph.parent(e))] + step - log_paths[at(graph.child(e))];
  }
  return log_pb;
}

}  // namespace flowscope
