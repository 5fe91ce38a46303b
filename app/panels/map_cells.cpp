// The sums that the maps show: P_T, target and flow of all states of a cell.
#include <algorithm>
#include <cmath>
#include <limits>

#include "app/panels/panel.h"

namespace flowscope {
namespace {

constexpr float kNoState = std::numeric_limits<float>::quiet_NaN();

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// Which cell each state is in (-1: none), and which state each cell shows. Once per run and map.
void place_states(const RunInfo& run, MapCells& cells) {
  const StateGraph& graph = *run.graph;
  cells.state.assign(at(cells.view.width) * at(cells.view.height), -1);
  cells.cell_of.resize(at(graph.num_states()));
  for (int s = 0; s < graph.num_states(); ++s) {
    const int cell = run.environment->map_cell(cells.map, graph.state(s));
    cells.cell_of[at(s)] = cell;
    if (cell < 0) continue;
    std::int32_t& shown = cells.state[at(cell)];
    shown = shown == -1 ? s : -2;
  }
}

/// Adds value(s) of every state to its cell; cells without a state stay NaN.
template <typename Value>
void sum_cells(const MapCells& cells, std::vector<float>& out, const Value& value) {
  std::vector<double> sum(cells.state.size(), 0);
  for (size_t s = 0; s < cells.cell_of.size(); ++s) {
    if (cells.cell_of[s] >= 0) sum[at(cells.cell_of[s])] += value(s);
  }
  out.resize(sum.size());
  for (size_t c = 0; c < sum.size(); ++c) {
    out[c] = cells.state[c] == -1 ? kNoState : static_cast<float>(sum[c]);
  }
}

float largest(const std::vector<float>& cells) {
  float most = 0;
  for (const float v : cells) {
    if (std::isfinite(v) && v > most) most = v;
  }
  return most;
}

void compare(MapCells& cells) {
  cells.difference.resize(cells.learned.size());
  cells.max_difference = 0;
  cells.worst = -1;
  for (size_t c = 0; c < cells.learned.size(); ++c) {
    cells.difference[c] = cells.learned[c] - cells.target[c];
    const float size = std::abs(cells.difference[c]);
    if (std::isfinite(size) && (cells.worst < 0 || size > cells.max_difference)) {
      cells.max_difference = size;
      cells.worst = static_cast<int>(c);
    }
  }
}

void find_target_limits(MapCells& cells) {
  cells.max_target = cells.min_target = largest(cells.target);
  for (const float v : cells.target) {
    if (v > 0 && v < cells.min_target) cells.min_target = v;
  }
}

void sum_run(const RunInfo& run, MapCells& cells) {
  place_states(run, cells);
  sum_cells(cells, cells.target, [&](size_t s) { return run.target.probability[s]; });
  find_target_limits(cells);
}

void sum_exact(const ExactView& exact, double log_z, MapCells& cells) {
  sum_cells(cells, cells.learned, [&](size_t s) { return exact.forward.terminating[s]; });
  sum_cells(cells, cells.visit, [&](size_t s) { return exact.forward.visit[s]; });
  sum_cells(cells, cells.demand, [&](size_t s) { return std::exp(exact.log_demand[s] - log_z); });
  cells.max_learned = largest(cells.learned);
  cells.max_flow = std::max(largest(cells.visit), largest(cells.demand));
  compare(cells);
}

/// Coarse cells shown on finer ones: each holds an equal part.
void spread(const DensityGrid& coarse, const MapView& view, std::vector<float>& out) {
  out.resize(at(view.width) * at(view.height));
  const double parts = static_cast<double>(out.size()) / static_cast<double>(coarse.mass.size());
  for (int y = 0; y < view.height; ++y) {
    for (int x = 0; x < view.width; ++x) {
      const int cell = y * coarse.height / view.height * coarse.width + x * coarse.width / view.width;
      out[at(y) * at(view.width) + at(x)] = static_cast<float>(coarse.mass[at(cell)] / parts);
    }
  }
}

/// A continuous space: the cells are those of its density's grid, and hold no states to point at.
void update_density_cells(const Snapshot& s, MapCells& cells) {
  const DensityGrid& target = s.run->density;
  const auto as_float = [](const DensityGrid& grid) {
    return std::vector<float>(grid.mass.begin(), grid.mass.end());
  };
  if (cells.run_key != s.run) {
    const MapRegion region = s.run->space->map();
    cells = MapCells{.version = cells.version + 1, .run_key = s.run};
    cells.view = {"", target.width, target.height, region.x_label, region.y_label};
    cells.state.assign(target.mass.size(), -2);
    cells.target = as_float(target);
    find_target_limits(cells);
  }
  if (s.behaviour && cells.behaviour_key != s.behaviour && !s.behaviour->density.mass.empty()) {
    spread(s.behaviour->density, cells.view, cells.behaviour);
    cells.max_behaviour = largest(cells.behaviour);
    cells.behaviour_key = s.behaviour;
    ++cells.version;
  }
  if (!s.density || cells.exact_key == s.density) return;
  cells.learned = as_float(s.density->learned);
  cells.max_learned = largest(cells.learned);
  compare(cells);
  cells.exact_key = s.density;
  ++cells.version;
}

void update_graph_cells(const Snapshot& s, int map, MapCells& cells) {
  if (cells.run_key != s.run || cells.map != map) {
    cells = MapCells{.version = cells.version + 1, .run_key = s.run, .map = map};
    const std::vector<MapView> maps = s.run->environment->maps();
    if (maps.empty()) return;
    cells.view = maps[at(map)];
    sum_run(*s.run, cells);
  }
  if (cells.cell_of.empty()) return;
  if (s.exact && cells.exact_key != s.exact) {
    sum_exact(*s.exact, s.run->target.log_z, cells);
    cells.exact_key = s.exact;
    ++cells.version;
  }
  if (s.behaviour && cells.behaviour_key != s.behaviour && !s.behaviour->counts.empty()) {
    const double all = static_cast<double>(std::max<std::int64_t>(1, s.behaviour->objects));
    sum_cells(cells, cells.behaviour, [&](size_t x) { return s.behaviour->counts[x] / all; });
    cells.max_behaviour = largest(cells.behaviour);
    cells.behaviour_key = s.behaviour;
    ++cells.version;
  }
}

/// What the person had looked at stays in view where the new map has it too.
void keep_in_view(const Snapshot& s, const MapView& before, bool first, UiState& ui) {
  const MapView& now = ui.cells.view;
  ui.hovered_cell = -1;
  if (s.run->space) {
    const bool same = before.width == now.width && before.height == now.height && before.x_label == now.x_label;
    if (!first && !same) ui.pinned_cell = -1;
    if (!same) ui.zoom = {};
    return;
  }
  const int states = s.run->graph->num_states();
  if (ui.hovered_state >= states) ui.hovered_state = -1;
  if (ui.selected_state >= states) ui.selected_state = -1;
  if (ui.zoom.x + ui.zoom.w > now.width || ui.zoom.y + ui.zoom.h > now.height) ui.zoom = {};
}

}  // namespace

void update_map_cells(const Snapshot& s, int map, MapCells& cells) {
  if (s.run && !s.run->density.mass.empty()) return update_density_cells(s, cells);
  if (s.run && s.run->graph) {
    const auto maps = static_cast<int>(s.run->environment->maps().size());
    return update_graph_cells(s, std::clamp(map, 0, std::max(0, maps - 1)), cells);
  }
  cells = MapCells{.version = cells.version + 1};
}

void update_map_cells(PanelContext& context) {
  const Snapshot& s = context.snapshot;
  UiState& ui = context.ui;
  const auto run_before = ui.cells.run_key;
  const MapView before = ui.cells.view;
  const int map_before = ui.cells.map;
  update_map_cells(s, ui.map, ui.cells);
  ui.map = std::max(0, ui.cells.map);
  const bool new_map = ui.cells.run_key != run_before || ui.cells.map != map_before;
  if (ui.cells.run_key && new_map) keep_in_view(s, before, !run_before, ui);
}

}  // namespace flowscope
