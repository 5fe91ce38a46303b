#include "app/panels/world_flow.h"

#include <algorithm>

namespace flowscope {

void update_world_flow(const Snapshot& s, WorldFlow& flow) {
  if (flow.exact_key == s.exact) return;
  const minigrid::LevelGraph& level = minigrid_of(*s.run)->graph();
  const StateGraph& graph = *s.run->graph;
  const auto place = [&](int state) {
    const auto situation = level.situation(graph.state(state)[0]);
    return static_cast<size_t>(4 * situation[0] + situation[1]);
  };
  flow.visits.assign(4 * level.start.cells.size(), 0);
  flow.moves.assign(flow.visits.size(), 0);
  for (int state = 0; state < graph.num_states(); ++state) {
    const size_t from = place(state);
    flow.visits[from] += static_cast<float>(s.exact->forward.visit[static_cast<size_t>(state)]);
    for (auto e = graph.child_begin(state); e < graph.child_end(state); ++e) {
      if (graph.action(e) != minigrid::kForward || place(graph.child(e)) == from) continue;
      flow.moves[from] += static_cast<float>(s.exact->forward.edge[static_cast<size_t>(e)]);
    }
  }
  flow.most_visits = std::ranges::max(flow.visits);
  flow.most_moves = std::ranges::max(flow.moves);
  flow.exact_key = s.exact;
}

}  // namespace flowscope
