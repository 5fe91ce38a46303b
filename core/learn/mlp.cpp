#include "core/learn/mlp.h"

#include <algorithm>
#include <cmath>

#include "core/learn/gemm.h"
#include "core/learn/named.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

// Weights and biases start uniform in +-gain / sqrt(ones or units that feed the unit). The gains were
// picked among ten settings on the 16x16 hypergrid (batch 128, 250 steps): mean L1 0.036 over the
// eight seeds of the choice, 0.035 over six others; with all gains 1, 0.054 and 0.041.
constexpr double kFirstGain = 3, kInnerGain = 1.5, kOutputGain = 0.3;

constexpr double kNormEpsilon = 1e-5;  // under the root of layer norm's variance

constexpr int kManyOutputs = 32;  // from here on the output layer is a product for BLAS
constexpr int kRowsPerThread = 32;  // fewer are done before a second thread has woken up
constexpr int kRowsPerBlock = 128;  // go through all layers together, so that they stay in the second cache

/// What a backward pass needs for a moment. One for all networks of a thread, so that it stays in the cache.
template <class Real>
struct Scratch {
  LargeVector<Real> d_hidden, d_below;  // [rows of a block, width]
  LargeVector<Real> packed;             // inner layers' weights as dense_backward takes them

  static Scratch& of_thread() {
    static thread_local Scratch scratch;
    return scratch;
  }
};

template <class Numbers>
void grow(Numbers& v, size_t n) {
  if (v.size() < n) v.resize(std::max(n, 2 * v.size()));
}

}  // namespace

Activation find_activation(std::string_view name) {
  static constexpr std::pair<std::string_view, Activation> kTable[] = {
      {"relu", Activation::kRelu}, {"leaky_relu", Activation::kLeakyRelu},
      {"elu", Activation::kElu}, {"tanh", Activation::kTanh}};
  return named(kTable, name);
}

template <class Real>
std::size_t Mlp<Real>::num_parameters() const {
  if (shape_.layers == 0) return first_size();
  return first_size() + sz(shape_.layers - 1) * inner_size() + sz(shape_.outputs) * sz(shape_.width + 1);
}

template <class Real>
void Mlp<Real>::initialise(std::span<Real> parameters, const Rng& rng, int net) const {
  if (shape_.zero) {
    std::ranges::fill(parameters, Real(0));
    return;
  }
  size_t next = 0;
  const auto fill = [&](size_t count, double bound) {
    for (size_t i = 0; i < count; ++i, ++next) {
      parameters[next] =
          static_cast<Real>(bound * (2 * rng.uniform(static_cast<std::uint64_t>(net), next) - 1));
    }
  };
  const auto fill_norm = [&] {  // gains 1, shifts 0
    for (size_t i = 0; i < norm_size(); ++i, ++next) parameters[next] = i < norm_size() / 2 ? Real(1) : Real(0);
  };
  const bool fan_in = shape_.fan_in;
  const int ones = shape_.active > 0 && !fan_in ? shape_.active : shape_.features;
  fill(sz(shape_.features + 1) * sz(first_width()), (fan_in ? 1 : kFirstGain) / std::sqrt(ones));
  if (shape_.layers == 0) return;
  fill_norm();
  for (int l = 1; l < shape_.layers; ++l) {
    fill(sz(shape_.width + 1) * sz(shape_.width), (fan_in ? 1 : kInnerGain) / std::sqrt(shape_.width));
    fill_norm();
  }
  fill(sz(shape_.outputs) * sz(shape_.width + 1), (fan_in ? 1 : kOutputGain) / std::sqrt(shape_.width));
}

template <class Real>
void Mlp<Real>::forward(std::span<const Real> parameters, std::span<const std::int32_t> active,
                        std::span<const Real> values, int rows, MlpPass<Real>& pass,
                        Workers& workers) const {
  const int before = pass.rows;
  pass.rows += rows;
  pass.active.insert(pass.active.end(), active.begin(), active.end());
  pass.values.insert(pass.values.end(), values.begin(), values.end());
  evaluate(parameters, before, pass, workers);
}

template <class Real>
void Mlp<Real>::forward(std::span<const Real> parameters, std::span<const Real> inputs, int rows,
                        MlpPass<Real>& pass, Workers& workers) const {
  const int before = pass.rows;
  pass.rows += rows;
  pass.inputs.insert(pass.inputs.end(), inputs.begin(), inputs.end());
  evaluate(parameters, before, pass, workers);
}

template <class Real>
void Mlp<Real>::pack(const Real* p, MlpPass<Real>& pass) const {
  const int inner = std::max(0, shape_.layers - 1);
  grow(pass.packed, sz(inner) * packed_size());
  for (int l = 0; l < inner; ++l) {
    kernels<Real>().matrix_unit->packed.pack(p + first_size() + sz(l) * inner_size(), shape_.width, shape_.width,
                                        pass.packed.data() + sz(l) * packed_size());
  }
  pass.is_packed = true;
}

/// Rows [before, pass.rows), whose inputs are there.
template <class Real>
void Mlp<Real>::evaluate(std::span<const Real> parameters, int before, MlpPass<Real>& pass,
                         Workers& workers) const {
  pass.hidden.resize(sz(shape_.layers));
  for (auto& layer : pass.hidden) grow(layer, sz(pass.rows) * sz(shape_.width));
  if (shape_.layer_norm) {
    pass.normal.resize(sz(shape_.layers));
    pass.scale.resize(sz(shape_.layers));
    for (auto& layer : pass.normal) grow(layer, sz(pass.rows) * sz(shape_.width));
    for (auto& layer : pass.scale) grow(layer, sz(pass.rows));
  }
  grow(pass.out, sz(pass.rows) * sz(shape_.outputs));
  const Products<Real>& by = kernels<Real>().products_for(pass.rows - before, shape_.width, before > 0);
  if (by.pack && !pass.is_packed) pack(parameters.data(), pass);
  workers.run_ranges(pass.rows - before, kRowsPerThread, [&](int begin, int end) {
    for (int at = before + begin; at < before + end; at += kRowsPerBlock) {
      forward_rows(parameters.data(), by, pass, at, std::min(at + kRowsPerBlock, before + end));
    }
  });
}

template <class Real>
void Mlp<Real>::forward_rows(const Real* p, const Products<Real>& by, MlpPass<Real>& pass, int begin, int end) const {
  const int rows = end - begin, width = shape_.width, outputs = shape_.outputs, first = first_width();
  const Kernels<Real>& loops = kernels<Real>();
  const bool hidden = shape_.layers > 0, relu = hidden && fused();
  Real* out = (hidden ? pass.hidden[0].data() : pass.out.data()) + sz(begin) * sz(first);
  const Real* first_bias = p + sz(shape_.features) * sz(first);
  if (shape_.active > 0) {
    const size_t from = sz(begin) * sz(shape_.active);
    loops.sum_rows(p, first_bias, first, pass.active.data() + from,
                   pass.values.empty() ? nullptr : pass.values.data() + from, shape_.active, rows, relu, out);
  } else {
    loops.products.dense(pass.inputs.data() + sz(begin) * sz(shape_.features), p, first_bias,
                         shape_.features, first, rows, relu, out);
  }
  if (!hidden) return;
  if (!fused()) activate(first_bias + first, pass, 0, begin, end);
  p += first_size();
  for (int l = 1; l < shape_.layers; ++l, p += inner_size()) {
    const Real* bias = p + sz(width) * sz(width);
    const Real* weights = by.pack ? pass.packed.data() + sz(l - 1) * packed_size() : p;
    by.dense(pass.hidden[sz(l - 1)].data() + sz(begin) * sz(width), weights, bias, width, width, rows, relu,
             pass.hidden[sz(l)].data() + sz(begin) * sz(width));
    if (!fused()) activate(bias + width, pass, l, begin, end);
  }
  const Real* top = pass.hidden.back().data() + sz(begin) * sz(width);
  out = pass.out.data() + sz(begin) * sz(outputs);
  const Real* bias = p + sz(outputs) * sz(width);
  if (outputs < kManyOutputs) {
    loops.dot_rows(top, p, bias, width, outputs, rows, out);
  } else {
    for (int r = 0; r < rows; ++r) std::copy(bias, bias + outputs, out + sz(r) * sz(outputs));
    gemm_nt<Real>(rows, width, outputs, top, p, out, true);
  }
}

/// From sums to values of a hidden layer, rows [begin, end); p points to its gains and shifts.
template <class Real>
void Mlp<Real>::activate(const Real* p, MlpPass<Real>& pass, int layer, int begin, int end) const {
  const size_t width = sz(shape_.width);
  Real* x = pass.hidden[sz(layer)].data() + sz(begin) * width;
  for (int r = begin; shape_.layer_norm && r < end; ++r) {
    Real* row = pass.hidden[sz(layer)].data() + sz(r) * width;
    Real* normal = pass.normal[sz(layer)].data() + sz(r) * width;
    Real mean = 0, square = 0;
    for (size_t j = 0; j < width; ++j) mean += row[j];
    mean /= static_cast<Real>(width);
    for (size_t j = 0; j < width; ++j) square += (row[j] - mean) * (row[j] - mean);
    const Real scale = 1 / std::sqrt(square / static_cast<Real>(width) + static_cast<Real>(kNormEpsilon));
    pass.scale[sz(layer)][sz(r)] = scale;
    for (size_t j = 0; j < width; ++j) {
      normal[j] = (row[j] - mean) * scale;
      row[j] = p[j] * normal[j] + p[width + j];
    }
  }
  kernels<Real>().activate(shape_.activation, sz(end - begin) * width, x);
}

/// From d loss / d values of a hidden layer to d loss / d sums, in place, of rows [begin, end); adds to
/// the gradient of its gains and shifts.
template <class Real>
void Mlp<Real>::deactivate(const Real* p, const MlpPass<Real>& pass, int layer, int begin, int end, Real* d,
                           Real* gradient) const {
  const size_t width = sz(shape_.width);
  kernels<Real>().slope(shape_.activation, sz(end - begin) * width,
                        pass.hidden[sz(layer)].data() + sz(begin) * width, d);
  for (int r = begin; shape_.layer_norm && r < end; ++r, d += width) {
    const Real* normal = pass.normal[sz(layer)].data() + sz(r) * width;
    Real sum = 0, along = 0;
    for (size_t j = 0; j < width; ++j) {
      gradient[j] += d[j] * normal[j];
      gradient[width + j] += d[j];
      d[j] *= p[j];
      sum += d[j];
      along += d[j] * normal[j];
    }
    const Real n = static_cast<Real>(width), scale = pass.scale[sz(layer)][sz(r)];
    for (size_t j = 0; j < width; ++j) d[j] = scale * (d[j] - (sum + normal[j] * along) / n);
  }
}

/// Sets to zero what backward_rows() adds to: all but the weights between hidden layers, which most parameters are.
template <class Real>
void Mlp<Real>::clear_small_parts(std::span<Real> gradient) const {
  const auto clear = [&](size_t begin, size_t end) {
    std::fill(gradient.begin() + static_cast<long>(begin), gradient.begin() + static_cast<long>(end), Real(0));
  };
  const size_t square = sz(shape_.width) * sz(shape_.width);
  size_t from = 0;
  for (int l = 1; l < shape_.layers; ++l) {
    const size_t weights = first_size() + sz(l - 1) * inner_size();
    clear(from, weights);
    from = weights + square;
  }
  clear(from, num_parameters());
}

template <class Real>
void Mlp<Real>::backward(std::span<const Real> parameters, const MlpPass<Real>& pass,
                         std::span<const Real> d_out, std::span<Real> gradient) const {
  if (pass.rows == 0) return std::ranges::fill(gradient, Real(0)), void();
  const size_t width = sz(shape_.width);
  const int inner = std::max(0, shape_.layers - 1);
  const Products<Real>& by = kernels<Real>().products_for(pass.rows, shape_.width, false);
  Scratch<Real>& scratch = Scratch<Real>::of_thread();
  grow(scratch.packed, sz(inner) * packed_size());
  for (int l = 0; by.pack_backward && l < inner; ++l) {
    by.pack_backward(parameters.data() + first_size() + sz(l) * inner_size(), shape_.width, shape_.width,
                     scratch.packed.data() + sz(l) * packed_size());
  }
  clear_small_parts(gradient);
  grow(scratch.d_hidden, kRowsPerBlock * width);
  grow(scratch.d_below, kRowsPerBlock * width);
  for (int at = 0; at < pass.rows; at += kRowsPerBlock) {
    backward_rows(parameters.data(), by, pass, at, std::min(at + kRowsPerBlock, pass.rows), d_out.data(),
                  gradient.data());
  }
}

template <class Real>
void Mlp<Real>::backward_rows(const Real* p, const Products<Real>& by, const MlpPass<Real>& pass, int begin,
                              int end, const Real* d_out, Real* g) const {
  const int n = end - begin, width = shape_.width, outputs = shape_.outputs, first = first_width();
  const Kernels<Real>& loops = kernels<Real>();
  const auto hidden = [&](int layer) { return pass.hidden[sz(layer)].data() + sz(begin) * sz(width); };
  const auto first_layer = [&](const Real* d) {
    loops.sum_columns(d, n, first, g + sz(shape_.features) * sz(first));
    if (shape_.active > 0) {
      const size_t from = sz(begin) * sz(shape_.active);
      loops.scatter_rows(d, n, first, pass.active.data() + from,
                         pass.values.empty() ? nullptr : pass.values.data() + from, shape_.active, g);
    } else {
      loops.products.weight_gradient(pass.inputs.data() + sz(begin) * sz(shape_.features), d, shape_.features, first, n, true, g);
    }
  };
  d_out += sz(begin) * sz(outputs);
  if (shape_.layers == 0) return first_layer(d_out);
  auto& [d_hidden, d_below, packed] = Scratch<Real>::of_thread();
  size_t at = num_parameters() - sz(outputs) * sz(width + 1);
  const Real* top = hidden(shape_.layers - 1);
  if (outputs < kManyOutputs) {
    loops.dot_rows_backward(top, p + at, d_out, width, outputs, n, fused(), d_hidden.data(), g + at);
  } else {
    gemm_nn<Real>(n, width, outputs, d_out, p + at, d_hidden.data(), false);
    gemm_tn<Real>(n, width, outputs, d_out, top, g + at, true);
    if (fused()) loops.mask_relu(top, sz(n) * sz(width), d_hidden.data());
  }
  loops.sum_columns(d_out, n, outputs, g + at + sz(outputs) * sz(width));
  const size_t norm = sz(width) * sz(width + 1);  // of an inner layer's gains in its parameters
  for (int l = shape_.layers - 1; l > 0; --l) {
    at -= inner_size();
    if (!fused()) deactivate(p + at + norm, pass, l, begin, end, d_hidden.data(), g + at + norm);
    by.weight_gradient(hidden(l - 1), d_hidden.data(), width, width, n, begin > 0, g + at);
    loops.sum_columns(d_hidden.data(), n, width, g + at + sz(width) * sz(width));
    const Real* weights = by.pack_backward ? packed.data() + sz(l - 1) * packed_size() : p + at;
    by.dense_backward(d_hidden.data(), weights, fused() ? hidden(l - 1) : nullptr, width, width, n, d_below.data());
    d_hidden.swap(d_below);
  }
  const size_t first_norm = sz(shape_.features + 1) * sz(width);
  if (!fused()) deactivate(p + first_norm, pass, 0, begin, end, d_hidden.data(), g + first_norm);
  first_layer(d_hidden.data());
}

template <class Real>
double Mlp<Real>::flops_per_row() const {
  const double first = shape_.active > 0 ? shape_.active : 2.0 * shape_.features;
  if (shape_.layers == 0) return first * shape_.outputs;
  const double w = shape_.width;
  return first * w + 2 * w * w * (shape_.layers - 1) + 2 * w * shape_.outputs;
}

template class Mlp<float>;
template class Mlp<double>;

}  // namespace flowscope
