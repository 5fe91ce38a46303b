#include "core/learn/kernels.h"

#include <algorithm>
#include <cmath>

#include "core/learn/gemm.h"

// GCC compiles a clone for each x86-64 level; sanitizers cannot follow the dispatch.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define FLOWSCOPE_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FLOWSCOPE_CLONES
#endif

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

// Below: for each loop a plain function per type that is cloned, since templates cannot be.
#define FLOWSCOPE_LOOPS(Real)                                                                     \
  FLOWSCOPE_CLONES void sum_rows_(const Real* __restrict weights, const Real* __restrict bias,     \
                                  int width, const std::int32_t* active, int per_row, int rows,    \
                                  bool relu, Real* __restrict out) {                               \
    for (int r = 0; r < rows; ++r, out += width, active += per_row) {                              \
      for (int j = 0; j < width; ++j) out[j] = bias[j];                                            \
      for (int i = 0; i < per_row; ++i) {                                                          \
        const Real* __restrict row = weights + sz(active[i]) * sz(width);                          \
        for (int j = 0; j < width; ++j) out[j] += row[j];                                          \
      }                                                                                            \
      if (relu)                                                                                    \
        for (int j = 0; j < width; ++j) out[j] = out[j] > 0 ? out[j] : Real(0);                    \
    }                                                                                              \
  }                                                                                                \
  FLOWSCOPE_CLONES void scatter_rows_(const Real* __restrict d, int rows, int width,               \
                                      const std::int32_t* active, int per_row,                     \
                                      Real* __restrict gradient) {                                 \
    for (int r = 0; r < rows; ++r, d += width, active += per_row) {                                \
      for (int i = 0; i < per_row; ++i) {                                                          \
        Real* __restrict row = gradient + sz(active[i]) * sz(width);                               \
        for (int j = 0; j < width; ++j) row[j] += d[j];                                            \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  FLOWSCOPE_CLONES void dot_rows_(const Real* __restrict in, const Real* __restrict weights,       \
                                  const Real* __restrict bias, int width, int outputs, int rows,   \
                                  Real* __restrict out) {                                          \
    constexpr int kLanes = 64 / static_cast<int>(sizeof(Real)) * 2;                                \
    for (int r = 0; r < rows; ++r, in += width, out += outputs) {                                  \
      for (int o = 0; o < outputs; ++o) {                                                          \
        const Real* __restrict w = weights + sz(o) * sz(width);                                    \
        Real lane[kLanes] = {};                                                                    \
        int j = 0;                                                                                 \
        for (; j + kLanes <= width; j += kLanes)                                                   \
          for (int l = 0; l < kLanes; ++l) lane[l] += in[j + l] * w[j + l];                        \
        Real sum = bias[o];                                                                        \
        for (int l = 0; l < kLanes; ++l) sum += lane[l];                                           \
        for (; j < width; ++j) sum += in[j] * w[j];                                                \
        out[o] = sum;                                                                              \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  FLOWSCOPE_CLONES void dot_rows_backward_(                                                        \
      const Real* __restrict in, const Real* __restrict weights, const Real* __restrict d_out,     \
      int width, int outputs, int rows, Real* __restrict d_in, Real* __restrict d_weights) {       \
    for (int r = 0; r < rows; ++r, in += width, d_out += outputs, d_in += width) {                 \
      for (int j = 0; j < width; ++j) d_in[j] = 0;                                                 \
      for (int o = 0; o < outputs; ++o) {                                                          \
        const Real d = d_out[o];                                                                   \
        if (d == 0) continue;                                                                      \
        const Real* __restrict w = weights + sz(o) * sz(width);                                    \
        Real* __restrict dw = d_weights + sz(o) * sz(width);                                       \
        for (int j = 0; j < width; ++j) {                                                          \
          d_in[j] += d * w[j];                                                                     \
          dw[j] += d * in[j];                                                                      \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  FLOWSCOPE_CLONES void mask_relu_(const Real* __restrict activation, size_t n,                    \
                                   Real* __restrict d) {                                           \
    for (size_t i = 0; i < n; ++i) d[i] = activation[i] > 0 ? d[i] : Real(0);                      \
  }                                                                                                \
  FLOWSCOPE_CLONES void bias_relu_(const Real* __restrict bias, int rows, int width,               \
                                   Real* __restrict out) {                                         \
    for (int r = 0; r < rows; ++r, out += width) {                                                 \
      for (int j = 0; j < width; ++j) {                                                            \
        const Real x = out[j] + bias[j];                                                           \
        out[j] = x > 0 ? x : Real(0);                                                              \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  FLOWSCOPE_CLONES void sum_columns_(const Real* __restrict d, int rows, int width,                \
                                     Real* __restrict sum) {                                       \
    for (int r = 0; r < rows; ++r, d += width)                                                     \
      for (int j = 0; j < width; ++j) sum[j] += d[j];                                              \
  }                                                                                                \
  FLOWSCOPE_CLONES void adam_step_(size_t n, Real* __restrict p, Real* __restrict g,               \
                                   Real* __restrict m, Real* __restrict v, Real rate, Real beta1,  \
                                   Real beta2, Real correction2, Real epsilon) {                   \
    for (size_t i = 0; i < n; ++i) {                                                               \
      const Real d = g[i];                                                                         \
      m[i] = beta1 * m[i] + (1 - beta1) * d;                                                       \
      v[i] = beta2 * v[i] + (1 - beta2) * d * d;                                                   \
      p[i] -= rate * m[i] / (std::sqrt(v[i] * correction2) + epsilon);                             \
      g[i] = 0;                                                                                    \
    }                                                                                              \
  }                                                                                                \
  FLOWSCOPE_CLONES double square_norm_(const Real* __restrict x, size_t n) {                       \
    double lane[8] = {};                                                                           \
    size_t i = 0;                                                                                  \
    for (; i + 8 <= n; i += 8)                                                                     \
      for (size_t l = 0; l < 8; ++l) lane[l] += static_cast<double>(x[i + l]) * x[i + l];          \
    for (; i < n; ++i) lane[0] += static_cast<double>(x[i]) * x[i];                                \
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7])); \
  }
FLOWSCOPE_LOOPS(float)
FLOWSCOPE_LOOPS(double)
#undef FLOWSCOPE_LOOPS

constexpr int kManyOutputs = 32;  // from here on the output layer is a product for BLAS

}  // namespace

template <class Real>
void sum_rows(const Real* weights, const Real* bias, int width, const std::int32_t* active,
              int per_row, int rows, bool relu, Real* out) {
  sum_rows_(weights, bias, width, active, per_row, rows, relu, out);
}

template <class Real>
void scatter_rows(const Real* d, int rows, int width, const std::int32_t* active, int per_row,
                  Real* gradient) {
  scatter_rows_(d, rows, width, active, per_row, gradient);
}

template <class Real>
void dense_relu(const Real* in, const Real* weights, const Real* bias, int width, int rows,
                Real* out) {
  gemm_nn<Real>(rows, width, width, in, weights, out, false);
  bias_relu_(bias, rows, width, out);
}

template <class Real>
void dense_out(const Real* in, const Real* weights, const Real* bias, int width, int outputs,
               int rows, Real* out) {
  if (outputs < kManyOutputs) {
    dot_rows_(in, weights, bias, width, outputs, rows, out);
    return;
  }
  for (int r = 0; r < rows; ++r) std::copy(bias, bias + outputs, out + sz(r) * sz(outputs));
  gemm_nt<Real>(rows, width, outputs, in, weights, out, true);
}

template <class Real>
void dense_out_backward(const Real* in, const Real* weights, const Real* d_out, int width,
                        int outputs, int rows, Real* d_in, Real* d_weights, Real* d_bias) {
  if (outputs < kManyOutputs) {
    dot_rows_backward_(in, weights, d_out, width, outputs, rows, d_in, d_weights);
  } else {
    gemm_nn<Real>(rows, width, outputs, d_out, weights, d_in, false);
    gemm_tn<Real>(rows, width, outputs, d_out, in, d_weights, true);
  }
  sum_columns_(d_out, rows, outputs, d_bias);
}

template <class Real>
void mask_relu(const Real* activation, std::size_t n, Real* d) {
  mask_relu_(activation, n, d);
}

template <class Real>
void sum_columns(const Real* d, int rows, int width, Real* sum) {
  sum_columns_(d, rows, width, sum);
}

template <class Real>
void adam_step(std::size_t n, Real* parameters, Real* gradient, Real* m, Real* v, Real rate,
               Real beta1, Real beta2, Real correction2, Real epsilon) {
  adam_step_(n, parameters, gradient, m, v, rate, beta1, beta2, correction2, epsilon);
}

template <class Real>
double square_norm(const Real* x, std::size_t n) {
  return square_norm_(x, n);
}

#define FLOWSCOPE_INSTANTIATE(R)                                                                  \
  template void sum_rows<R>(const R*, const R*, int, const std::int32_t*, int, int, bool, R*);     \
  template void scatter_rows<R>(const R*, int, int, const std::int32_t*, int, R*);                 \
  template void dense_relu<R>(const R*, const R*, const R*, int, int, R*);                         \
  template void dense_out<R>(const R*, const R*, const R*, int, int, int, R*);                     \
  template void dense_out_backward<R>(const R*, const R*, const R*, int, int, int, R*, R*, R*);    \
  template void mask_relu<R>(const R*, std::size_t, R*);                                           \
  template void sum_columns<R>(const R*, int, int, R*);                                            \
  template void adam_step<R>(std::size_t, R*, R*, R*, R*, R, R, R, R, R);                          \
  template double square_norm<R>(const R*, std::size_t);
FLOWSCOPE_INSTANTIATE(float)
FLOWSCOPE_INSTANTIATE(double)
#undef FLOWSCOPE_INSTANTIATE

}  // namespace flowscope
