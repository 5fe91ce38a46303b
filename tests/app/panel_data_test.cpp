// What the panels compute before they draw: cell sums, layouts, balance, slider scales.
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "app/panels/facts.h"
#include "app/panels/graph_layout.h"
#include "app/panels/panel.h"
#include "app/panels/slider.h"
#include "tests/app/fake_session.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

double total(const std::vector<float>& cells) {
  return std::accumulate(cells.begin(), cells.end(), 0.0,
                         [](double sum, float v) { return std::isnan(v) ? sum : sum + v; });
}

/// Update of the cells alone: it draws nothing and needs no fonts.
MapCells cells_of(const Snapshot& snapshot, int map = 0) {
  UiState ui;
  ui.map = map;
  const Theme theme{};
  PanelContext context{snapshot, theme, ui, [](Command) {}};
  update_map_cells(context);
  return ui.cells;
}

void check_layout(const StateGraph& graph, const std::vector<int>& states) {
  const GraphLayout layout = layered_layout(graph, graph_ranks(graph), states);
  std::set<int> placed;
  std::set<std::pair<float, float>> places;
  for (const GraphNode& n : layout.nodes) {
    CHECK(placed.insert(n.state).second);
    CHECK(places.emplace(n.x, n.y).second);
    CHECK((n.x >= 0 && n.x <= 1 && n.y > 0 && n.y < 1));
  }
  CHECK(placed == std::set<int>(states.begin(), states.end()));
  for (const GraphEdge& e : layout.edges) {
    CHECK(layout.nodes[static_cast<size_t>(e.from)].x < layout.nodes[static_cast<size_t>(e.to)].x);
  }
}

}  // namespace

TEST_CASE("the cells of every map hold the whole mass") {
  for (const char* preset : {"hypergrid-8x8", "hypergrid-64x64", "hypergrid-8^4"}) {
    const auto snapshot = make_fake_snapshot(Config::from_preset(preset), 0.7, 500);
    const auto maps = snapshot->run->environment->maps();
    for (int map = 0; map < static_cast<int>(maps.size()); ++map) {
      CAPTURE(preset, map);
      const MapCells cells = cells_of(*snapshot, map);
      CHECK(total(cells.learned) == Approx(1).margin(1e-5));
      CHECK(total(cells.target) == Approx(1).margin(1e-5));
      CHECK(total(cells.behaviour) == Approx(1).margin(1e-5));
      CHECK(total(cells.difference) == Approx(0).margin(1e-5));
    }
  }
}

TEST_CASE("the difference map names the worst cell and says which way it errs") {
  const auto snapshot = make_fake_snapshot(Config::from_preset("hypergrid-8x8"), 0.0, 500);
  const MapCells cells = cells_of(*snapshot);
  // The uniform policy stops at s0 a third of the time, where the target has little.
  REQUIRE(cells.worst == 0);
  CHECK(cells.difference[0] > 0);
  CHECK(cells.max_difference == cells.difference[0]);
}

TEST_CASE("a summed map says that a cell holds several states") {
  const auto snapshot = make_fake_snapshot(Config::from_preset("hypergrid-8^4"), 0.5, 100);
  const MapCells nested = cells_of(*snapshot, 0), summed = cells_of(*snapshot, 1);
  CHECK(std::ranges::count(nested.state, -2) == 0);
  CHECK(std::ranges::count(summed.state, -2) == 64);
}

TEST_CASE("a world without a map has no cells") {
  const auto snapshot = make_fake_snapshot(Config::from_preset("bits-8"), 0.5, 100);
  CHECK(cells_of(*snapshot).cell_of.empty());
}

TEST_CASE("a layout places every state once and every edge points right") {
  for (const char* preset : {"hypergrid-8x8", "bits-8"}) {
    CAPTURE(preset);
    const auto run = make_fake_run(Config::from_preset(preset));
    std::vector<int> all(static_cast<size_t>(run->graph->num_states()));
    std::iota(all.begin(), all.end(), 0);
    check_layout(*run->graph, all);
  }
}

TEST_CASE("the part of a large graph holds its focus, keeps its limits and counts what it hides") {
  const auto snapshot = make_fake_snapshot(Config::from_preset("hypergrid-64x64"), 0.5, 100);
  const StateGraph& graph = *snapshot->run->graph;
  const auto ranks = graph_ranks(graph);
  const auto weight = [&](std::int64_t e) {
    return snapshot->exact->forward.edge[static_cast<size_t>(e)];
  };
  const int focus = 2000;
  const PartLimits limits{.states = 60, .per_layer = 6, .layers = 11};
  const auto part = heaviest_states(graph, ranks, weight, focus, limits);
  CHECK(part.size() == 60);
  CHECK(std::ranges::find(part, focus) != part.end());
  check_layout(graph, part);
  const GraphLayout layout = layered_layout(graph, ranks, part);
  CHECK(layout.widest <= 6);
  CHECK(layout.layers <= 11);
  std::int64_t shown = 0, out = 0;
  for (const GraphNode& n : layout.nodes) {
    shown += n.hidden_children;
    out += graph.child_end(n.state) - graph.child_begin(n.state);
  }
  CHECK(shown + static_cast<std::int64_t>(layout.edges.size()) == out);
}

TEST_CASE("under the exact policy every state is in balance and the equation holds") {
  for (const char* preset : {"hypergrid-8x8", "bits-8"}) {
    CAPTURE(preset);
    const auto snapshot = make_fake_snapshot(Config::from_preset(preset), 1.0, 500);
    for (int s = 0; s < snapshot->run->graph->num_states(); ++s) {
      CHECK(facts_of(*snapshot, s)->imbalance() == Approx(0).margin(1e-9));
      CHECK(likeliest_path(*snapshot, s)->residual() == Approx(0).margin(1e-9));
    }
  }
}

TEST_CASE("a path goes from s0 to an object and passes the state asked for") {
  const auto snapshot = make_fake_snapshot(Config::from_preset("bits-8"), 0.4, 500);
  const StateGraph& graph = *snapshot->run->graph;
  for (const int state : {0, 5, 300}) {
    const auto path = *likeliest_path(*snapshot, state);
    CHECK(path.states.front() == 0);
    CHECK(graph.terminating(path.states.back()));
    CHECK(std::ranges::find(path.states, state) != path.states.end());
  }
}

TEST_CASE("no facts without a graph or for a state that is not there") {
  Config config = Config::from_preset("hypergrid-8x8");
  const auto known = make_fake_snapshot(config, 0.5, 10);
  CHECK_FALSE(facts_of(*known, -1));
  CHECK_FALSE(facts_of(*known, 64));
  config.set("exact.states", std::int64_t{10});
  CHECK_FALSE(facts_of(*make_fake_snapshot(config, 0.5, 10), 0));
}

TEST_CASE("ratios are told in words") {
  CHECK(ratio_words(0.0389, 0.0590) == "too rarely x0.66");
  CHECK(ratio_words(0.02, 0.01) == "too often x2.00");
  CHECK(ratio_words(0.01, 0.01) == "about right x1.00");
  CHECK(ratio_words(0, 0.01) == "never sampled");
}

TEST_CASE("a slider goes there and back for every numeric parameter") {
  for (const char* preset : {"hypergrid-8x8", "bits-8"}) {
    const Config config = Config::from_preset(preset);
    for (const ParamSpec* listed : config.schema()) {
      const ParamSpec& spec = *listed;
      const bool integer = spec.kind == ParamKind::kInteger;
      if (!integer && spec.kind != ParamKind::kReal) continue;
      CAPTURE(spec.key);
      const ParamValue fallback = config.default_of(spec);
      const double value = integer ? static_cast<double>(std::get<std::int64_t>(fallback))
                                   : std::get<double>(fallback);
      const SliderRange range = slider_range(spec, value);
      CHECK(range.low >= spec.min);
      CHECK(range.high <= spec.max);
      CHECK(range.low < range.high);
      if (!range.usable) continue;
      CHECK(slider_value(range, 0) == range.low);
      CHECK(slider_value(range, 1) == range.high);
      CHECK(slider_value(range, slider_position(range, value)) == Approx(value));
    }
  }
}

TEST_CASE("what is told from samples is never shown as exact") {
  Snapshot s;
  CHECK_FALSE(shown_distance(s).tv);
  auto estimate = std::make_shared<EstimateView>();
  estimate->tv = 0.25;
  estimate->objects = 512;
  s.estimate = estimate;
  CHECK(shown_distance(s).tv == 0.25);
  CHECK(shown_distance(s).samples == 512);
  CHECK_FALSE(shown_distance(s).kl);
  auto exact = std::make_shared<ExactView>();
  exact->tv = 0.5;
  s.exact = exact;
  CHECK(shown_distance(s).tv == 0.5);
  CHECK(shown_distance(s).samples == 0);
  s.metrics.log_z = std::nan("");
  CHECK_FALSE(learned_log_z(s));
  s.metrics.log_z = 2;
  CHECK(learned_log_z(s) == 2.0);
}
