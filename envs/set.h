// Sets: add one of N elements at a time, stop at exactly k of them. The task of Pan et al. 2023,
// "Better Training of GFlowNets with Local Credit and Incomplete Trajectories" (arXiv 2302.01687),
// in which every element pays its energy as soon as it is added:
//
//   log R(S) = - beta * sum_{i in S} e_i,   e_i = the (i mod 10)-th of ten published energies
//
// so Z is the k-th elementary symmetric polynomial of the weights exp(-beta e_i), however large N.
//
//   environment.elements  integer  N (default 10)
//   environment.size      integer  k <= N (default 5)
//   reward.energies       choice   small, medium or large: which ten energies
//   reward.beta           real     inverse temperature (default 1)
#pragma once

#include <vector>

#include "envs/environment.h"
#include "envs/registry.h"

namespace flowscope {

class Set final : public Environment {
 public:
  /// One element for each energy. Throws std::invalid_argument when size exceeds their number.
  Set(std::vector<double> energies, int size);

  void reset(MutableState state) const override;
  void apply(MutableState state, int action) const override;
  int undo(MutableState state, int backward_action) const override;
  void forward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  void backward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  double log_reward(StateView state) const override { return -energy(state); }
  double energy(StateView state) const override;
  std::optional<double> log_partition() const override;
  bool draw_target(MutableState state, const std::function<double()>& uniform) const override;
  void features(StateView state, std::span<std::int32_t> active) const override;
  std::string label(StateView state) const override;
  std::string action_name(int action) const override;

  /// P(element in S) under R/Z, in closed form. The sum over elements is k.
  double inclusion(int element) const;

 private:
  std::vector<double> energies_;  // [N]
  int size_;
};

EnvironmentEntry set_entry();

}  // namespace flowscope
