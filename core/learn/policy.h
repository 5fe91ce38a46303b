// The learned side of a GFlowNet: P_F, P_B and, where the objective wants it, log F(s), each a
// network of its own, and log Z. All parameters lie in one flat buffer.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/learn/rows.h"
#include "core/learn/mlp.h"
#include "core/learn/optimizer.h"

namespace flowscope {

struct PolicyShape {
  int width = 256, layers = 2;
  bool learned_backward = true;  // otherwise uniform over parents
  bool flow = false;             // a network for log F(s)
};

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
  Policy(const Environment& environment, const PolicyShape& shape, const Rng& rng);

  const EnvironmentSpec& spec() const { return spec_; }
  const PolicyShape& shape() const { return shape_; }
  std::span<Real> parameters() { return parameters_; }
  std::span<const Real> parameters() const { return parameters_; }
  std::span<Real> gradient() { return gradient_; }
  std::span<const Real> gradient() const { return gradient_; }

  /// Which parameters belong to P_F, P_B and log F.
  std::span<const ParameterGroup> groups() const { return groups_; }

  /// The threads that share the arithmetic; results do not depend on their number.
  void set_threads(int threads) { workers_ = std::make_shared<Workers>(threads); }
  Workers& workers() const { return *workers_; }

  /// Everything known about the rows of one batch. Reused from batch to batch.
  struct Sweep {
    RowPass<Real> forward, backward, flow;
    std::vector<Real> log_pf;    // [N, A] -infinity where illegal
    std::vector<Real> log_pb;    // [N, B]
    std::vector<Real> p_f, p_b;  // the same as probabilities; p_b only of a learned P_B
    std::vector<Real> log_flow;  // [N]
    int forward_rows = 0;        // rows whose log_pf is known

    void clear();
  };

  /// Brings log_pf up to date for rows added since the last call.
  void extend_forward(const Rows& rows, Sweep& sweep) const;
  /// Evaluates P_B, and log F if there is a network for it, on all rows.
  void evaluate_rest(const Rows& rows, Sweep& sweep) const;

  /// Adds to the gradient, given the derivative of a loss by each log-probability that the batch
  /// used (d_log_pf etc. of `evaluation`).
  void backward(const RowBatch& batch, const Sweep& sweep, const Evaluation& evaluation);

  /// Floating-point operations of networks on rows so far (forward only), for `flowscope bench`.
  double flops(const Sweep& sweep) const;

 private:
  std::span<const Real> part(int net) const;
  std::span<Real> gradient_part(int net);

  EnvironmentSpec spec_;
  PolicyShape shape_;
  Mlp<Real> forward_, backward_, flow_;
  std::size_t begin_[4];  // of each network in the flat buffer
  std::vector<Real> parameters_, gradient_;
  std::vector<ParameterGroup> groups_;
  std::shared_ptr<Workers> workers_ = std::make_shared<Workers>();
  std::vector<Real> d_out_[3];                // scratch
  mutable std::vector<std::int32_t> active_;  // scratch
};

}  // namespace flowscope
