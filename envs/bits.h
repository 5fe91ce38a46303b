// Bit strings built left to right: a tree, and so the opposite of a grid. Every state has one
// parent, only complete strings may stop, and the first bits decide everything.
//
//   log R(x) = - beta * min_m Hamming(x, m),   modes m spread over the strings by a fixed rule
//
// This is the reward shape of the bit-sequence task of Malkin et al. 2022 (arXiv 2201.13259),
// at a size where every string can be enumerated.
//
//   environment.length  integer  n, bits in a complete string (default 8)
//   reward.modes        integer  number of mode strings (default 4)
//   reward.beta         real     sharpness, nats per wrong bit (default 1)
#pragma once

#include <memory>

#include "envs/environment.h"
#include "envs/registry.h"

namespace flowscope {

class Bits final : public Environment {
 public:
  /// Throws std::invalid_argument when there are more modes than strings.
  Bits(int length, int modes, double beta);

  void reset(MutableState state) const override;
  void apply(MutableState state, int action) const override;
  int undo(MutableState state, int backward_action) const override;
  void forward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  void backward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  double log_reward(StateView state) const override;
  void features(StateView state, std::span<std::int32_t> active) const override;
  int num_modes() const override { return static_cast<int>(modes_.size()); }
  int mode_of(StateView state) const override;
  std::string label(StateView state) const override;
  std::string action_name(int action) const override;

 private:
  static constexpr std::int32_t kUnset = 2;
  int filled(StateView state) const;

  int length_;
  double beta_;
  std::vector<std::vector<std::int32_t>> modes_;  // each [length]
};

EnvironmentEntry bits_entry();

}  // namespace flowscope
