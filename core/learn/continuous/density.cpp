#include "core/learn/continuous/density.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/learn/continuous/beta_kernel.h"
#include "core/learn/continuous/special.h"

namespace flowscope {
namespace {

constexpr double kEdge = 1e-6;  // Betas may be infinite at 0 and 1: u keeps that far away
constexpr int kMaxComponents = 64;
constexpr double kHalfLogTurn = 0.91893853320467274178;  // log(2 pi) / 2

size_t sz(long n) { return static_cast<size_t>(n); }
double sigmoid(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

/// Parameters of one coordinate from raw numbers, and their derivatives by these.
struct Parameters {
  double first, second;
  double d_first, d_second;
  double log_second;  // of a Gaussian
};

/// The logarithms of a density's ends, of which the last ones asked for are kept.
struct Ends {
  double low = 0, high = 0, log_low = 0, span = 0;

  static const Ends& of(const DensitySpec& spec) {
    static thread_local Ends known;
    if (known.low != spec.low || known.high != spec.high) {
      known = {spec.low, spec.high, std::log(spec.low), std::log(spec.high / spec.low)};
    }
    return known;
  }
};

template <class Real>
Parameters parameters_of(const DensitySpec& spec, const Real* raw) {
  if (spec.factor == Factor::kVonMises) {
    return {spec.low + spec.high * static_cast<double>(raw[0]), spec.high * static_cast<double>(raw[1]),
            spec.high, spec.high, 0};
  }
  if (spec.factor == Factor::kGaussian && spec.parameters() == 1) {
    return {spec.mean_unit * static_cast<double>(raw[0]), spec.low, spec.mean_unit, 0, Ends::of(spec).log_low};
  }
  // Concentrations and deviations move between their ends by their logarithms.
  const Ends& ends = Ends::of(spec);
  Parameters p{};
  const auto between = [&](Real x, double& slope) {
    const double s = sigmoid(static_cast<double>(x)), value = spec.low * std::exp(ends.span * s);
    slope = value * ends.span * s * (1 - s);
    p.log_second = ends.log_low + ends.span * s;
    return value;
  };
  if (spec.factor == Factor::kBeta) {
    p.first = between(raw[0], p.d_first);
  } else {
    p.first = spec.mean_unit * static_cast<double>(raw[0]);
    p.d_first = spec.mean_unit;
  }
  p.second = between(raw[1], p.d_second);
  return p;
}

/// log p of one coordinate and its derivatives by the two parameters.
struct FactorDensity {
  double log_p, d_first, d_second;
};

/// Density in natural parameters: log p = a cos u + b sin u - log(2 pi I0(|(a, b)|)).
FactorDensity von_mises_density(double a, double b, double u) {
  const double concentration = std::hypot(a, b);
  const LogBessel bessel = log_bessel_i0(concentration);
  const double by_length = concentration > 0 ? bessel.slope / concentration : 0.5;
  return {a * std::cos(u) + b * std::sin(u) - std::log(2 * std::numbers::pi) - bessel.value,
          std::cos(u) - by_length * a, std::sin(u) - by_length * b};
}

FactorDensity gaussian_density(const Parameters& p, double u) {
  const double inverse = 1 / p.second, z = (u - p.first) * inverse;
  return {-z * z / 2 - p.log_second - kHalfLogTurn, z * inverse, (z * z - 1) * inverse};
}

FactorDensity factor_density(Factor factor, const Parameters& p, double u) {
  return factor == Factor::kVonMises ? von_mises_density(p.first, p.second, u)
                                     : gaussian_density(p, u);
}

/// log p of the coordinates under Gaussians of one deviation, and its gradient by their raw means.
template <class Real>
double fixed_gaussian_density(const DensitySpec& spec, const Real* raw, Point u, Real* gradient) {
  const double inverse = 1 / spec.low, slope = spec.mean_unit * inverse;
  double squares = 0;
  for (size_t j = 0; j < u.size(); ++j) {
    const double z = (u[j] - spec.mean_unit * static_cast<double>(raw[j])) * inverse;
    squares += z * z;
    if (gradient) gradient[j] = static_cast<Real>(z * slope);
  }
  return -squares / 2 - static_cast<double>(u.size()) * (Ends::of(spec).log_low + kHalfLogTurn);
}

/// log p of the coordinates under component k, and its gradient by that component's raw numbers.
template <class Real>
double component_density(const DensitySpec& spec, const Real* raw, Point u, int k, Real* gradient) {
  if (spec.factor == Factor::kChoice) return u[0] == k ? 0 : -INFINITY;
  if (spec.factor == Factor::kGaussian && spec.parameters() == 1) return fixed_gaussian_density(spec, raw, u, gradient);
  double log_p = 0;
  for (size_t j = 0; j < sz(spec.coordinates); ++j, raw += spec.parameters()) {
    const Parameters p = parameters_of(spec, raw);
    const FactorDensity f = factor_density(spec.factor, p, u[j]);
    log_p += f.log_p;
    if (!gradient) continue;
    *gradient++ = static_cast<Real>(f.d_first * p.d_first);
    if (spec.parameters() > 1) *gradient++ = static_cast<Real>(f.d_second * p.d_second);
  }
  return log_p;
}

/// The normalised logarithms of the component weights.
template <class Real>
void log_weights(const Real* logits, int n, double* out) {
  const double top = *std::max_element(logits, logits + n);
  double sum = 0;
  for (int k = 0; k < n; ++k) sum += std::exp(static_cast<double>(logits[k]) - top);
  for (int k = 0; k < n; ++k) out[k] = static_cast<double>(logits[k]) - top - std::log(sum);
}

/// Gamma(shape) by Marsaglia and Tsang 2000, as a logarithm: small shapes give numbers that would
/// round to zero.
double log_gamma_sample(double shape, Draws& draws) {
  if (shape < 1) return log_gamma_sample(shape + 1, draws) + std::log1p(-draws.uniform()) / shape;
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = draws.normal(), cube = 1 + c * x;
    if (cube <= 0) continue;
    const double v = cube * cube * cube, u = 1 - draws.uniform();
    if (std::log(u) < x * x / 2 + d - d * v + d * std::log(v)) return std::log(d * v);
  }
}

double beta_sample(double alpha, double beta, Draws& draws) {
  const double a = log_gamma_sample(alpha, draws), b = log_gamma_sample(beta, draws);
  return std::clamp(sigmoid(a - b), kEdge, 1 - kEdge);
}

/// Best and Fisher 1979.
double von_mises_sample(double a, double b, Draws& draws) {
  constexpr double kPi = std::numbers::pi;
  const double concentration = std::hypot(a, b);
  if (concentration < 1e-6) return kPi * (2 * draws.uniform() - 1);
  const double tau = 1 + std::sqrt(1 + 4 * concentration * concentration);
  const double rho = (tau - std::sqrt(2 * tau)) / (2 * concentration);
  const double r = (1 + rho * rho) / (2 * rho);
  for (;;) {
    const double z = std::cos(kPi * draws.uniform());
    const double f = (1 + r * z) / (r + z), c = concentration * (r - f), u = draws.uniform();
    if (c * (2 - c) <= u && std::log(c / u) + 1 - c < 0) continue;
    const double turn = std::acos(std::clamp(f, -1.0, 1.0)), side = draws.uniform() < 0.5 ? -1 : 1;
    return std::remainder(std::atan2(b, a) + side * turn, 2 * kPi);
  }
}

}  // namespace

template <class Real>
Component component_of(const DensitySpec& spec, const Real* raw, int component, int coordinate) {
  raw += spec.stops;
  Component c{1, 0, 0};
  if (spec.components > 1) {
    double weights[kMaxComponents];
    log_weights(raw, spec.components, weights);
    c.weight = std::exp(weights[component]);
  }
  if (spec.factor == Factor::kChoice) return c;
  const Parameters p = parameters_of(
      spec, raw + spec.logits() + (component * spec.coordinates + coordinate) * spec.parameters());
  c.first = p.first;
  c.second = p.second;
  return c;
}

template <class Real>
void sample_density(const DensitySpec& spec, const Real* raw, const Perturbation& perturbation,
                    Draws& draws, MutablePoint u) {
  if (perturbation.uniform > 0 && draws.uniform() < perturbation.uniform) {
    return sample_reference(spec, draws, u);
  }
  raw += spec.stops;
  int k = 0;
  if (spec.components > 1) {
    double weights[kMaxComponents], left = draws.uniform();
    log_weights(raw, spec.components, weights);
    for (; k < spec.components - 1 && (left -= std::exp(weights[k])) >= 0; ++k) {
    }
  }
  if (spec.factor == Factor::kChoice) {
    u[0] = k;
    return;
  }
  raw += spec.logits() + k * spec.coordinates * spec.parameters();
  if (spec.factor == Factor::kGaussian) draws.normals(u);
  const double noise = perturbation.noise;
  for (size_t j = 0; j < sz(spec.coordinates); ++j, raw += spec.parameters()) {
    const Parameters p = parameters_of(spec, raw);
    u[j] = spec.factor == Factor::kBeta       ? beta_sample(p.first, p.second, draws)
           : spec.factor == Factor::kVonMises ? von_mises_sample(p.first, p.second, draws)
                                              : p.first + (noise > 0 ? std::sqrt(p.second * p.second + noise * noise) : p.second) * u[j];
  }
}

template <class Real>
StopDensity log_stop(const Real* raw) {
  const double logit = static_cast<double>(raw[0]);
  return {-softplus(-logit), sigmoid(-logit)};
}

namespace {

/// Densities that are not Betas, one by one.
template <class Real>
double scalar_density(const DensitySpec& spec, const Real* raw, Point u, Real* gradient) {
  double log_p = 0;
  if (spec.stops) {
    log_p = -softplus(static_cast<double>(raw[0]));
    if (gradient) *gradient++ = static_cast<Real>(-sigmoid(static_cast<double>(raw[0])));
    ++raw;
  }
  const int n = spec.components, stride = spec.coordinates * spec.parameters();
  if (n == 1) return log_p + component_density(spec, raw, u, 0, gradient);
  double weights[kMaxComponents], joint[kMaxComponents], top = -INFINITY, sum = 0;
  log_weights(raw, n, weights);
  Real* inner = gradient ? gradient + n : nullptr;
  for (int k = 0; k < n; ++k) {
    joint[k] = weights[k] + component_density(spec, raw + n + k * stride, u, k,
                                              inner ? inner + k * stride : nullptr);
    top = std::max(top, joint[k]);
  }
  for (int k = 0; k < n; ++k) sum += std::exp(joint[k] - top);
  for (int k = 0; gradient && k < n; ++k) {
    const double share = std::exp(joint[k] - top) / sum;  // of component k in p(u)
    gradient[k] = static_cast<Real>(share - std::exp(weights[k]));
    for (int i = 0; i < stride; ++i) inner[k * stride + i] *= static_cast<Real>(share);
  }
  return log_p + top + std::log(sum);
}

/// Up to a block of mixtures of Betas, from places anywhere to places anywhere.
template <class Real>
void beta_densities(const DensitySpec& spec, std::span<const DensityPlace<Real>> places) {
  using Lanes = double[kBetaLanes];
  const size_t size = sz(spec.size()), coordinates = sz(spec.coordinates);
  static thread_local std::vector<double> scratch;
  scratch.resize((2 * size + coordinates) * kBetaLanes, 0.5);
  Lanes* raw = reinterpret_cast<Lanes*>(scratch.data());
  BetaBlock block{.components = spec.components, .coordinates = spec.coordinates, .stops = spec.stops,
                  .low = spec.low, .span = std::log(spec.high / spec.low),
                  .lanes = static_cast<int>(places.size()), .raw = raw, .u = raw + size,
                  .gradient = raw + size + coordinates};
  for (size_t l = 0; l < places.size(); ++l) {
    for (size_t i = 0; i < size; ++i) raw[i][l] = static_cast<double>(places[l].raw[i]);
    for (size_t j = 0; j < coordinates; ++j) block.u[j][l] = std::clamp(places[l].u[j], kEdge, 1 - kEdge);
  }
  evaluate_betas(block);
  for (size_t l = 0; l < places.size(); ++l) {
    *places[l].log_p = block.log_p[l] - places[l].log_stretch;
    for (size_t i = 0; places[l].gradient && i < size; ++i) {
      places[l].gradient[i] = static_cast<Real>(block.gradient[i][l]);
    }
  }
}

}  // namespace

template <class Real>
void log_densities(const DensitySpec& spec, std::span<const DensityPlace<Real>> places) {
  if (spec.factor != Factor::kBeta) {
    for (const auto& p : places) {
      *p.log_p = scalar_density(spec, p.raw, {p.u, sz(spec.coordinates)}, p.gradient) - p.log_stretch;
    }
    return;
  }
  for (; !places.empty(); places = places.subspan(std::min<size_t>(kBetaLanes, places.size()))) {
    beta_densities(spec, places.first(std::min<size_t>(kBetaLanes, places.size())));
  }
}

template <class Real>
double log_density(const DensitySpec& spec, const Real* raw, Point u, Real* gradient) {
  double log_p = 0;
  const DensityPlace<Real> place{raw, u.data(), 0, &log_p, gradient};
  log_densities(spec, std::span<const DensityPlace<Real>>(&place, 1));
  return log_p;
}

double log_reference(const DensitySpec& spec, Point u) {
  switch (spec.factor) {
    case Factor::kBeta: return 0;
    case Factor::kVonMises: return -spec.coordinates * std::log(2 * std::numbers::pi);
    case Factor::kChoice: return -std::log(spec.components);
    case Factor::kGaussian: break;
  }
  double log_p = 0;
  for (const double x : u) log_p -= x * x / 2 + kHalfLogTurn;
  return log_p;
}

void sample_reference(const DensitySpec& spec, Draws& draws, MutablePoint u) {
  for (double& x : u) {
    switch (spec.factor) {
      case Factor::kBeta: x = std::clamp(draws.uniform(), kEdge, 1 - kEdge); break;
      case Factor::kVonMises: x = std::numbers::pi * (2 * draws.uniform() - 1); break;
      case Factor::kChoice: x = std::floor(draws.uniform() * spec.components); break;
      case Factor::kGaussian: return draws.normals(u);
    }
  }
}

template void sample_density<float>(const DensitySpec&, const float*, const Perturbation&, Draws&, MutablePoint);
template void sample_density<double>(const DensitySpec&, const double*, const Perturbation&, Draws&, MutablePoint);
template void log_densities<float>(const DensitySpec&, std::span<const DensityPlace<float>>);
template void log_densities<double>(const DensitySpec&, std::span<const DensityPlace<double>>);
template double log_density<float>(const DensitySpec&, const float*, Point, float*);
template double log_density<double>(const DensitySpec&, const double*, Point, double*);
template StopDensity log_stop<float>(const float*);
template StopDensity log_stop<double>(const double*);
template Component component_of<float>(const DensitySpec&, const float*, int, int);
template Component component_of<double>(const DensitySpec&, const double*, int, int);

}  // namespace flowscope
