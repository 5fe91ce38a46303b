#include "core/learn/continuous/special.h"

#include <cmath>
#include <numbers>

namespace flowscope {

LogGamma log_gamma(double x) {
  // Up to where Stirling's series is exact to rounding, by Gamma(x + 1) = x Gamma(x).
  double product = 1, reciprocals = 0;
  for (; x < 8; x += 1) {
    product *= x;
    reciprocals += 1 / x;
  }
  const double y = 1 / x, z = y * y, log_x = std::log(x);
  const double tail = y * (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188 - z * 691.0 / 360360)))));
  const double slope_tail = z * (1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * (1.0 / 132 - z * 691.0 / 32760)))));
  return {(x - 0.5) * log_x - x + 0.5 * std::log(2 * std::numbers::pi) + tail - std::log(product),
          log_x - y / 2 - slope_tail - reciprocals};
}

LogBessel log_bessel_i0(double x) {
  if (x < 20) {
    // I0 = sum (x/2)^2k / k!^2 and I1 = sum (x/2)^(2k+1) / (k! (k+1)!): all terms positive.
    const double q = x * x / 4;
    double term = 1, i0 = 1, i1 = 1;
    for (int k = 1; term > 1e-17 * i0; ++k) {
      term *= q / (static_cast<double>(k) * k);
      i0 += term;
      i1 += term / (k + 1);
    }
    return {std::log(i0), i1 * x / 2 / i0};
  }
  // Asymptotic series of I_n e^-x sqrt(2 pi x), with mu = 4 n^2; the smallest term is far below
  // rounding from here on.
  const auto series = [x](double mu) {
    double term = 1, sum = 1;
    for (int k = 1; k < 30; ++k) {
      const double odd = 2 * k - 1;
      const double next = term * -(mu - odd * odd) / (k * 8 * x);
      if (std::abs(next) >= std::abs(term) || std::abs(next) < 1e-17) break;
      term = next;
      sum += term;
    }
    return sum;
  };
  const double i0 = series(0), i1 = series(4);
  return {x - 0.5 * std::log(2 * std::numbers::pi * x) + std::log(i0), i1 / i0};
}

}  // namespace flowscope
