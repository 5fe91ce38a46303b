#include "core/learn/policy.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

/// Log-probabilities of n actions and the probabilities themselves, which sampling and the gradient
/// need again.
template <class Real>
struct Distribution {
  Real* log_p;
  Real* p;
};

/// Softmax of the logits over legal actions; -infinity and 0 elsewhere.
template <class Real>
void masked_softmax(const Real* logits, const std::uint8_t* legal, int n, Distribution<Real> out) {
  Real top = -std::numeric_limits<Real>::infinity(), sum = 0;
  for (int a = 0; a < n; ++a) {
    if (legal[a]) top = std::max(top, logits[a]);
  }
  for (int a = 0; a < n; ++a) {
    out.p[a] = legal[a] ? std::exp(logits[a] - top) : Real(0);
    sum += out.p[a];
  }
  const Real shift = top + std::log(sum), scale = 1 / sum;
  for (int a = 0; a < n; ++a) {
    out.log_p[a] = legal[a] ? logits[a] - shift : -std::numeric_limits<Real>::infinity();
    out.p[a] *= scale;
  }
}

/// The certain action of a row with one legal action, or no action at all.
template <class Real>
void certain(const std::uint8_t* legal, int n, Distribution<Real> out) {
  for (int a = 0; a < n; ++a) {
    out.log_p[a] = legal[a] ? Real(0) : -std::numeric_limits<Real>::infinity();
    out.p[a] = legal[a];
  }
}

/// Evaluates a network on rows [begin, end) that have a choice, and writes log-probabilities.
template <class Real, class Legal, class Count>
void extend(const Mlp<Real>& net, std::span<const Real> parameters, const Rows& rows, int begin,
            int end, int actions, Legal legal, Count count, Workers& workers, RowPass<Real>& pass,
            std::vector<std::int32_t>& active, std::vector<Real>& log_p, std::vector<Real>& p) {
  if (log_p.size() < sz(end) * sz(actions)) {
    log_p.resize(2 * sz(end) * sz(actions));
    p.resize(log_p.size());
  }
  const auto at = [&](int r) {
    return Distribution<Real>{log_p.data() + sz(r) * sz(actions), p.data() + sz(r) * sz(actions)};
  };
  active.clear();
  const int before = pass.pass.rows;
  int added = 0;
  for (int r = begin; r < end; ++r) {
    if (count(r) <= 1) {
      pass.slot.push_back(-1);
      certain(legal(r), actions, at(r));
      continue;
    }
    pass.slot.push_back(before + added++);
    pass.row_of.push_back(r);
    const auto features = rows.features(r);
    active.insert(active.end(), features.begin(), features.end());
  }
  if (added == 0) return;
  net.forward(parameters, active, added, pass.pass, workers);
  for (int i = before; i < pass.pass.rows; ++i) {
    const int r = pass.row_of[sz(i)];
    masked_softmax(pass.pass.out.data() + sz(i) * sz(actions), legal(r), actions, at(r));
  }
}

/// d loss / d logits from d loss / d log p of the actions taken: for each row with total weight w,
/// the softmax gives back -w p. `d` holds the sums per action on entry.
template <class Real>
void softmax_backward(const RowPass<Real>& pass, const std::vector<Real>& p, int actions, Real* d) {
  for (int i = 0; i < pass.pass.rows; ++i, d += actions) {
    const Real* row = p.data() + sz(pass.row_of[sz(i)]) * sz(actions);
    Real total = 0;
    for (int a = 0; a < actions; ++a) total += d[a];
    if (total == 0) continue;
    for (int a = 0; a < actions; ++a) d[a] -= total * row[a];
  }
}

}  // namespace

template <class Real>
void Policy<Real>::Sweep::clear() {
  forward.clear();
  backward.clear();
  flow.clear();
  forward_rows = 0;
}

template <class Real>
Policy<Real>::Policy(const Environment& environment, const PolicyShape& shape, const Rng& rng)
    : spec_(environment.spec()),
      shape_(shape),
      forward_({spec_.num_features, spec_.num_active, shape.width, shape.layers, spec_.num_actions}),
      backward_({spec_.num_features, spec_.num_active, shape.width, shape.layers, spec_.num_backward_actions}),
      flow_({spec_.num_features, spec_.num_active, shape.width, shape.layers, 1}) {
  begin_[0] = 0;
  begin_[1] = begin_[0] + forward_.num_parameters();
  begin_[2] = begin_[1] + (shape.learned_backward ? backward_.num_parameters() : 0);
  begin_[3] = begin_[2] + (shape.flow ? flow_.num_parameters() : 0);
  parameters_.resize(begin_[3]);
  gradient_.assign(begin_[3], 0);
  const auto init = [&](const Mlp<Real>& net, int i) {
    net.initialise(std::span(parameters_).subspan(begin_[i], begin_[i + 1] - begin_[i]), rng, i);
  };
  init(forward_, 0);
  if (shape.learned_backward) init(backward_, 1);
  if (shape.flow) init(flow_, 2);
  constexpr Role kRoles[] = {Role::kForward, Role::kBackward, Role::kFlow};
  for (int net = 0; net < 3; ++net) groups_.push_back({begin_[net], begin_[net + 1], kRoles[net]});
}

template <class Real>
std::span<const Real> Policy<Real>::part(int net) const {
  return std::span(parameters_).subspan(begin_[net], begin_[net + 1] - begin_[net]);
}

template <class Real>
std::span<Real> Policy<Real>::gradient_part(int net) {
  return std::span(gradient_).subspan(begin_[net], begin_[net + 1] - begin_[net]);
}

template <class Real>
void Policy<Real>::extend_forward(const Rows& rows, Sweep& sweep) const {
  extend(
      forward_, part(0), rows, sweep.forward_rows, rows.size(), spec_.num_actions,
      [&](int r) { return rows.forward_legal(r); }, [&](int r) { return rows.num_forward(r); },
      *workers_, sweep.forward, active_, sweep.log_pf, sweep.p_f);
  sweep.forward_rows = rows.size();
}

template <class Real>
void Policy<Real>::evaluate_rest(const Rows& rows, Sweep& sweep) const {
  const int n = rows.size(), actions = spec_.num_backward_actions;
  if (shape_.learned_backward) {
    extend(
        backward_, part(1), rows, 0, n, actions, [&](int r) { return rows.backward_legal(r); },
        [&](int r) { return rows.num_backward(r); }, *workers_, sweep.backward, active_, sweep.log_pb, sweep.p_b);
  } else {
    if (sweep.log_pb.size() < sz(n) * sz(actions)) sweep.log_pb.resize(2 * sz(n) * sz(actions));
    for (int r = 0; r < n; ++r) {
      const Real value = -std::log(static_cast<Real>(std::max(1, rows.num_backward(r))));
      std::fill_n(sweep.log_pb.begin() + r * actions, actions, value);
    }
  }
  if (!shape_.flow) return;
  active_.clear();
  for (int r = 0; r < n; ++r) {
    sweep.flow.slot.push_back(r);
    sweep.flow.row_of.push_back(r);
    const auto features = rows.features(r);
    active_.insert(active_.end(), features.begin(), features.end());
  }
  flow_.forward(part(2), active_, n, sweep.flow.pass, *workers_);
  sweep.log_flow.assign(sweep.flow.pass.out.begin(), sweep.flow.pass.out.begin() + n);
}

template <class Real>
void Policy<Real>::backward(const RowBatch& batch, const Sweep& sweep,
                            const Evaluation& evaluation) {
  // Each network on its own: they share nothing, so they may run side by side.
  const auto differentiate = [&](int index, Mlp<Real>& net, const RowPass<Real>& pass,
                                 const std::vector<Real>* p, auto accumulate) {
    std::vector<Real>& d = d_out_[index];
    const int outputs = net.shape().outputs;
    d.assign(sz(pass.pass.rows) * sz(outputs), 0);
    const auto add = [&](std::int32_t row, int output, double by) {
      if (const int slot = pass.slot[sz(row)]; slot >= 0) {
        d[sz(slot) * sz(outputs) + sz(output)] += static_cast<Real>(by);
      }
    };
    accumulate(add);
    if (p) softmax_backward(pass, *p, outputs, d.data());
    net.backward(part(index), pass.pass, d, gradient_part(index));
  };
  const auto forward_net = [&] {
    differentiate(0, forward_, sweep.forward, &sweep.p_f, [&](auto add) {
      for (size_t k = 0; k < batch.transitions.size(); ++k) {
        add(batch.transitions[k].row, batch.transitions[k].action, evaluation.d_log_pf[k]);
      }
      for (size_t r = 0; r < evaluation.d_log_stop.size(); ++r) {
        add(static_cast<std::int32_t>(r), spec_.stop_action(), evaluation.d_log_stop[r]);
      }
      for (size_t i = 0; i < evaluation.d_log_inflow_pf.size(); ++i) {
        add(batch.inflows[i].parent, batch.inflows[i].action, evaluation.d_log_inflow_pf[i]);
      }
    });
  };
  const auto backward_net = [&] {
    if (!shape_.learned_backward) return;
    differentiate(1, backward_, sweep.backward, &sweep.p_b, [&](auto add) {
      for (size_t k = 0; k < batch.transitions.size(); ++k) {
        const Transition& t = batch.transitions[k];
        if (t.next >= 0) add(t.next, t.backward_action, evaluation.d_log_pb[k]);
      }
    });
  };
  const auto flow_net = [&] {
    if (!shape_.flow) return;
    differentiate(2, flow_, sweep.flow, nullptr, [&](auto add) {
      for (size_t r = 0; r < evaluation.d_log_flow.size(); ++r) {
        add(static_cast<std::int32_t>(r), 0, evaluation.d_log_flow[r]);
      }
    });
  };
  workers_->run(3, [&](int net) { net == 0 ? forward_net() : net == 1 ? backward_net() : flow_net(); });
}

template <class Real>
double Policy<Real>::flops(const Sweep& sweep) const {
  return forward_.flops_per_row() * sweep.forward.pass.rows +
         backward_.flops_per_row() * sweep.backward.pass.rows +
         flow_.flops_per_row() * sweep.flow.pass.rows;
}

template class Policy<float>;
template class Policy<double>;

}  // namespace flowscope
