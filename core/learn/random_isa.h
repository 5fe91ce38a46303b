// Random numbers of rng.h's streams, many at a time; included by kernels_isa.cpp, whose rules hold here,
// too.
#pragma once

#include <cstddef>
#include <cstdint>
#if FLOWSCOPE_VECTOR == 64
#include <immintrin.h>
#endif

#include "core/learn/elementary_isa.h"

namespace flowscope::FLOWSCOPE_ISA {
namespace {

constexpr std::uint32_t kPhilox0 = 0xD2511F53, kPhilox1 = 0xCD9E8D57, kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
constexpr int kPhiloxRounds = 10;
constexpr int kAtOnce = 8;

using Lanes [[gnu::vector_size(8 * kAtOnce)]] = std::uint64_t;
using Doubles [[gnu::vector_size(8 * kAtOnce)]] = double;

/// Where numbers are in a stream, and then what is there: the words of Philox's counters.
struct Counters {
  Lanes word[4];  // below 2^32
};

#if FLOWSCOPE_VECTOR == 64

constexpr __mmask8 kAllLanes = 0xFF;  // forms without a mask make GCC 12 warn of its own headers

/// Every word in the lower half of a lane; what is in the upper halves does not matter on the way.
inline void scramble(const std::uint32_t* key, Counters& c) {
  const auto product = [](Lanes x, std::uint32_t by) {
    return reinterpret_cast<Lanes>(_mm512_maskz_mul_epu32(kAllLanes, reinterpret_cast<__m512i>(x), _mm512_set1_epi64(by)));
  };
  Lanes* w = c.word;
  std::uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < kPhiloxRounds; ++round, k0 += kWeyl0, k1 += kWeyl1) {
    const Lanes p0 = product(w[0], kPhilox0), p1 = product(w[2], kPhilox1);
    w[0] = p1 >> 32 ^ w[1] ^ std::uint64_t{k0};
    w[1] = p1;
    w[2] = p0 >> 32 ^ w[3] ^ std::uint64_t{k1};
    w[3] = p0;
  }
  for (int i = 0; i < 4; ++i) w[i] &= 0xFFFFFFFF;
}

/// Up to eight numbers. Through memory, number by number, the processor would wait for each to arrive there.
inline Lanes lanes_of(const std::int32_t* from, int some) {
  const auto mask = static_cast<__mmask8>((1 << some) - 1);
  return reinterpret_cast<Lanes>(_mm512_maskz_cvtepu32_epi64(kAllLanes, _mm256_maskz_loadu_epi32(mask, from)));
}

#else

inline void scramble(const std::uint32_t* key, Counters& c) {
  std::uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < kPhiloxRounds; ++round, k0 += kWeyl0, k1 += kWeyl1) {
    const Lanes p0 = kPhilox0 * c.word[0], p1 = kPhilox1 * c.word[2];
    c.word[0] = p1 >> 32 ^ c.word[1] ^ std::uint64_t{k0};
    c.word[1] = p1 & 0xFFFFFFFF;
    c.word[2] = p0 >> 32 ^ c.word[3] ^ std::uint64_t{k1};
    c.word[3] = p0 & 0xFFFFFFFF;
  }
}

inline Lanes lanes_of(const std::int32_t* from, int some) {
  Lanes lanes{};
  for (int l = 0; l < some; ++l) lanes[l] = static_cast<std::uint32_t>(from[l]);
  return lanes;
}

#endif

inline Doubles uniforms_of(const Counters& c) {
  return __builtin_convertvector((c.word[0] << 32 | c.word[1]) >> 11, Doubles) * 0x1.0p-53;
}

void uniforms(const std::uint32_t* key, std::uint64_t a, const std::int32_t* first, std::uint32_t second, std::size_t n,
              double* u) {
  for (; n > 0; first += kAtOnce, u += kAtOnce) {
    const std::size_t some = n < kAtOnce ? n : kAtOnce;
    Counters c{Lanes{} + (a & 0xFFFFFFFF), Lanes{} + (a >> 32), Lanes{} + second, lanes_of(first, static_cast<int>(some))};
    scramble(key, c);
    const Doubles drawn = uniforms_of(c);
    __builtin_memcpy(u, &drawn, some * sizeof *u);
    n -= some;
  }
}

/// Box and Muller 1958.
void normals(const std::uint32_t* key, std::uint64_t a, std::uint64_t stride, std::uint64_t b, std::size_t pairs, double* out) {
  constexpr Lanes kCount = {0, 1, 2, 3, 4, 5, 6, 7};
  const auto uniforms_at = [&](Lanes at, double* u) {
    Counters c{at & 0xFFFFFFFF, at >> 32, Lanes{} + (b & 0xFFFFFFFF), Lanes{} + (b >> 32)};
    scramble(key, c);
    const Doubles drawn = uniforms_of(c);
    __builtin_memcpy(u, &drawn, sizeof drawn);
  };
  for (std::size_t j = 0; j < pairs; j += kAtOnce) {
    const Lanes at = a + 2 * (j + kCount) * stride;
    double radial[kAtOnce], angular[kAtOnce], x[kAtOnce], y[kAtOnce];
    uniforms_at(at, radial);
    uniforms_at(at + stride, angular);
    for (int l = 0; l < kAtOnce; ++l) {
      const double radius = __builtin_sqrt(-2 * logarithm(1 - radial[l]));
      const Turn turn = turn_by(angular[l]);
      x[l] = radius * turn.cosine;
      y[l] = radius * turn.sine;
    }
    for (std::size_t l = 0; l < kAtOnce && j + l < pairs; ++l) {
      out[2 * (j + l)] = x[l];
      out[2 * (j + l) + 1] = y[l];
    }
  }
}

}  // namespace
}  // namespace flowscope::FLOWSCOPE_ISA
