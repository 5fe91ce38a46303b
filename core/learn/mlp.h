// A multilayer perceptron over one-hot features or real numbers, with its backward pass written out:
// forward rows are appended as sampling discovers states, and their activations serve the gradient.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/learn/kernels.h"
#include "core/learn/large_vector.h"
#include "core/learn/rng.h"
#include "core/learn/workers.h"

namespace flowscope {

/// The activation of that name, as in policy.activation.
Activation find_activation(std::string_view name);

/// Sizes of a network: hidden layers of `width` units, then a linear output layer.
struct MlpShape {
  int features = 0;  // width of the input
  int active = 0;    // entries of every sparse input, ones as a rule; 0: all of an input is given
  int width = 256;
  int layers = 2;    // hidden layers; 0 makes the outputs linear in the features
  int outputs = 0;
  Activation activation = Activation::kRelu;
  bool layer_norm = false;  // of every hidden layer's sums (Ba et al. 2016, arXiv 1607.06450)
  bool fan_in = false;      // starts within 1 / sqrt(inputs) of each layer, as PyTorch's layers do
  bool zero = false;        // starts with all parameters 0: a table of uniform policies
};

/// What a forward pass leaves behind, for n rows.
template <class Real>
struct MlpPass {
  int rows = 0;
  std::vector<std::int32_t> active;        // [n, active] indices of ones
  std::vector<Real> values;                // [n, active] what stands there in their place, if anything
  std::vector<Real> inputs;                // [n, features] where inputs are real numbers
  std::vector<LargeVector<Real>> hidden;   // per hidden layer [n, width], after the activation
  std::vector<LargeVector<Real>> normal;   // per hidden layer [n, width] normalised sums, if any
  std::vector<std::vector<Real>> scale;    // per hidden layer [n] what they were multiplied by
  std::vector<Real> out;                   // [n, outputs]
  LargeVector<Real> packed;                // layers' weights for many rows
  bool is_packed = false;                  // for the parameters of this pass

  /// Before the first row, and before other parameters.
  void clear() {
    rows = 0;
    is_packed = false;
    active.clear();
    values.clear();
    inputs.clear();
  }
};

template <class Real>
class Mlp {
 public:
  explicit Mlp(MlpShape shape) : shape_(shape) {}

  const MlpShape& shape() const { return shape_; }
  size_t num_parameters() const;

  /// Random weights and biases, scaled by what feeds each unit. `parameters` holds num_parameters()
  /// values; `net` tells networks of one seed apart.
  void initialise(std::span<Real> parameters, const Rng& rng, int net) const;

  /// Evaluates `rows` further inputs; `active` is [rows, shape.active], and so is `values`, or empty
  /// where all are 1.
  void forward(std::span<const Real> parameters, std::span<const std::int32_t> active,
               std::span<const Real> values, int rows, MlpPass<Real>& pass, Workers& workers) const;

  /// The same for inputs [rows, features] of real numbers.
  void forward(std::span<const Real> parameters, std::span<const Real> inputs, int rows,
               MlpPass<Real>& pass, Workers& workers) const;

  /// Leaves out some rows of a pass: row i becomes what row from[i] >= i was.
  void keep(std::span<const std::int32_t> from, MlpPass<Real>& pass) const;

  /// Sets `gradient` to d loss / d parameters, given d loss / d out [n, outputs] of the pass.
  void backward(std::span<const Real> parameters, const MlpPass<Real>& pass,
                std::span<const Real> d_out, std::span<Real> gradient) const;

  /// Floating-point operations of one row forward; the backward pass is twice that.
  double flops_per_row() const;

 private:
  void evaluate(std::span<const Real> parameters, int before, MlpPass<Real>& pass, Workers& workers) const;
  void clear_small_parts(std::span<Real> gradient) const;
  const Products<Real>& products(int rows, bool again) const;
  bool ones_on_unit(const MlpPass<Real>& pass) const;
  void pack(const Real* p, MlpPass<Real>& pass) const;
  void first_layer(const Real* p, const Products<Real>& by, const MlpPass<Real>& pass, int begin, int rows, Real* out) const;
  void first_layer_backward(const Products<Real>& by, const MlpPass<Real>& pass, int begin, int rows, const Real* d, Real* g) const;
  void outputs_backward(const Real* p, const Products<Real>& by, const Real* top, const Real* d_out, int rows, Real* d_hidden,
                        Real* g) const;
  void outputs(const Real* p, const Products<Real>& by, MlpPass<Real>& pass, int begin, int rows) const;
  void forward_rows(const Real* p, const Products<Real>& by, MlpPass<Real>& pass, int begin, int end) const;
  void activate(const Real* p, MlpPass<Real>& pass, int layer, int begin, int end) const;
  void backward_rows(const Real* p, const Products<Real>& by, const MlpPass<Real>& pass, int begin, int end,
                     const Real* d_out, Real* g) const;
  void deactivate(const Real* p, const MlpPass<Real>& pass, int layer, int begin, int end, Real* d,
                  Real* gradient) const;
  bool fused() const { return shape_.activation == Activation::kRelu && !shape_.layer_norm; }

  int inner() const { return shape_.layers > 1 ? shape_.layers - 1 : 0; }
  // Where packed weights of a pass lie: of inner layers, of the outputs and of the first layer.
  size_t packed_inner(int layer) const { return size(layer) * packed_size(shape_.width, shape_.width); }
  size_t packed_outputs() const { return packed_inner(inner()); }
  size_t packed_first() const { return packed_outputs() + packed_size(shape_.outputs, shape_.width); }

  // Layout of the parameters, layer by layer: weights, biases, and under layer norm gains and shifts.
  // The first layer's weights are [features, width] so that a one-hot input is a sum of rows, inner
  // ones [width, width], and the last is [outputs, width], a dot product an output.
  size_t size(int n) const { return static_cast<size_t>(n); }
  size_t norm_size() const { return shape_.layer_norm ? 2 * size(shape_.width) : 0; }
  int first_width() const { return shape_.layers > 0 ? shape_.width : shape_.outputs; }
  size_t first_size() const {
    return size(shape_.features + 1) * size(first_width()) + (shape_.layers > 0 ? norm_size() : 0);
  }
  size_t inner_size() const { return size(shape_.width + 1) * size(shape_.width) + norm_size(); }

  MlpShape shape_;
};

}  // namespace flowscope
