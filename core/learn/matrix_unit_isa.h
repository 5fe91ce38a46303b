// Matrix units (AMX): numbers split into parts, laid out as tiles, and sums of products of tiles.
// Included by matrix_unit_isa.cpp alone, whose rules hold here, too.
#pragma once

#include "core/learn/products_isa.h"

namespace flowscope::FLOWSCOPE_ISA {
namespace {

// A tile has 16 rows of 64 bytes: 16 pairs of parts, of the numbers p and 16 + p of 32 along the
// sum. A left factor's tile row is a row of the factor; a right factor's is a pair, for 16 columns
// side by side. A strip is 16 rows of a left factor or columns of a right one: for every 32 numbers
// along the sum a tile of each part.
constexpr int kSide = 16, kPair = 2 * kSide, kDepth = 32;
constexpr long kTile = 1024, kStep = 3 * kTile;  // bytes
constexpr int steps_of(int length) { return (length + kDepth - 1) / kDepth; }
constexpr int kBlock = MatrixUnit<float>::kBlockRows;     // and numbers along the sum of two strips
                                                          // that stay in the first cache
constexpr int kColumns = MatrixUnit<float>::kBlockWidth;  // of a block of sums

using Bits [[gnu::vector_size(FLOWSCOPE_VECTOR)]] = std::uint32_t;
inline Bits bits_of(Vector<float> x) { return reinterpret_cast<Bits>(x); }
inline Vector<float> floats_of(Bits x) { return reinterpret_cast<Vector<float>>(x); }

/// The three parts of x (in the lower halves) and y (in the upper), to the same place in three
/// tiles.
inline void store_parts(Vector<float> x, Vector<float> y, char* to) {
  constexpr std::uint32_t kUpper = 0xFFFF0000, kHalf = 0x8000;
  const auto put = [&](Bits of_x, Bits of_y) {
    const Bits pairs = (of_y & kUpper) | of_x >> 16;
    __builtin_memcpy(to, &pairs, sizeof pairs);
    to += kTile;
  };
  const auto put_off = [&](Bits of_x, Bits of_y) {
    put(of_x, of_y);
    x -= floats_of(of_x & kUpper);
    y -= floats_of(of_y & kUpper);
  };
  // Rounded; the next need not be, since a rest has either sign.
  put_off(bits_of(x) + kHalf, bits_of(y) + kHalf);
  put_off(bits_of(x), bits_of(y));
  // What is left over has no more than 8 bits, unless it is next to nothing.
  put(bits_of(x), bits_of(y));
}

inline void transpose(Vector<float>* block) {
  transpose_level<float, 1>(block);
  transpose_level<float, 2>(block);
  transpose_level<float, 4>(block);
  transpose_level<float, 8>(block);
}

/// Up to 16 numbers, zeros behind them.
inline Vector<float> load_some(const float* from, long count) {
  if (count >= kSide) return load(from);
  Vector<float> some{};
  if (count > 0) __builtin_memcpy(&some, from, static_cast<std::size_t>(count) * sizeof(float));
  return some;
}

/// A tile, or two halves of one, of what lies there; see split().
template <bool Along, bool Transposed>
inline void split_tile(const float* at, long stride, char* tile) {
  const float* second = at + (Along ? kSide : kSide * stride);
  if constexpr (Transposed) {
    Vector<float> x[kSide], y[kSide];
    for (int l = 0; l < kSide; ++l) x[l] = load(at + l * stride), y[l] = load(second + l * stride);
    transpose(x);
    transpose(y);
    for (int l = 0; l < kSide; ++l) store_parts(x[l], y[l], tile + l * 64L);
  } else {
    for (int l = 0; l < kSide; ++l, at += stride, second += stride)
      store_parts(load(at), load(second), tile + l * 64L);
  }
}

/// room[Rows, Columns] = a matrix [rows, columns], with zeros where it has ended.
template <int Rows, int Columns>
[[gnu::noinline]] void fill(const float* from, long stride, long rows, long columns, float* room) {
  for (int r = 0; r < Rows; ++r, from += stride) {
    for (int c = 0; c < Columns; c += kSide) {
      store<float>(room + r * Columns + c,
                   r < rows ? load_some(from + c, columns - c) : Vector<float>{});
    }
  }
}

/// A strip of a matrix [rows, columns], zeros where it has fewer than 16 of them across. `Along`:
/// sums run along its rows, so that the strip holds 16 of these; else along its columns. As it lies
/// the matrix gives a left factor of its rows or a right one of its columns; `Transposed`, in
/// registers, it gives a right factor of rows or a left one of columns.
template <bool Along, bool Transposed>
[[gnu::noinline]] void split(const float* from, long stride, int rows, int columns, char* strip) {
  constexpr int kRows = Along ? kSide : kDepth, kAcross = Along ? kDepth : kSide;
  const int length = Along ? columns : rows;
  const int whole = (Along ? rows : columns) >= kSide ? length / kDepth * kDepth : 0;
  const long next = Along ? kDepth : kDepth * stride;
  int i = 0;
  for (; i < whole; i += kDepth, from += next, strip += kStep)
    split_tile<Along, Transposed>(from, stride, strip);
  for (; i < length; i += kDepth, from += next, strip += kStep) {
    alignas(64) float room[kRows * kAcross];
    fill<kRows, kAcross>(from, stride, Along ? rows : rows - i, Along ? columns - i : columns,
                         room);
    split_tile<Along, Transposed>(room, kAcross, strip);
  }
}

/// One more in a row of ones and zeros that makes half a pair; counts up to 256 are exact.
inline void count(std::uint16_t* part) {
  std::uint32_t bits = static_cast<std::uint32_t>(*part) << 16;
  float number;
  __builtin_memcpy(&number, &bits, sizeof number);
  number += 1;
  __builtin_memcpy(&bits, &number, sizeof bits);
  *part = static_cast<std::uint16_t>(bits >> 16);
}

/// Where the number at (`across`, `along` the sum) stands in strips of a left factor of whole
/// numbers up to 256, which have one part: tiles one after the other, so many in a strip.
inline std::uint16_t* place(char* strips, int across, int along, int tiles) {
  char* tile = strips + (across / kSide * tiles + along / kDepth) * kTile;
  return reinterpret_cast<std::uint16_t*>(tile) + across % kSide * kDepth + along % kSide * 2 +
         along % kDepth / kSide;
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

/// The sums [32, 32] in tiles 0 to 3, from memory or from zero, and back.
inline void begin_square(bool add, const float* sums, long stride) {
  if (!add) {
    asm volatile("tilezero %%tmm0\n tilezero %%tmm1\n tilezero %%tmm2\n tilezero %%tmm3" ::);
    return;
  }
  load_sums<0>(sums, stride);
  load_sums<1>(sums + kSide, stride);
  load_sums<2>(sums + kSide * stride, stride);
  load_sums<3>(sums + kSide * stride + kSide, stride);
}
inline void end_square(float* sums, long stride) {
  store_sums<0>(sums, stride);
  store_sums<1>(sums + kSide, stride);
  store_sums<2>(sums + kSide * stride, stride);
  store_sums<3>(sums + kSide * stride + kSide, stride);
}

/// The same of two tiles, 0 and 1, of which the second lies `apart`.
inline void begin_pair(bool add, const float* sums, long apart, long stride) {
  if (!add) {
    asm volatile("tilezero %%tmm0\n tilezero %%tmm1" ::);
    return;
  }
  load_sums<0>(sums, stride);
  load_sums<1>(sums + apart, stride);
}
inline void end_pair(float* sums, long apart, long stride) {
  store_sums<0>(sums, stride);
  store_sums<1>(sums + apart, stride);
}

/// Two tiles, of strips so far apart, into neighbouring registers.
template <int Tile>
inline void load_tiles(const char* from, long strip) {
  load_tile<Tile>(from);
  load_tile<Tile + 1>(from + strip);
}

/// The products of tile `One` with the pair of the other factor in tiles 6 and 7.
template <bool OneLeft, int One>
inline void multiply_pair() {
  multiply<0, OneLeft ? One : 6, OneLeft ? 6 : One>();
  multiply<1, OneLeft ? One : 7, OneLeft ? 7 : One>();
}

/// Four products of two left and two right tiles, in tiles 4, 5 and 6, 7, onto the sums in 0 to 3.
inline void multiply_square() {
  multiply<0, 4, 6>();
  multiply<1, 4, 7>();
  multiply<2, 5, 6>();
  multiply<3, 5, 7>();
}

/// sums[32, 32] = two strips of each factor, `steps` tiles long, and what was there if asked. The
/// order of the six products is that of pair_of_sums<true>.
inline void square_of_sums(bool add, const char* left, long left_strip, const char* right,
                           long right_strip, int steps, float* sums, long stride) {
  begin_square(add, sums, stride);
  for (int i = 0; i < steps; ++i, left += kStep, right += kStep) {
    const char *middle = left + kTile, *low = left + 2 * kTile;
    load_tiles<4>(left, left_strip);
    load_tiles<6>(right, right_strip);
    multiply_square();
    load_tiles<4>(middle, left_strip);
    multiply_square();
    load_tiles<4>(low, left_strip);
    multiply_square();
    load_tiles<6>(right + kTile, right_strip);
    load_tiles<4>(middle, left_strip);
    multiply_square();
    load_tiles<4>(left, left_strip);
    multiply_square();
    load_tiles<6>(right + 2 * kTile, right_strip);
    multiply_square();
  }
  end_square(sums, stride);
}

/// The same for one strip of a factor and two of the other: sums[16, 32] if the one is the left factor's, else
/// [32, 16].
template <bool OneLeft>
inline void pair_of_sums(bool add, const char* one, const char* two, long two_strip, int steps,
                         float* sums, long stride) {
  const long apart = OneLeft ? kSide : kSide * stride;
  begin_pair(add, sums, apart, stride);
  for (int i = 0; i < steps; ++i, one += kStep, two += kStep) {
    load_tiles<3>(one, kTile);  // high and middle
    load_tile<5>(one + 2 * kTile);
    load_tiles<6>(two, two_strip);
    multiply_pair<OneLeft, 3>();
    multiply_pair<OneLeft, 4>();
    multiply_pair<OneLeft, 5>();
    load_tiles<6>(two + kTile, two_strip);
    multiply_pair<OneLeft, 4>();
    multiply_pair<OneLeft, 3>();
    load_tiles<6>(two + 2 * kTile, two_strip);
    multiply_pair<OneLeft, 3>();
  }
  end_pair(sums, apart, stride);
}

/// sums[32, 32] (+)= two strips of a left factor of one part with two of a right one.
inline void square_of_counts(bool add, const char* left, long left_strip, const char* right,
                             long right_strip, int steps, float* sums, long stride) {
  begin_square(add, sums, stride);
  for (int i = 0; i < steps; ++i, left += kTile, right += kStep) {
    load_tiles<4>(left, left_strip);
    for (int part = 0; part < 3; ++part) {
      load_tiles<6>(right + part * kTile, right_strip);
      multiply_square();
    }
  }
  end_square(sums, stride);
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

}  // namespace
}  // namespace flowscope::FLOWSCOPE_ISA
