#include "core/learn/exact_view.h"

#include <cmath>

#include "core/graph/policy_measures.h"

namespace flowscope {
namespace {

constexpr int kBlock = 512;  // states: activations of a block stay in cache
size_t sz(std::int64_t n) { return static_cast<size_t>(n); }

}  // namespace

template <class Real>
bool policy_on_graph(const Policy<Real>& policy, const Environment& environment,
                     const StateGraph& graph, const std::atomic<bool>& cancel, GraphPolicy& out) {
  const int n = graph.num_states(), actions = policy.spec().num_actions;
  const int backward_actions = policy.spec().num_backward_actions;
  out.forward.resize(sz(graph.num_edges()));
  out.backward.resize(sz(graph.num_edges()));
  out.stop.resize(sz(n));
  Rows rows(environment);
  typename Policy<Real>::Sweep sweep;
  for (int begin = 0; begin < n; begin += kBlock) {
    if (cancel) return false;
    rows.clear();
    sweep.clear();
    const int end = std::min(n, begin + kBlock);
    for (int s = begin; s < end; ++s) rows.insert(environment, graph.state(s));
    policy.extend_forward(rows, sweep);
    policy.evaluate_rest(environment, rows, sweep);
    for (int s = begin; s < end; ++s) {
      // The networks' single precision leaves sums a hair off 1; double makes them exact.
      const Real* p_f = sweep.p_f.data() + sz(s - begin) * sz(actions);
      double total = static_cast<double>(p_f[actions - 1]);
      for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
        total += static_cast<double>(p_f[graph.action(e)]);
      }
      out.stop[sz(s)] = static_cast<double>(p_f[actions - 1]) / total;
      for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
        out.forward[sz(e)] = static_cast<double>(p_f[graph.action(e)]) / total;
      }
      const Real* log_pb = sweep.log_pb.data() + sz(s - begin) * sz(backward_actions);
      total = 0;
      for (const std::int32_t e : graph.edges_in(s)) {
        total += out.backward[sz(e)] = std::exp(static_cast<double>(log_pb[graph.backward_action(e)]));
      }
      for (const std::int32_t e : graph.edges_in(s)) out.backward[sz(e)] /= total;
    }
  }
  return true;
}

std::vector<double> mass_per_mode(const Environment& environment, const StateGraph& graph,
                                  std::span<const double> distribution) {
  std::vector<double> mass(sz(environment.num_modes()), 0);
  if (mass.empty()) return mass;
  for (int s = 0; s < graph.num_states(); ++s) {
    if (!graph.terminating(s)) continue;
    if (const int mode = environment.mode_of(graph.state(s)); mode >= 0) {
      mass[sz(mode)] += distribution[sz(s)];
    }
  }
  return mass;
}

template <class Real>
std::shared_ptr<ExactView> make_exact_view(const Policy<Real>& policy, const RunInfo& run,
                                           const std::atomic<bool>& cancel) {
  auto view = std::make_shared<ExactView>();
  const StateGraph& graph = *run.graph;
  if (!policy_on_graph(policy, *run.environment, graph, cancel, view->policy)) return nullptr;
  if (!run.backward.empty()) view->policy.backward = run.backward;
  view->forward = forward_flow(graph, view->policy.forward, view->policy.stop);
  RewardFlow demand = reward_flow(graph, run.target.log_reward, view->policy.backward);
  static_cast<PolicyMeasures&>(*view) =
      measure(graph, view->policy, view->forward, demand, run.target);
  view->log_demand = std::move(demand.log_state);
  view->expected_length = view->forward.expected_length;
  view->mode_mass = mass_per_mode(*run.environment, graph, view->forward.terminating);
  return view;
}

template bool policy_on_graph<float>(const Policy<float>&, const Environment&, const StateGraph&,
                                     const std::atomic<bool>&, GraphPolicy&);
template bool policy_on_graph<double>(const Policy<double>&, const Environment&, const StateGraph&,
                                      const std::atomic<bool>&, GraphPolicy&);
template std::shared_ptr<ExactView> make_exact_view<float>(const Policy<float>&, const RunInfo&,
                                                           const std::atomic<bool>&);
template std::shared_ptr<ExactView> make_exact_view<double>(const Policy<double>&, const RunInfo&,
                                                            const std::atomic<bool>&);

}  // namespace flowscope
