#include "core/learn/mlp.h"

#include <algorithm>
#include <cmath>

#include "core/learn/gemm.h"
#include "core/learn/holes.h"
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

/// What so many rows go through; `again` if packed weights will serve others.
template <class Real>
const Products<Real>& Mlp<Real>::products(int rows, bool again) const {
  const int widest = shape_.outputs < kManyOutputs ? shape_.width : std::max(shape_.width, shape_.outputs);
  return kernels<Real>().products_for(rows, widest, again);
}

/// Whether a pass's inputs are so many ones that they are a factor for a processor's matrix unit.
template <class Real>
bool Mlp<Real>::ones_on_unit(const MlpPass<Real>& pass) const {
  using Unit = MatrixUnit<Real>;
  return kernels<Real>().matrix_unit && pass.values.empty() && shape_.active >= Unit::kLeastOnes &&
         shape_.features <= Unit::kMostFeatures && shape_.layers > 0;
}

template <class Real>
void Mlp<Real>::pack(const Real* p, MlpPass<Real>& pass) const {
  const Products<Real>& by = kernels<Real>().matrix_unit->packed;
  const int width = shape_.width;
  const bool ones = ones_on_unit(pass);
  grow(pass.packed, packed_first() + (ones ? packed_size(shape_.features, width) : 0));
  for (int l = 0; l < inner(); ++l) {
    by.pack(p + first_size() + sz(l) * inner_size(), width, width, pass.packed.data() + packed_inner(l));
  }
  if (shape_.outputs >= kManyOutputs && shape_.layers > 0) {
    by.pack_backward(p + first_size() + sz(inner()) * inner_size(), width, shape_.outputs, pass.packed.data() + packed_outputs());
  }
  if (ones) by.pack(p, shape_.features, width, pass.packed.data() + packed_first());
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
  const Products<Real>& by = products(pass.rows - before, before > 0 || shape_.outputs >= kManyOutputs || ones_on_unit(pass));
  if (by.pack && !pass.is_packed) pack(parameters.data(), pass);
  workers.run_ranges(pass.rows - before, kRowsPerThread, [&](int begin, int end) {
    for (int at = before + begin; at < before + end; at += kRowsPerBlock) {
      forward_rows(parameters.data(), by, pass, at, std::min(at + kRowsPerBlock, before + end));
    }
  });
}

template <class Real>
void Mlp<Real>::keep(std::span<const std::int32_t> from, MlpPass<Real>& pass) const {
  const auto shorten = [&](auto& numbers, int stride) {
    keep_rows(from, stride, numbers);
    numbers.resize(std::min(numbers.size(), from.size() * sz(stride)));
  };
  shorten(pass.active, shape_.active);
  shorten(pass.values, shape_.active);
  shorten(pass.inputs, shape_.features);
  for (auto& layer : pass.hidden) keep_rows(from, shape_.width, layer);
  for (auto& layer : pass.normal) keep_rows(from, shape_.width, layer);
  for (auto& layer : pass.scale) keep_rows(from, 1, layer);
  keep_rows(from, shape_.outputs, pass.out);
  pass.rows = static_cast<int>(from.size());
}

template <class Real>
void Mlp<Real>::first_layer(const Real* p, const Products<Real>& by, const MlpPass<Real>& pass, int begin, int rows,
                            Real* out) const {
  const Kernels<Real>& loops = kernels<Real>();
  const int width = first_width();
  const Real* bias = p + sz(shape_.features) * sz(width);
  const bool relu = shape_.layers > 0 && fused();
  if (shape_.active == 0) {
    const Real* inputs = pass.inputs.data() + sz(begin) * sz(shape_.features);
    loops.products.dense(inputs, p, bias, shape_.features, width, rows, relu, out);
    return;
  }
  const size_t from = sz(begin) * sz(shape_.active);
  const std::int32_t* active = pass.active.data() + from;
  if (by.pack && ones_on_unit(pass)) {
    loops.matrix_unit->sum_rows(pass.packed.data() + packed_first(), bias, shape_.features, width, active, shape_.active,
                                rows, relu, out);
  } else {
    loops.sum_rows(p, bias, width, active, pass.values.empty() ? nullptr : pass.values.data() + from, shape_.active, rows,
                   relu, out);
  }
}

/// p points to the output layer.
template <class Real>
void Mlp<Real>::outputs(const Real* p, const Products<Real>& by, MlpPass<Real>& pass, int begin, int rows) const {
  const int width = shape_.width, n = shape_.outputs;
  const Real *top = pass.hidden.back().data() + sz(begin) * sz(width), *bias = p + sz(n) * sz(width);
  Real* out = pass.out.data() + sz(begin) * sz(n);
  if (n < kManyOutputs) return kernels<Real>().dot_rows(top, p, bias, width, n, rows, out);
  if (!by.pack) {
    for (int r = 0; r < rows; ++r) std::copy(bias, bias + n, out + sz(r) * sz(n));
    return gemm_nt<Real>(rows, width, n, top, p, out, true);
  }
  by.dense_backward(top, pass.packed.data() + packed_outputs(), nullptr, width, n, rows, out);
  for (int r = 0; r < rows; ++r) {
    for (int j = 0; j < n; ++j) out[sz(r) * sz(n) + sz(j)] += bias[j];
  }
}

template <class Real>
void Mlp<Real>::forward_rows(const Real* p, const Products<Real>& by, MlpPass<Real>& pass, int begin, int end) const {
  const int rows = end - begin, width = shape_.width;
  const bool hidden = shape_.layers > 0;
  first_layer(p, by, pass, begin, rows, (hidden ? pass.hidden[0].data() : pass.out.data()) + sz(begin) * sz(first_width()));
  if (!hidden) return;
  if (!fused()) activate(p + sz(shape_.features + 1) * sz(width), pass, 0, begin, end);
  p += first_size();
  for (int l = 1; l < shape_.layers; ++l, p += inner_size()) {
    const Real* bias = p + sz(width) * sz(width);
    const Real* weights = by.pack ? pass.packed.data() + packed_inner(l - 1) : p;
    by.dense(pass.hidden[sz(l - 1)].data() + sz(begin) * sz(width), weights, bias, width, width, rows, fused(),
             pass.hidden[sz(l)].data() + sz(begin) * sz(width));
    if (!fused()) activate(bias + width, pass, l, begin, end);
  }
  outputs(p, by, pass, begin, rows);
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
  if (pass.rows == 0) {
    std::ranges::fill(gradient, Real(0));
    return;
  }
  const int width = shape_.width;
  const Products<Real>& by = products(pass.rows, false);
  Scratch<Real>& scratch = Scratch<Real>::of_thread();
  grow(scratch.packed, packed_first());
  for (int l = 0; by.pack_backward && l < inner(); ++l) {
    by.pack_backward(parameters.data() + first_size() + sz(l) * inner_size(), width, width, scratch.packed.data() + packed_inner(l));
  }
  if (by.pack && shape_.outputs >= kManyOutputs && shape_.layers > 0) {
    by.pack(parameters.data() + first_size() + sz(inner()) * inner_size(), shape_.outputs, width, scratch.packed.data() + packed_outputs());
  }
  clear_small_parts(gradient);
  grow(scratch.d_hidden, kRowsPerBlock * sz(width));
  grow(scratch.d_below, kRowsPerBlock * sz(width));
  for (int at = 0; at < pass.rows; at += kRowsPerBlock) {
    backward_rows(parameters.data(), by, pass, at, std::min(at + kRowsPerBlock, pass.rows), d_out.data(),
                  gradient.data());
  }
}

template <class Real>
void Mlp<Real>::first_layer_backward(const Products<Real>& by, const MlpPass<Real>& pass, int begin, int rows, const Real* d,
                                     Real* g) const {
  const Kernels<Real>& loops = kernels<Real>();
  const int width = first_width();
  loops.sum_columns(d, rows, width, g + sz(shape_.features) * sz(width));
  if (shape_.active == 0) {
    const Real* inputs = pass.inputs.data() + sz(begin) * sz(shape_.features);
    return loops.products.weight_gradient(inputs, d, shape_.features, width, rows, true, g);
  }
  const size_t from = sz(begin) * sz(shape_.active);
  const std::int32_t* active = pass.active.data() + from;
  if (&by != &loops.products && ones_on_unit(pass)) {
    loops.matrix_unit->scatter_rows(d, rows, width, active, shape_.active, shape_.features, g);
  } else {
    loops.scatter_rows(d, rows, width, active, pass.values.empty() ? nullptr : pass.values.data() + from, shape_.active, g);
  }
}

/// From d loss / d outputs to the top hidden layer's sums or, where these are not fused, its values; p and g
/// point to the output layer.
template <class Real>
void Mlp<Real>::outputs_backward(const Real* p, const Products<Real>& by, const Real* top, const Real* d_out, int rows,
                                 Real* d_hidden, Real* g) const {
  const Kernels<Real>& loops = kernels<Real>();
  const int width = shape_.width, n = shape_.outputs;
  loops.sum_columns(d_out, rows, n, g + sz(n) * sz(width));
  if (n < kManyOutputs) {
    return loops.dot_rows_backward(top, p, d_out, width, n, rows, fused(), d_hidden, g);
  }
  if (&by == &loops.products) {
    gemm_nn<Real>(rows, width, n, d_out, p, d_hidden, false);
    gemm_tn<Real>(rows, width, n, d_out, top, g, true);
  } else {
    const Real* weights = by.pack ? Scratch<Real>::of_thread().packed.data() + packed_outputs() : p;
    by.dense(d_out, weights, nullptr, n, width, rows, false, d_hidden);
    by.weight_gradient(d_out, top, n, width, rows, true, g);
  }
  if (fused()) loops.mask_relu(top, sz(rows) * sz(width), d_hidden);
}

template <class Real>
void Mlp<Real>::backward_rows(const Real* p, const Products<Real>& by, const MlpPass<Real>& pass, int begin,
                              int end, const Real* d_out, Real* g) const {
  const int n = end - begin, width = shape_.width;
  const Kernels<Real>& loops = kernels<Real>();
  const auto hidden = [&](int layer) { return pass.hidden[sz(layer)].data() + sz(begin) * sz(width); };
  d_out += sz(begin) * sz(shape_.outputs);
  if (shape_.layers == 0) return first_layer_backward(by, pass, begin, n, d_out, g);
  auto& [d_hidden, d_below, packed] = Scratch<Real>::of_thread();
  size_t at = num_parameters() - sz(shape_.outputs) * sz(width + 1);
  outputs_backward(p + at, by, hidden(shape_.layers - 1), d_out, n, d_hidden.data(), g + at);
  const size_t norm = sz(width) * sz(width + 1);  // of an inner layer's gains in its parameters
  for (int l = shape_.layers - 1; l > 0; --l) {
    at -= inner_size();
    if (!fused()) deactivate(p + at + norm, pass, l, begin, end, d_hidden.data(), g + at + norm);
    by.weight_gradient(hidden(l - 1), d_hidden.data(), width, width, n, begin > 0, g + at);
    loops.sum_columns(d_hidden.data(), n, width, g + at + sz(width) * sz(width));
    const Real* weights = by.pack_backward ? packed.data() + packed_inner(l - 1) : p + at;
    by.dense_backward(d_hidden.data(), weights, fused() ? hidden(l - 1) : nullptr, width, width, n, d_below.data());
    d_hidden.swap(d_below);
  }
  const size_t first_norm = sz(shape_.features + 1) * sz(width);
  if (!fused()) deactivate(p + first_norm, pass, 0, begin, end, d_hidden.data(), g + first_norm);
  first_layer_backward(by, pass, begin, n, d_hidden.data(), g);
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
