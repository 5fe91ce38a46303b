#include "envs/dag.h"

#include <cmath>
#include <limits>

#include "core/graph/state_graph.h"
#include "core/run/config.h"
#include "tests/catch.h"

namespace flowscope {

TEST_CASE("the random graph has 200 states, several parents, uneven paths and unfinished states") {
  const auto environment = Config::from_preset("dag-200").make_environment();
  const auto graph = StateGraph::enumerate(*environment).value();
  REQUIRE(graph.num_states() == 200);
  CHECK(graph.num_terminating() > 80);
  CHECK(graph.num_terminating() < 160);
  int joined = 0, uneven = 0;
  double lowest = 0, highest = -std::numeric_limits<double>::infinity();
  for (int s = 0; s < 200; ++s) {
    joined += graph.edges_in(s).size() > 1;
    for (const auto e : graph.edges_in(s)) uneven += graph.depth(graph.parent(e)) + 1 != graph.depth(s);
    if (!graph.terminating(s)) continue;
    lowest = std::min(lowest, environment->log_reward(graph.state(s)));
    highest = std::max(highest, environment->log_reward(graph.state(s)));
  }
  CHECK(joined > 60);
  CHECK(uneven > 60);
  CHECK((highest - lowest) / std::log(10.0) > 2.5);
  CHECK((highest - lowest) / std::log(10.0) <= 3);
}

TEST_CASE("a seed draws the same graph every time, and another seed another one") {
  const auto edges = [](std::uint64_t seed) {
    const Dag dag(10, 20, seed, 0.5, 3);
    const auto graph = StateGraph::enumerate(dag).value();
    std::vector<std::pair<std::int32_t, std::int32_t>> list;
    for (std::int64_t e = 0; e < graph.num_edges(); ++e) {
      list.emplace_back(graph.state(graph.parent(e))[0], graph.state(graph.child(e))[0]);
    }
    return list;
  };
  CHECK(edges(4) == edges(4));
  CHECK(edges(4) != edges(5));
}

TEST_CASE("no seed leaves a state without a way to it or a way on") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto graph = StateGraph::enumerate(Dag(4, 12, seed, 0.2, 3)).value();
    CHECK(graph.num_states() == 48);
    for (int s = 0; s < 48; ++s) {
      CHECK((graph.terminating(s) || graph.child_begin(s) < graph.child_end(s)));
    }
  }
}

}  // namespace flowscope
