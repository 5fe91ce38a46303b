// A batch of trajectories over its distinct states: what sampling writes, networks evaluate once a
// state, and every objective reads. Plain arrays; no padding.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "envs/environment.h"

namespace flowscope {

/// The distinct states of a batch, called rows; N of them. A = num_actions, B = num_backward_actions.
class Rows {
 public:
  explicit Rows(const Environment& environment);

  void clear();
  int size() const { return size_; }

  /// The row of a state; new states get the next number.
  int insert(const Environment& environment, StateView state);

  /// The row that action `a` leads to from row `r` (inserted if new), and the backward action that
  /// undoes it.
  struct Step {
    std::int32_t row, backward_action;
  };
  Step child(const Environment& environment, int r, int a);

  StateView state(int r) const { return {states_.data() + at(r, length_), static_cast<size_t>(length_)}; }
  const std::uint8_t* forward_legal(int r) const { return forward_legal_.data() + at(r, actions_); }
  const std::uint8_t* backward_legal(int r) const { return backward_legal_.data() + at(r, backward_); }
  std::span<const std::int32_t> features(int r) const { return {features_.data() + at(r, active_), static_cast<size_t>(active_)}; }
  int num_forward(int r) const { return num_forward_[static_cast<size_t>(r)]; }    // legal actions
  int num_backward(int r) const { return num_backward_[static_cast<size_t>(r)]; }  // legal parents
  bool terminating(int r) const { return forward_legal(r)[actions_ - 1] != 0; }

 private:
  static size_t at(int r, int stride) { return static_cast<size_t>(r) * static_cast<size_t>(stride); }
  int length_, actions_, backward_, active_;
  int size_ = 0;
  std::vector<std::int32_t> states_;          // [N, length]
  std::vector<std::uint8_t> forward_legal_;   // [N, A]
  std::vector<std::uint8_t> backward_legal_;  // [N, B]
  std::vector<std::int32_t> features_;        // [N, active]
  std::vector<std::int32_t> num_forward_, num_backward_;  // [N]
  std::vector<Step> children_;                // [N, A] row -1 until known
  std::vector<std::int32_t> table_;           // open addressing over states_, -1 empty
  std::vector<std::int32_t> scratch_;         // [length]
};

/// One transition: an action at a row; the stop leads nowhere (next = -1).
struct Transition {
  std::int32_t row, action;
  std::int32_t next = -1, backward_action = -1;
};

/// An edge of the state graph into a visited row; the parent may be a row that nobody visited.
struct Inflow {
  std::int32_t row, parent, action;
};

/// Trajectories i = 0 .. n-1; transitions begin[i] .. begin[i+1]-1, the last one the stop.
struct Batch {
  explicit Batch(const Environment& environment) : rows(environment) {}

  Rows rows;
  std::vector<std::int32_t> begin = {0};  // [n + 1]
  std::vector<Transition> transitions;   // [K]
  std::vector<double> log_reward;        // [n] log R(x)
  std::vector<Inflow> inflows;           // [I] all edges into visited rows, grouped by row; if asked

  int size() const { return static_cast<int>(begin.size()) - 1; }
  int last_row(int i) const { return transitions[static_cast<size_t>(begin[static_cast<size_t>(i) + 1] - 1)].row; }
};

/// Lists every edge into every row that a trajectory visits, s0 aside; parents become rows.
void collect_inflows(const Environment& environment, Batch& batch);

/// What the networks say of a batch, and, after the objective, what it answers: the derivative of
/// the loss by each of these numbers.
struct Evaluation {
  std::vector<double> log_pf;    // [K]
  std::vector<double> log_pb;    // [K] 0 for the stop
  double log_z = 0;

  // Filled in for objectives that ask for them (ObjectiveEntry), otherwise empty.
  std::vector<double> log_flow;        // [N] learned log F(s)
  std::vector<double> log_stop;        // [N] log P_F(stop | s)
  std::vector<double> row_log_reward;  // [N] log R(s)
  std::vector<double> log_inflow_pf;   // [I] log P_F of the edges in batch.inflows

  std::vector<double> d_log_pf, d_log_pb, d_log_flow, d_log_stop, d_log_inflow_pf;  // as above
  double d_log_z = 0;

  double estimated_log_z = 0;  // what the batch says, for objectives without log Z as a parameter
};

}  // namespace flowscope
