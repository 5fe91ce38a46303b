// Products of many rows on the matrix unit of processors that have one (AMX): it multiplies tiles of 16 x 32
// numbers of 8 bits' precision (bfloat16) and adds in single precision. A number of single precision is exactly
// the sum of three such parts, high, middle and low, so a product of two is nine products of parts; the three
// smallest lie below 2^-26 of it and are left out (Henry, Tang & Heinecke 2019, arXiv 1904.06376). The other six
// take less than half of the time that single precision takes, and their sums come out closer to the truth than
// its own: products of parts are exact.
//
// The rules of kernels_isa.cpp hold here, too.
#include "core/learn/products_isa.h"

namespace flowscope::FLOWSCOPE_ISA {
namespace {

// A tile has 16 rows of 64 bytes: 16 pairs of parts, of the numbers p and 16 + p of 32 along the sum. A left
// factor's tile row is a row of the factor; a right factor's is a pair, for 16 columns side by side. A strip is
// 16 rows of a left factor or columns of a right one: for every 32 numbers along the sum a tile of each part.
constexpr int kSide = 16, kDepth = 32;
constexpr long kTile = 1024, kStep = 3 * kTile;  // bytes
constexpr int kBlock = 128;    // numbers along the sum of two strips that stay in the first cache
constexpr int kColumns = 256;  // of a block of sums

using Bits [[gnu::vector_size(FLOWSCOPE_VECTOR)]] = std::uint32_t;
inline Bits bits_of(Vector<float> x) { return reinterpret_cast<Bits>(x); }
inline Vector<float> floats_of(Bits x) { return reinterpret_cast<Vector<float>>(x); }

/// The three parts of x (in the lower halves) and y (in the upper), to the same place in three tiles.
inline void store_parts(Vector<float> x, Vector<float> y, char* to) {
  constexpr std::uint32_t kUpper = 0xFFFF0000, kHalf = 0x8000;
  const auto put = [&](Bits pairs) {
    __builtin_memcpy(to, &pairs, sizeof pairs);
    to += kTile;
  };
  for (int part = 0; part < 2; ++part) {
    const Bits of_x = (bits_of(x) + kHalf) & kUpper, of_y = (bits_of(y) + kHalf) & kUpper;
    put(of_y | of_x >> 16);
    x -= floats_of(of_x);
    y -= floats_of(of_y);
  }
  put(bits_of(y) | bits_of(x) >> 16);  // what is left over has no more than 8 bits
}

inline void transpose(Vector<float>* block) {
  transpose_level<float, 1>(block);
  transpose_level<float, 2>(block);
  transpose_level<float, 4>(block);
  transpose_level<float, 8>(block);
}

/// A strip of up to 16 rows of in[rows, count], `stride` from one to the next, as left factor.
inline void split_rows(const float* in, int stride, int count, int rows, char* strip) {
  for (int i = 0; i < count; i += kDepth, strip += kStep) {
    for (int r = 0; r < kSide; ++r) {
      const float* from = in + static_cast<long>(r) * stride + i;
      const bool there = r < rows;
      store_parts(there ? load(from) : Vector<float>{}, there ? load(from + kSide) : Vector<float>{}, strip + r * 64L);
    }
  }
}

/// A strip of 16 columns of from[rows, n], rows along the sum, as right factor; its rows end where the matrix does.
inline void split_columns(const float* from, int n, int rows, char* strip) {
  for (int i = 0; i < rows; i += kDepth, strip += kStep) {
    for (int p = 0; p < kSide; ++p) {
      const int x = i + p, y = x + kSide;
      store_parts(x < rows ? load(from + static_cast<long>(x) * n) : Vector<float>{},
                  y < rows ? load(from + static_cast<long>(y) * n) : Vector<float>{}, strip + p * 64L);
    }
  }
}

/// The same of a matrix that lies transposed, from[16, k]: a tile's left and right halves are transposed in registers.
inline void split_transposed(const float* from, int k, char* strip) {
  for (int i = 0; i < k; i += kDepth, strip += kStep) {
    Vector<float> x[kSide], y[kSide];
    for (int c = 0; c < kSide; ++c) {
      x[c] = load(from + static_cast<long>(c) * k + i);
      y[c] = load(from + static_cast<long>(c) * k + i + kSide);
    }
    transpose(x);
    transpose(y);
    for (int p = 0; p < kSide; ++p) store_parts(x[p], y[p], strip + p * 64L);
  }
}

/// A strip of 16 columns of in[rows, k] as the rows of a left factor, rows along the sum.
inline void split_transposed_rows(const float* in, int k, int rows, char* strip) {
  for (int i = 0; i < rows; i += kDepth, strip += kStep) {
    Vector<float> x[kSide], y[kSide];
    for (int p = 0; p < kSide; ++p) {
      x[p] = i + p < rows ? load(in + static_cast<long>(i + p) * k) : Vector<float>{};
      y[p] = i + p + kSide < rows ? load(in + static_cast<long>(i + p + kSide) * k) : Vector<float>{};
    }
    transpose(x);
    transpose(y);
    for (int u = 0; u < kSide; ++u) store_parts(x[u], y[u], strip + u * 64L);
  }
}

// Tile registers by number, which the assembler wants to know.
template <int Tile>
inline void load_tile(const char* from) {
  asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(64L), "i"(Tile) : "memory");
}
template <int Tile>
inline void load_sums(const float* from, long stride) {
  asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(4 * stride), "i"(Tile) : "memory");
}
template <int Tile>
inline void store_sums(float* to, long stride) {
  asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(4 * stride), "i"(Tile) : "memory");
}
template <int Sum, int Left, int Right>
inline void multiply() {
  asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(Sum), "i"(Left), "i"(Right));
}

/// Four products of two left and two right tiles, in tiles 4, 5 and 6, 7, onto the sums in 0 to 3.
inline void multiply_square() {
  multiply<0, 4, 6>();
  multiply<1, 4, 7>();
  multiply<2, 5, 6>();
  multiply<3, 5, 7>();
}

/// sums[32, 32] = two strips of each factor, `steps` tiles long, and what was there if asked. The order of the six
/// products is that of row_of_sums.
inline void square_of_sums(bool add, const char* left, long left_strip, const char* right, long right_strip, int steps,
                           float* sums, long stride) {
  if (add) {
    load_sums<0>(sums, stride);
    load_sums<1>(sums + kSide, stride);
    load_sums<2>(sums + kSide * stride, stride);
    load_sums<3>(sums + kSide * stride + kSide, stride);
  } else {
    asm volatile("tilezero %%tmm0\n tilezero %%tmm1\n tilezero %%tmm2\n tilezero %%tmm3" ::);
  }
  for (int i = 0; i < steps; ++i, left += kStep, right += kStep) {
    const auto lefts = [&](const char* part) {
      load_tile<4>(part);
      load_tile<5>(part + left_strip);
    };
    const auto rights = [&](const char* part) {
      load_tile<6>(part);
      load_tile<7>(part + right_strip);
    };
    const char *middle = left + kTile, *low = left + 2 * kTile;
    lefts(left);
    rights(right);
    multiply_square();
    lefts(middle);
    multiply_square();
    lefts(low);
    multiply_square();
    rights(right + kTile);
    lefts(middle);
    multiply_square();
    lefts(left);
    multiply_square();
    rights(right + 2 * kTile);
    multiply_square();
  }
  store_sums<0>(sums, stride);
  store_sums<1>(sums + kSide, stride);
  store_sums<2>(sums + kSide * stride, stride);
  store_sums<3>(sums + kSide * stride + kSide, stride);
}

/// The same for one strip of the left factor: sums[16, 32].
inline void row_of_sums(bool add, const char* left, const char* right, long right_strip, int steps, float* sums,
                        long stride) {
  if (add) {
    load_sums<0>(sums, stride);
    load_sums<1>(sums + kSide, stride);
  } else {
    asm volatile("tilezero %%tmm0\n tilezero %%tmm1" ::);
  }
  for (int i = 0; i < steps; ++i, left += kStep, right += kStep) {
    const auto rights = [&](const char* part) {
      load_tile<6>(part);
      load_tile<7>(part + right_strip);
    };
    load_tile<3>(left);
    load_tile<4>(left + kTile);
    load_tile<5>(left + 2 * kTile);
    rights(right);
    multiply<0, 3, 6>();
    multiply<1, 3, 7>();
    multiply<0, 4, 6>();
    multiply<1, 4, 7>();
    multiply<0, 5, 6>();
    multiply<1, 5, 7>();
    rights(right + kTile);
    multiply<0, 4, 6>();
    multiply<1, 4, 7>();
    multiply<0, 3, 6>();
    multiply<1, 3, 7>();
    rights(right + 2 * kTile);
    multiply<0, 3, 6>();
    multiply<1, 3, 7>();
  }
  store_sums<0>(sums, stride);
  store_sums<1>(sums + kSide, stride);
}

/// The unit while it is in use: eight tiles of 16 rows of 64 bytes.
struct Unit {
  struct alignas(64) Settings {
    std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
    std::uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
  };
  Unit() {
    static constexpr Settings kSettings;
    asm volatile("ldtilecfg %0" ::"m"(kSettings));
  }
  ~Unit() { asm volatile("tilerelease" ::); }
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;
};

/// sums[32, columns] = up to 32 rows of in[rows, k] times so many packed columns.
inline void block_of_sums(const float* in, const char* packed, int k, int columns, int rows, float* sums) {
  alignas(64) char left[2 * (kBlock / kDepth) * kStep];
  const long strip = k / kDepth * kStep;
  for (int i = 0; i < k; i += kBlock, packed += kBlock / kDepth * kStep) {
    const int some = k - i < kBlock ? k - i : kBlock, steps = some / kDepth;
    const long left_strip = steps * kStep;
    split_rows(in + i, k, some, rows, left);
    if (rows > kSide) split_rows(in + static_cast<long>(kSide) * k + i, k, some, rows - kSide, left + left_strip);
    for (int j = 0; j < columns; j += 2 * kSide) {
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
inline void product_of_strips(const float* in, const char* packed, Ends ends, int k, int n, int rows, float* out) {
  alignas(64) float sums[2 * kSide * kColumns];
  const Unit unit;
  for (int row = 0; row < rows; row += 2 * kSide) {
    const int some = rows - row < 2 * kSide ? rows - row : 2 * kSide;
    for (int j = 0; j < n; j += kColumns) {
      const int columns = n - j < kColumns ? n - j : kColumns;
      block_of_sums(in + static_cast<long>(row) * k, packed + j / kSide * (k / kDepth * kStep), k, columns, some, sums);
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

void pack(const float* weights, int k, int n, float* packed) {
  char* strip = reinterpret_cast<char*>(packed);
  for (int j = 0; j < n; j += kSide, strip += k / kDepth * kStep) split_columns(weights + j, n, k, strip);
}

void dense(const float* in, const float* packed, const float* bias, int k, int n, int rows, bool relu, float* out) {
  const char* strips = reinterpret_cast<const char*>(packed);
  if (relu) {
    product_of_strips(in, strips, Bias<float, true>{bias}, k, n, rows, out);
  } else {
    product_of_strips(in, strips, Bias<float, false>{bias}, k, n, rows, out);
  }
}

void pack_backward(const float* weights, int k, int n, float* packed) {
  char* strip = reinterpret_cast<char*>(packed);
  for (int j = 0; j < n; j += kSide, strip += k / kDepth * kStep) split_transposed(weights + static_cast<long>(j) * k, k, strip);
}

void dense_backward(const float* d_out, const float* packed, const float* activation, int k, int n, int rows, float* d_in) {
  const char* strips = reinterpret_cast<const char*>(packed);
  if (activation) {
    product_of_strips(d_out, strips, Mask<float>{activation}, k, n, rows, d_in);
  } else {
    product_of_strips(d_out, strips, Plain<float>{}, k, n, rows, d_in);
  }
}

/// gradient[k, columns] += in[rows, k]^T d_out[rows, columns] for no more rows and columns than a block has.
inline void gradient_block(const float* in, const float* d_out, int k, int n, int columns, int rows, float* gradient) {
  alignas(64) char left[2 * (kBlock / kDepth) * kStep];
  alignas(64) char right[kColumns / kSide * (kBlock / kDepth) * kStep];
  const int steps = (rows + kDepth - 1) / kDepth;
  const long strip = steps * kStep;
  for (int j = 0; j < columns; j += kSide) split_columns(d_out + j, n, rows, right + j / kSide * strip);
  for (int i = 0; i < k; i += 2 * kSide) {
    split_transposed_rows(in + i, k, rows, left);
    split_transposed_rows(in + i + kSide, k, rows, left + strip);
    for (int j = 0; j < columns; j += 2 * kSide) {
      square_of_sums(true, left, strip, right + j / kSide * strip, strip, steps, gradient + static_cast<long>(i) * n + j, n);
    }
  }
}

void weight_gradient(const float* in, const float* d_out, int k, int n, int rows, float* gradient) {
  const Unit unit;
  for (int row = 0; row < rows; row += kBlock) {
    const int some = rows - row < kBlock ? rows - row : kBlock;
    for (int j = 0; j < n; j += kColumns) {
      gradient_block(in + static_cast<long>(row) * k, d_out + static_cast<long>(row) * n + j, k, n,
                     n - j < kColumns ? n - j : kColumns, some, gradient + j);
    }
  }
}

}  // namespace

extern const Products<float> kManyRows;
const Products<float> kManyRows = {pack, dense, pack_backward, dense_backward, weight_gradient};

}  // namespace flowscope::FLOWSCOPE_ISA
