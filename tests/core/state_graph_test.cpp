#include "core/graph/state_graph.h"

#include <set>

#include "envs/bits.h"
#include "envs/hypergrid.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

/// States 0..3 where paths to 3 differ in length (0-1-2-3, 0-3), or with a way back from 2 to 1.
class Shortcut final : public Environment {
 public:
  explicit Shortcut(bool cycle) : cycle_(cycle) { spec_ = {1, 3, 2, 4, 1, 4}; }
  void reset(MutableState state) const override { state[0] = 0; }
  void apply(MutableState state, int action) const override {
    state[0] = action == 0 ? state[0] + 1 : state[0] == 0 ? 3 : 1;
  }
  int undo(MutableState state, int backward) const override {
    state[0] = backward == 0 ? state[0] - 1 : 0;
    return backward;
  }
  void forward_actions(StateView state, std::span<std::uint8_t> legal) const override {
    legal[0] = state[0] < 3;
    legal[1] = state[0] == 0 || (cycle_ && state[0] == 2);
    legal[2] = state[0] == 3;
  }
  void backward_actions(StateView state, std::span<std::uint8_t> legal) const override {
    legal[0] = state[0] > 0;
    legal[1] = state[0] == 3;
  }
  double log_reward(StateView) const override { return 0; }
  void features(StateView state, std::span<std::int32_t> active) const override {
    active[0] = state[0];
  }
  std::string label(StateView state) const override { return std::to_string(state[0]); }
  std::string action_name(int action) const override { return std::to_string(action); }

 private:
  bool cycle_;
};

void check_consistent(const StateGraph& graph) {
  std::int64_t edges_in = 0;
  std::set<std::vector<std::int32_t>> distinct;
  bool good = true;
  for (int s = 0; s < graph.num_states(); ++s) {
    const StateView state = graph.state(s);
    distinct.insert({state.begin(), state.end()});
    good = good && graph.find(state) == s;
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
      good = good && graph.parent(e) == s && graph.child(e) > s &&
             graph.depth(graph.child(e)) <= graph.depth(s) + 1;
    }
    for (const auto e : graph.edges_in(s)) good = good && graph.child(e) == s;
    edges_in += static_cast<std::int64_t>(graph.edges_in(s).size());
  }
  CHECK(good);
  CHECK(edges_in == graph.num_edges());
  CHECK(distinct.size() == static_cast<size_t>(graph.num_states()));
}

}  // namespace

TEST_CASE("a grid's graph has the states and edges that counting gives") {
  const auto graph = StateGraph::enumerate(Hypergrid(2, 8, 0.1, 0.5, 2)).value();
  CHECK(graph.num_states() == 64);
  CHECK(graph.num_edges() == 2 * 8 * 7);
  CHECK(graph.num_terminating() == 64);
  check_consistent(graph);
  const auto cube = StateGraph::enumerate(Hypergrid(4, 6, 0.1, 0.5, 2)).value();
  CHECK(cube.num_states() == 1296);
  CHECK(cube.num_edges() == 4 * 216 * 5);
  check_consistent(cube);
}

TEST_CASE("a tree's graph has one way to every state and stops at leaves alone") {
  const auto graph = StateGraph::enumerate(Bits(8, 4, 1)).value();
  CHECK(graph.num_states() == 511);
  CHECK(graph.num_edges() == 510);
  CHECK(graph.num_terminating() == 256);
  check_consistent(graph);
  for (int s = 1; s < graph.num_states(); ++s) CHECK(graph.edges_in(s).size() == 1);
}

TEST_CASE("states are in topological order even where paths differ in length") {
  const auto graph = StateGraph::enumerate(Shortcut(false)).value();
  CHECK(graph.num_states() == 4);
  check_consistent(graph);
  CHECK(graph.state(3)[0] == 3);
  CHECK(graph.depth(3) == 1);
  CHECK(graph.edges_in(3).size() == 2);
}

TEST_CASE("a graph with a cycle says so, and is numbered as a breadth-first search finds it") {
  const auto graph = StateGraph::enumerate(Shortcut(true)).value();
  CHECK_FALSE(graph.acyclic());
  CHECK(StateGraph::enumerate(Shortcut(false)).value().acyclic());
  CHECK(graph.num_states() == 4);
  CHECK(graph.num_edges() == 5);
  for (int s = 1; s < 4; ++s) CHECK(graph.depth(s) >= graph.depth(s - 1));
  CHECK(graph.edges_in(graph.find(std::vector<std::int32_t>{1})).size() == 2);
}

TEST_CASE("a graph beyond the budget is not enumerated; one at the budget is") {
  CHECK_FALSE(StateGraph::enumerate(Hypergrid(2, 8, 0.1, 0.5, 2), 63));
  CHECK(StateGraph::enumerate(Hypergrid(2, 8, 0.1, 0.5, 2), 64));
}

TEST_CASE("a state that cannot be reached is not found") {
  const auto graph = StateGraph::enumerate(Hypergrid(2, 8, 0.1, 0.5, 2)).value();
  CHECK(graph.find(std::vector<std::int32_t>{8, 0}) == -1);
  CHECK(graph.find(std::vector<std::int32_t>{-1, 3}) == -1);
}

}  // namespace flowscope
