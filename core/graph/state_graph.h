// The state graph of an environment, enumerated: every state that can be reached, every edge, in
// topological order where there is one. What can be enumerated can be known exactly.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "envs/environment.h"

namespace flowscope {

/// States are numbered in topological order: every edge leads from a lower to a higher id; only on a
/// graph with cycles in the order of a breadth-first search. State 0 is s0. S states, E edges (stop is not an edge: it leaves the graph).
class StateGraph {
 public:
  static constexpr std::int64_t kDefaultBudget = 2'000'000;
  static constexpr std::int64_t kCyclicBudget = 10'000;  // truth is then a linear system

  /// Searches from s0. Returns nothing when there are more than `budget` states, or more than
  /// kCyclicBudget in a graph with cycles.
  static std::optional<StateGraph> enumerate(const Environment& environment,
                                             std::int64_t budget = kDefaultBudget);

  int num_states() const { return static_cast<int>(child_begin_.size()) - 1; }
  std::int64_t num_edges() const { return static_cast<std::int64_t>(child_.size()); }

  StateView state(int id) const {
    return {states_.data() + static_cast<size_t>(id) * static_cast<size_t>(state_length_),
            static_cast<size_t>(state_length_)};
  }

  /// Whether no way leads back to a state: then edges lead from lower to higher ids.
  bool acyclic() const { return acyclic_; }

  /// The id of a state, or -1.
  int find(StateView state) const;

  // Edges out of a state: ids child_begin(s) .. child_end(s) - 1, by increasing action.
  std::int64_t child_begin(int id) const { return child_begin_[static_cast<size_t>(id)]; }
  std::int64_t child_end(int id) const { return child_begin_[static_cast<size_t>(id) + 1]; }
  int child(std::int64_t edge) const { return child_[static_cast<size_t>(edge)]; }
  int parent(std::int64_t edge) const { return parent_[static_cast<size_t>(edge)]; }
  int action(std::int64_t edge) const { return action_[static_cast<size_t>(edge)]; }
  int backward_action(std::int64_t edge) const { return backward_[static_cast<size_t>(edge)]; }

  /// The edges into a state.
  std::span<const std::int32_t> edges_in(int id) const {
    const auto b = static_cast<size_t>(in_begin_[static_cast<size_t>(id)]);
    const auto e = static_cast<size_t>(in_begin_[static_cast<size_t>(id) + 1]);
    return {in_edges_.data() + b, e - b};
  }

  /// Whether the process may stop here, so that the state is an object.
  bool terminating(int id) const { return terminating_[static_cast<size_t>(id)] != 0; }
  int num_terminating() const { return num_terminating_; }

  /// Fewest actions from s0.
  int depth(int id) const { return depth_[static_cast<size_t>(id)]; }

  /// Bytes held, the look-up table included.
  std::size_t bytes() const;

 private:
  int state_length_ = 0;
  int num_terminating_ = 0;
  bool acyclic_ = true;
  std::vector<std::int32_t> states_;        // [S, state_length]
  std::vector<std::int32_t> child_begin_;   // [S + 1]
  std::vector<std::int32_t> child_;         // [E]
  std::vector<std::int32_t> parent_;        // [E]
  std::vector<std::int16_t> action_;        // [E]
  std::vector<std::int16_t> backward_;      // [E]
  std::vector<std::int32_t> in_begin_;      // [S + 1]
  std::vector<std::int32_t> in_edges_;      // [E] edge ids, grouped by child
  std::vector<std::int32_t> depth_;         // [S]
  std::vector<std::uint8_t> terminating_;   // [S]
  std::vector<std::int32_t> table_;         // open addressing, -1 empty
};

/// Hash of a state, for open-addressing tables of a power-of-two size.
std::uint64_t hash_state(StateView state);

}  // namespace flowscope
