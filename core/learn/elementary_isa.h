// Elementary functions without calls or branches, so that loops over them become vector code; included
// by files that are compiled once for each instruction set.
#pragma once

#include <cstdint>

namespace flowscope::FLOWSCOPE_ISA {
namespace {

constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;
constexpr double kRounder = 6755399441055744.0;  // 1.5 2^52: adding it leaves a whole number below

inline std::uint64_t bits_of(double x) {
  std::uint64_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}

inline double from_bits(std::uint64_t bits) {
  double x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

/// exp(x): a power of 2 times a Taylor polynomial on [-ln 2 / 2, ln 2 / 2].
inline double exponential(double x) {
  x = x < -700 ? -700 : x > 700 ? 700 : x;
  const double shifted = x * 1.44269504088896340736 + kRounder, n = shifted - kRounder;
  const double r = (x - n * kLn2High) - n * kLn2Low;
  double p = 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1;
  p = p * r + 1;
  return p * from_bits((bits_of(shifted) + 1023) << 52);
}

/// log(x) of a positive normal number: the exponent, and the series of 2 artanh((m - 1) / (m + 1)).
inline double logarithm(double x) {
  const std::uint64_t bits = bits_of(x);
  double exponent = from_bits(0x4330000000000000u | (bits >> 52)) - 4503599627371519.0;  // 2^52 + 1023
  double m = from_bits((bits & 0xfffffffffffffu) | 0x3ff0000000000000u);
  const bool large = m > 1.41421356237309504880;
  m = large ? 0.5 * m : m;
  exponent = large ? exponent + 1 : exponent;
  const double f = (m - 1) / (m + 1), s = f * f;
  double p = 1.0 / 21;
  p = p * s + 1.0 / 19;
  p = p * s + 1.0 / 17;
  p = p * s + 1.0 / 15;
  p = p * s + 1.0 / 13;
  p = p * s + 1.0 / 11;
  p = p * s + 1.0 / 9;
  p = p * s + 1.0 / 7;
  p = p * s + 1.0 / 5;
  p = p * s + 1.0 / 3;
  return exponent * kLn2High + (2 * f + (2 * f * s * p + exponent * kLn2Low));
}

/// c0 - c1 s + c2 s^2 - ..., given from its last number to its first.
template <int N>
inline double alternating(const double (&c)[N], double s) {
  double sum = c[0];
  for (int i = 1; i < N; ++i) sum = c[i] - sum * s;
  return sum;
}

/// cos and sin of 2 pi u for u in [0, 1]: polynomials around the nearest quarter of a turn.
struct Turn {
  double cosine, sine;
};

inline Turn turn_by(double u) {
  constexpr double kSine[] = {1.0 / 355687428096000, 1.0 / 1307674368000, 1.0 / 6227020800, 1.0 / 39916800,
                              1.0 / 362880, 1.0 / 5040, 1.0 / 120, 1.0 / 6, 1};
  constexpr double kCosine[] = {1.0 / 20922789888000, 1.0 / 87178291200, 1.0 / 479001600, 1.0 / 3628800,
                                1.0 / 40320, 1.0 / 720, 1.0 / 24, 0.5, 1};
  const double shifted = 4 * u + kRounder, x = (4 * u - (shifted - kRounder)) * 1.57079632679489661923;
  const double sine = x * alternating(kSine, x * x), cosine = alternating(kCosine, x * x);
  const std::uint64_t quarter = bits_of(shifted);  // its last two bits count them
  const bool odd = quarter & 1;
  const double c = odd ? sine : cosine, d = odd ? cosine : sine;
  return {from_bits(bits_of(c) ^ ((quarter + 1) & 2) << 62), from_bits(bits_of(d) ^ (quarter & 2) << 62)};
}

}  // namespace
}  // namespace flowscope::FLOWSCOPE_ISA
