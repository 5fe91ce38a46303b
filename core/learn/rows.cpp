#include "core/learn/rows.h"

#include <algorithm>
#include <numeric>

#include "core/graph/state_graph.h"
#include "core/learn/holes.h"

namespace flowscope {

Rows::Rows(const Environment& environment)
    : length_(environment.spec().state_length),
      actions_(environment.spec().num_actions),
      backward_(environment.spec().num_backward_actions),
      active_(environment.spec().num_active),
      conditions_{condition_of(environment)},
      table_(1024, -1),
      scratch_(static_cast<size_t>(length_) + 1) {}

void Rows::clear() {
  size_ = 0;
  conditions_.resize(1);
  condition_ = head_ = 0;
  std::ranges::fill(table_, -1);
}

void Rows::set_condition(const Condition& condition) {
  if (conditions_[static_cast<size_t>(condition_)] == condition) return;
  if (conditions_.back() != condition) conditions_.push_back(condition);
  condition_ = static_cast<std::int32_t>(conditions_.size()) - 1;
}

double Rows::log_reward(const Environment& environment, int r) const {
  return log_reward_at(environment, state(r), condition(r));
}

double Rows::energy(const Environment& environment, int r) const {
  return energy_at(environment, state(r), condition(r));
}

int Rows::insert(const Environment& environment, StateView wanted) {
  std::ranges::copy(wanted, scratch_.begin());
  scratch_.back() = condition_ * kHeads + head_;
  return insert_key(environment);
}

/// Where a key stands in the table, or where there is room for it.
size_t Rows::slot_of(StateView wanted) const {
  const size_t mask = table_.size() - 1;
  size_t slot = hash_state(wanted) & mask;
  while (table_[slot] >= 0) {
    const StateView other(key(table_[slot]), wanted.size());
    if (std::equal(wanted.begin(), wanted.end(), other.begin())) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

/// For one row more.
void Rows::make_room() {
  const auto n = static_cast<size_t>(size_) + 1;
  if (num_forward_.size() >= n) return;
  const size_t room = std::max<size_t>(64, 2 * n);
  keys_.resize(room * static_cast<size_t>(length_ + 1));
  forward_legal_.resize(room * static_cast<size_t>(actions_));
  backward_legal_.resize(room * static_cast<size_t>(backward_));
  features_.resize(room * static_cast<size_t>(active_));
  children_.resize(room * static_cast<size_t>(actions_));
  num_forward_.resize(room);
  drawn_.resize(room);
  num_backward_.resize(room);
  base_.resize(room);
}

void Rows::fill_table() {
  std::ranges::fill(table_, -1);
  for (int i = 0; i < size_; ++i) table_[slot_of({key(i), scratch_.size()})] = i;
}

/// The row of the key in scratch_.
int Rows::insert_key(const Environment& environment) {
  size_t slot = slot_of(scratch_);
  if (table_[slot] >= 0) return table_[slot];
  std::int32_t base = size_;
  if (const std::int32_t head = scratch_.back() % kHeads; head > 0) {
    scratch_.back() -= head;
    base = insert_key(environment);
    scratch_.back() += head;
    slot = slot_of(scratch_);
  }
  make_room();
  const int r = size_++;
  table_[slot] = r;
  std::ranges::copy(scratch_, keys_.begin() + static_cast<long>(at(r, length_ + 1)));
  const std::span forward(forward_legal_.data() + at(r, actions_), static_cast<size_t>(actions_));
  const std::span back(backward_legal_.data() + at(r, backward_), static_cast<size_t>(backward_));
  environment.forward_actions(state(r), forward);
  environment.backward_actions(state(r), back);
  environment.features(state(r), {features_.data() + at(r, active_), static_cast<size_t>(active_)});
  drawn_[static_cast<size_t>(r)] = environment.drawn(state(r));
  num_forward_[static_cast<size_t>(r)] = std::accumulate(forward.begin(), forward.end(), 0);
  num_backward_[static_cast<size_t>(r)] = std::accumulate(back.begin(), back.end(), 0);
  base_[static_cast<size_t>(r)] = base;
  std::fill_n(children_.begin() + static_cast<long>(at(r, actions_)), actions_, Step{-1, -1});
  if (static_cast<size_t>(size_) * 2 > table_.size()) {
    table_.resize(table_.size() * 2);
    fill_table();
  }
  return r;
}

Rows::Step Rows::new_child(const Environment& environment, int r, int a) {
  std::copy_n(key(r), length_ + 1, scratch_.begin());
  const MutableState state(scratch_.data(), static_cast<size_t>(length_));
  const int backward_action = environment.backward_of(state, a);
  environment.apply(state, a);
  const int row = insert_key(environment);  // may move children_
  return children_[at(r, actions_) + static_cast<size_t>(a)] = {row, backward_action};
}

void Rows::keep(std::span<const std::int32_t> from) {
  keep_rows(from, length_ + 1, keys_);
  keep_rows(from, actions_, forward_legal_);
  keep_rows(from, backward_, backward_legal_);
  keep_rows(from, active_, features_);
  keep_rows(from, actions_, children_);
  keep_rows(from, 1, num_forward_);
  keep_rows(from, 1, num_backward_);
  keep_rows(from, 1, drawn_);
  const std::vector<std::int32_t> place = places_of(from, static_cast<size_t>(size_));
  size_ = static_cast<int>(from.size());
  std::iota(base_.begin(), base_.begin() + size_, 0);
  for (size_t i = 0; i < at(size_, actions_); ++i) {
    if (children_[i].row >= 0) children_[i].row = place[static_cast<size_t>(children_[i].row)];
  }
  fill_table();
}

Rows::Parent Rows::parent(const Environment& environment, int r, int b) {
  std::copy_n(key(r), length_ + 1, scratch_.begin());
  const int action = environment.undo({scratch_.data(), static_cast<size_t>(length_)}, b);
  return {insert_key(environment), action};
}

void insert_reachable(const Environment& environment, Rows& rows, int most) {
  const int actions = environment.spec().num_actions, stop = environment.spec().stop_action();
  for (int r = 0; r < rows.size() && rows.size() <= most; ++r) {
    for (int a = 0; a < actions; ++a) {
      if (a != stop && rows.forward_legal(r)[a]) rows.child(environment, r, a);
    }
  }
}

RowBatch::RowBatch(const Environment& environment) : rows(environment) {
  std::vector<std::int32_t> start(static_cast<size_t>(environment.spec().state_length));
  environment.reset(start);
  rows.insert(environment, start);
  insert_reachable(environment, rows, kFewStates);
  if (rows.size() <= kFewStates) few_states = rows.size();
  rows.clear();
}

void collect_inflows(const Environment& environment, RowBatch& batch) {
  batch.inflows.clear();
  const int visited = batch.rows.size();
  for (int r = 0; r < visited; ++r) {
    for (int b = 0; b < environment.spec().num_backward_actions; ++b) {
      if (!batch.rows.backward_legal(r)[b]) continue;
      const Rows::Parent parent = batch.rows.parent(environment, r, b);
      batch.inflows.push_back({r, parent.row, parent.action});
    }
  }
}

}  // namespace flowscope
