// The inner loops of the networks, over raw pointers. kernels_isa.cpp is compiled once for each
// instruction set; the best one that the processor has is chosen at start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace flowscope {

/// What follows the sum in a hidden unit. All of them tell their slope by their value. Leaky ReLU has
/// slope 0.01 below 0, ELU is exp(x) - 1 there.
enum class Activation { kRelu, kLeakyRelu, kElu, kTanh };

/// The products of a dense layer and their reverse.
template <class Real>
struct Products {
  /// Lays weights [k, n] out for dense; null where dense takes them as they lie.
  void (*pack)(const Real* weights, int k, int n, Real* packed);

  /// out[rows, n] = in[rows, k] weights[k, n] + bias, rectified if asked; without a bias (null) the product
  /// alone. Fastest where the rows in and out stay in the second cache.
  void (*dense)(const Real* in, const Real* weights, const Real* bias, int k, int n, int rows,
                bool relu, Real* out);

  /// Lays weights [n, k] out for dense_backward; null where it takes them as they lie.
  void (*pack_backward)(const Real* weights, int k, int n, Real* packed);

  /// d_in[rows, n] = d_out[rows, k] weights[n, k]^T, and 0 where activation[rows, n] is 0: through
  /// the weights and the rectifier below in one go. Without an activation (null) the product alone.
  void (*dense_backward)(const Real* d_out, const Real* packed, const Real* activation, int k, int n,
                         int rows, Real* d_in);

  /// gradient[k, n] = in[rows, k]^T d_out[rows, n], and what was there if asked.
  void (*weight_gradient)(const Real* in, const Real* d_out, int k, int n, int rows, bool add, Real* gradient);
};

/// Products on a processor's matrix unit.
template <class Real>
struct MatrixUnit {
  static constexpr int kLeastRows = 12, kLeastWidth = 32;  // less is faster without it
  static constexpr int kBlockRows = 128, kBlockWidth = 256;
  static constexpr int kLeastOnes = 16, kMostFeatures = 512;

  Products<Real> block;   // of no more than kBlockRows rows of no more than kBlockWidth numbers
  Products<Real> packed;  // of any number

  /// As Kernels::sum_rows without values, of packed weights, for many ones among few features.
  void (*sum_rows)(const Real* packed, const Real* bias, int features, int width, const std::int32_t* active,
                   int per_row, int rows, bool relu, Real* out);

  /// As Kernels::scatter_rows.
  void (*scatter_rows)(const Real* d, int rows, int width, const std::int32_t* active, int per_row, int features,
                       Real* gradient);
};

/// Numbers that make room for packed weights [k, n].
inline std::size_t packed_size(int k, int n) {
  const auto padded = [](int size) { return static_cast<std::size_t>(size + 31) / 32 * 32; };
  return padded(k) * padded(n) * 3 / 2;
}

template <class Real>
struct Kernels {
  const char* name;  // of the instruction set

  /// out[r, :] = bias + sum of the weight rows that are active in r, rectified if asked, each times
  /// its value, or 1 where `values` is null.
  /// weights [features, width], active and values [rows, per_row], out [rows, width].
  void (*sum_rows)(const Real* weights, const Real* bias, int width, const std::int32_t* active,
                   const Real* values, int per_row, int rows, bool relu, Real* out);

  /// The reverse: adds d[r, :], times its value, to every active row of gradient [features, width].
  void (*scatter_rows)(const Real* d, int rows, int width, const std::int32_t* active,
                       const Real* values, int per_row, Real* gradient);

  /// out[rows, outputs] = in[rows, width] weights[outputs, width]^T + bias, for few outputs.
  void (*dot_rows)(const Real* in, const Real* weights, const Real* bias, int width, int outputs,
                   int rows, Real* out);

  /// Its reverse: d_in[rows, width] = d_out weights, if asked 0 where `in` is 0, whose rectifier lies below;
  /// adds to d_weights.
  void (*dot_rows_backward)(const Real* in, const Real* weights, const Real* d_out, int width,
                            int outputs, int rows, bool relu, Real* d_in, Real* d_weights);

  /// Softmax of n logits over those that are legal: its logarithm, and p itself; -infinity and 0 elsewhere.
  void (*masked_softmax)(const Real* logits, const std::uint8_t* legal, int n, Real* log_p, Real* p);

  /// d[n] = 0 where the rectified activation is 0.
  void (*mask_relu)(const Real* activation, std::size_t n, Real* d);

  /// x[n] becomes its activation.
  void (*activate)(Activation activation, std::size_t n, Real* x);

  /// d[n] times the slope of the activation that gave `value`.
  void (*slope)(Activation activation, std::size_t n, const Real* value, Real* d);

  /// sum[j] += sum over rows of d[rows, width].
  void (*sum_columns)(const Real* d, int rows, int width, Real* sum);

  /// One step of Adam (Kingma & Ba 2015) on n parameters. `rate` includes the bias correction of the first
  /// moment, correction2 = 1 / (1 - beta2^t).
  void (*adam_step)(std::size_t n, Real* parameters, const Real* gradient, Real* m, Real* v, Real rate,
                    Real beta1, Real beta2, Real correction2, Real epsilon);

  /// u[j] = the uniform number of a stream (rng.h) with that key at position (a, first[j] << 32 | second).
  void (*uniforms)(const std::uint32_t* key, std::uint64_t a, const std::int32_t* first, std::uint32_t second,
                   std::size_t n, double* u);

  /// Pairs of standard normal numbers, the j-th from the uniform ones at (a + 2 j stride, b) and the next.
  void (*normals)(const std::uint32_t* key, std::uint64_t a, std::uint64_t stride, std::uint64_t b, std::size_t pairs,
                  double* out);

  /// Sum of squares; exact to some 1e-6 in float. Huge numbers may overflow to infinity there.
  double (*square_norm)(const Real* x, std::size_t n);

  Products<Real> products;  // for layers of any size

  const MatrixUnit<Real>* matrix_unit = nullptr;  // if the processor has one

  /// The products that so many rows take through layers of that width; `again` if their packed weights will serve
  /// others. What a row gives does not depend on the rows beside it.
  const Products<Real>& products_for(int rows, int width, bool again) const {
    using Unit = MatrixUnit<Real>;
    if (!matrix_unit || rows < Unit::kLeastRows || width < Unit::kLeastWidth) return products;
    return again || rows > Unit::kBlockRows || width > Unit::kBlockWidth ? matrix_unit->packed : matrix_unit->block;
  }
};

/// The kernels that this processor can run, from the plainest to the fastest.
template <class Real>
const std::vector<Kernels<Real>>& all_kernels();
template <>
const std::vector<Kernels<float>>& all_kernels();
template <>
const std::vector<Kernels<double>>& all_kernels();

/// The fastest of them.
template <class Real>
const Kernels<Real>& kernels();

}  // namespace flowscope
