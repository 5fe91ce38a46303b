#include "core/graph/state_graph.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace flowscope {
namespace {

/// States in the order of discovery, with a look-up table: what the search grows.
struct StateSet {
  size_t length;
  std::vector<std::int32_t> states;  // [n, length]
  std::vector<std::int32_t> table = std::vector<std::int32_t>(1024, -1);

  int size() const { return static_cast<int>(states.size() / length); }
  StateView at(int id) const { return {states.data() + static_cast<size_t>(id) * length, length}; }

  size_t slot_of(StateView state) const {
    const size_t mask = table.size() - 1;
    size_t slot = hash_state(state) & mask;
    while (table[slot] >= 0) {
      const StateView other = at(table[slot]);
      if (std::equal(state.begin(), state.end(), other.begin())) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  int insert(StateView state) {
    const size_t slot = slot_of(state);
    if (table[slot] >= 0) return table[slot];
    const int id = size();
    states.insert(states.end(), state.begin(), state.end());
    table[slot] = id;
    if (static_cast<size_t>(id + 1) * 2 > table.size()) rehash(table.size() * 2);
    return id;
  }

  void rehash(size_t slots) {
    table.assign(slots, -1);
    for (int id = 0; id < size(); ++id) table[slot_of(at(id))] = id;
  }
};

/// Kahn's algorithm; ready states are taken first come, first served. Ends early at a cycle.
std::vector<std::int32_t> topological_order(const std::vector<std::int32_t>& child_begin,
                                            const std::vector<std::int32_t>& child) {
  const size_t n = child_begin.size() - 1;
  std::vector<std::int32_t> missing(n, 0), order;
  for (std::int32_t c : child) ++missing[static_cast<size_t>(c)];
  order.reserve(n);
  if (missing[0] == 0) order.push_back(0);
  for (size_t head = 0; head < order.size(); ++head) {
    const auto s = static_cast<size_t>(order[head]);
    for (auto e = child_begin[s]; e < child_begin[s + 1]; ++e) {
      const std::int32_t c = child[static_cast<size_t>(e)];
      if (--missing[static_cast<size_t>(c)] == 0) order.push_back(c);
    }
  }
  return order;
}

}  // namespace

std::uint64_t hash_state(StateView state) {
  std::uint64_t h = 0x9E3779B97F4A7C15ull;
  for (std::int32_t v : state) {
    h = (h ^ static_cast<std::uint32_t>(v)) * 0xD6E8FEB86659FD93ull;
    h ^= h >> 32;
  }
  return h ^ (h >> 29);
}

std::optional<StateGraph> StateGraph::enumerate(const Environment& environment,
                                                std::int64_t budget) {
  const EnvironmentSpec& spec = environment.spec();
  const auto length = static_cast<size_t>(spec.state_length);
  StateSet found{length, {}};
  std::vector<std::int32_t> begin{0}, child;
  std::vector<std::int16_t> action, backward;
  std::vector<std::int32_t> here(length), next(length);
  std::vector<std::uint8_t> legal(static_cast<size_t>(spec.num_actions));

  environment.reset(here);
  found.insert(here);
  for (int id = 0; id < found.size(); ++id) {
    std::ranges::copy(found.at(id), here.begin());  // insert() may move the storage
    environment.forward_actions(here, legal);
    for (int a = 0; a < spec.stop_action(); ++a) {
      if (!legal[static_cast<size_t>(a)]) continue;
      next = here;
      environment.apply(next, a);
      child.push_back(found.insert(next));
      action.push_back(static_cast<std::int16_t>(a));
      backward.push_back(static_cast<std::int16_t>(environment.backward_of(here, a)));
    }
    begin.push_back(static_cast<std::int32_t>(child.size()));
    if (found.size() > budget) return std::nullopt;
  }

  // Renumber in topological order and write both directions.
  const size_t n = begin.size() - 1, m = child.size();
  std::vector<std::int32_t> order = topological_order(begin, child);
  const bool acyclic = order.size() == n;
  if (!acyclic) {
    if (found.size() > kCyclicBudget) return std::nullopt;
    order.resize(n);
    std::iota(order.begin(), order.end(), 0);  // as found: breadth first
  }
  std::vector<std::int32_t> rank(n);
  for (size_t i = 0; i < n; ++i) rank[static_cast<size_t>(order[i])] = static_cast<std::int32_t>(i);

  StateGraph g;
  g.acyclic_ = acyclic;
  g.state_length_ = spec.state_length;
  g.states_.resize(n * length);
  g.child_begin_.assign(1, 0);
  g.child_begin_.reserve(n + 1);
  g.depth_.assign(n, std::numeric_limits<std::int32_t>::max());
  g.depth_[0] = 0;
  g.in_begin_.assign(n + 1, 0);
  for (auto* v : {&g.child_, &g.parent_}) v->reserve(m);
  for (auto* v : {&g.action_, &g.backward_}) v->reserve(m);
  for (size_t i = 0; i < n; ++i) {
    const auto old = static_cast<size_t>(order[i]);
    std::ranges::copy(found.at(static_cast<int>(old)), g.states_.begin() + static_cast<long>(i * length));
    for (auto e = static_cast<size_t>(begin[old]); e < static_cast<size_t>(begin[old + 1]); ++e) {
      const std::int32_t c = rank[static_cast<size_t>(child[e])];
      g.child_.push_back(c);
      g.parent_.push_back(static_cast<std::int32_t>(i));
      g.action_.push_back(action[e]);
      g.backward_.push_back(backward[e]);
      g.depth_[static_cast<size_t>(c)] = std::min(g.depth_[static_cast<size_t>(c)], g.depth_[i] + 1);
      ++g.in_begin_[static_cast<size_t>(c) + 1];
    }
    g.child_begin_.push_back(static_cast<std::int32_t>(g.child_.size()));
    environment.forward_actions(g.state(static_cast<int>(i)), legal);
    g.terminating_.push_back(legal.back());
    g.num_terminating_ += legal.back();
  }
  std::partial_sum(g.in_begin_.begin(), g.in_begin_.end(), g.in_begin_.begin());
  g.in_edges_.resize(m);
  std::vector<std::int32_t> fill(g.in_begin_.begin(), g.in_begin_.end() - 1);
  for (size_t e = 0; e < m; ++e) {
    g.in_edges_[static_cast<size_t>(fill[static_cast<size_t>(g.child_[e])]++)] =
        static_cast<std::int32_t>(e);
  }
  StateSet sorted{length, std::move(g.states_)};
  sorted.rehash(found.table.size());
  g.states_ = std::move(sorted.states);
  g.table_ = std::move(sorted.table);
  return g;
}

int StateGraph::find(StateView wanted) const {
  const size_t mask = table_.size() - 1;
  for (size_t slot = hash_state(wanted) & mask; table_[slot] >= 0; slot = (slot + 1) & mask) {
    const StateView other = state(table_[slot]);
    if (std::equal(wanted.begin(), wanted.end(), other.begin())) return table_[slot];
  }
  return -1;
}

std::size_t StateGraph::bytes() const {
  return 4 * (states_.size() + child_begin_.size() + child_.size() + parent_.size() +
              in_begin_.size() + in_edges_.size() + depth_.size() + table_.size()) +
         2 * (action_.size() + backward_.size()) + terminating_.size();
}

}  // namespace flowscope
