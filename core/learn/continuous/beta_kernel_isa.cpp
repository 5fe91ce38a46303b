// Compiled once for each instruction set, with FLOWSCOPE_ISA naming the namespace: no function of the
// standard library may be called here (see kernels_isa.cpp). Every loop over lanes is free of calls
// and branches, so that it becomes vector code.
#include <cstdint>

#include "core/learn/continuous/beta_kernel.h"
#include "core/learn/elementary_isa.h"

namespace flowscope::FLOWSCOPE_ISA {
namespace {

constexpr double kHalfLog2Pi = 0.91893853320467274178;
constexpr int kMaxComponents = 64;

/// log Gamma(x) + log `product`, and its derivative, for x > 0: the product x (x + 1) ... (x + 7)
/// leads to where Stirling's series is exact to rounding.
struct Gamma {
  double value, product, slope;
};

inline Gamma gamma_of(double x) {
  double product = x, slope = 1;  // of the product
  for (int i = 1; i < 8; ++i) {
    slope = slope * (x + i) + product;
    product *= x + i;
  }
  const double y = x + 8, inverse = 1 / y, z = inverse * inverse, log_y = logarithm(y);
  const double tail = inverse * (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680 - z * (1.0 / 1188 - z * (691.0 / 360360))))));
  const double slope_tail = z * (1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * (1.0 / 132 - z * (691.0 / 32760))))));
  return {(y - 0.5) * log_y - y + kHalfLog2Pi + tail, product,
          log_y - inverse / 2 - slope_tail - slope / product};
}

/// A concentration and its derivative by the raw number.
struct Concentration {
  double value, slope;
};

inline Concentration concentration_of(double raw, double log_low, double span) {
  const double s = 1 / (1 + exponential(-raw)), value = exponential(log_low + span * s);
  return {value, value * span * s * (1 - s)};
}

/// Adds the log-density of one coordinate to `log_p`, and writes the slopes by its two raw numbers.
inline void add_beta(double log_low, double span, int lanes, const double* raw_a,
                     const double* raw_b, const double* u, double* __restrict log_p,
                     double* __restrict d_a, double* __restrict d_b) {
  for (int l = 0; l < lanes; ++l) {
    const Concentration alpha = concentration_of(raw_a[l], log_low, span);
    const Concentration beta = concentration_of(raw_b[l], log_low, span);
    const Gamma ga = gamma_of(alpha.value), gb = gamma_of(beta.value);
    const Gamma both = gamma_of(alpha.value + beta.value);
    const double log_u = logarithm(u[l]), log_rest = logarithm(1 - u[l]);
    // log(Gamma(a + b) / (Gamma(a) Gamma(b))), the products in one logarithm.
    const double norm = both.value - ga.value - gb.value +
                        logarithm(ga.product / both.product * gb.product);
    log_p[l] += (alpha.value - 1) * log_u + (beta.value - 1) * log_rest + norm;
    d_a[l] = (log_u + both.slope - ga.slope) * alpha.slope;
    d_b[l] = (log_rest + both.slope - gb.slope) * beta.slope;
  }
}

/// From the components' log-densities to the mixture's, and the gradient through it.
void mix(const BetaBlock& b, int lanes, const double (*logits)[kBetaLanes],
         double (*joint)[kBetaLanes], double (*gradient)[kBetaLanes], double* __restrict log_p) {
  const int n = b.components, stride = 2 * b.coordinates;
  double top[kBetaLanes], highest[kBetaLanes], sum[kBetaLanes], weights[kBetaLanes];
  for (int l = 0; l < lanes; ++l) {
    double most = logits[0][l], best = joint[0][l] + logits[0][l];
    for (int k = 1; k < n; ++k) {
      const double logit = logits[k][l], value = joint[k][l] + logit;
      most = logit > most ? logit : most;
      best = value > best ? value : best;
    }
    top[l] = most;
    highest[l] = best;
    sum[l] = weights[l] = 0;
  }
  for (int k = 0; k < n; ++k) {
    for (int l = 0; l < lanes; ++l) {
      const double weight = exponential(logits[k][l] - top[l]);
      joint[k][l] = exponential(joint[k][l] + logits[k][l] - highest[l]);
      gradient[k][l] = weight;
      weights[l] += weight;
      sum[l] += joint[k][l];
    }
  }
  for (int l = 0; l < lanes; ++l) {
    log_p[l] = highest[l] - top[l] + logarithm(sum[l] / weights[l]);
    sum[l] = 1 / sum[l];
    weights[l] = 1 / weights[l];
  }
  for (int k = 0; k < n; ++k) {
    double share[kBetaLanes];  // of component k in the density
    for (int l = 0; l < lanes; ++l) {
      share[l] = joint[k][l] * sum[l];
      gradient[k][l] = share[l] - gradient[k][l] * weights[l];
    }
    for (int i = 0; i < stride; ++i) {
      double* __restrict d = gradient[n + k * stride + i];
      for (int l = 0; l < lanes; ++l) d[l] *= share[l];
    }
  }
}

/// Adds the log-probability of not stopping.
void add_going_on(int lanes, const double* logit, double* __restrict log_p, double* __restrict d) {
  for (int l = 0; l < lanes; ++l) {
    const double odds = exponential(logit[l]);
    log_p[l] -= logarithm(1 + odds);
    d[l] = -odds / (1 + odds);
  }
}

}  // namespace

void evaluate_betas(BetaBlock& b) {
  const int lanes = (b.lanes + 7) / 8 * 8, logits = b.components > 1 ? b.components : 0;
  const double log_low = logarithm(b.low);
  double(*raw)[kBetaLanes] = b.raw + b.stops, (*gradient)[kBetaLanes] = b.gradient + b.stops;
  double joint[kMaxComponents][kBetaLanes];
  for (int k = 0; k < b.components; ++k) {
    for (int l = 0; l < lanes; ++l) joint[k][l] = 0;
    for (int j = 0; j < b.coordinates; ++j) {
      const int at = logits + 2 * (k * b.coordinates + j);
      add_beta(log_low, b.span, lanes, raw[at], raw[at + 1], b.u[j], joint[k], gradient[at],
               gradient[at + 1]);
    }
  }
  if (b.components > 1) {
    mix(b, lanes, raw, joint, gradient, b.log_p);
  } else {
    for (int l = 0; l < lanes; ++l) b.log_p[l] = joint[0][l];
  }
  if (b.stops) add_going_on(lanes, b.raw[0], b.log_p, b.gradient[0]);
}

}  // namespace flowscope::FLOWSCOPE_ISA
