// Special functions that densities need, with what their gradients need, in double precision.
#pragma once

namespace flowscope {

/// log I0(x) and its derivative I1(x) / I0(x), for x >= 0: the modified Bessel functions.
struct LogBessel {
  double value, slope;
};
LogBessel log_bessel_i0(double x);

/// The derivative of log Gamma(x), for x > 0.
double digamma(double x);

}  // namespace flowscope
