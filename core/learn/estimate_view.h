// What can be said of a policy in a world too large to enumerate: estimates from fresh samples.
#pragma once

#include <atomic>
#include <memory>

#include "core/learn/policy.h"
#include "core/learn/rng.h"
#include "core/run/snapshot.h"

namespace flowscope {

/// Everything that an EstimateView holds but its cost; null when cancelled. The numbers depend on the
/// seed of `rng` and the step alone.
template <class Real>
std::shared_ptr<EstimateView> make_estimate_view(const Policy<Real>& policy, const RunInfo& run,
                                                 const Rng& rng, std::int64_t step,
                                                 const std::atomic<bool>& cancel);

/// The mean and its standard error. Nothing of fewer than two numbers.
std::optional<Estimate> mean_of(std::span<const double> values);

/// log((1/N) sum_k exp(x_k)), without overflow.
double log_mean_exp(std::span<const double> values);

/// Objects with their numbers, each once: what frequencies and the best are made of.
struct ObjectCounts {
  std::vector<std::vector<std::int32_t>> objects;
  std::vector<std::int64_t> counts;
  std::vector<double> log_reward;
};

ObjectCounts count_objects(const Environment& environment,
                           std::vector<std::vector<std::int32_t>> objects);

/// Fills in what the frequencies of samples tell: tv, l1 and jsd where log Z is known, the reward of
/// the best objects and how much those differ.
void describe_objects(const ObjectCounts& seen, std::optional<double> log_z_true, EstimateView& view);

}  // namespace flowscope
