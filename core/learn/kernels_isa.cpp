// The loops themselves. Compiled once for each instruction set, with FLOWSCOPE_ISA naming the
// namespace and FLOWSCOPE_VECTOR the bytes in a vector register; so no function of the standard
// library may be called here: its code would be compiled for this instruction set alone, and the
// linker could choose it for everybody.
#include "core/learn/kernels.h"
#include "core/learn/products_isa.h"
#include "core/learn/random_isa.h"

namespace flowscope::FLOWSCOPE_ISA {
namespace {

/// `Weighted`: the rows have values.
template <class Real, bool Weighted>
void sum_rows_by(const Real* weights, const Real* bias, int width, const std::int32_t* active,
                 const Real* values, int per_row, int rows, bool relu, Real* out) {
  constexpr int kLane = kLanes<Real>;
  for (int r = 0; r < rows; ++r, out += width, active += per_row) {
    int j = 0;
    for (; j + kLane <= width; j += kLane) {
      Vector<Real> sum = load(bias + j);
      for (int i = 0; i < per_row; ++i) {
        const Vector<Real> row = load(weights + static_cast<long>(active[i]) * width + j);
        sum += Weighted ? values[i] * row : row;
      }
      store<Real>(out + j, relu ? relu_of<Real>(sum) : sum);
    }
    for (; j < width; ++j) {
      Real sum = bias[j];
      for (int i = 0; i < per_row; ++i) {
        const Real weight = weights[static_cast<long>(active[i]) * width + j];
        sum += Weighted ? values[i] * weight : weight;
      }
      out[j] = relu && !(sum > 0) ? Real(0) : sum;
    }
    if (Weighted) values += per_row;
  }
}

template <class Real>
void sum_rows(const Real* weights, const Real* bias, int width, const std::int32_t* active,
              const Real* values, int per_row, int rows, bool relu, Real* out) {
  (values ? sum_rows_by<Real, true> : sum_rows_by<Real, false>)(weights, bias, width, active, values,
                                                                per_row, rows, relu, out);
}

template <class Real>
void scatter_rows(const Real* d, int rows, int width, const std::int32_t* active, const Real* values,
                  int per_row, Real* gradient) {
  for (int r = 0; r < rows; ++r, d += width, active += per_row) {
    for (int i = 0; i < per_row; ++i) {
      Real* __restrict row = gradient + static_cast<long>(active[i]) * width;
      const Real value = values ? *values++ : Real(1);
      for (int j = 0; j < width; ++j) row[j] += value * d[j];
    }
  }
}

/// The sum of the lanes, halves upon halves.
template <class Real>
inline Real sum_of(Vector<Real> v) {
  Real lane[kLanes<Real>];
  store<Real>(lane, v);
  for (int half = kLanes<Real> / 2; half > 0; half /= 2) {
    for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
  }
  return lane[0];
}

/// out[Rows, Outputs] = bias + in[Rows, width] weights[Outputs, width]^T: dot products side by side.
template <class Real, int Rows, int Outputs>
inline void dot_tile(const Real* in, const Real* weights, const Real* bias, int width, int outputs,
                     Real* out) {
  constexpr int kLane = kLanes<Real>;
  Vector<Real> sum[Rows][Outputs] = {};
  int j = 0;
  for (; j + kLane <= width; j += kLane) {
    Vector<Real> w[Outputs];
    for (int o = 0; o < Outputs; ++o) w[o] = load(weights + static_cast<long>(o) * width + j);
    for (int r = 0; r < Rows; ++r) {
      const Vector<Real> x = load(in + static_cast<long>(r) * width + j);
      for (int o = 0; o < Outputs; ++o) sum[r][o] += x * w[o];
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int o = 0; o < Outputs; ++o) {
      Real total = sum_of<Real>(sum[r][o]) + bias[o];
      for (int i = j; i < width; ++i) {
        total += in[static_cast<long>(r) * width + i] * weights[static_cast<long>(o) * width + i];
      }
      out[static_cast<long>(r) * outputs + o] = total;
    }
  }
}

template <class Real, int Outputs>
inline void dot_panel(const Real* in, const Real* weights, const Real* bias, int width, int outputs,
                      int rows, Real* out) {
  int r = 0;
  for (; r + 4 <= rows; r += 4, in += 4L * width, out += 4L * outputs) {
    dot_tile<Real, 4, Outputs>(in, weights, bias, width, outputs, out);
  }
  for (; r < rows; ++r, in += width, out += outputs) {
    dot_tile<Real, 1, Outputs>(in, weights, bias, width, outputs, out);
  }
}

template <class Real>
void dot_rows(const Real* in, const Real* weights, const Real* bias, int width, int outputs,
              int rows, Real* out) {
  int o = 0;
  for (; o + 4 <= outputs; o += 4, weights += 4L * width) {
    dot_panel<Real, 4>(in, weights, bias + o, width, outputs, rows, out + o);
  }
  switch (outputs - o) {
    case 1: dot_panel<Real, 1>(in, weights, bias + o, width, outputs, rows, out + o); break;
    case 2: dot_panel<Real, 2>(in, weights, bias + o, width, outputs, rows, out + o); break;
    case 3: dot_panel<Real, 3>(in, weights, bias + o, width, outputs, rows, out + o); break;
    default: break;
  }
}

template <class Real>
void dot_rows_backward(const Real* in, const Real* weights, const Real* d_out, int width,
                       int outputs, int rows, bool relu, Real* d_in, Real* d_weights) {
  if (relu) {
    product<Real>(d_out, weights, Mask<Real>{in}, outputs, width, rows, d_in);
  } else {
    product<Real>(d_out, weights, Plain<Real>{}, outputs, width, rows, d_in);
  }
  weight_gradient(d_out, in, outputs, width, rows, true, d_weights);
}

template <class Real>
void mask_relu(const Real* activation, std::size_t n, Real* d) {
  Real* __restrict to = d;
  for (std::size_t i = 0; i < n; ++i) to[i] = activation[i] > 0 ? to[i] : Real(0);
}

/// exp(x) to 2 ulp for the x of activations: 2^n times a polynomial on [-ln 2 / 2, ln 2 / 2], without
/// a call, so that the loops around it vectorise.
inline float exponential(float x) {
  x = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
  const float n = __builtin_floorf(x * 1.44269504f + 0.5f);
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;  // ln 2 in two parts
  float p = 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = (p * r + 1.0f) * r + 1.0f;
  const std::int32_t bits = (static_cast<std::int32_t>(n) + 127) << 23;
  float scale;
  __builtin_memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

inline float logarithm(float x) { return __builtin_logf(x); }

template <class Real>
void masked_softmax(const Real* logits, const std::uint8_t* legal, int n, Real* log_p, Real* p) {
  constexpr Real kNothing = -__builtin_huge_val();
  Real* __restrict to = p;
  Real top = kNothing, sum = 0;
  for (int a = 0; a < n; ++a) {
    const Real x = legal[a] ? logits[a] : kNothing;
    top = x > top ? x : top;
  }
  for (int a = 0; a < n; ++a) {
    const Real e = exponential(logits[a] - top);
    to[a] = legal[a] ? e : Real(0);
  }
  for (int a = 0; a < n; ++a) sum += to[a];
  const Real shift = top + logarithm(sum), scale = 1 / sum;
  for (int a = 0; a < n; ++a) {
    const Real x = logits[a] - shift;
    log_p[a] = legal[a] ? x : kNothing;
    to[a] *= scale;
  }
}

constexpr double kLeak = 0.01;

template <class Real>
void activate(Activation activation, std::size_t n, Real* x) {
  Real* __restrict v = x;
  constexpr Real leak = static_cast<Real>(kLeak);
  switch (activation) {
    case Activation::kRelu:
      for (std::size_t i = 0; i < n; ++i) v[i] = v[i] > 0 ? v[i] : Real(0);
      break;
    case Activation::kLeakyRelu:
      for (std::size_t i = 0; i < n; ++i) v[i] = v[i] > 0 ? v[i] : leak * v[i];
      break;
    case Activation::kElu:
      for (std::size_t i = 0; i < n; ++i) {
        const Real below = exponential(v[i] < 0 ? v[i] : Real(0)) - 1;
        v[i] = v[i] > 0 ? v[i] : below;
      }
      break;
    case Activation::kTanh:
      for (std::size_t i = 0; i < n; ++i) v[i] = 1 - 2 / (exponential(2 * v[i]) + 1);
      break;
  }
}

template <class Real>
void slope(Activation activation, std::size_t n, const Real* value, Real* d) {
  const Real* __restrict v = value;
  Real* __restrict to = d;
  constexpr Real leak = static_cast<Real>(kLeak);
  switch (activation) {
    case Activation::kRelu:
      for (std::size_t i = 0; i < n; ++i) to[i] = v[i] > 0 ? to[i] : Real(0);
      break;
    case Activation::kLeakyRelu:
      for (std::size_t i = 0; i < n; ++i) to[i] = v[i] > 0 ? to[i] : leak * to[i];
      break;
    case Activation::kElu:
      for (std::size_t i = 0; i < n; ++i) to[i] *= v[i] > 0 ? Real(1) : v[i] + 1;
      break;
    case Activation::kTanh:
      for (std::size_t i = 0; i < n; ++i) to[i] *= 1 - v[i] * v[i];
      break;
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
void adam_step(std::size_t n, Real* parameters, const Real* gradient, Real* m, Real* v, Real rate,
               Real beta1, Real beta2, Real correction2, Real epsilon) {
  const Real* __restrict g = gradient;
  Real *__restrict p = parameters, *__restrict mi = m, *__restrict vi = v;
  // Four streams from a distant cache: fetched ahead across pages, where the processor itself stops.
  constexpr std::size_t kBlock = 64, kFetchAhead = 512 / sizeof(Real), kLine = 64 / sizeof(Real);
  for (std::size_t begin = 0; begin < n; begin += kBlock) {
    const std::size_t end = begin + kBlock < n ? begin + kBlock : n;
    for (std::size_t i = begin + kFetchAhead; i < end + kFetchAhead; i += kLine) {
      __builtin_prefetch(p + i, 1);
      __builtin_prefetch(g + i);
      __builtin_prefetch(mi + i, 1);
      __builtin_prefetch(vi + i, 1);
    }
    for (std::size_t i = begin; i < end; ++i) {
      const Real d = g[i];
      mi[i] = beta1 * mi[i] + (1 - beta1) * d;
      vi[i] = beta2 * vi[i] + (1 - beta2) * d * d;
      p[i] -= rate * mi[i] / (root(vi[i] * correction2) + epsilon);
    }
  }
}

#if FLOWSCOPE_VECTOR == 64

/// a / (sqrt(b) + epsilon), b not negative, rounded as a root and a quotient are but in one of a million: the root
/// would take longer than everything else in a step of Adam. It starts from the processor's estimate of 14 bits, a
/// step of Newton's method makes 27 of them, and what is left over is divided out.
inline __m512 over_root(__m512 a, __m512 b, __m512 epsilon) {
  constexpr float kLeast = 1.17549435e-38F;  // of normal numbers: the inverse root of 0 is infinite
  constexpr __mmask16 kAll = 0xFFFF;  // the form without a mask makes GCC 12 warn of its own headers
  const __m512 least = _mm512_set1_ps(kLeast);
  b = b > least ? b : least;
  const __m512 y = _mm512_maskz_rsqrt14_ps(kAll, b), by = b * y;
  const __m512 near = by * (1.5F - 0.5F * by * y);
  return a / (near + 0.5F * y * (b - near * near) + epsilon);
}

/// Masked at the end rather than in scalars, so that how parameters are shared between threads changes no bit.
template <>
void adam_step<float>(std::size_t n, float* p, const float* g, float* m, float* v, float rate, float beta1, float beta2,
                      float correction2, float epsilon) {
  constexpr std::size_t kLane = kLanes<float>, kFetchAhead = 1024 / sizeof(float);
  for (std::size_t i = 0; i < n; i += kLane) {
    __builtin_prefetch(p + i + kFetchAhead, 1);
    __builtin_prefetch(g + i + kFetchAhead);
    __builtin_prefetch(m + i + kFetchAhead, 1);
    __builtin_prefetch(v + i + kFetchAhead, 1);
    const auto some = static_cast<__mmask16>(n - i >= kLane ? 0xFFFF : (1 << (n - i)) - 1);
    const __m512 d = _mm512_maskz_loadu_ps(some, g + i);
    const __m512 mean = beta1 * _mm512_maskz_loadu_ps(some, m + i) + (1 - beta1) * d;
    const __m512 square = beta2 * _mm512_maskz_loadu_ps(some, v + i) + (1 - beta2) * d * d;
    const __m512 to = _mm512_maskz_loadu_ps(some, p + i) -
                      rate * over_root(mean, square * correction2, _mm512_set1_ps(epsilon));
    _mm512_mask_storeu_ps(m + i, some, mean);
    _mm512_mask_storeu_ps(v + i, some, square);
    _mm512_mask_storeu_ps(p + i, some, to);
  }
}

#endif

/// In blocks short enough for the lanes' own precision; the blocks' sums in double.
template <class Real>
double square_norm(const Real* x, std::size_t n) {
  constexpr std::size_t kLane = kLanes<Real>, kBlock = 32 * kLane;
  double total = 0;
  for (; n >= kBlock; n -= kBlock, x += kBlock) {
    Vector<Real> sum[4] = {};
    for (std::size_t i = 0; i < kBlock; i += 4 * kLane) {
      for (std::size_t v = 0; v < 4; ++v) {
        const Vector<Real> y = load(x + i + v * kLane);
        sum[v] += y * y;
      }
    }
    total += static_cast<double>(sum_of<Real>((sum[0] + sum[1]) + (sum[2] + sum[3])));
  }
  for (; n > 0; --n, ++x) total += static_cast<double>(*x) * static_cast<double>(*x);
  return total;
}

template <class Real>
constexpr Kernels<Real> kTable = {
    FLOWSCOPE_ISA_NAME,
    sum_rows<Real>,
    scatter_rows<Real>,
    dot_rows<Real>,
    dot_rows_backward<Real>,
    masked_softmax<Real>,
    mask_relu<Real>,
    activate<Real>,
    slope<Real>,
    sum_columns<Real>,
    adam_step<Real>,
    uniforms,
    normals,
    square_norm<Real>,
    {nullptr, dense<Real>, pack_backward<Real>, dense_backward<Real>, weight_gradient<Real>}};

}  // namespace

extern const Kernels<float> kFloat;
extern const Kernels<double> kDouble;
const Kernels<float> kFloat = kTable<float>;
const Kernels<double> kDouble = kTable<double>;

}  // namespace flowscope::FLOWSCOPE_ISA
