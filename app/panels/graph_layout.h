// Where the nodes of a state graph stand when it is drawn: layers from left to right, every edge
// pointing right, and within a layer an order that keeps edges short.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/graph/state_graph.h"

namespace flowscope {

struct GraphNode {
  int state = 0;
  int layer = 0;
  float x = 0, y = 0;       // in [0, 1], y downwards
  int hidden_children = 0;  // children and parents that are not among the chosen states
  int hidden_parents = 0;
};

struct GraphEdge {
  std::int64_t edge = 0;  // id in the state graph
  int from = 0, to = 0;   // indices of nodes
};

struct GraphLayout {
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;  // all edges between chosen states
  int layers = 0;                // number of columns
  int widest = 0;                // nodes in the fullest column
  bool tree = false;             // one parent each: every column takes the whole height
};

/// Longest path from s0 to each state, in edges: every edge leads to a higher rank. [S]
std::vector<std::int32_t> graph_ranks(const StateGraph& graph);

/// Lays out the chosen states. Empty columns are closed up.
GraphLayout layered_layout(const StateGraph& graph, std::span<const std::int32_t> ranks,
                           std::span<const int> states);

/// How much an edge matters; not negative.
using EdgeWeight = std::function<double(std::int64_t edge)>;

/// How much of a large graph is shown.
struct PartLimits {
  int states = 120;
  int per_layer = 12;  // states that share a rank
  int layers = 20;     // ranks in a row
};

/// The heaviest part of the graph around `focus`: grows from it, again and again, by the state at
/// the other end of the heaviest edge that touches what is already chosen.
std::vector<int> heaviest_states(const StateGraph& graph, std::span<const std::int32_t> ranks,
                                 const EdgeWeight& weight, int focus, const PartLimits& limits);

}  // namespace flowscope
