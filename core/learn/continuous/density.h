// Densities over the coordinates of a step, as a function of the raw numbers that a network gives:
// sampling, log-density, and its gradient by the raw numbers. Layout and meaning: DensitySpec.
#pragma once

#include <span>

#include "envs/continuous/continuous_environment.h"

namespace flowscope {

/// How the behaviour policy departs from the learned density.
struct Perturbation {
  double uniform = 0;  // probability of the reference density instead
  double noise = 0;    // deviation of Gaussian noise on top, in units of u (kGaussian only)
};

/// Draws the coordinates of a step, given that there is one.
template <class Real>
void sample_density(const DensitySpec& spec, const Real* raw, const Perturbation& perturbation,
                    Draws& draws, MutablePoint u);

/// log p of a step with coordinates u, that the step is taken included. Adds nothing: `gradient`
/// [spec.size()] receives d log p / d raw; null where it is not wanted.
template <class Real>
double log_density(const DensitySpec& spec, const Real* raw, Point u, Real* gradient);

/// One of many densities that are wanted: where its numbers are and where the answers go.
template <class Real>
struct DensityPlace {
  const Real* raw;     // [spec.size()]
  const double* u;     // [coordinates]
  double log_stretch;  // taken off log p(u): the density over states
  double* log_p;
  Real* gradient;      // [spec.size()], or null
};
/// Betas are evaluated in blocks, the others one by one.
template <class Real>
void log_densities(const DensitySpec& spec, std::span<const DensityPlace<Real>> places);

/// log p of stopping, of a density that stops, and d log p / d raw[0].
struct StopDensity {
  double log_p, slope;
};
template <class Real>
StopDensity log_stop(const Real* raw);

/// The density that knows nothing, and a sample of it: uniform, or standard normal where uniform
/// would be improper.
double log_reference(const DensitySpec& spec, Point u);
void sample_reference(const DensitySpec& spec, Draws& draws, MutablePoint u);

/// The component weights and parameters of one coordinate, as numbers with a meaning, for pictures and
/// quadrature: Beta (alpha, beta), von Mises (cosine and sine part), Gaussian (mean, deviation).
struct Component {
  double weight, first, second;
};
template <class Real>
Component component_of(const DensitySpec& spec, const Real* raw, int component, int coordinate);

}  // namespace flowscope
