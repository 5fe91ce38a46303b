#include "app/panels/facts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace flowscope {
namespace {

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

bool known(const Snapshot& s, int state) {
  return s.run && s.run->graph && s.exact && state >= 0 && state < s.run->graph->num_states();
}

/// The edge into `state` that carries most learned flow, or -1 at s0.
std::int64_t best_edge_in(const StateGraph& graph, const ExactView& exact, int state) {
  std::int64_t best = -1;
  for (const std::int32_t e : graph.edges_in(state)) {
    if (best < 0 || exact.forward.edge[at(e)] > exact.forward.edge[at(best)]) best = e;
  }
  return best;
}

/// The likeliest edge out of `state`, or -1 where stopping is likelier or the only way.
std::int64_t best_edge_out(const StateGraph& graph, const ExactView& exact, int state) {
  std::int64_t best = -1;
  double most = graph.terminating(state) ? exact.policy.stop[at(state)] : -1;
  for (auto e = graph.child_begin(state); e < graph.child_end(state); ++e) {
    if (exact.policy.forward[at(e)] > most) most = exact.policy.forward[at(best = e)];
  }
  return best;
}

}  // namespace

std::optional<StateFacts> facts_of(const Snapshot& s, int state) {
  if (!known(s, state)) return std::nullopt;
  const auto i = at(state);
  StateFacts facts;
  facts.terminating = s.run->graph->terminating(state);
  if (facts.terminating) facts.log_reward = s.run->target.log_reward[i];
  facts.target = s.run->target.probability[i];
  facts.learned = s.exact->forward.terminating[i];
  facts.visit = s.exact->forward.visit[i];
  facts.log_arriving = s.metrics.log_z + std::log(facts.visit);
  facts.log_demand = s.exact->log_demand[i];
  return facts;
}

std::string ratio_words(double learned, double target) {
  if (!(target > 0)) return learned > 0 ? "never asked for" : "neither asked for nor sampled";
  const double ratio = learned / target;
  if (!(ratio > 0)) return "never sampled";
  char text[48];
  if (std::abs(std::log(ratio)) < 0.02) {
    std::snprintf(text, sizeof text, "about right x%.2f", ratio);
  } else {
    const char* words = ratio < 1 ? "too rarely" : "too often";
    const char* format = ratio < 0.01 ? "%s x%.1e" : ratio < 100 ? "%s x%.2f" : "%s x%.0f";
    std::snprintf(text, sizeof text, format, words, ratio);
  }
  return text;
}

std::optional<PathBalance> likeliest_path(const Snapshot& s, int state) {
  if (!known(s, state)) return std::nullopt;
  const StateGraph& graph = *s.run->graph;
  const ExactView& exact = *s.exact;
  PathBalance path;
  path.log_z = s.metrics.log_z;
  const auto take = [&](std::int64_t edge) {
    path.log_pf += std::log(exact.policy.forward[at(edge)]);
    path.log_pb += std::log(exact.policy.backward[at(edge)]);
  };
  path.states.push_back(state);
  for (auto e = best_edge_in(graph, exact, state); e >= 0;) {
    take(e);
    path.states.push_back(graph.parent(e));
    e = best_edge_in(graph, exact, graph.parent(e));
  }
  std::reverse(path.states.begin(), path.states.end());
  if (!graph.terminating(state)) {
    for (auto e = best_edge_out(graph, exact, state); e >= 0;) {
      take(e);
      path.states.push_back(graph.child(e));
      e = best_edge_out(graph, exact, graph.child(e));
    }
  }
  const auto x = at(path.states.back());
  path.log_pf += std::log(exact.policy.stop[x]);
  path.log_reward = s.run->target.log_reward[x];
  return path;
}

std::string state_label(const Snapshot& s, int state) {
  if (!s.run || !s.run->graph || state < 0 || state >= s.run->graph->num_states()) return "";
  return s.run->environment->label(s.run->graph->state(state));
}

double demanded_edge(const Snapshot& s, std::int64_t edge) {
  const int child = s.run->graph->child(edge);
  return std::exp(s.exact->log_demand[at(child)] - s.run->target.log_z) *
         s.exact->policy.backward[at(edge)];
}

ShownDistance shown_distance(const Snapshot& s) {
  if (s.exact) return {s.exact->tv, s.exact->l1, s.exact->jsd, s.exact->kl};
  if (s.density && s.density->exact) {
    return {s.density->tv, s.density->l1, s.density->jsd, s.density->kl};
  }
  if (s.density) {
    return {s.density->sampled_tv,
            s.density->sampled_tv ? std::optional(2 * *s.density->sampled_tv) : std::nullopt,
            s.density->sampled_jsd, {}, s.density->samples};
  }
  if (s.estimate) return {s.estimate->tv, s.estimate->l1, s.estimate->jsd, {}, s.estimate->objects};
  return {};
}

std::optional<double> learned_log_z(const Snapshot& s) {
  return std::isnan(s.metrics.log_z) ? std::nullopt : std::optional(s.metrics.log_z);
}

}  // namespace flowscope
