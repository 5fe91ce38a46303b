// How many ways lead to each state, and the backward policy that takes them all alike.
#pragma once

#include <vector>

#include "core/graph/state_graph.h"

namespace flowscope {

/// log P_B of every edge [E], to each parent in proportion to the paths that lead to it: all paths to a
/// state are equally likely, the maximum-entropy backward policy. Where paths go in circles there is no
/// end of them; then a path counts 1 / (2 d) for each of its steps, d being the most parents that a
/// state has. Those of equal length are still alike, the short ones win, and the sum over all is finite:
/// a step more makes at most d times as many paths, which together weigh half as much at most.
std::vector<double> log_path_backward(const StateGraph& graph);

}  // namespace flowscope
