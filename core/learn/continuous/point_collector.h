// Where a batch of trajectories through a continuous space comes from: the behaviour policy, local search
// from what it found, and new ways to objects seen before.
#pragma once

#include <cstdint>
#include <vector>

#include "core/learn/continuous/point_paths.h"
#include "core/run/config.h"

namespace flowscope {

/// The last objects that training came to: a ring.
class PointBuffer {
 public:
  void set_capacity(std::int64_t capacity);
  int size() const { return static_cast<int>(log_reward_.size()); }
  void add(Point object, double log_reward);
  Point object(size_t i) const { return {states_.data() + i * length_, length_}; }
  /// Which objects a batch takes, as in discrete worlds (replay_buffer.h).
  std::vector<size_t> draw(int n, bool by_reward, const Rng& rng, std::int64_t step) const;
  void reward_again(const ContinuousEnvironment& environment);

  void save(std::vector<std::uint8_t>& bytes) const;
  void restore(std::span<const std::uint8_t>& bytes, size_t length);

 private:
  size_t capacity_ = 0, length_ = 1, next_ = 0;
  std::vector<double> states_;      // [n, length]
  std::vector<double> log_reward_;  // [n]
};

template <class Real>
class PointCollector {
 public:
  explicit PointCollector(const Config& config);

  /// Takes over the live values of a configuration.
  void configure(const Config& config);
  void reward_again(const ContinuousEnvironment& environment) { buffer_.reward_again(environment); }

  /// How the behaviour policy departs from P_F at a step: both fade together.
  Perturbation perturbation(std::int64_t step) const;

  /// Fills the batch, and the sweep with P_F on its rows.
  void collect(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
               std::int64_t step, PointBatch& batch, typename DensityPolicy<Real>::Sweep& sweep);

  void save(std::vector<std::uint8_t>& bytes) const { buffer_.save(bytes); }
  void restore(std::span<const std::uint8_t>& bytes, size_t length) { buffer_.restore(bytes, length); }

 private:
  Rng forward_, backward_, replaying_, rebuild_;
  int batch_size_ = 0;
  Perturbation full_;
  std::int64_t fade_steps_ = 0;
  bool cosine_ = false, by_reward_ = false;
  LocalSearch search_;
  double replay_share_ = 0;
  PointBuffer buffer_;
};

}  // namespace flowscope
