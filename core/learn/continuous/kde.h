// The metric of Lahlou et al. 2023 for densities on the unit square, noise and all: kernel density
// estimates of 10,000 samples of the policy and of 10,000 of the target, and their Jensen-Shannon
// divergence on a 100x100 grid. A perfect sampler scores 1.1e-4, the uniform density 3.8e-2 (rewards
// of the corners); the paper's own code draws its target with too low an envelope, which raises the
// score of a perfect sampler to 2.4e-4.
#pragma once

#include <span>

namespace flowscope {

constexpr int kKdeSamples = 10'000;

/// Points on the unit square, coordinates apart.
struct PointCloud {
  std::span<const float> x, y;
};

double kde_divergence(const PointCloud& learned, const PointCloud& target);

}  // namespace flowscope
