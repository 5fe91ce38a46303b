// The distinct states of a batch of trajectories through a discrete world: sampling writes them, and
// networks evaluate each once. Plain arrays; no padding.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/learn/batch.h"
#include "envs/conditioned.h"
#include "envs/environment.h"

namespace flowscope {

/// The distinct states of a batch, called rows; N of them. A = num_actions, B = num_backward_actions.
class Rows {
 public:
  /// Rows are at the environment's own condition until they are told another.
  explicit Rows(const Environment& environment);

  void clear();

  /// The condition of states that are inserted from here on, and the head of P_F that speaks of them: 1,
  /// 2, ..., or 0 for all together. One state under two of these is two rows; what a row leads to, forwards
  /// or backwards, is under that row's.
  void set_condition(const Condition& condition);
  void set_head(int head) { head_ = head; }
  void set_as(int r) {  // as those of row r
    condition_ = key(r)[length_] / kHeads;
    head_ = head(r);
  }
  const Condition& condition(int r) const { return conditions_[static_cast<size_t>(key(r)[length_] / kHeads)]; }
  int head(int r) const { return key(r)[length_] % kHeads; }

  /// The row of the same state and condition with head 0, which is there before r.
  int base(int r) const { return base_[static_cast<size_t>(r)]; }

  /// log R(x) and E(s) of a row, at its condition.
  double log_reward(const Environment& environment, int r) const;
  double energy(const Environment& environment, int r) const;

  int size() const { return size_; }

  /// The row of a state; new states get the next number.
  int insert(const Environment& environment, StateView state);

  /// The row that action `a` leads to from row `r` (inserted if new), and the backward action that
  /// undoes it.
  struct Step {
    std::int32_t row, backward_action;
  };
  Step child(const Environment& environment, int r, int a) {
    const Step known = children_[at(r, actions_) + static_cast<size_t>(a)];
    return known.row >= 0 ? known : new_child(environment, r, a);
  }

  /// The row that backward action `b` leads to from row `r` (inserted if new), and the forward action
  /// that redoes it.
  struct Parent {
    std::int32_t row, action;
  };
  Parent parent(const Environment& environment, int r, int b);

  /// Leaves out some rows: row i becomes what row from[i] was, as of without_holes(). Not with heads.
  void keep(std::span<const std::int32_t> from);

  StateView state(int r) const { return {key(r), static_cast<size_t>(length_)}; }
  const std::uint8_t* forward_legal(int r) const { return forward_legal_.data() + at(r, actions_); }
  const std::uint8_t* backward_legal(int r) const { return backward_legal_.data() + at(r, backward_); }
  std::span<const std::int32_t> features(int r) const { return {features_.data() + at(r, active_), static_cast<size_t>(active_)}; }
  int num_forward(int r) const { return num_forward_[static_cast<size_t>(r)]; }    // legal actions
  int num_backward(int r) const { return num_backward_[static_cast<size_t>(r)]; }  // legal parents
  bool drawn(int r) const { return drawn_[static_cast<size_t>(r)] != 0; }  // by the world
  bool terminating(int r) const { return forward_legal(r)[actions_ - 1] != 0; }

 private:
  static constexpr std::int32_t kHeads = 128;  // more than there can be

  static size_t at(int r, int stride) { return static_cast<size_t>(r) * static_cast<size_t>(stride); }
  const std::int32_t* key(int r) const { return keys_.data() + at(r, length_ + 1); }
  int insert_key(const Environment& environment);
  Step new_child(const Environment& environment, int r, int a);
  size_t slot_of(StateView key) const;
  void make_room();
  void fill_table();

  int length_, actions_, backward_, active_;
  int size_ = 0;
  std::vector<std::int32_t> keys_;            // [N, length + 1] the state; its condition's index and head
  std::vector<Condition> conditions_;
  std::int32_t condition_ = 0, head_ = 0;     // of set_condition(), set_head()
  std::vector<std::int32_t> base_;            // [N]
  std::vector<std::uint8_t> forward_legal_;   // [N, A]
  std::vector<std::uint8_t> backward_legal_;  // [N, B]
  std::vector<std::int32_t> features_;        // [N, active]
  std::vector<std::int32_t> num_forward_, num_backward_;  // [N]
  std::vector<std::uint8_t> drawn_;           // [N]
  std::vector<Step> children_;                // [N, A] row -1 until known
  std::vector<std::int32_t> table_;           // open addressing over keys_, -1 empty
  std::vector<std::int32_t> scratch_;         // [length + 1] a key
};

/// Inserts all states that rows lead to, directly or not, until there are more than `most` rows.
void insert_reachable(const Environment& environment, Rows& rows, int most = std::numeric_limits<int>::max());

/// A batch of trajectories through a discrete world.
struct RowBatch : Batch {
  static constexpr int kFewStates = 128;

  explicit RowBatch(const Environment& environment);

  Rows rows;
  int few_states = 0;  // of the world, if it has no more than kFewStates
};

/// Lists every edge into every row that a trajectory visits, s0 aside; parents become rows.
void collect_inflows(const Environment& environment, RowBatch& batch);

}  // namespace flowscope
