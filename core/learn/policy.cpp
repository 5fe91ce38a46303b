#include "core/learn/policy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/graph/path_counts.h"
#include "core/learn/holes.h"

namespace flowscope {
namespace {

size_t sz(std::int64_t n) { return static_cast<size_t>(n); }

/// Log-probabilities of n actions and the probabilities themselves, which sampling and the gradient
/// need again.
template <class Real>
struct Distribution {
  Real* log_p;
  Real* p;
};

/// The same probability for every legal action, of which a row may have just one, or none.
template <class Real>
void even(const std::uint8_t* legal, int n, int num_legal, Distribution<Real> out) {
  const Real log_p = num_legal > 1 ? -std::log(static_cast<Real>(num_legal)) : 0;
  const Real p = num_legal > 1 ? std::exp(log_p) : 1;
  for (int a = 0; a < n; ++a) {
    out.log_p[a] = legal[a] ? log_p : -std::numeric_limits<Real>::infinity();
    out.p[a] = legal[a] ? p : Real(0);
  }
}

/// Makes room for `rows` rows of n numbers.
template <class Real>
void grow(std::vector<Real>& v, int rows, int n) {
  if (v.size() < sz(rows) * sz(n)) v.resize(2 * sz(rows) * sz(n));
}

/// d loss / d logits from d loss / d log p of the actions taken: for each row with total weight w,
/// the softmax gives back -w p. `d` holds the sums per action on entry; its rows lie `stride` apart.
template <class Real>
void softmax_backward(const RowPass<Real>& pass, const std::vector<Real>& p, int actions, int stride, Real* d) {
  for (int i = 0; i < pass.pass.rows; ++i, d += stride) {
    const Real* row = p.data() + sz(pass.row_of[sz(i)]) * sz(actions);
    Real total = 0;
    for (int a = 0; a < actions; ++a) total += d[a];
    if (total == 0) continue;
    for (int a = 0; a < actions; ++a) d[a] -= total * row[a];
  }
}

/// log P_B of every edge in proportion to the number of paths that lead to its parent.
template <class Real>
std::vector<Real> paths_backward(const StateGraph& graph) {
  const std::vector<double> log_pb = log_path_backward(graph);
  return {log_pb.begin(), log_pb.end()};
}

}  // namespace

template <class Real>
void Policy<Real>::Sweep::clear() {
  for (auto& net : nets) net.clear();
  id.clear();
  head.clear();
  forward_rows = backward_rows = flow_rows = 0;
}

template <class Real>
Policy<Real>::Policy(const Environment& environment, const PolicyShape& shape, const Rng& rng,
                     std::shared_ptr<const StateGraph> graph)
    : spec_(environment.spec()),
      shape_(shape),
      graph_(shape.needs_graph() ? std::move(graph) : nullptr),
      input_(spec_, shape, graph_ ? graph_->num_states() : 0) {
  // Which head sits on which network: 0 is P_F's, 1 P_B's, 2 that of log F. On 3 are the priors.
  const bool own_backward = shape.backward == BackwardKind::kFrozen ||
                            (shape.backward == BackwardKind::kLearned && !shape.shared_torso);
  const bool on_forward = shape.backward == BackwardKind::kTied ||
                          (shape.backward == BackwardKind::kLearned && shape.shared_torso);
  std::array<int, 4> outputs{};
  const auto add = [&](Head& head, int net, int size) {
    head = {net, outputs[sz(net)], size};
    outputs[sz(net)] += size;
  };
  add(forward_, 0, spec_.num_actions * std::max(1, shape.heads));
  if (own_backward || on_forward) add(backward_, own_backward ? 1 : 0, spec_.num_backward_actions);
  if (shape.flow) add(flow_, shape.shared_torso ? 0 : 2, 1);
  if (shape.heads > 0 && shape.prior > 0) outputs[3] = forward_.size;

  const MlpShape layers{.width = shape.width, .layers = shape.layers, .activation = shape.activation,
                        .layer_norm = shape.layer_norm, .fan_in = shape.fan_in};
  for (int i = 0; i < 4; ++i) {
    MlpShape net = input_.shape_of(layers, i == 2 && shape.flow_energy);
    net.outputs = outputs[sz(i)];
    if (i == 3) net.zero = false;
    nets_.emplace_back(net);
    begin_[sz(i) + 1] = begin_[sz(i)] + (net.outputs > 0 ? nets_.back().num_parameters() : 0);
  }
  parameters_.resize(begin_[4]);
  gradient_.assign(begin_[4], 0);
  const Role backward_role = shape.backward == BackwardKind::kFrozen ? Role::kFrozen : Role::kBackward;
  const Role roles[] = {Role::kForward, backward_role, Role::kFlow, Role::kFrozen};
  for (int i = 0; i < 4; ++i) {
    groups_.push_back({begin_[sz(i)], begin_[sz(i) + 1], roles[i], false});
    if (outputs[sz(i)] == 0) continue;
    nets_[sz(i)].initialise(std::span(parameters_).subspan(begin_[sz(i)], begin_[sz(i) + 1] - begin_[sz(i)]), rng, i);
  }
  if (shape.backward == BackwardKind::kMaximumEntropy) edge_log_pb_ = paths_backward<Real>(*graph_);
}

template <class Real>
std::span<const Real> Policy<Real>::part(std::span<const Real> all, int net) const {
  return all.subspan(begin_[sz(net)], begin_[sz(net) + 1] - begin_[sz(net)]);
}

/// Whether no other head needs the head's network.
template <class Real>
bool Policy<Real>::alone(const Head& head) const {
  return nets_[sz(head.net)].shape().outputs == head.size;
}

template <class Real>
void Policy<Real>::identify(const Rows& rows, Sweep& sweep) const {
  for (int r = static_cast<int>(sweep.id.size()); graph_ && r < rows.size(); ++r) {
    sweep.id.push_back(graph_->find(rows.state(r)));
  }
}

/// Runs a network on those rows it has not seen yet that are wanted; it sees their energies in that
/// environment, if one is given.
template <class Real>
template <class Wanted>
void Policy<Real>::run(std::span<const Real> parameters, int net, const Rows& rows, Wanted wanted,
                       Sweep& sweep, const Environment* energies) const {
  RowPass<Real>& pass = sweep.nets[sz(net)];
  identify(rows, sweep);
  active_.clear();
  values_.clear();
  const int before = pass.pass.rows;
  int added = 0;
  for (int r = static_cast<int>(pass.slot.size()); r < rows.size(); ++r) {
    if (const int base = rows.base(r); base != r) {  // its state has been seen to
      pass.slot.push_back(pass.slot[sz(base)]);
      continue;
    }
    if (!wanted(r)) {
      pass.slot.push_back(-1);
      continue;
    }
    pass.slot.push_back(before + added++);
    pass.row_of.push_back(r);
    input_.append(rows, r, graph_ ? sweep.id[sz(r)] : -1, energies, active_, values_);
  }
  if (added == 0) return;
  nets_[sz(net)].forward(part(parameters, net), std::span<const std::int32_t>(active_),
                         std::span<const Real>(values_), added, pass.pass, *workers_);
}

template <class Real>
void Policy<Real>::extend_forward(std::span<const Real> parameters, const Rows& rows, Sweep& sweep) const {
  const bool only = alone(forward_);
  const auto chooses = [&](int r) { return rows.num_forward(r) > 1 && !rows.drawn(r); };
  run(parameters, 0, rows, [&](int r) { return !only || chooses(r); }, sweep);
  if (nets_[3].shape().outputs > 0) run(parameters, 3, rows, chooses, sweep);
  const int actions = spec_.num_actions;
  grow(sweep.log_pf, rows.size(), actions);
  grow(sweep.p_f, rows.size(), actions);
  for (int r = static_cast<int>(sweep.head.size()); shape_.heads > 0 && r < rows.size(); ++r) {
    sweep.head.push_back(rows.head(r));
  }
  for (int r = sweep.forward_rows; r < rows.size(); ++r) {
    const Distribution<Real> out{sweep.log_pf.data() + sz(r) * sz(actions), sweep.p_f.data() + sz(r) * sz(actions)};
    if (rows.num_forward(r) <= 1 || rows.drawn(r)) {
      even(rows.forward_legal(r), actions, rows.num_forward(r), out);
    } else {
      kernels<Real>().masked_softmax(logits(sweep, r), rows.forward_legal(r), actions, out.log_p, out.p);
    }
  }
  sweep.forward_rows = rows.size();
}

template <class Real>
void Policy<Real>::keep(std::span<const std::int32_t> from, Sweep& sweep) const {
  const std::vector<std::int32_t> place = places_of(from, sz(sweep.forward_rows));
  keep_rows(from, spec_.num_actions, sweep.log_pf);
  keep_rows(from, spec_.num_actions, sweep.p_f);
  keep_rows(from, 1, sweep.id);
  if (graph_) sweep.id.resize(from.size());
  sweep.forward_rows = static_cast<int>(from.size());
  for (size_t net = 0; net < nets_.size(); ++net) {
    RowPass<Real>& pass = sweep.nets[net];
    if (pass.slot.empty()) continue;
    std::vector<std::uint8_t> wanted;
    for (const std::int32_t row : pass.row_of) wanted.push_back(place[sz(row)] >= 0);
    const std::vector<std::int32_t> slots = without_holes(wanted);
    nets_[net].keep(slots, pass.pass);
    pass.slot.assign(from.size(), -1);
    for (size_t i = 0; i < slots.size(); ++i) {
      pass.row_of[i] = place[sz(pass.row_of[sz(slots[i])])];
      pass.slot[sz(pass.row_of[i])] = static_cast<std::int32_t>(i);
    }
    pass.row_of.resize(slots.size());
  }
}

/// P_F's logits at a row whose networks have been evaluated: with heads, those of the row's own or the
/// mean over all, each of them what it has learned plus its prior.
template <class Real>
const Real* Policy<Real>::logits(const Sweep& sweep, int row) const {
  const int stride = nets_[0].shape().outputs, actions = spec_.num_actions;
  const Real* learned = sweep.nets[0].pass.out.data() + sz(sweep.nets[0].slot[sz(row)]) * sz(stride);
  if (shape_.heads == 0) return learned;
  const bool with_prior = nets_[3].shape().outputs > 0;
  const Real* prior = with_prior ? sweep.nets[3].pass.out.data() + sz(sweep.nets[3].slot[sz(row)]) * sz(forward_.size)
                                 : nullptr;
  const int head = sweep.head[sz(row)];
  const int begin = head > 0 ? head - 1 : 0, end = head > 0 ? head : shape_.heads;
  logits_.assign(sz(actions), 0);
  for (int h = begin; h < end; ++h) {
    for (int a = 0; a < actions; ++a) {
      const size_t at = sz(h) * sz(actions) + sz(a);
      const Real logit = learned[at] + (prior ? static_cast<Real>(shape_.prior) * prior[at] : Real(0));
      logits_[sz(a)] += logit / static_cast<Real>(end - begin);
    }
  }
  return logits_.data();
}

/// log P_B of a row's parents under the maximum-entropy backward policy.
template <class Real>
void Policy<Real>::backward_of_paths(const Rows& rows, Sweep& sweep) const {
  identify(rows, sweep);
  for (int r = sweep.backward_rows; r < rows.size(); ++r) {
    Real* row = sweep.log_pb.data() + sz(r) * sz(spec_.num_backward_actions);
    std::fill_n(row, spec_.num_backward_actions, -std::numeric_limits<Real>::infinity());
    for (const std::int32_t e : graph_->edges_in(sweep.id[sz(r)])) {
      row[graph_->backward_action(e)] = edge_log_pb_[sz(e)];
    }
  }
}

template <class Real>
void Policy<Real>::extend_backward(const Rows& rows, Sweep& sweep) const {
  const int n = rows.size(), actions = spec_.num_backward_actions;
  grow(sweep.log_pb, n, actions);
  if (backward_.net < 0) {
    if (shape_.backward == BackwardKind::kMaximumEntropy) {
      backward_of_paths(rows, sweep);
    } else {
      for (int r = sweep.backward_rows; r < n; ++r) {
        const Real value = -std::log(static_cast<Real>(std::max(1, rows.num_backward(r))));
        std::fill_n(sweep.log_pb.begin() + static_cast<long>(r) * actions, actions, value);
      }
    }
    sweep.backward_rows = n;
    return;
  }
  const bool only = alone(backward_);
  run(parameters_, backward_.net, rows, [&](int r) { return !only || rows.num_backward(r) > 1; }, sweep);
  const RowPass<Real>& pass = sweep.nets[sz(backward_.net)];
  const int stride = nets_[sz(backward_.net)].shape().outputs;
  grow(sweep.p_b, n, actions);
  for (int r = sweep.backward_rows; r < n; ++r) {
    const Distribution<Real> out{sweep.log_pb.data() + sz(r) * sz(actions), sweep.p_b.data() + sz(r) * sz(actions)};
    if (rows.num_backward(r) <= 1) {
      even(rows.backward_legal(r), actions, rows.num_backward(r), out);
    } else {
      kernels<Real>().masked_softmax(pass.pass.out.data() + sz(pass.slot[sz(r)]) * sz(stride) + backward_.begin,
                                     rows.backward_legal(r), actions, out.log_p, out.p);
    }
  }
  sweep.backward_rows = n;
}

template <class Real>
void Policy<Real>::extend_flow(std::span<const Real> parameters, const Environment& environment,
                               const Rows& rows, Sweep& sweep) const {
  const bool all = !shape_.flow_at_source || !alone(flow_);
  run(parameters, flow_.net, rows, [&](int r) { return all || rows.num_backward(r) == 0; }, sweep,
      shape_.flow_energy ? &environment : nullptr);
  const RowPass<Real>& pass = sweep.nets[sz(flow_.net)];
  const int stride = nets_[sz(flow_.net)].shape().outputs;
  sweep.log_flow.resize(sz(rows.size()));
  for (int r = sweep.flow_rows; r < rows.size(); ++r) {
    const int slot = pass.slot[sz(r)];
    sweep.log_flow[sz(r)] = slot < 0 ? Real(0) : pass.pass.out[sz(slot) * sz(stride) + sz(flow_.begin)];
  }
  sweep.flow_rows = rows.size();
}

/// Calls visit(row, action, d loss / d log P_F) for every one that the batch used.
template <class Real>
template <class Visit>
void Policy<Real>::visit_forward(const Batch& batch, const Evaluation& e, Visit visit) const {
  for (size_t k = 0; k < batch.transitions.size(); ++k) {
    visit(batch.transitions[k].row, batch.transitions[k].action, e.d_log_pf[k]);
  }
  for (size_t r = 0; r < e.d_log_stop.size(); ++r) {
    visit(static_cast<std::int32_t>(r), spec_.stop_action(), e.d_log_stop[r]);
  }
  for (size_t i = 0; i < e.d_log_inflow_pf.size(); ++i) {
    visit(batch.inflows[i].parent, batch.inflows[i].action, e.d_log_inflow_pf[i]);
  }
}

/// Where P_F has several heads: several rows may share one output of its network, each with a softmax of its
/// own. A row under the mean of all heads gives each an equal part.
template <class Real>
void Policy<Real>::differentiate_heads(const Batch& batch, const Sweep& sweep, const Evaluation& e, Real* d) const {
  const int actions = spec_.num_actions, stride = nets_[0].shape().outputs;
  std::vector<Real> by_row(sz(sweep.forward_rows) * sz(actions), 0);
  visit_forward(batch, e, [&](std::int32_t row, std::int32_t action, double by) {
    by_row[sz(row) * sz(actions) + sz(action)] += static_cast<Real>(by);
  });
  for (int r = 0; r < sweep.forward_rows; ++r) {
    const int slot = sweep.nets[0].slot[sz(r)], head = sweep.head[sz(r)];
    const Real* row = by_row.data() + sz(r) * sz(actions);
    const Real* p = sweep.p_f.data() + sz(r) * sz(actions);
    if (slot < 0 || std::all_of(row, row + actions, [](Real x) { return x == 0; })) continue;
    const Real total = std::accumulate(row, row + actions, Real(0));
    const int begin = head > 0 ? head - 1 : 0, end = head > 0 ? head : shape_.heads;
    for (int h = begin; h < end; ++h) {
      Real* out = d + sz(slot) * sz(stride) + sz(forward_.begin) + sz(h) * sz(actions);
      for (int a = 0; a < actions; ++a) out[a] += (row[a] - total * p[a]) / static_cast<Real>(end - begin);
    }
  }
}

/// One network's share of backward(), the sum over its heads.
template <class Real>
void Policy<Real>::differentiate(int net, const Batch& batch, const Sweep& sweep, const Evaluation& e) {
  const RowPass<Real>& pass = sweep.nets[sz(net)];
  // On trees no state ever asks P_B's.
  if (pass.pass.rows > 0) groups_[sz(net)].reached = true;
  if (!groups_[sz(net)].reached) return;
  const int stride = nets_[sz(net)].shape().outputs;
  std::vector<Real>& d = d_out_[sz(net)];
  d.assign(sz(pass.pass.rows) * sz(stride), 0);
  const auto add = [&](const Head& head, std::int32_t row, int output, double by) {
    const int slot = pass.slot[sz(row)];
    if (slot >= 0) d[sz(slot) * sz(stride) + sz(head.begin + output)] += static_cast<Real>(by);
  };
  if (forward_.net == net && shape_.heads > 0) {
    differentiate_heads(batch, sweep, e, d.data());
  } else if (forward_.net == net) {
    visit_forward(batch, e, [&](std::int32_t row, std::int32_t action, double by) { add(forward_, row, action, by); });
    softmax_backward(pass, sweep.p_f, forward_.size, stride, d.data() + forward_.begin);
  }
  if (backward_.net == net) {
    for (size_t k = 0; k < batch.transitions.size(); ++k) {
      const Transition& t = batch.transitions[k];
      if (t.next >= 0) add(backward_, t.next, t.backward_action, e.d_log_pb[k]);
    }
    softmax_backward(pass, sweep.p_b, backward_.size, stride, d.data() + backward_.begin);
  }
  if (flow_.net == net) {
    for (size_t r = 0; r < e.d_log_flow.size(); ++r) {
      add(flow_, static_cast<std::int32_t>(r), 0, e.d_log_flow[r]);
    }
  }
  nets_[sz(net)].backward(part(parameters_, net), pass.pass, d,
                          std::span(gradient_).subspan(begin_[sz(net)], begin_[sz(net) + 1] - begin_[sz(net)]));
}

template <class Real>
void Policy<Real>::backward(const Batch& batch, const Sweep& sweep, const Evaluation& evaluation,
                            const std::function<void(const ParameterGroup&)>& complete) {
  // Networks share nothing, so they may run side by side; the one that was evaluated last is still in the cache.
  constexpr int kNets = 3;
  const bool side_by_side = workers_->threads() > 1;
  const auto finish = [&](int job) {
    const ParameterGroup& group = groups_[sz(kNets - 1 - job)];
    if (group.reached) complete(group);
  };
  workers_->run(kNets, [&](int job) {
    const int net = kNets - 1 - job;
    const ParameterGroup& group = groups_[sz(net)];
    if (group.begin < group.end && group.role != Role::kFrozen) differentiate(net, batch, sweep, evaluation);
    if (!side_by_side) finish(job);
  });
  for (int job = 0; side_by_side && job < kNets; ++job) finish(job);
}

template <class Real>
double Policy<Real>::flops(const Sweep& sweep) const {
  double sum = 0;
  for (size_t i = 0; i < nets_.size(); ++i) sum += nets_[i].flops_per_row() * sweep.nets[i].pass.rows;
  return sum;
}

template class Policy<float>;
template class Policy<double>;

}  // namespace flowscope
