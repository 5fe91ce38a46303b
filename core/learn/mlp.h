// A multilayer perceptron over one-hot features, with its backward pass written out: forward rows
// are appended as sampling discovers states, and their activations serve the gradient as they are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/learn/rng.h"
#include "core/learn/workers.h"

namespace flowscope {

/// Sizes of a network. hidden layers of `width` rectified units, then a linear output layer.
struct MlpShape {
  int features = 0;  // width of the one-hot input
  int active = 0;    // ones in every input
  int width = 256;
  int layers = 2;    // hidden layers; 0 makes the outputs linear in the features
  int outputs = 0;
};

/// What a forward pass leaves behind, for n rows.
template <class Real>
struct MlpPass {
  int rows = 0;
  std::vector<std::int32_t> active;        // [n, active] indices of ones
  std::vector<std::vector<Real>> hidden;   // per hidden layer [n, width], after rectification
  std::vector<Real> out;                   // [n, outputs]

  void clear() {
    rows = 0;
    active.clear();
  }
};

template <class Real>
class Mlp {
 public:
  explicit Mlp(MlpShape shape) : shape_(shape) {}

  const MlpShape& shape() const { return shape_; }
  std::size_t num_parameters() const;

  /// Random weights and biases, scaled by what feeds each unit. `parameters` holds num_parameters()
  /// values; `net` tells networks of one seed apart.
  void initialise(std::span<Real> parameters, const Rng& rng, int net) const;

  /// Evaluates `rows` further inputs; `active` is [rows, shape.active].
  void forward(std::span<const Real> parameters, std::span<const std::int32_t> active, int rows,
               MlpPass<Real>& pass, Workers& workers) const;

  /// Adds d loss / d parameters to `gradient`, given d loss / d out [n, outputs] of the pass.
  void backward(std::span<const Real> parameters, const MlpPass<Real>& pass,
                std::span<const Real> d_out, std::span<Real> gradient);

  /// Floating-point operations of one row forward; the backward pass is twice that.
  double flops_per_row() const;

 private:
  void forward_rows(std::span<const Real> parameters, MlpPass<Real>& pass, int begin, int end) const;

  // Layout of the parameters, layer by layer: weights then biases. The first layer's weights are
  // [features, width] so that a one-hot input is a sum of rows, inner ones [width, width], and the
  // last is [outputs, width], a dot product an output.
  int first_width() const { return shape_.layers > 0 ? shape_.width : shape_.outputs; }
  std::size_t first_size() const { return static_cast<std::size_t>(shape_.features + 1) * static_cast<std::size_t>(first_width()); }
  std::size_t inner_size() const { return static_cast<std::size_t>(shape_.width + 1) * static_cast<std::size_t>(shape_.width); }

  MlpShape shape_;
  std::vector<Real> d_hidden_, d_below_;  // [n, width] scratch
  std::vector<Real> transposed_;          // [width, width] scratch
};

}  // namespace flowscope
