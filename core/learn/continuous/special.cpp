#include "core/learn/continuous/special.h"

#include <cmath>
#include <numbers>

namespace flowscope {

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

double digamma(double x) {
  double below = 0;  // from psi(x + 1) = psi(x) + 1 / x
  for (; x < 10; ++x) below += 1 / x;
  const double y = 1 / (x * x);  // of the asymptotic series, whose next term is below 1e-16 there
  return std::log(x) - 0.5 / x - below -
         y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y * (1.0 / 132 - y * (691.0 / 32760 - y / 12))))));
}

}  // namespace flowscope
