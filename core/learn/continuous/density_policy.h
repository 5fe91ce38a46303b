// The learned side of a continuous GFlowNet: P_F, P_B and, where the objective wants it, log F(s),
// each a network of its own whose outputs are the raw numbers of a density.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/learn/continuous/density.h"
#include "core/learn/continuous/point_batch.h"
#include "core/learn/mlp.h"
#include "core/learn/optimizer.h"

namespace flowscope {

struct DensityPolicyShape {
  int width = 128, layers = 3;
  Activation activation = Activation::kLeakyRelu;
  bool learned_backward = true;  // otherwise the reference density
  bool flow = false;             // a network for log F(s), of every state but s0
  bool langevin = false;         // P_F's means lean on the reward's slope (can_lean)
};

/// Whether steps are single Gaussians.
bool can_lean(const ContinuousEnvironment& environment);

/// With `langevin` the forward network has one output more, c(s), and a step's mean is
///   m(s) + c(s) sigma d log R / dx,
/// in units of sigma over the whole time, each slope cut at kSteepest (Zhang & Chen 2022, equation 12,
/// arXiv 2111.15141; Sendera et al. 2024, arXiv 2402.05098).
template <class Real>
class DensityPolicy {
 public:
  DensityPolicy(const ContinuousEnvironment& environment, const DensityPolicyShape& shape,
                const Rng& rng);

  const ContinuousSpec& spec() const { return spec_; }
  const DensityPolicyShape& shape() const { return shape_; }
  std::span<Real> parameters() { return parameters_; }
  std::span<const Real> parameters() const { return parameters_; }
  std::span<Real> gradient() { return gradient_; }
  std::span<const Real> gradient() const { return gradient_; }
  std::span<const ParameterGroup> groups() const { return groups_; }

  void set_threads(int threads) { workers_ = std::make_shared<Workers>(threads); }
  Workers& workers() const { return *workers_; }

  /// A network applied to those rows that need it.
  struct Pass {
    MlpPass<Real> pass;
    std::vector<std::int32_t> slot;  // [N] index in the pass, -1 if the row is not in it
    void clear() {
      pass.clear();
      slot.clear();
    }
  };

  /// Everything known about the rows of one batch. Reused from batch to batch.
  struct Sweep {
    Pass forward, backward, flow;
    std::vector<Real> features;               // [N, num_features] what the networks see
    std::vector<Real> d_forward, d_backward;  // [K, raw] d log p / d raw of each transition
    std::vector<double> stop_slope;           // [N] d log P_F(stop) / d logit
    std::vector<Real> slope;                  // [forward rows, raw] that means lean on
    std::vector<Real> first;                  // raw numbers of the step from s0, if it has its own
    void clear();
  };

  /// The density of the step from s0 takes parameters of its own.
  const DensitySpec& forward_density(int row) const {
    return row == 0 && spec_.first ? *spec_.first : spec_.forward;
  }
  /// The raw numbers of P_F at a row that does not have to stop.
  const Real* forward_raw(const Sweep& sweep, int row) const;

  /// Brings P_F up to date for rows added since the last call.
  void extend_forward(const ContinuousEnvironment& environment, const PointBatch& batch,
                      Sweep& sweep) const;
  /// The same for P_B.
  void extend_backward(const ContinuousEnvironment& environment, const PointBatch& batch,
                       Sweep& sweep) const;
  /// Draws the coordinates of a step back from a row with more than one parent.
  void sample_parent(const Sweep& sweep, int row, Draws& draws, MutablePoint u) const;
  /// Evaluates P_B, and log F if there is a network for it, on all rows, and writes what objectives
  /// ask of the batch: log P_F and log P_B of every transition, log F of every row but s0.
  void evaluate(const ContinuousEnvironment& environment, const PointBatch& batch, Sweep& sweep,
                Evaluation& evaluation) const;
  /// log P_F(stop | s) of every row; s0 cannot stop and counts as 0.
  void evaluate_stop(const ContinuousEnvironment& environment, const PointBatch& batch,
                     Sweep& sweep, Evaluation& evaluation) const;

  /// Sets the gradient, given the derivative of a loss by each number of the evaluation.
  void backward(const PointBatch& batch, const Sweep& sweep, const Evaluation& evaluation);

  /// P_F's raw numbers for any states [n, length], for quadrature; not of s0. [n, raw]
  void forward_raw_at(const ContinuousEnvironment& environment, std::span<const double> states,
                      std::vector<Real>& raw) const;

  double flops(const Sweep& sweep) const;

 private:
  static constexpr int kForward = 0, kBackward = 1, kFlow = 2, kFirst = 3;
  size_t forward_outputs() const { return static_cast<size_t>(spec_.forward.size() + shape_.langevin); }
  void lean(const ContinuousEnvironment& environment, Point state, Real* out, Real* slope) const;
  std::span<const Real> part(int net) const;
  std::span<Real> gradient_part(int net);
  template <class Wanted>
  void extend(const Mlp<Real>& net, int index, const ContinuousEnvironment& environment,
              const PointBatch& batch, std::vector<Real>& features, Pass& pass, Wanted wanted) const;

  ContinuousSpec spec_;
  DensityPolicyShape shape_;
  Mlp<Real> forward_, backward_, flow_;
  double sigma_ = 0;  // of the noise over the whole time, where means lean
  size_t begin_[5];  // of each part in the flat buffer: three networks, the first step's numbers
  LargeVector<Real> parameters_, gradient_;
  std::vector<ParameterGroup> groups_;
  std::shared_ptr<Workers> workers_ = std::make_shared<Workers>();
  std::vector<Real> d_out_[3];            // scratch
  mutable std::vector<Real> inputs_;      // scratch
  mutable std::vector<float> features_;   // scratch
  mutable std::vector<double> back_steps_;  // scratch
};

}  // namespace flowscope
