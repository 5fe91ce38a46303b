// The loops themselves. Compiled once for each instruction set, with FLOWSCOPE_ISA naming the
// namespace and FLOWSCOPE_VECTOR the bytes in a vector register; so no function of the standard
// library may be called here: its code would be compiled for this instruction set alone, and the
// linker could choose it for everybody.
#include "core/learn/kernels.h"

namespace flowscope::FLOWSCOPE_ISA {
namespace {

// Accumulators of the dense tile: kTileRows x kTileVectors registers, of 32 with AVX-512 and of 16
// without.
constexpr int kTileRows = 6;
constexpr int kTileVectors = FLOWSCOPE_VECTOR == 64 ? 4 : 2;

template <class Real>
constexpr int kLanes = FLOWSCOPE_VECTOR / static_cast<int>(sizeof(Real));

template <class Real>
using Vector [[gnu::vector_size(FLOWSCOPE_VECTOR)]] = Real;

template <class Real>
inline Vector<Real> load(const Real* p) {
  Vector<Real> v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

template <class Real>
inline void store(Real* p, Vector<Real> v) {
  __builtin_memcpy(p, &v, sizeof v);
}

template <class Real>
inline Vector<Real> relu_of(Vector<Real> x) {
  return x > 0 ? x : Vector<Real>{};
}

template <class Real>
void sum_rows(const Real* weights, const Real* bias, int width, const std::int32_t* active,
              int per_row, int rows, bool relu, Real* out) {
  constexpr int kLane = kLanes<Real>;
  for (int r = 0; r < rows; ++r, out += width, active += per_row) {
    int j = 0;
    for (; j + kLane <= width; j += kLane) {
      Vector<Real> sum = load(bias + j);
      for (int i = 0; i < per_row; ++i) sum += load(weights + static_cast<long>(active[i]) * width + j);
      store<Real>(out + j, relu ? relu_of<Real>(sum) : sum);
    }
    for (; j < width; ++j) {
      Real sum = bias[j];
      for (int i = 0; i < per_row; ++i) sum += weights[static_cast<long>(active[i]) * width + j];
      out[j] = relu && !(sum > 0) ? Real(0) : sum;
    }
  }
}

template <class Real>
void scatter_rows(const Real* d, int rows, int width, const std::int32_t* active, int per_row,
                  Real* gradient) {
  for (int r = 0; r < rows; ++r, d += width, active += per_row) {
    for (int i = 0; i < per_row; ++i) {
      Real* __restrict row = gradient + static_cast<long>(active[i]) * width;
      for (int j = 0; j < width; ++j) row[j] += d[j];
    }
  }
}

/// out[Rows, Vectors lanes] = max(0, in[Rows, k] weights + bias) for one tile; weights and out are
/// n columns wide.
template <class Real, int Rows, int Vectors>
inline void dense_tile(const Real* in, const Real* weights, const Real* bias, int k, int n, Real* out) {
  constexpr int kLane = kLanes<Real>;
  Vector<Real> sum[Rows][Vectors];
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < Vectors; ++v) sum[r][v] = load(bias + v * kLane);
  }
  for (int i = 0; i < k; ++i, weights += n) {
    Vector<Real> w[Vectors];
    for (int v = 0; v < Vectors; ++v) w[v] = load(weights + v * kLane);
    __builtin_prefetch(weights + 8L * n);
    if (Vectors > 2) __builtin_prefetch(weights + 8L * n + 2 * kLane);
    for (int r = 0; r < Rows; ++r) {
      const Real x = in[static_cast<long>(r) * k + i];
      for (int v = 0; v < Vectors; ++v) sum[r][v] += x * w[v];
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < Vectors; ++v) {
      store<Real>(out + static_cast<long>(r) * n + v * kLane, relu_of<Real>(sum[r][v]));
    }
  }
}

/// All rows of one panel of columns.
template <class Real, int Vectors>
inline void dense_panel(const Real* in, const Real* weights, const Real* bias, int k, int n,
                        int rows, Real* out) {
  int r = 0;
  for (; r + kTileRows <= rows; r += kTileRows) {
    dense_tile<Real, kTileRows, Vectors>(in + static_cast<long>(r) * k, weights, bias, k, n,
                                         out + static_cast<long>(r) * n);
  }
  in += static_cast<long>(r) * k;
  out += static_cast<long>(r) * n;
  switch (rows - r) {
    case 1: dense_tile<Real, 1, Vectors>(in, weights, bias, k, n, out); break;
    case 2: dense_tile<Real, 2, Vectors>(in, weights, bias, k, n, out); break;
    case 3: dense_tile<Real, 3, Vectors>(in, weights, bias, k, n, out); break;
    case 4: dense_tile<Real, 4, Vectors>(in, weights, bias, k, n, out); break;
    case 5: dense_tile<Real, 5, Vectors>(in, weights, bias, k, n, out); break;
    default: break;
  }
}

template <class Real>
void dense_relu(const Real* in, const Real* weights, const Real* bias, int k, int n, int rows,
                Real* out) {
  constexpr int kLane = kLanes<Real>, kWide = kTileVectors * kLane;
  int j = 0;
  for (; j + kWide <= n; j += kWide) {
    dense_panel<Real, kTileVectors>(in, weights + j, bias + j, k, n, rows, out + j);
  }
  for (; j + kLane <= n; j += kLane) {
    dense_panel<Real, 1>(in, weights + j, bias + j, k, n, rows, out + j);
  }
  for (; j < n; ++j) {
    for (int r = 0; r < rows; ++r) {
      Real sum = bias[j];
      for (int i = 0; i < k; ++i) sum += in[static_cast<long>(r) * k + i] * weights[static_cast<long>(i) * n + j];
      out[static_cast<long>(r) * n + j] = sum > 0 ? sum : Real(0);
    }
  }
}

template <class Real>
void dot_rows(const Real* in, const Real* weights, const Real* bias, int width, int outputs,
              int rows, Real* out) {
  constexpr int kLane = kLanes<Real>;
  for (int r = 0; r < rows; ++r, in += width, out += outputs) {
    for (int o = 0; o < outputs; ++o) {
      const Real* w = weights + static_cast<long>(o) * width;
      Vector<Real> lanes{};
      int j = 0;
      for (; j + kLane <= width; j += kLane) lanes += load(in + j) * load(w + j);
      Real sum = bias[o];
      for (int l = 0; l < kLane; ++l) sum += lanes[l];
      for (; j < width; ++j) sum += in[j] * w[j];
      out[o] = sum;
    }
  }
}

template <class Real>
void dot_rows_backward(const Real* in, const Real* weights, const Real* d_out, int width,
                       int outputs, int rows, Real* d_in, Real* d_weights) {
  for (int r = 0; r < rows; ++r, in += width, d_out += outputs, d_in += width) {
    for (int j = 0; j < width; ++j) d_in[j] = 0;
    for (int o = 0; o < outputs; ++o) {
      const Real d = d_out[o];
      if (d == 0) continue;
      const Real* __restrict w = weights + static_cast<long>(o) * width;
      Real* __restrict dw = d_weights + static_cast<long>(o) * width;
      Real* __restrict di = d_in;
      for (int j = 0; j < width; ++j) {
        di[j] += d * w[j];
        dw[j] += d * in[j];
      }
    }
  }
}

template <class Real>
void mask_relu(const Real* activation, int rows, int width, Real* d, Real* sum) {
  Real* __restrict total = sum;
  for (int r = 0; r < rows; ++r, activation += width, d += width) {
    Real* __restrict to = d;
    for (int j = 0; j < width; ++j) {
      to[j] = activation[j] > 0 ? to[j] : Real(0);
      total[j] += to[j];
    }
  }
}

template <class Real>
void sum_columns(const Real* d, int rows, int width, Real* sum) {
  Real* __restrict total = sum;
  for (int r = 0; r < rows; ++r, d += width) {
    for (int j = 0; j < width; ++j) total[j] += d[j];
  }
}

inline float root(float x) { return __builtin_sqrtf(x); }
inline double root(double x) { return __builtin_sqrt(x); }

template <class Real>
void adam_step(std::size_t n, Real* parameters, Real* gradient, Real* m, Real* v, Real rate,
               Real beta1, Real beta2, Real correction2, Real epsilon) {
  Real *__restrict p = parameters, *__restrict g = gradient, *__restrict mi = m, *__restrict vi = v;
  for (std::size_t i = 0; i < n; ++i) {
    const Real d = g[i];
    mi[i] = beta1 * mi[i] + (1 - beta1) * d;
    vi[i] = beta2 * vi[i] + (1 - beta2) * d * d;
    p[i] -= rate * mi[i] / (root(vi[i] * correction2) + epsilon);
    g[i] = 0;
  }
}

template <class Real>
double square_norm(const Real* x, std::size_t n) {
  double lane[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (std::size_t l = 0; l < 8; ++l) lane[l] += static_cast<double>(x[i + l]) * static_cast<double>(x[i + l]);
  }
  for (; i < n; ++i) lane[0] += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

template <class Real>
constexpr Kernels<Real> kTable = {
    FLOWSCOPE_ISA_NAME,  sum_rows<Real>,  scatter_rows<Real>, dense_relu<Real>,
    dot_rows<Real>,      dot_rows_backward<Real>, mask_relu<Real>, sum_columns<Real>,
    adam_step<Real>,     square_norm<Real>};

}  // namespace

extern const Kernels<float> kFloat;
extern const Kernels<double> kDouble;
const Kernels<float> kFloat = kTable<float>;
const Kernels<double> kDouble = kTable<double>;

}  // namespace flowscope::FLOWSCOPE_ISA
