// Special functions that densities need, with what their gradients need, in double precision and
// without the global state of std::lgamma.
#pragma once

namespace flowscope {

/// log Gamma(x) and its derivative, for x > 0.
struct LogGamma {
  double value, slope;
};
LogGamma log_gamma(double x);

/// log I0(x) and its derivative I1(x) / I0(x), for x >= 0: the modified Bessel functions.
struct LogBessel {
  double value, slope;
};
LogBessel log_bessel_i0(double x);

}  // namespace flowscope
