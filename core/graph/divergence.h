// Distances between two distributions over the same objects, in double precision and nats.
#pragma once

#include <cstdint>
#include <span>

namespace flowscope {

/// How far p (learned) is from q (target).
struct Divergence {
  double tv = 0;          // total variation, half the L1 sum; in [0, 1]
  double l1 = 0;          // sum over objects of |p - q|; in [0, 2] (papers also print the mean)
  double jsd = 0;         // Jensen-Shannon, nats; in [0, ln 2]
  double kl = 0;          // KL(q || p): what the target loses when coded by p; infinite if p misses
  double kl_reverse = 0;  // KL(p || q)
};

/// The same for the frequencies of samples: `counts` says how often each object was seen that was seen
/// at all, `q` what the target gives it; the rest of the target was never seen. kl is infinite if
/// there is such a rest. Samples of q itself are not at distance 0 but at that of their noise.
Divergence sampled_divergence(std::span<const std::int64_t> counts, std::span<const double> q);

/// Both spans have one entry per object and sum to 1.
Divergence divergence(std::span<const double> p, std::span<const double> q);

}  // namespace flowscope
