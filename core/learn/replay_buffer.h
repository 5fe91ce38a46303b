// What training has seen before, to be seen again: the last trajectories, as actions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/learn/rng.h"
#include "core/learn/rows.h"

namespace flowscope {

/// Which n of the objects kept, with replacement: all equally, or half of them from the tenth with the
/// best rewards and half from the rest (Shen et al. 2023, arXiv 2305.07170).
std::vector<std::size_t> draw_kept(std::span<const double> log_reward, int n, bool by_reward,
                                   const Rng& rng, std::int64_t step);

class ReplayBuffer {
 public:
  /// Keeps the last `capacity` trajectories; fewer than before drops the oldest.
  void set_capacity(std::int64_t capacity);

  bool empty() const { return kept_.empty(); }
  int size() const { return static_cast<int>(kept_.size()); }

  /// Adds the first n trajectories of a batch, those unfinished aside.
  void add(const RowBatch& batch, int n);

  struct Kept {
    std::vector<std::int16_t> actions;  // from s0, the stop included
    std::vector<std::int32_t> object;   // its state
    Condition condition;                // under which it was sampled
    double log_reward = 0;
  };

  /// n trajectories, by draw_kept().
  std::vector<const Kept*> draw(int n, bool by_reward, const Rng& rng, std::int64_t step);

  /// After the reward has changed.
  void reward_again(const Environment& environment);

  void save(std::vector<std::uint8_t>& bytes) const;
  void restore(std::span<const std::uint8_t>& bytes);

 private:
  std::int64_t capacity_ = 0;
  std::vector<Kept> kept_;  // a ring
  std::size_t next_ = 0;    // where the next one goes once it is full
  std::vector<double> log_reward_;  // scratch
};

}  // namespace flowscope
