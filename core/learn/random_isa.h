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

/// Where numbers are in a stream, and then what is there: the words of Philox's counters.
struct Counters {
  std::uint64_t word[4][kAtOnce];  // below 2^32
};

#if FLOWSCOPE_VECTOR == 64

/// Every word in the lower half of a lane; what is in the upper halves does not matter.
inline void scramble(const std::uint32_t* key, Counters& c) {
  constexpr __mmask8 kAll = 0xFF;
  const auto all = [](std::uint64_t x) { return _mm512_set1_epi64(static_cast<long long>(x)); };
  __m512i w[4];
  for (int i = 0; i < 4; ++i) w[i] = _mm512_loadu_si512(c.word[i]);
  std::uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < kPhiloxRounds; ++round, k0 += kWeyl0, k1 += kWeyl1) {
    const __m512i p0 = _mm512_maskz_mul_epu32(kAll, w[0], all(kPhilox0)), p1 = _mm512_maskz_mul_epu32(kAll, w[2], all(kPhilox1));
    w[0] = _mm512_maskz_srli_epi64(kAll, p1, 32) ^ w[1] ^ all(k0);
    w[1] = p1;
    w[2] = _mm512_maskz_srli_epi64(kAll, p0, 32) ^ w[3] ^ all(k1);
    w[3] = p0;
  }
  for (int i = 0; i < 4; ++i) _mm512_storeu_si512(c.word[i], w[i] & all(0xFFFFFFFF));
}

#else

inline void scramble(const std::uint32_t* key, Counters& c) {
  std::uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < kPhiloxRounds; ++round, k0 += kWeyl0, k1 += kWeyl1) {
    for (int l = 0; l < kAtOnce; ++l) {
      const std::uint64_t p0 = kPhilox0 * c.word[0][l], p1 = kPhilox1 * c.word[2][l];
      c.word[0][l] = (p1 >> 32) ^ c.word[1][l] ^ k0;
      c.word[1][l] = p1 & 0xFFFFFFFF;
      c.word[2][l] = (p0 >> 32) ^ c.word[3][l] ^ k1;
      c.word[3][l] = p0 & 0xFFFFFFFF;
    }
  }
}

#endif

inline double uniform_of(const Counters& c, int l) {
  return static_cast<double>((c.word[0][l] << 32 | c.word[1][l]) >> 11) * 0x1.0p-53;
}

void uniforms(const std::uint32_t* key, std::uint64_t a, const std::int32_t* first, std::uint32_t second, std::size_t n,
              double* u) {
  Counters c;
  for (std::size_t j = 0; j < n; j += kAtOnce) {
    const int some = n - j < kAtOnce ? static_cast<int>(n - j) : kAtOnce;
    for (int l = 0; l < kAtOnce; ++l) {
      c.word[0][l] = a & 0xFFFFFFFF;
      c.word[1][l] = a >> 32;
      c.word[2][l] = second;
      c.word[3][l] = static_cast<std::uint32_t>(first[l < some ? j + static_cast<std::size_t>(l) : j]);
    }
    scramble(key, c);
    for (int l = 0; l < some; ++l) u[j + static_cast<std::size_t>(l)] = uniform_of(c, l);
  }
}

/// Box and Muller 1958.
void normals(const std::uint32_t* key, std::uint64_t a, std::uint64_t stride, std::uint64_t b, std::size_t pairs, double* out) {
  Counters radial, angular;
  for (std::size_t j = 0; j < pairs; j += kAtOnce) {
    for (int l = 0; l < kAtOnce; ++l) {
      const std::uint64_t at = a + 2 * (j + static_cast<std::size_t>(l)) * stride;
      radial.word[0][l] = at & 0xFFFFFFFF;
      radial.word[1][l] = at >> 32;
      angular.word[0][l] = (at + stride) & 0xFFFFFFFF;
      angular.word[1][l] = (at + stride) >> 32;
      radial.word[2][l] = angular.word[2][l] = b & 0xFFFFFFFF;
      radial.word[3][l] = angular.word[3][l] = b >> 32;
    }
    scramble(key, radial);
    scramble(key, angular);
    double x[kAtOnce], y[kAtOnce];
    for (int l = 0; l < kAtOnce; ++l) {
      const double radius = __builtin_sqrt(-2 * logarithm(1 - uniform_of(radial, l)));
      const Turn turn = turn_by(uniform_of(angular, l));
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
