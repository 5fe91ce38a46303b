// A small world with every trajectory listed and a table for every quantity that is learned, so that
// expectations are sums and gradients can be had without a network or a sample.
#pragma once

#include <cmath>
#include <functional>
#include <span>
#include <vector>

#include "core/graph/exact_flow.h"
#include "core/graph/state_graph.h"
#include "core/learn/objectives/objective.h"

namespace flowscope {

/// One complete trajectory as edges of the graph; it stops in `last`.
struct Trajectory {
  std::vector<std::int64_t> edges;
  int last = 0;
};

inline void extend_trajectories(const StateGraph& graph, Trajectory path, std::vector<Trajectory>& out) {
  if (graph.terminating(path.last)) out.push_back(path);
  for (auto e = graph.child_begin(path.last); e < graph.child_end(path.last); ++e) {
    Trajectory longer = path;
    longer.edges.push_back(e);
    longer.last = graph.child(e);
    extend_trajectories(graph, std::move(longer), out);
  }
}

/// Logits and log-flows; also the shape of a gradient by them.
struct Tables {
  std::vector<double> forward, backward;  // [E]
  std::vector<double> stop;               // [S] read where the process may stop
  std::vector<double> log_flow;           // [S]
  double log_z = 0;
};

class ExactWorld {
 public:
  explicit ExactWorld(const Environment& environment)
      : graph(StateGraph::enumerate(environment).value()),
        target(exact_target(graph, environment)),
        prior(random_walk(graph)) {
    extend_trajectories(graph, {}, paths);
  }

  StateGraph graph;
  Target target;
  GraphPolicy prior;        // of objectives that are relative to one
  std::vector<Trajectory> paths;  // every complete trajectory

  Tables zeros() const {
    const auto states = static_cast<size_t>(graph.num_states());
    const auto edges = static_cast<size_t>(graph.num_edges());
    return {std::vector<double>(edges), std::vector<double>(edges), std::vector<double>(states),
            std::vector<double>(states), 0};
  }

  /// Arbitrary tables, except that P_F has powers of a half alone: a batch can then hold every
  /// trajectory exactly as often as P_F says.
  Tables some_tables() const {
    Tables t = zeros();
    for (int s = 0; s < graph.num_states(); ++s) {
      const auto edges = static_cast<int>(graph.child_end(s) - graph.child_begin(s));
      const int options = edges + graph.terminating(s);
      for (int i = 0; i < options; ++i) {  // 1/2, 1/4, ..., and the last one twice
        const int halves = std::min((i + s) % options + 1, options - 1);
        (i < edges ? t.forward[at(graph.child_begin(s) + i)] : t.stop[at(s)]) = -halves * std::log(2.0);
      }
      t.log_flow[at(s)] = 1 + 0.3 * std::sin(0.5 * s);
    }
    for (size_t e = 0; e < t.backward.size(); ++e) {
      t.backward[e] = 0.5 * std::cos(0.9 * static_cast<double>(e));
    }
    t.log_z = 0.8;
    return t;
  }

  /// The logits as log-probabilities.
  Tables log_probabilities(Tables t) const {
    for (int s = 0; s < graph.num_states(); ++s) {
      double out = graph.terminating(s) ? std::exp(t.stop[at(s)]) : 0, in = 0;
      for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) out += std::exp(t.forward[at(e)]);
      for (const auto e : graph.edges_in(s)) in += std::exp(t.backward[at(e)]);
      t.stop[at(s)] -= std::log(out);
      for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) t.forward[at(e)] -= std::log(out);
      for (const auto e : graph.edges_in(s)) t.backward[at(e)] -= std::log(in);
    }
    return t;
  }

  /// The tables with which every trajectory balances, given the backward logits of `t`.
  Tables balanced(Tables t, bool relative) const {
    std::vector<double> backward = prior.backward;
    if (!relative) {
      for (size_t e = 0; e < backward.size(); ++e) backward[e] = std::exp(log_probabilities(t).backward[e]);
    }
    const auto& log_reward = relative ? relative_target(graph, target, prior).log_reward : target.log_reward;
    const RewardFlow flow = reward_flow(graph, log_reward, backward);
    const GraphPolicy policy = policy_of(graph, flow, log_reward, backward);
    for (size_t e = 0; e < t.forward.size(); ++e) t.forward[e] = std::log(policy.forward[e]);
    for (size_t s = 0; s < t.stop.size(); ++s) t.stop[s] = std::log(policy.stop[s]);
    t.log_flow = flow.log_state;
    t.log_z = flow.log_z;
    return t;
  }

  /// log P_F and log P_B(. | x) of a trajectory, from log-probabilities.
  double log_pf(const Trajectory& path, const Tables& log_p) const {
    double sum = log_p.stop[at(path.last)];
    for (const auto e : path.edges) sum += log_p.forward[at(e)];
    return sum;
  }
  double log_pb(const Trajectory& path, const Tables& log_p) const {
    double sum = 0;
    for (const auto e : path.edges) sum += log_p.backward[at(e)];
    return sum;
  }

  /// The trajectories as a batch whose rows are states of the graph; inflows of all states.
  Batch batch_of(std::span<const Trajectory> list) const {
    Batch batch;
    for (const Trajectory& path : list) {
      for (const auto e : path.edges) {
        batch.transitions.push_back({graph.parent(e), graph.action(e), graph.child(e), graph.backward_action(e)});
      }
      batch.transitions.push_back({path.last, -1});
      batch.begin.push_back(static_cast<std::int32_t>(batch.transitions.size()));
      batch.log_reward.push_back(target.log_reward[at(path.last)]);
    }
    for (int s = 1; s < graph.num_states(); ++s) {
      for (const auto e : graph.edges_in(s)) batch.inflows.push_back({s, graph.parent(e), graph.action(e)});
    }
    return batch;
  }

  /// Every trajectory as often as P_F of some_tables() says: a batch mean is an expectation.
  std::vector<Trajectory> on_policy() const {
    const Tables log_p = log_probabilities(some_tables());
    double rarest = 0;
    for (const Trajectory& path : paths) rarest = std::min(rarest, log_pf(path, log_p));
    std::vector<Trajectory> list;
    for (const Trajectory& path : paths) {
      list.insert(list.end(), static_cast<size_t>(std::lround(std::exp(log_pf(path, log_p) - rarest))), path);
    }
    return list;
  }

  struct Result {
    double loss = 0;
    Tables gradient;
    Residuals residuals;
  };

  /// An objective on a batch of trajectories, with its gradient by logits, log-flows and log Z.
  Result apply(std::string_view objective, const ObjectiveSettings& settings, const Tables& tables,
               std::span<const Trajectory> list) const {
    const Tables log_p = log_probabilities(tables);
    const Batch batch = batch_of(list);
    const bool relative = find_objective(objective)->relative;
    Evaluation e = evaluation_of(batch, list, log_p, relative);
    Result result;
    result.loss = find_objective_function(objective)(batch, settings, e, result.residuals);
    result.gradient = gradient_of(list, e, log_p);
    return result;
  }

  static size_t at(std::int64_t i) { return static_cast<size_t>(i); }

 private:
  Evaluation evaluation_of(const Batch& batch, std::span<const Trajectory> list, const Tables& log_p,
                           bool relative) const {
    Evaluation e;
    for (const Trajectory& path : list) {
      for (const auto edge : path.edges) {
        e.log_pf.push_back(log_p.forward[at(edge)]);
        e.log_pb.push_back(relative ? std::log(prior.forward[at(edge)]) : log_p.backward[at(edge)]);
      }
      e.log_pf.push_back(log_p.stop[at(path.last)]);
      e.log_pb.push_back(relative ? std::log(prior.stop[at(path.last)]) : 0);
    }
    e.log_z = log_p.log_z;
    e.log_flow = log_p.log_flow;
    e.log_stop = log_p.stop;
    e.row_log_reward = target.log_reward;
    for (int s = 1; s < graph.num_states(); ++s) {
      for (const auto edge : graph.edges_in(s)) e.log_inflow_pf.push_back(log_p.forward[at(edge)]);
    }
    e.d_log_pf.assign(e.log_pf.size(), 0);
    e.d_log_pb.assign(e.log_pb.size(), 0);
    e.d_log_flow.assign(e.log_flow.size(), 0);
    e.d_log_stop.assign(e.log_stop.size(), 0);
    e.d_log_inflow_pf.assign(batch.inflows.size(), 0);
    return e;
  }

  Tables gradient_of(std::span<const Trajectory> list, const Evaluation& e, const Tables& log_p) const {
    Tables by = zeros();  // first by log-probabilities
    size_t k = 0;
    for (const Trajectory& path : list) {
      for (const auto edge : path.edges) {
        by.forward[at(edge)] += e.d_log_pf[k];
        by.backward[at(edge)] += e.d_log_pb[k++];
      }
      by.stop[at(path.last)] += e.d_log_pf[k++];
    }
    for (size_t s = 0, i = 0; s < e.d_log_stop.size(); ++s) {
      by.stop[s] += e.d_log_stop[s];
      if (s == 0) continue;
      for (const auto edge : graph.edges_in(static_cast<int>(s))) by.forward[at(edge)] += e.d_log_inflow_pf[i++];
    }
    Tables g = by;  // then through the softmax: a logit moves its own and all of its rivals
    for (int s = 0; s < graph.num_states(); ++s) {
      double out = by.stop[at(s)], in = 0;
      for (auto edge = graph.child_begin(s); edge < graph.child_end(s); ++edge) out += by.forward[at(edge)];
      for (const auto edge : graph.edges_in(s)) in += by.backward[at(edge)];
      g.stop[at(s)] -= graph.terminating(s) ? out * std::exp(log_p.stop[at(s)]) : 0;
      for (auto edge = graph.child_begin(s); edge < graph.child_end(s); ++edge) {
        g.forward[at(edge)] -= out * std::exp(log_p.forward[at(edge)]);
      }
      for (const auto edge : graph.edges_in(s)) g.backward[at(edge)] -= in * std::exp(log_p.backward[at(edge)]);
    }
    g.log_flow = e.d_log_flow;
    g.log_z = e.d_log_z;
    return g;
  }
};

/// The derivative of f by x to about 1e-11 relative: central differences at h, h/2, h/4, h/8 with their
/// errors in h^2, h^4 and h^6 taken out (Richardson).
inline double derivative(double& x, const std::function<double()>& f) {
  double d[4];
  const double here = x;
  for (int i = 0; i < 4; ++i) {
    const double h = 0.1 / (1 << i);
    x = here + h;
    const double up = f();
    x = here - h;
    d[i] = (up - f()) / (2 * h);
  }
  x = here;
  for (int order = 1; order < 4; ++order) {
    const double factor = std::pow(4, order);
    for (int i = 3; i >= order; --i) d[i] = (factor * d[i] - d[i - 1]) / (factor - 1);
  }
  return d[3];
}

}  // namespace flowscope
