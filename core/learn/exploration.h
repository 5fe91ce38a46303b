// How training data differ from samples of P_F: the behaviour policy, and where else trajectories come
// from. Targets stay the same: balance objectives hold for any trajectory.
#pragma once

#include <cstdint>
#include <vector>

#include "core/run/config.h"

namespace flowscope {

/// The behaviour policy at one step.
struct Exploration {
  double epsilon = 0;      // probability of a uniformly random legal action
  double temperature = 1;  // P_F's logits are divided by it
  double stop_bias = 0;    // taken off the logit of the stop (Malkin et al. 2023, arXiv 2210.00580)
  double noise = 0;        // of P_F's parameters: standard deviation in units of their own size
  double break_off = 0;    // probability, after every action, of leaving the trajectory unfinished

  /// Whether an action is drawn from P_F as it stands.
  bool tempered() const { return temperature != 1 || stop_bias != 0; }
};

/// From 1 at step 0 to 0 after `steps`, linearly or as a cosine; 1 for good where there are none.
double faded(std::int64_t step, std::int64_t steps, bool cosine);

/// exploration.* over a run.
struct ExplorationSchedule {
  explicit ExplorationSchedule(const Config& config);
  Exploration at(std::int64_t step) const;

 private:
  Exploration full_;
  std::int64_t epsilon_steps_ = 0, fade_steps_ = 0;
  bool cosine_ = false;
};

/// local_search.*: objects are taken apart by P_B and rebuilt by P_F (Kim et al. 2024, arXiv
/// 2310.02710).
struct LocalSearch {
  int rounds = 0;           // 0: none
  double depth = 0.5;       // share of an object's actions that a round undoes (at most, if metropolis)
  bool metropolis = false;  // accept by Metropolis-Hastings, otherwise when the reward does not fall
};

/// Shares of a batch that do not come from the behaviour policy.
struct DataSources {
  explicit DataSources(const Config& config);

  double replay_share = 0, offline_share = 0;
  std::int64_t replay_capacity = 0;
  bool by_reward = false;  // half of what is replayed comes from the best tenth
  bool by_backward = false;  // an object's path is drawn anew from P_B
  LocalSearch search;
  double thompson_share = 0;  // probability that a head of P_F learns from another one's trajectory
};

/// The objects of offline.file, one a line, as the numbers of their states. Throws UsageError that
/// names the line.
std::vector<std::vector<std::int32_t>> read_objects(const Config& config);

}  // namespace flowscope
