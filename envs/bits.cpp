#include "envs/bits.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace flowscope {

Bits::Bits(int length, int modes, double beta) : length_(length), beta_(beta) {
  if (length < 20 && modes > 1 << length) {
    throw std::invalid_argument("reward.modes = " + std::to_string(modes) + " but there are only " +
                                std::to_string(1 << length) + " strings of " +
                                std::to_string(length) + " bits");
  }
  spec_.state_length = length;
  spec_.num_actions = 3;  // append 0, append 1, stop
  spec_.num_backward_actions = 2;
  spec_.num_features = 3 * length;
  spec_.num_active = length;
  spec_.max_length = length + 1;
  // Modes are strings of equal runs: one run of 0s, one of 1s, two runs from 0, two from 1, and so
  // on to the alternating strings; beyond those, the numbers counted up in binary.
  for (int k = 0; static_cast<int>(modes_.size()) < modes; ++k) {
    std::vector<std::int32_t> mode(static_cast<size_t>(length));
    for (int i = 0; i < length; ++i) {
      const int runs = k / 2 + 1;
      mode[static_cast<size_t>(i)] = (k % 2) ^ ((i * runs / length) % 2);
    }
    if (k >= 2 * length) {
      for (int i = 0; i < length; ++i) {
        mode[static_cast<size_t>(i)] = ((k - 2 * length) >> std::min(i, 30)) & 1;
      }
    }
    if (std::find(modes_.begin(), modes_.end(), mode) == modes_.end()) modes_.push_back(mode);
  }
}

int Bits::filled(StateView state) const {
  return static_cast<int>(std::find(state.begin(), state.end(), kUnset) - state.begin());
}

void Bits::reset(MutableState state) const { std::fill(state.begin(), state.end(), kUnset); }

void Bits::apply(MutableState state, int action) const {
  state[static_cast<size_t>(filled(state))] = action;
}

int Bits::undo(MutableState state, int backward_action) const {
  state[static_cast<size_t>(filled(state) - 1)] = kUnset;
  return backward_action;
}

void Bits::forward_actions(StateView state, std::span<std::uint8_t> legal) const {
  const bool complete = filled(state) == length_;
  legal[0] = legal[1] = !complete;
  legal[2] = complete;
}

void Bits::backward_actions(StateView state, std::span<std::uint8_t> legal) const {
  const int n = filled(state);
  for (int bit = 0; bit < 2; ++bit) {
    legal[static_cast<size_t>(bit)] = n > 0 && state[static_cast<size_t>(n - 1)] == bit;
  }
}

double Bits::log_reward(StateView state) const {
  int nearest = std::numeric_limits<int>::max();
  for (const auto& mode : modes_) {
    int distance = 0;
    for (size_t i = 0; i < mode.size(); ++i) distance += mode[i] != state[i];
    nearest = std::min(nearest, distance);
  }
  return -beta_ * nearest;
}

void Bits::features(StateView state, std::span<std::int32_t> active) const {
  for (size_t i = 0; i < state.size(); ++i) {
    active[i] = static_cast<std::int32_t>(3 * i) + state[i];
  }
}

int Bits::mode_of(StateView state) const {
  for (size_t m = 0; m < modes_.size(); ++m) {
    if (std::equal(state.begin(), state.end(), modes_[m].begin())) return static_cast<int>(m);
  }
  return -1;
}

std::string Bits::label(StateView state) const {
  std::string text;
  for (int bit : state) text += bit == kUnset ? '_' : static_cast<char>('0' + bit);
  return text;
}

std::string Bits::action_name(int action) const {
  return action == 2 ? "stop" : action == 0 ? "append 0" : "append 1";
}

EnvironmentEntry bits_entry() {
  EnvironmentEntry entry;
  entry.name = "bits";
  entry.title = "Bit strings";
  entry.about = "Write a bit string from left to right; the reward falls with the distance to a mode";
  entry.params = {
      {.key = "environment.length", .label = "Length", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{8}, .min = 1, .max = 64, .unit = "bits",
       .help = "Bits in a complete string.", .live = false, .basic = true},
      {.key = "reward.modes", .label = "Modes", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{4}, .min = 1, .max = 64,
       .help = "Number of strings with the highest reward.", .basic = true},
      {.key = "reward.beta", .label = "Sharpness", .default_value = 1.0, .min = 0, .max = 100,
       .unit = "nats/bit", .help = "How fast log R falls with the distance to the nearest mode.",
       .basic = true},
  };
  entry.make = [](const Params& p) -> std::shared_ptr<const Environment> {
    return std::make_shared<Bits>(static_cast<int>(param<std::int64_t>(p, "environment.length")),
                                  static_cast<int>(param<std::int64_t>(p, "reward.modes")),
                                  param<double>(p, "reward.beta"));
  };
  return entry;
}

}  // namespace flowscope
