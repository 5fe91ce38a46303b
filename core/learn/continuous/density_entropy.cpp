#include "core/learn/continuous/density_entropy.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/learn/continuous/density.h"
#include "core/learn/continuous/special.h"

namespace flowscope {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr int kNodes = 400;    // of the quadrature of a mixture
constexpr double kReach = 9;   // deviations beyond a mean where a Gaussian is taken to end

/// std::lgamma also writes the sign to a variable that all threads share.
double log_gamma(double x) {
  int sign = 0;
  return lgamma_r(x, &sign);
}

double log_beta_function(double a, double b) { return log_gamma(a) + log_gamma(b) - log_gamma(a + b); }

/// Of one coordinate of one component.
double component_entropy(Factor factor, const Component& c) {
  if (factor == Factor::kBeta) {
    const double a = c.first, b = c.second;
    return log_beta_function(a, b) - (a - 1) * digamma(a) - (b - 1) * digamma(b) + (a + b - 2) * digamma(a + b);
  }
  if (factor == Factor::kVonMises) {
    const double concentration = std::hypot(c.first, c.second);
    const LogBessel bessel = log_bessel_i0(concentration);
    return std::log(2 * kPi) + bessel.value - concentration * bessel.slope;
  }
  return 0.5 * std::log(2 * kPi * std::numbers::e) + std::log(c.second);
}

/// What a component's log-density takes off, whatever the coordinate.
double log_normaliser(Factor factor, const Component& c) {
  if (factor == Factor::kBeta) return log_beta_function(c.first, c.second);
  if (factor == Factor::kVonMises) {
    return std::log(2 * kPi) + log_bessel_i0(std::hypot(c.first, c.second)).value;
  }
  return 0.5 * std::log(2 * kPi) + std::log(c.second);
}

/// A node of a quadrature: how much of the line it stands for, and two functions of its place of which a
/// log-density is a sum, cosine and sine or the logarithms of u and 1 - u.
struct Node {
  double u, width, first, second;
};

/// Betas' nodes are u = sin^2(t) at even t, where singular ends are tame.
std::vector<Node> nodes_of(Factor factor) {
  std::vector<Node> nodes;
  for (int i = 0; i < kNodes; ++i) {
    const double share = (i + 0.5) / kNodes;
    if (factor == Factor::kBeta) {
      const double sine = std::sin(kPi / 2 * share), cosine = std::cos(kPi / 2 * share);
      nodes.push_back({sine * sine, kPi * sine * cosine / kNodes, 2 * std::log(sine), 2 * std::log(cosine)});
    } else {
      const double u = kPi * (2 * share - 1);
      nodes.push_back({u, 2 * kPi / kNodes, std::cos(u), std::sin(u)});
    }
  }
  return nodes;
}

/// Nodes over all that Gaussians reach. Half a deviation between two is exact to 1e-8; where widths differ
/// very much, fewer must do.
std::vector<Node> nodes_of(const std::vector<Component>& mixture) {
  double low = INFINITY, high = -INFINITY, narrowest = INFINITY;
  for (const Component& c : mixture) {
    low = std::min(low, c.first - kReach * c.second);
    high = std::max(high, c.first + kReach * c.second);
    narrowest = std::min(narrowest, c.second);
  }
  const int count = static_cast<int>(std::clamp(4 * (high - low) / narrowest, 1.0 * kNodes, 20.0 * kNodes));
  std::vector<Node> nodes;
  for (int i = 0; i < count; ++i) {
    nodes.push_back({low + (high - low) * (i + 0.5) / count, (high - low) / count, 0, 0});
  }
  return nodes;
}

double mixture_entropy(Factor factor, const std::vector<Component>& mixture) {
  static const std::vector<Node> kBetaNodes = nodes_of(Factor::kBeta), kAngles = nodes_of(Factor::kVonMises);
  const std::vector<Node> of_mixture = factor == Factor::kGaussian ? nodes_of(mixture) : std::vector<Node>();
  const auto& nodes = factor == Factor::kBeta ? kBetaNodes : factor == Factor::kVonMises ? kAngles : of_mixture;
  const double less = factor == Factor::kBeta ? 1 : 0;
  std::vector<double> constant;
  for (const Component& c : mixture) constant.push_back(std::log(c.weight) - log_normaliser(factor, c));
  double sum = 0, mass = 0;
  for (const Node& node : nodes) {
    double p = 0;
    for (size_t k = 0; k < mixture.size(); ++k) {
      const Component& c = mixture[k];
      const double z = factor == Factor::kGaussian ? (node.u - c.first) / c.second : 0;
      p += std::exp(constant[k] + (factor == Factor::kGaussian ? -0.5 * z * z
                                                               : (c.first - less) * node.first + (c.second - less) * node.second));
    }
    if (p > 0) sum -= node.width * p * std::log(p);
    mass += node.width * p;
  }
  return sum / mass + std::log(mass);  // of the density that the nodes see, made to integrate to 1
}

}  // namespace

template <class Real>
std::optional<double> density_entropy(const DensitySpec& spec, const Real* raw) {
  double sum = 0;
  if (spec.factor == Factor::kChoice) {
    for (int k = 0; k < spec.components; ++k) {
      const double w = component_of(spec, raw, k, 0).weight;
      if (w > 0) sum -= w * std::log(w);
    }
    return sum;
  }
  if (spec.components == 1) {
    for (int j = 0; j < spec.coordinates; ++j) sum += component_entropy(spec.factor, component_of(spec, raw, 0, j));
    return sum;
  }
  if (spec.coordinates > 1) return std::nullopt;
  std::vector<Component> mixture;
  for (int k = 0; k < spec.components; ++k) mixture.push_back(component_of(spec, raw, k, 0));
  return mixture_entropy(spec.factor, mixture);
}

template std::optional<double> density_entropy<float>(const DensitySpec&, const float*);
template std::optional<double> density_entropy<double>(const DensitySpec&, const double*);

}  // namespace flowscope
