#include "core/graph/state_graph.h"
#include "envs/hypergrid.h"
#include "tests/catch.h"

using namespace flowscope;

TEST_CASE("a four-dimensional grid is held in about a hundred bytes a state") {
  const Hypergrid grid(4, 20, 0.1, 0.5, 2);
  const auto graph = StateGraph::enumerate(grid);
  REQUIRE(graph);
  CHECK(graph->num_states() == 160'000);
  CHECK(static_cast<double>(graph->bytes()) / graph->num_states() < 128);
}

TEST_CASE("32^4 enumerates whole, and one state too few in the budget gives none", "[.long]") {
  const Hypergrid grid(4, 32, 0.1, 0.5, 2);
  const auto graph = StateGraph::enumerate(grid);
  REQUIRE(graph);
  CHECK(graph->num_states() == 1'048'576);
  CHECK_FALSE(StateGraph::enumerate(grid, 1'048'575));
}
