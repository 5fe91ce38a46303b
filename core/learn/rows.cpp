#include "core/learn/rows.h"

#include <algorithm>
#include <numeric>

#include "core/graph/state_graph.h"

namespace flowscope {

Rows::Rows(const Environment& environment)
    : length_(environment.spec().state_length),
      actions_(environment.spec().num_actions),
      backward_(environment.spec().num_backward_actions),
      active_(environment.spec().num_active),
      table_(1024, -1),
      scratch_(static_cast<size_t>(length_)) {}

void Rows::clear() {
  size_ = 0;
  std::ranges::fill(table_, -1);
}

int Rows::insert(const Environment& environment, StateView wanted) {
  size_t mask = table_.size() - 1;
  size_t slot = hash_state(wanted) & mask;
  for (; table_[slot] >= 0; slot = (slot + 1) & mask) {
    const StateView other = state(table_[slot]);
    if (std::equal(wanted.begin(), wanted.end(), other.begin())) return table_[slot];
  }
  const int r = size_++;
  table_[slot] = r;
  const auto n = static_cast<size_t>(size_);
  if (states_.size() < n * static_cast<size_t>(length_) || num_forward_.size() < n) {
    const size_t room = std::max<size_t>(64, 2 * n);
    states_.resize(room * static_cast<size_t>(length_));
    forward_legal_.resize(room * static_cast<size_t>(actions_));
    backward_legal_.resize(room * static_cast<size_t>(backward_));
    features_.resize(room * static_cast<size_t>(active_));
    children_.resize(room * static_cast<size_t>(actions_));
    num_forward_.resize(room);
    drawn_.resize(room);
    num_backward_.resize(room);
  }
  std::ranges::copy(wanted, states_.begin() + static_cast<long>(at(r, length_)));
  const std::span forward(forward_legal_.data() + at(r, actions_), static_cast<size_t>(actions_));
  const std::span back(backward_legal_.data() + at(r, backward_), static_cast<size_t>(backward_));
  environment.forward_actions(state(r), forward);
  environment.backward_actions(state(r), back);
  environment.features(state(r), {features_.data() + at(r, active_), static_cast<size_t>(active_)});
  drawn_[static_cast<size_t>(r)] = environment.drawn(state(r));
  num_forward_[static_cast<size_t>(r)] = std::accumulate(forward.begin(), forward.end(), 0);
  num_backward_[static_cast<size_t>(r)] = std::accumulate(back.begin(), back.end(), 0);
  std::fill_n(children_.begin() + static_cast<long>(at(r, actions_)), actions_, Step{-1, -1});

  if (n * 2 > table_.size()) {
    table_.assign(table_.size() * 2, -1);
    mask = table_.size() - 1;
    for (int i = 0; i < size_; ++i) {
      size_t s = hash_state(state(i)) & mask;
      while (table_[s] >= 0) s = (s + 1) & mask;
      table_[s] = i;
    }
  }
  return r;
}

Rows::Step Rows::child(const Environment& environment, int r, int a) {
  const size_t edge = at(r, actions_) + static_cast<size_t>(a);
  if (children_[edge].row < 0) {
    std::ranges::copy(state(r), scratch_.begin());
    const int backward_action = environment.backward_of(scratch_, a);
    environment.apply(scratch_, a);
    const int row = insert(environment, scratch_);  // may move children_
    children_[edge] = {row, backward_action};
  }
  return children_[edge];
}

Rows::Parent Rows::parent(const Environment& environment, int r, int b) {
  std::ranges::copy(state(r), scratch_.begin());
  const int action = environment.undo(scratch_, b);
  return {insert(environment, scratch_), action};
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
