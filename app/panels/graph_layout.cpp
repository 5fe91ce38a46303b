#include "app/panels/graph_layout.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <queue>
#include <unordered_map>
#include <unordered_set>

namespace flowscope {
namespace {

constexpr int kSweeps = 6;  // the order settles within a few passes

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// Orders the nodes of each column by the mean height of their neighbours on one side.
class Ordering {
 public:
  explicit Ordering(GraphLayout& layout) : layout_(layout), columns_(at(layout.layers)) {
    parents_.resize(layout.nodes.size());
    children_.resize(layout.nodes.size());
    for (const GraphEdge& e : layout.edges) {
      children_[at(e.from)].push_back(e.to);
      parents_[at(e.to)].push_back(e.from);
    }
    for (size_t n = 0; n < layout.nodes.size(); ++n) {
      columns_[at(layout.nodes[n].layer)].push_back(static_cast<int>(n));
    }
    for (auto& column : columns_) spread(column);
  }

  void sweep() {
    for (int pass = 0; pass < kSweeps; ++pass) {
      for (auto& column : columns_) order(column, parents_);
      for (auto column = columns_.rbegin(); column != columns_.rend(); ++column) {
        order(*column, children_);
      }
    }
    // A tree reads best from the root, so the last word is the parents'.
    for (auto& column : columns_) order(column, parents_);
  }

 private:
  void order(std::vector<int>& column, const std::vector<std::vector<int>>& neighbours) {
    const auto mean = [&](int node) {
      const auto& near = neighbours[at(node)];
      if (near.empty()) return layout_.nodes[at(node)].y;
      const float sum = std::accumulate(near.begin(), near.end(), 0.0f,
                                        [&](float y, int n) { return y + layout_.nodes[at(n)].y; });
      return sum / static_cast<float>(near.size());
    };
    std::vector<std::pair<float, int>> keyed;
    for (const int node : column) keyed.emplace_back(mean(node), node);
    std::stable_sort(keyed.begin(), keyed.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (size_t i = 0; i < column.size(); ++i) column[i] = keyed[i].second;
    spread(column);
  }

  /// Even steps, centred; the fullest column takes the whole height, in a tree each does.
  void spread(const std::vector<int>& column) {
    const size_t most = layout_.tree ? column.size() : at(layout_.widest);
    const float step = 1.0f / static_cast<float>(std::max<size_t>(1, most));
    const float top = 0.5f - 0.5f * step * static_cast<float>(column.size());
    for (size_t i = 0; i < column.size(); ++i) {
      layout_.nodes[at(column[i])].y = top + step * (static_cast<float>(i) + 0.5f);
    }
  }

  GraphLayout& layout_;
  std::vector<std::vector<int>> columns_, parents_, children_;
};

/// Columns numbered without gaps, and how full the fullest is.
void number_columns(GraphLayout& layout, std::span<const std::int32_t> ranks) {
  std::map<int, int> count;
  for (const GraphNode& n : layout.nodes) ++count[ranks[at(n.state)]];
  std::map<int, int> column;
  for (const auto& [rank, nodes] : count) {
    column.emplace(rank, static_cast<int>(column.size()));
    layout.widest = std::max(layout.widest, nodes);
  }
  layout.layers = static_cast<int>(column.size());
  for (GraphNode& n : layout.nodes) {
    n.layer = column[ranks[at(n.state)]];
    n.x = layout.layers > 1 ? static_cast<float>(n.layer) / static_cast<float>(layout.layers - 1)
                            : 0.5f;
  }
}

}  // namespace

std::vector<std::int32_t> graph_ranks(const StateGraph& graph) {
  std::vector<std::int32_t> rank(at(graph.num_states()), 0);
  if (!graph.acyclic()) {  // no longest path exists: the shortest one serves
    for (int s = 0; s < graph.num_states(); ++s) rank[at(s)] = graph.depth(s);
    return rank;
  }
  for (int s = 0; s < graph.num_states(); ++s) {  // topological order: the rank of s is final
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
      auto& next = rank[at(graph.child(e))];
      next = std::max(next, rank[at(s)] + 1);
    }
  }
  return rank;
}

GraphLayout layered_layout(const StateGraph& graph, std::span<const std::int32_t> ranks,
                           std::span<const int> states) {
  GraphLayout layout;
  std::unordered_map<int, int> index;
  for (const int s : states) {
    if (!index.emplace(s, static_cast<int>(layout.nodes.size())).second) continue;
    layout.nodes.push_back({.state = s});
  }
  for (size_t n = 0; n < layout.nodes.size(); ++n) {
    GraphNode& node = layout.nodes[n];
    for (auto e = graph.child_begin(node.state); e < graph.child_end(node.state); ++e) {
      const auto child = index.find(graph.child(e));
      if (child == index.end()) {
        ++node.hidden_children;
      } else {
        layout.edges.push_back({e, static_cast<int>(n), child->second});
      }
    }
    for (const std::int32_t e : graph.edges_in(node.state)) {
      node.hidden_parents += !index.contains(graph.parent(e));
    }
  }
  layout.tree = layout.edges.size() + 1 == layout.nodes.size();
  number_columns(layout, ranks);
  Ordering(layout).sweep();
  return layout;
}

std::vector<int> heaviest_states(const StateGraph& graph, std::span<const std::int32_t> ranks,
                                 const EdgeWeight& weight, int focus, const PartLimits& limits) {
  struct Candidate {
    double weight;
    int state;
    bool operator<(const Candidate& other) const { return weight < other.weight; }
  };
  // A window of ranks with the focus in the middle, or as near to it as s0 allows.
  const int first = std::max(0, ranks[at(focus)] - limits.layers / 2);
  const int last = first + limits.layers - 1;
  std::vector<int> chosen;
  std::unordered_map<int, int> in_layer;
  std::unordered_set<int> taken;
  std::priority_queue<Candidate> open;
  const auto offer = [&](std::int64_t edge, int state) {
    const int rank = ranks[at(state)];
    if (rank >= first && rank <= last && !taken.contains(state)) open.push({weight(edge), state});
  };
  const auto take = [&](int s) {
    taken.insert(s);
    ++in_layer[ranks[at(s)]];
    chosen.push_back(s);
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) offer(e, graph.child(e));
    for (const std::int32_t e : graph.edges_in(s)) offer(e, graph.parent(e));
  };
  take(focus);
  while (!open.empty() && static_cast<int>(chosen.size()) < limits.states) {
    const int next = open.top().state;
    open.pop();
    if (!taken.contains(next) && in_layer[ranks[at(next)]] < limits.per_layer) take(next);
  }
  return chosen;
}

}  // namespace flowscope
