// A batch of trajectories through a continuous space. Every visit is a row of its own, but for s0,
// which is row 0 of all.
#pragma once

#include <algorithm>
#include <vector>

#include "core/learn/batch.h"
#include "envs/continuous/continuous_environment.h"

namespace flowscope {

struct PointBatch : Batch {
  explicit PointBatch(const ContinuousEnvironment& environment)
      : length(static_cast<size_t>(environment.spec().state_length)),
        width(static_cast<size_t>(environment.spec().forward.coordinates)) {
    if (const auto& first = environment.spec().first) {
      width = std::max(width, static_cast<size_t>(first->coordinates));
    }
  }

  static constexpr int kMove = 0, kStop = 1;  // Transition::action

  int num_rows() const { return static_cast<int>(states.size() / length); }
  Point state(int row) const { return {states.data() + static_cast<size_t>(row) * length, length}; }
  MutablePoint state(int row) { return {states.data() + static_cast<size_t>(row) * length, length}; }

  /// Forgets everything and enters s0.
  void clear(const ContinuousEnvironment& environment) {
    begin = {0};
    transitions.clear();
    log_reward.clear();
    states.assign(length, 0);
    coordinates.assign(width, 0);
    log_stretch.assign(1, 0);
    environment.reset(state(0));
  }
  /// A further row, the state to be filled in.
  int add_row() {
    states.resize(states.size() + length);
    coordinates.resize(coordinates.size() + width);
    log_stretch.push_back(0);
    return num_rows() - 1;
  }

  void drop_last_row() {
    states.resize(states.size() - length);
    coordinates.resize(coordinates.size() - width);
    log_stretch.pop_back();
  }

  size_t length, width;
  std::vector<double> states;       // [N, length]
  // Of the forward step that led to each row: its coordinates, and log |ds'/du|.
  std::vector<double> coordinates;  // [N, width]
  std::vector<double> log_stretch;  // [N]
};

}  // namespace flowscope
