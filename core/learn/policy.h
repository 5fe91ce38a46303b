// The learned side of a GFlowNet: P_F, P_B and, where the objective wants it, log F(s), as heads of
// networks of their own or of one that they share. All parameters lie in one flat buffer.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/graph/state_graph.h"
#include "core/learn/mlp.h"
#include "core/learn/optimizer.h"
#include "core/learn/policy_input.h"
#include "core/learn/rows.h"

namespace flowscope {

/// A network applied to those rows of a batch that need it: a state with a single legal action has
/// log-probability 0 without one.
template <class Real>
struct RowPass {
  MlpPass<Real> pass;
  std::vector<std::int32_t> row_of;  // [pass.rows]
  std::vector<std::int32_t> slot;    // [N] index in the pass, -1 if the row is not in it

  void clear() {
    pass.clear();
    row_of.clear();
    slot.clear();
  }
};

template <class Real>
class Policy {
 public:
  /// `graph` may be null unless the shape needs it.
  Policy(const Environment& environment, const PolicyShape& shape, const Rng& rng,
         std::shared_ptr<const StateGraph> graph = nullptr);

  const EnvironmentSpec& spec() const { return spec_; }
  const PolicyShape& shape() const { return shape_; }
  std::span<Real> parameters() { return parameters_; }
  std::span<const Real> parameters() const { return parameters_; }
  std::span<Real> gradient() { return gradient_; }
  std::span<const Real> gradient() const { return gradient_; }

  /// Which parameters belong to P_F (and whatever shares its network), P_B and log F.
  std::span<const ParameterGroup> groups() const { return groups_; }
  /// Of a policy whose optimiser was restored: which networks had been reached by a gradient.
  void recall_reached(const Optimizer<Real>& optimizer) {
    for (ParameterGroup& group : groups_) group.reached = optimizer.has_moved(group.begin, group.end);
  }

  /// The threads that share the arithmetic; results do not depend on their number.
  void set_threads(int threads) { workers_ = std::make_shared<Workers>(threads); }
  Workers& workers() const { return *workers_; }

  /// Everything known about the rows of one batch. Reused from batch to batch.
  struct Sweep {
    std::array<RowPass<Real>, 4> nets;
    std::vector<Real> log_pf;    // [N, A] -infinity where illegal
    std::vector<Real> log_pb;    // [N, B]
    std::vector<Real> p_f, p_b;  // the same as probabilities; p_b only of a P_B with a network
    std::vector<Real> log_flow;  // [N]
    std::vector<std::int32_t> id;  // [N] in the graph, if there is one
    std::vector<std::int32_t> head;  // [N] the head of P_F, if there are several
    int forward_rows = 0, backward_rows = 0, flow_rows = 0;  // rows whose numbers are known

    void clear();
  };

  // Each brings its numbers up to date for rows added since its last call. `parameters` stand in for
  // the policy's own: those of a behaviour policy or of a target network.
  void extend_forward(const Rows& rows, Sweep& sweep) const { extend_forward(parameters_, rows, sweep); }
  void extend_forward(std::span<const Real> parameters, const Rows& rows, Sweep& sweep) const;
  void extend_backward(const Rows& rows, Sweep& sweep) const;
  void extend_flow(const Environment& environment, const Rows& rows, Sweep& sweep) const {
    extend_flow(parameters_, environment, rows, sweep);
  }
  void extend_flow(std::span<const Real> parameters, const Environment& environment, const Rows& rows,
                   Sweep& sweep) const;

  /// Leaves out some rows of which no more than P_F is known yet, as Rows::keep().
  void keep(std::span<const std::int32_t> from, Sweep& sweep) const;

  /// Evaluates P_B, and log F if it is learned, on all rows.
  void evaluate_rest(const Environment& environment, const Rows& rows, Sweep& sweep) const {
    extend_backward(rows, sweep);
    if (shape_.flow) extend_flow(environment, rows, sweep);
  }

  /// Sets the gradient, given the derivative of a loss by each log-probability that the batch
  /// used (d_log_pf etc. of `evaluation`). complete(group) is called for every part of it that a gradient has
  /// reached once it is there, and may change that part of the parameters.
  void backward(const Batch& batch, const Sweep& sweep, const Evaluation& evaluation,
                const std::function<void(const ParameterGroup&)>& complete = [](const ParameterGroup&) {});

  /// Floating-point operations of networks on rows so far (forward only), for `flowscope bench`.
  double flops(const Sweep& sweep) const;

 private:
  /// A stretch of the outputs of a network; none without a network.
  struct Head {
    int net = -1, begin = 0, size = 0;
  };

  std::span<const Real> part(std::span<const Real> all, int net) const;
  void identify(const Rows& rows, Sweep& sweep) const;
  template <class Wanted>
  void run(std::span<const Real> parameters, int net, const Rows& rows, Wanted wanted, Sweep& sweep,
           const Environment* energies = nullptr) const;
  const Real* logits(const Sweep& sweep, int row) const;
  template <class Visit>
  void visit_forward(const Batch& batch, const Evaluation& evaluation, Visit visit) const;
  void differentiate_heads(const Batch& batch, const Sweep& sweep, const Evaluation& evaluation, Real* d) const;
  void differentiate(int net, const Batch& batch, const Sweep& sweep, const Evaluation& evaluation);
  bool alone(const Head& head) const;
  void backward_of_paths(const Rows& rows, Sweep& sweep) const;

  EnvironmentSpec spec_;
  PolicyShape shape_;
  std::shared_ptr<const StateGraph> graph_;
  PolicyInput<Real> input_;
  std::vector<Real> edge_log_pb_;  // [E] under maximum entropy
  std::vector<Mlp<Real>> nets_;    // [4] of P_F, P_B, log F, and the heads' prior
  Head forward_, backward_, flow_;
  std::array<std::size_t, 5> begin_{};  // of each network in the flat buffer
  LargeVector<Real> parameters_, gradient_;
  std::vector<ParameterGroup> groups_;
  std::shared_ptr<Workers> workers_ = std::make_shared<Workers>();
  std::array<std::vector<Real>, 4> d_out_;    // scratch
  mutable std::vector<std::int32_t> active_;  // scratch
  mutable std::vector<Real> values_;          // scratch
  mutable std::vector<Real> logits_;          // [A] scratch
};

}  // namespace flowscope
