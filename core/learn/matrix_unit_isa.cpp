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

/// sums[32, columns] = up to 32 rows of in[rows, k] times so many packed columns.
inline void block_of_sums(const float* in, const char* packed, int k, int columns, int rows,
                          float* sums) {
  alignas(64) char left[2 * (kBlock / kDepth) * kStep];
  const long strip = k / kDepth * kStep;
  for (int i = 0; i < k; i += kBlock, packed += kBlock / kDepth * kStep) {
    const int some = k - i < kBlock ? k - i : kBlock, steps = some / kDepth;
    const long left_strip = steps * kStep;
    split_rows(in + i, k, some, rows, left);
    if (rows > kSide)
      split_rows(in + static_cast<long>(kSide) * k + i, k, some, rows - kSide, left + left_strip);
    for (int j = 0; j < columns; j += kPair) {
      const char* right = packed + j / kSide * strip;
      if (rows > kSide) {
        square_of_sums(i > 0, left, left_strip, right, strip, steps, sums + j, kColumns);
      } else {
        row_of_sums(i > 0, left, right, strip, steps, sums + j, kColumns);
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
  for (int row = 0; row < rows; row += kPair) {
    const int some = rows - row < kPair ? rows - row : kPair;
    for (int j = 0; j < n; j += kColumns) {
      const int columns = n - j < kColumns ? n - j : kColumns;
      block_of_sums(in + static_cast<long>(row) * k, packed + j / kSide * (k / kDepth * kStep), k,
                    columns, some, sums);
      for (int r = 0; r < some; ++r) {
        const long offset = static_cast<long>(row + r) * n;
        for (int c = 0; c < columns; c += kSide) {
          const Vector<float> sum = ends.start(j + c) + load(sums + r * kColumns + c);
          store<float>(out + offset + j + c, ends.finish(sum, offset, j + c));
        }
      }
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
  const long strip = k / kDepth * kStep;
  for (int r = 0; r < rows; r += kSide)
    split_rows(in + static_cast<long>(r) * k, k, k, rows - r, left + r / kSide * strip);
  for (int j = 0; j < n; j += kPair) {
    for (int i = 0; i < k; i += kBlock) {
      const int some = k - i < kBlock ? k - i : kBlock, steps = some / kDepth;
      const float* from = weights + static_cast<long>(i) * n + j;
      split_columns(from, n, some, right);
      split_columns(from + kSide, n, some, right + steps * kStep);
      for (int r = 0; r < rows; r += kPair) {
        const char* of_rows = left + r / kSide * strip + i / kDepth * kStep;
        if (rows - r > kSide) {
          square_of_sums(i > 0, of_rows, strip, right, steps * kStep, steps, sums + r * kPair,
                         kPair);
        } else {
          row_of_sums(i > 0, of_rows, right, steps * kStep, steps, sums + r * kPair, kPair);
        }
      }
    }
    for (int r = 0; r < rows; ++r) {
      const long offset = static_cast<long>(r) * n;
      for (int c = 0; c < kPair; c += kSide) {
        const Vector<float> sum = ends.start(j + c) + load(sums + r * kPair + c);
        store<float>(out + offset + j + c, ends.finish(sum, offset, j + c));
      }
    }
  }
}

/// d_in[rows, n] = finish(d_out[rows, k] weights[n, k]^T) for such a block, made as its transpose:
/// then the weights need not be transposed.
template <class Ends>
inline void transposed_product_of_block(const float* d_out, const float* weights, Ends ends, int k,
                                        int n, int rows, float* d_in) {
  alignas(64) char right[kBlock / kSide * (kColumns / kDepth) * kStep];
  alignas(64) char left[2 * (kBlock / kDepth) * kStep];
  alignas(64) float sums[kPair * kBlock];
  const Unit unit;
  const long strip = k / kDepth * kStep;
  for (int r = 0; r < rows; r += kSide)
    split_transposed(d_out + static_cast<long>(r) * k, k, rows - r, right + r / kSide * strip);
  for (int j = 0; j < n; j += kPair) {
    for (int i = 0; i < k; i += kBlock) {
      const int some = k - i < kBlock ? k - i : kBlock, steps = some / kDepth;
      const float* from = weights + static_cast<long>(j) * k + i;
      split_rows(from, k, some, kSide, left);
      split_rows(from + static_cast<long>(kSide) * k, k, some, kSide, left + steps * kStep);
      for (int r = 0; r < rows; r += kPair) {
        const char* of_rows = right + r / kSide * strip + i / kDepth * kStep;
        if (rows - r > kSide) {
          square_of_sums(i > 0, left, steps * kStep, of_rows, strip, steps, sums + r, kBlock);
        } else {
          column_of_sums(i > 0, left, steps * kStep, of_rows, steps, sums + r, kBlock);
        }
      }
    }
    for (int r = 0; r < rows; r += kSide) {
      for (int c = 0; c < kPair; c += kSide) {
        Vector<float> block[kSide];
        for (int u = 0; u < kSide; ++u) block[u] = load(sums + (c + u) * kBlock + r);
        transpose(block);
        for (int l = 0; l < kSide && r + l < rows; ++l) {
          const long offset = static_cast<long>(r + l) * n;
          store<float>(d_in + offset + j + c, ends.finish(block[l], offset, j + c));
        }
      }
    }
  }
}

void pack(const float* weights, int k, int n, float* packed) {
  char* strip = reinterpret_cast<char*>(packed);
  for (int j = 0; j < n; j += kSide, strip += k / kDepth * kStep)
    split_columns(weights + j, n, k, strip);
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
  relu ? by(Bias<float, true>{bias}) : by(Bias<float, false>{bias});
}

void pack_backward(const float* weights, int k, int n, float* packed) {
  char* strip = reinterpret_cast<char*>(packed);
  for (int j = 0; j < n; j += kSide, strip += k / kDepth * kStep) {
    split_transposed(weights + static_cast<long>(j) * k, k, kSide, strip);
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

/// gradient[k, columns] (+)= in[rows, k]^T d_out[rows, columns] for no more rows and columns than a
/// block has.
inline void gradient_block(const float* in, const float* d_out, int k, int n, int columns, int rows,
                           bool add, float* gradient) {
  alignas(64) char left[2 * (kBlock / kDepth) * kStep];
  alignas(64) char right[kColumns / kSide * (kBlock / kDepth) * kStep];
  const int steps = (rows + kDepth - 1) / kDepth;
  const long strip = steps * kStep;
  for (int j = 0; j < columns; j += kSide)
    split_columns(d_out + j, n, rows, right + j / kSide * strip);
  for (int i = 0; i < k; i += kPair) {
    split_transposed_rows(in + i, k, rows, left);
    split_transposed_rows(in + i + kSide, k, rows, left + strip);
    for (int j = 0; j < columns; j += kPair) {
      square_of_sums(add, left, strip, right + j / kSide * strip, strip, steps,
                     gradient + static_cast<long>(i) * n + j, n);
    }
  }
}

void weight_gradient(const float* in, const float* d_out, int k, int n, int rows, bool add,
                     float* gradient) {
  const Unit unit;
  for (int row = 0; row < rows; row += kBlock) {
    const int some = rows - row < kBlock ? rows - row : kBlock;
    for (int j = 0; j < n; j += kColumns) {
      gradient_block(in + static_cast<long>(row) * k, d_out + static_cast<long>(row) * n + j, k, n,
                     n - j < kColumns ? n - j : kColumns, some, add || row > 0, gradient + j);
    }
  }
}

}  // namespace

extern const MatrixUnit<float> kMatrixUnit;
const MatrixUnit<float> kMatrixUnit = {
    {nullptr, dense<false>, nullptr, dense_backward<false>, weight_gradient},
    {pack, dense<true>, pack_backward, dense_backward<true>, weight_gradient}};

}  // namespace flowscope::FLOWSCOPE_ISA
