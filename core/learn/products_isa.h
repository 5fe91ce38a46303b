// Products of matrices for few rows at a time, included by kernels_isa.cpp once for each instruction
// set; its rules hold here too.
#pragma once

#include "core/learn/kernels.h"

namespace flowscope::FLOWSCOPE_ISA {
namespace {

// Accumulators of the dense tile: kTileRows x kTileVectors registers, of 32 with AVX-512 and of 16
// without.
constexpr int kTileRows = 6;
constexpr int kTileVectors = FLOWSCOPE_VECTOR == 64 ? 4 : 2;
constexpr long kAhead = 8;  // rows of weights that are fetched ahead

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

/// Has the value in a register: of a vector that few instructions use, the compiler would read the memory
/// again for each, and reading is then what they wait for.
template <class Real>
inline void keep(Vector<Real>& v) {
#if FLOWSCOPE_VECTOR == 64
  asm("" : "+v"(v));
#else
  asm("" : "+x"(v));
#endif
}

template <class Real>
inline Vector<Real> relu_of(Vector<Real> x) {
  return x > 0 ? x : Vector<Real>{};
}

/// How a dense tile begins and ends: with a bias and a rectifier, or from zero and masked where the
/// activation of the layer below is 0.
template <class Real, bool Relu>
struct Bias {
  const Real* bias;  // [n]
  Real value(Real sum, long, int) const { return !Relu || sum > 0 ? sum : Real(0); }
  Vector<Real> start(int j) const { return load(bias + j); }
  Vector<Real> finish(Vector<Real> sum, long, int) const { return Relu ? relu_of<Real>(sum) : sum; }
  Real start_one(int j) const { return bias[j]; }
};

template <class Real>
struct Plain {
  Real value(Real sum, long, int) const { return sum; }
  Vector<Real> start(int) const { return Vector<Real>{}; }
  Vector<Real> finish(Vector<Real> sum, long, int) const { return sum; }
  Real start_one(int) const { return 0; }
};

template <class Real>
struct Mask {
  const Real* activation;  // [rows, n]
  Vector<Real> start(int) const { return Vector<Real>{}; }
  Vector<Real> finish(Vector<Real> sum, long row_offset, int j) const {
    return load(activation + row_offset + j) > 0 ? sum : Vector<Real>{};
  }
  Real start_one(int) const { return 0; }
  Real value(Real sum, long row_offset, int j) const { return activation[row_offset + j] > 0 ? sum : Real(0); }
};

/// out[Rows, Vectors lanes] = finish(start + in[Rows, k] weights) for one tile at column j. `weights`
/// is the panel of these columns, `stride` from one of its rows to the next; out is n columns wide.
template <class Real, int Rows, int Vectors, class Ends>
inline void dense_tile(const Real* in, const Real* weights, int stride, Ends ends, int k, int n,
                       int row, int j, Real* out) {
  constexpr int kLane = kLanes<Real>;
  Vector<Real> sum[Rows][Vectors];
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < Vectors; ++v) sum[r][v] = ends.start(j + v * kLane);
  }
  in += static_cast<long>(row) * k;
  for (int i = 0; i < k; ++i, weights += stride) {
    Vector<Real> w[Vectors];
    for (int v = 0; v < Vectors; ++v) {
      w[v] = load(weights + v * kLane);
      if (Rows == 2 || Rows == 3) keep<Real>(w[v]);
      if (FLOWSCOPE_VECTOR == 64 || v % 2 == 0) __builtin_prefetch(weights + kAhead * stride + v * kLane);
    }
    for (int r = 0; r < Rows; ++r) {
      const Real x = in[static_cast<long>(r) * k + i];
      for (int v = 0; v < Vectors; ++v) sum[r][v] += x * w[v];
    }
  }
  for (int r = 0; r < Rows; ++r) {
    const long offset = static_cast<long>(row + r) * n;
    for (int v = 0; v < Vectors; ++v) {
      store<Real>(out + offset + j + v * kLane, ends.finish(sum[r][v], offset, j + v * kLane));
    }
  }
}

/// All rows of one panel of columns: tiles of six, and of less at the end, where 4 and 3 take less time than
/// 6 and 1, and 4 and 4 than 6 and 2.
template <class Real, int Vectors, class Ends>
inline void dense_panel(const Real* in, const Real* weights, int stride, Ends ends, int k, int n,
                        int rows, int j, Real* out) {
  const int left = rows % kTileRows;
  const bool by_four = kTileRows == 6 && rows > kTileRows && (left == 1 || left == 2);
  const int sixes = rows - left - (by_four ? kTileRows : 0);
  int r = 0;
  for (; r < sixes; r += kTileRows) {
    dense_tile<Real, kTileRows, Vectors>(in, weights, stride, ends, k, n, r, j, out);
  }
  if (by_four) {
    dense_tile<Real, 4, Vectors>(in, weights, stride, ends, k, n, r, j, out);
    r += 4;
  }
  switch (rows - r) {
    case 1: dense_tile<Real, 1, Vectors>(in, weights, stride, ends, k, n, r, j, out); break;
    case 2: dense_tile<Real, 2, Vectors>(in, weights, stride, ends, k, n, r, j, out); break;
    case 3: dense_tile<Real, 3, Vectors>(in, weights, stride, ends, k, n, r, j, out); break;
    case 4: dense_tile<Real, 4, Vectors>(in, weights, stride, ends, k, n, r, j, out); break;
    case 5: dense_tile<Real, 5, Vectors>(in, weights, stride, ends, k, n, r, j, out); break;
    default: break;
  }
}

/// The weights of some columns: `stride` numbers from one row to the next.
template <class Real>
struct Panel {
  const Real* weights;
  int stride;
};

/// Panels of columns: wide ones, then single vectors, then single columns. panel(j, width) gives the
/// weights of columns [j, j + width).
template <class Real, class Panels, class Ends>
inline void product_of_panels(const Real* in, Panels panel, Ends ends, int k, int n, int rows, Real* out) {
  constexpr int kLane = kLanes<Real>, kWide = kTileVectors * kLane;
  int j = 0;
  for (; j + kWide <= n; j += kWide) {
    const Panel<Real> p = panel(j, kWide);
    dense_panel<Real, kTileVectors>(in, p.weights, p.stride, ends, k, n, rows, j, out);
  }
  for (; j + kLane <= n; j += kLane) {
    const Panel<Real> p = panel(j, kLane);
    dense_panel<Real, 1>(in, p.weights, p.stride, ends, k, n, rows, j, out);
  }
  for (; j < n; ++j) {
    const Panel<Real> p = panel(j, 1);
    for (int r = 0; r < rows; ++r) {
      Real sum = ends.start_one(j);
      for (int i = 0; i < k; ++i) sum += in[static_cast<long>(r) * k + i] * p.weights[static_cast<long>(i) * p.stride];
      out[static_cast<long>(r) * n + j] = ends.value(sum, static_cast<long>(r) * n, j);
    }
  }
}

/// to[rows, width] = the first `width` columns of from[rows, stride]; the width is a panel's.
template <class Real>
inline void pack_columns(const Real* from, int stride, int width, int rows, Real* to) {
  constexpr int kLane = kLanes<Real>;
  for (int r = 0; r < rows; ++r, from += stride, to += width) {
    int c = 0;
    for (; c + kLane <= width; c += kLane) store<Real>(to + c, load(from + c));
    for (; c < width; ++c) to[c] = from[c];
  }
}

/// The same for weights that lie as a matrix [k, n].
template <class Real, class Ends>
inline void product(const Real* in, const Real* weights, Ends ends, int k, int n, int rows, Real* out) {
  constexpr int kWide = 2 * kTileVectors * kLanes<Real>;
  int j = 0;
  if (FLOWSCOPE_VECTOR == 64 && rows <= 3 && n % kWide == 0) {
    // Few rows leave registers free for a panel of twice the width: fewer jumps through memory.
    for (; j < n; j += kWide) {
      switch (rows) {
        case 1: dense_tile<Real, 1, 2 * kTileVectors>(in, weights + j, n, ends, k, n, 0, j, out); break;
        case 2: dense_tile<Real, 2, 2 * kTileVectors>(in, weights + j, n, ends, k, n, 0, j, out); break;
        default: dense_tile<Real, 3, 2 * kTileVectors>(in, weights + j, n, ends, k, n, 0, j, out);
      }
    }
    return;
  }
  // Many rows pay for a panel that lies in one piece: its lines then do not evict each other.
  constexpr int kManyRows = 48, kLongestPacked = 512;
  alignas(64) Real packed[kLongestPacked * kTileVectors * kLanes<Real>];
  Real* to = rows >= kManyRows && k <= kLongestPacked ? packed : nullptr;
  const auto panel = [=](int column, int width) {
    if (!to) return Panel<Real>{weights + column, n};
    pack_columns(weights + column, n, width, k, to);
    return Panel<Real>{to, width};
  };
  product_of_panels(in, panel, ends, k, n, rows, out);
}

template <class Real>
void dense(const Real* in, const Real* weights, const Real* bias, int k, int n, int rows, bool relu,
           Real* out) {
  if (!bias) {
    product<Real>(in, weights, Plain<Real>{}, k, n, rows, out);
  } else if (relu) {
    product<Real>(in, weights, Bias<Real, true>{bias}, k, n, rows, out);
  } else {
    product<Real>(in, weights, Bias<Real, false>{bias}, k, n, rows, out);
  }
}

template <class Real>
struct IndexOf;
template <>
struct IndexOf<float> {
  using Type = std::int32_t;
};
template <>
struct IndexOf<double> {
  using Type = std::int64_t;
};
template <class Real>
using IndexVector [[gnu::vector_size(FLOWSCOPE_VECTOR)]] = typename IndexOf<Real>::Type;

/// Swaps the off-diagonal quarters of size Bit in a square block of rows held in registers.
template <class Real, int Bit>
inline void transpose_level(Vector<Real>* row) {
  constexpr int kLane = kLanes<Real>;
  IndexVector<Real> low, high;  // lanes of the pair (a, b) that the new a and the new b take
  for (int l = 0; l < kLane; ++l) {
    low[l] = l & Bit ? kLane + (l ^ Bit) : l;
    high[l] = l & Bit ? kLane + l : l | Bit;
  }
  for (int i = 0; i < kLane; ++i) {
    if (i & Bit) continue;
    const Vector<Real> a = row[i], b = row[i | Bit];
    row[i] = __builtin_shuffle(a, b, low);
    row[i | Bit] = __builtin_shuffle(a, b, high);
  }
}

/// to[k, width] = from[width, k]^T; the width is a panel's.
template <class Real>
void pack_transposed(const Real* from, int width, int k, Real* to) {
  constexpr int kLane = kLanes<Real>;
  const int whole = width >= kLane ? k / kLane * kLane : 0;
  for (int i = 0; i < whole; i += kLane) {
    for (int c = 0; c < width; c += kLane) {
      Vector<Real> block[kLane];
      for (int l = 0; l < kLane; ++l) block[l] = load(from + static_cast<long>(c + l) * k + i);
      transpose_level<Real, 1>(block);
      if constexpr (kLane > 2) transpose_level<Real, 2>(block);
      if constexpr (kLane > 4) transpose_level<Real, 4>(block);
      if constexpr (kLane > 8) transpose_level<Real, 8>(block);
      for (int l = 0; l < kLane; ++l) store<Real>(to + static_cast<long>(i + l) * width + c, block[l]);
    }
  }
  for (int i = whole; i < k; ++i) {
    for (int c = 0; c < width; ++c) to[static_cast<long>(i) * width + c] = from[static_cast<long>(c) * k + i];
  }
}

template <class Real>
void pack_backward(const Real* weights, int k, int n, Real* packed) {
  constexpr int kLane = kLanes<Real>, kWide = kTileVectors * kLane;
  for (int j = 0, width = 0; j < n; j += width) {
    width = j + kWide <= n ? kWide : j + kLane <= n ? kLane : 1;
    pack_transposed(weights + static_cast<long>(j) * k, width, k, packed + static_cast<long>(j) * k);
  }
}

template <class Real>
void dense_backward(const Real* d_out, const Real* packed, const Real* activation, int k, int n,
                    int rows, Real* d_in) {
  const auto panel = [=](int j, int width) { return Panel<Real>{packed + static_cast<long>(j) * k, width}; };
  if (activation) {
    product_of_panels(d_out, panel, Mask<Real>{activation}, k, n, rows, d_in);
  } else {
    product_of_panels(d_out, panel, Plain<Real>{}, k, n, rows, d_in);
  }
}

/// gradient[Rows, Vectors lanes] (+)= in[rows, i..]^T d_out[rows, Vectors lanes] for one tile; d_out lies
/// in one piece.
template <class Real, int Rows, int Vectors>
inline void gradient_tile(const Real* in, const Real* d_out, int k, int n, int rows, bool add, Real* gradient) {
  constexpr int kLane = kLanes<Real>;
  Vector<Real> sum[Rows][Vectors];
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < Vectors; ++v) {
      sum[r][v] = add ? load(gradient + static_cast<long>(r) * n + v * kLane) : Vector<Real>{};
      __builtin_prefetch(gradient + static_cast<long>(Rows + r) * n + v * kLane, 1);  // of the next tile
    }
  }
  for (int m = 0; m < rows; ++m, in += k, d_out += Vectors * kLane) {
    Vector<Real> d[Vectors];
    for (int v = 0; v < Vectors; ++v) d[v] = load(d_out + v * kLane);
    __builtin_prefetch(in + kAhead * k);
    for (int r = 0; r < Rows; ++r) {
      for (int v = 0; v < Vectors; ++v) sum[r][v] += in[r] * d[v];
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < Vectors; ++v) store<Real>(gradient + static_cast<long>(r) * n + v * kLane, sum[r][v]);
  }
}

/// All of in's columns beside one panel of d_out's.
template <class Real, int Vectors>
inline void gradient_panel(const Real* in, const Real* d_out, int k, int n, int rows, bool add, Real* gradient) {
  int i = 0;
  for (; i + kTileRows <= k; i += kTileRows) {
    gradient_tile<Real, kTileRows, Vectors>(in + i, d_out, k, n, rows, add, gradient + static_cast<long>(i) * n);
  }
  Real* rest = gradient + static_cast<long>(i) * n;
  switch (k - i) {
    case 1: gradient_tile<Real, 1, Vectors>(in + i, d_out, k, n, rows, add, rest); break;
    case 2: gradient_tile<Real, 2, Vectors>(in + i, d_out, k, n, rows, add, rest); break;
    case 3: gradient_tile<Real, 3, Vectors>(in + i, d_out, k, n, rows, add, rest); break;
    case 4: gradient_tile<Real, 4, Vectors>(in + i, d_out, k, n, rows, add, rest); break;
    case 5: gradient_tile<Real, 5, Vectors>(in + i, d_out, k, n, rows, add, rest); break;
    default: break;
  }
}

template <class Real>
void weight_gradient(const Real* in, const Real* d_out, int k, int n, int rows, bool add, Real* gradient) {
  constexpr int kLane = kLanes<Real>, kWide = kTileVectors * kLane;
  constexpr int kBlock = 96;  // rows of a panel that stay in the first cache
  alignas(64) Real panel[kBlock * kWide];
  for (int begin = 0; begin < rows; begin += kBlock, in += static_cast<long>(kBlock) * k, d_out += static_cast<long>(kBlock) * n) {
    const int block = rows - begin < kBlock ? rows - begin : kBlock;
    int j = 0;
    for (; j + kWide <= n; j += kWide) {
      pack_columns(d_out + j, n, kWide, block, panel);
      gradient_panel<Real, kTileVectors>(in, panel, k, n, block, add || begin > 0, gradient + j);
    }
    for (; j + kLane <= n; j += kLane) {
      pack_columns(d_out + j, n, kLane, block, panel);
      gradient_panel<Real, 1>(in, panel, k, n, block, add || begin > 0, gradient + j);
    }
    for (; j < n; ++j) {
      for (int i = 0; !add && begin == 0 && i < k; ++i) gradient[static_cast<long>(i) * n + j] = 0;
      for (int m = 0; m < block; ++m) {
        const Real d = d_out[static_cast<long>(m) * n + j];
        for (int i = 0; i < k; ++i) gradient[static_cast<long>(i) * n + j] += in[static_cast<long>(m) * k + i] * d;
      }
    }
  }
}

}  // namespace
}  // namespace flowscope::FLOWSCOPE_ISA
