// Where a batch of training trajectories comes from: the behaviour policy, local search from what it
// found, what was seen before, and objects that a user gave.
#pragma once

#include <cstdint>
#include <vector>

#include "core/learn/exploration.h"
#include "core/learn/paths.h"
#include "core/learn/policy.h"
#include "core/learn/replay_buffer.h"
#include "core/learn/rng.h"
#include "core/run/config.h"

namespace flowscope {

template <class Real>
class Collector {
 public:
  /// Throws UsageError.
  explicit Collector(const Config& config);

  /// Takes over the live values of a configuration. Throws UsageError, and then nothing has changed.
  void configure(const Config& config);
  /// After the reward has changed.
  void reward_again(const Environment& environment) { replay_.reward_again(environment); }

  Exploration exploration(std::int64_t step) const { return exploration_.at(step); }

  /// Fills the batch, and the sweep with P_F on its rows (P_B on some of them).
  void collect(const Environment& environment, const Policy<Real>& policy, std::int64_t step,
               RowBatch& batch, typename Policy<Real>::Sweep& sweep);

  /// The replay buffer's bytes, for checkpoints; restore() throws DamagedFile.
  void save(std::vector<std::uint8_t>& bytes) const { replay_.save(bytes); }
  void restore(std::span<const std::uint8_t>& bytes) { replay_.restore(bytes); }

 private:
  void sample(const Environment& environment, const Policy<Real>& policy, int n, std::int64_t step,
              RowBatch& batch, typename Policy<Real>::Sweep& sweep);
  void share_out(const Environment& environment, const PolicyShape& shape, std::int64_t step, RowBatch& batch);
  void play_again(const Environment& environment, const Policy<Real>& policy, int n, std::int64_t step,
                  RowBatch& batch, typename Policy<Real>::Sweep& sweep);
  void play_given(const Environment& environment, const Policy<Real>& policy, int n, std::int64_t step,
                  RowBatch& batch, typename Policy<Real>::Sweep& sweep);

  Rng forward_, backward_, replaying_, rebuild_, noise_;
  ExplorationSchedule exploration_;
  DataSources sources_;
  int batch_size_ = 0;
  ReplayBuffer replay_;
  std::vector<std::vector<std::int32_t>> given_;  // offline objects
  std::vector<Real> noisy_;                       // the behaviour policy's parameters
  typename Policy<Real>::Sweep noisy_sweep_;
};

}  // namespace flowscope
