// How much a gradient can be trusted: what the micro-batches of a step say beside each other.
#pragma once

#include <span>
#include <vector>

#include "core/run/snapshot.h"

namespace flowscope {

/// From the gradients of equal parts of a batch: the norm of their mean, the variance of one part (summed
/// over parameters, unbiased), the mean cosine between two parts, and the signal-to-noise ratio
/// |mean|^2 / variance of the mean.
template <class Real>
GradientStatistics statistics_of(std::span<const std::vector<Real>> gradients);

}  // namespace flowscope
