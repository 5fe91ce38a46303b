// Products of many rows on the matrix unit of processors that have one (AMX): it multiplies tiles
// of 16 x 32 numbers of 8 bits' precision (bfloat16) and adds in single precision. A number of
// single precision is exactly the sum of three such parts, high, middle and low, so a product of
// two is nine products of parts; the three smallest lie below 2^-26 of it and are left out (Henry,
// Tang & Heinecke 2019, arXiv 1904.06376). The other six take less than half of the time that
// single precision takes, and their sums come out closer to the truth than its own: products of
// parts are exact.
//
// The rules of kernels_isa.cpp hold here, too.
#include "core/learn/matrix_unit_isa.h"

namespace flowscope::FLOWSCOPE_ISA {
namespace {

/// out[rows, n] = finish(start + sums) for so many rows from `row` and columns from `column` on.
template <class Ends>
[[gnu::noinline]] void finish(const float* sums, long stride, Ends ends, int row, int rows,
                              int column, int columns, int n, float* out) {
  const int end = column + columns < n ? column + columns : n;
  for (int r = 0; r < rows; ++r, sums += stride) {
    const long offset = static_cast<long>(row + r) * n;
    int j = column;
    for (; j + kSide <= end; j += kSide) {
      const Vector<float> sum = ends.start(j) + load(sums + j - column);
      store<float>(out + offset + j, ends.finish(sum, offset, j));
    }
    for (; j < end; ++j)
      out[offset + j] = ends.value(ends.start_one(j) + sums[j - column], offset, j);
  }
}

/// sums[32, columns] = up to 32 rows of in[rows, k] times so many packed columns.
inline void block_of_sums(const float* in, const char* packed, int k, int columns, int rows,
                          float* sums) {
  alignas(64) char left[2 * (kBlock / kDepth) * kStep];
  const long strip = steps_of(k) * kStep;
  for (int i = 0; i < k; i += kBlock, packed += kBlock / kDepth * kStep) {
    const int some = k - i < kBlock ? k - i : kBlock, steps = steps_of(some);
    const long left_strip = steps * kStep;
    split<true, false>(in + i, k, rows, some, left);
    if (rows > kSide)
      split<true, false>(in + static_cast<long>(kSide) * k + i, k, rows - kSide, some,
                         left + left_strip);
    for (int j = 0; j < columns; j += kPair) {
      const char* right = packed + j / kSide * strip;
      if (rows > kSide) {
        square_of_sums(i > 0, left, left_strip, right, strip, steps, sums + j, kColumns);
      } else {
        pair_of_sums<true>(i > 0, left, right, strip, steps, sums + j, kColumns);
      }
    }
  }
}

/// out[rows, n] = finish(start + in[rows, k] packed).
template <class Ends>
inline void product_of_packed(const float* in, const char* packed, Ends ends, int k, int n,
                              int rows, float* out) {
  alignas(64) float sums[kPair * kColumns];
  const Unit unit;
  // All rows beside some columns: wide layers' weights then come from afar once.
  for (int j = 0; j < n; j += kColumns) {
    const int columns = n - j < kColumns ? n - j : kColumns;
    const char* strips = packed + j / kSide * (steps_of(k) * kStep);
    for (int row = 0; row < rows; row += kPair) {
      const int some = rows - row < kPair ? rows - row : kPair;
      block_of_sums(in + static_cast<long>(row) * k, strips, k, columns, some, sums);
      finish(sums, kColumns, ends, row, some, j, columns, n, out);
    }
  }
}

/// The same for weights as they lie, [k, n], and no more rows or numbers along the sum than a block
/// has: what would be packed for few rows alone is split where it is needed.
template <class Ends>
inline void product_of_block(const float* in, const float* weights, Ends ends, int k, int n,
                             int rows, float* out) {
  alignas(64) char left[kBlock / kSide * (kColumns / kDepth) * kStep];
  alignas(64) char right[2 * (kBlock / kDepth) * kStep];
  alignas(64) float sums[kBlock * kPair];
  const Unit unit;
  const long strip = steps_of(k) * kStep;
  for (int r = 0; r < rows; r += kSide) {
    split<true, false>(in + static_cast<long>(r) * k, k, rows - r, k, left + r / kSide * strip);
  }
  for (int j = 0; j < n; j += kPair) {
    for (int i = 0; i < k; i += kBlock) {
      const int some = k - i < kBlock ? k - i : kBlock, steps = steps_of(some);
      const float* from = weights + static_cast<long>(i) * n + j;
      split<false, false>(from, n, some, n - j, right);
      split<false, false>(from + kSide, n, some, n - j - kSide, right + steps * kStep);
      for (int r = 0; r < rows; r += kPair) {
        const char* of_rows = left + r / kSide * strip + i / kDepth * kStep;
        if (rows - r > kSide) {
          square_of_sums(i > 0, of_rows, strip, right, steps * kStep, steps, sums + r * kPair,
                         kPair);
        } else {
          pair_of_sums<true>(i > 0, of_rows, right, steps * kStep, steps, sums + r * kPair, kPair);
        }
      }
    }
    finish(sums, kPair, ends, 0, rows, j, kPair, n, out);
  }
}

/// d_in[rows, n] = finish(d_out[rows, k] weights[n, k]^T) for such a block, made as its transpose:
/// then the weights need not be transposed.
template <class Ends>
inline void transposed_product_of_block(const float* d_out, const float* weights, Ends ends, int k,
                                        int n, int rows, float* d_in) {
  alignas(64) char right[kBlock / kSide * (kColumns / kDepth) * kStep];
  alignas(64) char left[2 * (kBlock / kDepth) * kStep];
  alignas(64) float sums[kPair * kBlock], turned[kSide * kPair];
  const Unit unit;
  const long strip = steps_of(k) * kStep;
  for (int r = 0; r < rows; r += kSide) {
    split<true, true>(d_out + static_cast<long>(r) * k, k, rows - r, k, right + r / kSide * strip);
  }
  for (int j = 0; j < n; j += kPair) {
    for (int i = 0; i < k; i += kBlock) {
      const int some = k - i < kBlock ? k - i : kBlock, steps = steps_of(some);
      const float* from = weights + static_cast<long>(j) * k + i;
      split<true, false>(from, k, n - j, some, left);
      split<true, false>(from + static_cast<long>(kSide) * k, k, n - j - kSide, some,
                         left + steps * kStep);
      for (int r = 0; r < rows; r += kPair) {
        const char* of_rows = right + r / kSide * strip + i / kDepth * kStep;
        if (rows - r > kSide) {
          square_of_sums(i > 0, left, steps * kStep, of_rows, strip, steps, sums + r, kBlock);
        } else {
          pair_of_sums<false>(i > 0, of_rows, left, steps * kStep, steps, sums + r, kBlock);
        }
      }
    }
    for (int r = 0; r < rows; r += kSide) {
      for (int c = 0; c < kPair; c += kSide) {
        Vector<float> block[kSide];
        for (int u = 0; u < kSide; ++u) block[u] = load(sums + (c + u) * kBlock + r);
        transpose(block);
        for (int l = 0; l < kSide; ++l) store<float>(turned + l * kPair + c, block[l]);
      }
      finish(turned, kPair, ends, r, rows - r < kSide ? rows - r : kSide, j, kPair, n, d_in);
    }
  }
}

void pack(const float* weights, int k, int n, float* packed) {
  char* strip = reinterpret_cast<char*>(packed);
  for (int j = 0; j < n; j += kPair) {
    for (int c = j; c < j + kPair; c += kSide, strip += steps_of(k) * kStep)
      split<false, false>(weights + c, n, k, n - c, strip);
  }
}

template <bool Packed>
void dense(const float* in, const float* weights, const float* bias, int k, int n, int rows,
           bool relu, float* out) {
  const auto by = [&](auto ends) {
    if (Packed) {
      product_of_packed(in, reinterpret_cast<const char*>(weights), ends, k, n, rows, out);
    } else {
      product_of_block(in, weights, ends, k, n, rows, out);
    }
  };
  if (!bias) return by(Plain<float>{});
  relu ? by(Bias<float, true>{bias}) : by(Bias<float, false>{bias});
}

void pack_backward(const float* weights, int k, int n, float* packed) {
  char* strip = reinterpret_cast<char*>(packed);
  for (int j = 0; j < n; j += kPair) {
    for (int r = j; r < j + kPair; r += kSide, strip += steps_of(k) * kStep) {
      split<true, true>(weights + static_cast<long>(r) * k, k, n - r, k, strip);
    }
  }
}

template <bool Packed>
void dense_backward(const float* d_out, const float* weights, const float* activation, int k, int n,
                    int rows, float* d_in) {
  const auto by = [&](auto ends) {
    if (Packed) {
      product_of_packed(d_out, reinterpret_cast<const char*>(weights), ends, k, n, rows, d_in);
    } else {
      transposed_product_of_block(d_out, weights, ends, k, n, rows, d_in);
    }
  };
  activation ? by(Mask<float>{activation}) : by(Plain<float>{});
}

/// gradient[32, 32] at (i, j) of [k, n] (+)= product(add, to, stride), where it reaches beyond the
/// matrix by way of sums of its own.
template <class Product>
inline void add_square(Product product, int i, int j, int k, int n, bool add, float* gradient) {
  float* to = gradient + static_cast<long>(i) * n + j;
  if (i + kPair <= k && j + kPair <= n) return product(add, to, n);
  alignas(64) float sums[kPair * kPair];
  product(false, sums, kPair);
  for (int r = 0; r < kPair && i + r < k; ++r) {
    for (int c = 0; c < kPair && j + c < n; ++c) {
      float& sum = to[static_cast<long>(r) * n + c];
      sum = (add ? sum : 0) + sums[r * kPair + c];
    }
  }
}

/// The strips of so many columns of d_out[rows, n] from j on, rows along the sum.
inline void split_pairs(const float* d_out, int n, int j, int columns, int rows, char* right) {
  for (int c = 0; c < columns; c += kPair) {
    for (int half = c; half < c + kPair; half += kSide) {
      split<false, false>(d_out + j + half, n, rows, n - j - half,
                          right + half / kSide * (steps_of(rows) * kStep));
    }
  }
}

/// Columns [j, j + columns) of gradient[k, n] (+)= in[rows, k]^T d_out[rows, n] for no more rows
/// and columns than a block has.
inline void gradient_block(const float* in, const float* d_out, int k, int n, int j, int columns,
                           int rows, bool add, float* gradient) {
  alignas(64) char left[2 * (kBlock / kDepth) * kStep];
  alignas(64) char right[kColumns / kSide * (kBlock / kDepth) * kStep];
  const int steps = steps_of(rows);
  const long strip = steps * kStep;
  split_pairs(d_out, n, j, columns, rows, right);
  for (int i = 0; i < k; i += kPair) {
    split<false, true>(in + i, k, rows, k - i, left);
    split<false, true>(in + i + kSide, k, rows, k - i - kSide, left + strip);
    for (int c = 0; c < columns; c += kPair) {
      const auto product = [&](bool onto, float* to, long stride) {
        square_of_sums(onto, left, strip, right + c / kSide * strip, strip, steps, to, stride);
      };
      add_square(product, i, j + c, k, n, add, gradient);
    }
  }
}

void weight_gradient(const float* in, const float* d_out, int k, int n, int rows, bool add,
                     float* gradient) {
  const Unit unit;
  for (int row = 0; row < rows; row += kBlock) {
    const int some = rows - row < kBlock ? rows - row : kBlock;
    for (int j = 0; j < n; j += kColumns) {
      gradient_block(in + static_cast<long>(row) * k, d_out + static_cast<long>(row) * n, k, n, j,
                     n - j < kColumns ? n - j : kColumns, some, add || row > 0, gradient);
    }
  }
}

constexpr int kMostFeatures = MatrixUnit<float>::kMostFeatures;

/// out[rows, width] = bias + the packed rows of weights [features, width] that are active,
/// rectified if asked.
template <class Ends>
inline void product_of_ones(const char* packed, Ends ends, int features, int width,
                            const std::int32_t* active, int per_row, int rows, float* out) {
  alignas(64) char left[2 * steps_of(kMostFeatures) * kTile];
  alignas(64) float sums[kPair * kPair];
  const Unit unit;
  const int steps = steps_of(features);
  for (int row = 0; row < rows; row += kPair) {
    const int some = rows - row < kPair ? rows - row : kPair;
    __builtin_memset(left, 0, static_cast<std::size_t>(2 * steps * kTile));
    for (int r = 0; r < some; ++r) {
      for (int i = 0; i < per_row; ++i) count(place(left, r, *active++, steps));
    }
    for (int j = 0; j < width; j += kPair) {
      square_of_counts(false, left, steps * kTile, packed + j / kSide * (steps * kStep),
                       steps * kStep, steps, sums, kPair);
      finish(sums, kPair, ends, row, some, j, kPair, width, out);
    }
  }
}

void sum_rows(const float* packed, const float* bias, int features, int width,
              const std::int32_t* active, int per_row, int rows, bool relu, float* out) {
  const char* strips = reinterpret_cast<const char*>(packed);
  if (relu) {
    product_of_ones(strips, Bias<float, true>{bias}, features, width, active, per_row, rows, out);
  } else {
    product_of_ones(strips, Bias<float, false>{bias}, features, width, active, per_row, rows, out);
  }
}

/// For no more rows and columns than a block has.
inline void scatter_block(const float* d, int rows, int width, int j, int columns,
                          const std::int32_t* active, int per_row, int features, float* gradient) {
  alignas(64) char left[kMostFeatures / kSide * (kBlock / kDepth) * kTile];
  alignas(64) char right[kColumns / kSide * (kBlock / kDepth) * kStep];
  const int steps = steps_of(rows), pairs = (features + kPair - 1) / kPair;
  __builtin_memset(left, 0, static_cast<std::size_t>(2 * pairs * steps * kTile));
  for (int r = 0; r < rows; ++r) {
    for (int i = 0; i < per_row; ++i) count(place(left, *active++, r, steps));
  }
  split_pairs(d, width, j, columns, rows, right);
  for (int i = 0; i < features; i += kPair) {
    for (int c = 0; c < columns; c += kPair) {
      const auto product = [&](bool onto, float* to, long stride) {
        square_of_counts(onto, left + i / kSide * (steps * kTile), steps * kTile,
                         right + c / kSide * (steps * kStep), steps * kStep, steps, to, stride);
      };
      add_square(product, i, j + c, features, width, true, gradient);
    }
  }
}

void scatter_rows(const float* d, int rows, int width, const std::int32_t* active, int per_row,
                  int features, float* gradient) {
  const Unit unit;
  for (int row = 0; row < rows; row += kBlock) {
    const int some = rows - row < kBlock ? rows - row : kBlock;
    for (int j = 0; j < width; j += kColumns) {
      scatter_block(d + static_cast<long>(row) * width, some, width, j,
                    width - j < kColumns ? width - j : kColumns,
                    active + static_cast<long>(row) * per_row, per_row, features, gradient);
    }
  }
}

}  // namespace

extern const MatrixUnit<float> kMatrixUnit;
const MatrixUnit<float> kMatrixUnit = {
    {nullptr, dense<false>, nullptr, dense_backward<false>, weight_gradient},
    {pack, dense<true>, pack_backward, dense_backward<true>, weight_gradient},
    sum_rows,
    scatter_rows};

}  // namespace flowscope::FLOWSCOPE_ISA
