// The flow on the map: what the policy sends from cell to cell beside what the rewards ask for.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/facts.h"
#include "app/panels/hero.h"
#include "app/panels/icons.h"
#include "app/panels/map_frame.h"

namespace flowscope {
namespace {

constexpr int kMostSide = 64;         // cells along a side; finer arrows are no longer arrows
constexpr size_t kMostArrows = 8064;  // all edges of a 64x64 grid
constexpr float kFaintest = 0.02f;    // of the widest arrow's width: thinner ones are left out

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// Which arrow every edge of the graph adds to. Once per run and map.
void place_arrows(const PanelContext& context, FlowArrows& arrows) {
  const StateGraph& graph = *context.snapshot.run->graph;
  const MapCells& cells = context.ui.cells;
  arrows = FlowArrows{.run_key = cells.run_key, .map = cells.map};
  if (cells.view.width > kMostSide || cells.view.height > kMostSide) {
    arrows.refusal = "No flow arrows: they need a map of at most 64x64 cells, this one has " +
                     std::to_string(cells.view.width) + "x" + std::to_string(cells.view.height) +
                     ".";
    return;
  }
  std::unordered_map<std::int64_t, int> index;
  arrows.arrow_of.assign(at(graph.num_edges()), -1);
  for (std::int64_t e = 0; e < graph.num_edges(); ++e) {
    const int from = cells.cell_of[at(graph.parent(e))], to = cells.cell_of[at(graph.child(e))];
    if (from == to || from < 0 || to < 0) continue;
    const std::int64_t key = std::int64_t{from} << 32 | to;
    const auto [it, first] = index.emplace(key, static_cast<int>(arrows.from.size()));
    if (first) {
      arrows.from.push_back(from);
      arrows.to.push_back(to);
    }
    arrows.arrow_of[at(e)] = it->second;
  }
  if (arrows.from.size() > kMostArrows) {
    arrows.refusal = format_count(static_cast<std::int64_t>(arrows.from.size())) +
                     " arrows, more than the " +
                     format_count(static_cast<std::int64_t>(kMostArrows)) +
                     " that can be told apart: choose a map of two axes.";
  }
}

void sum_arrows(const Snapshot& s, FlowArrows& arrows) {
  arrows.learned.assign(arrows.from.size(), 0);
  arrows.demand.assign(arrows.from.size(), 0);
  for (size_t e = 0; e < arrows.arrow_of.size(); ++e) {
    const int a = arrows.arrow_of[e];
    if (a < 0) continue;
    arrows.learned[at(a)] += static_cast<float>(s.exact->forward.edge[e]);
    arrows.demand[at(a)] += static_cast<float>(demanded_edge(s, static_cast<std::int64_t>(e)));
  }
  arrows.most = 0;
  for (const float f : arrows.learned) arrows.most = std::max(arrows.most, f);
  for (const float f : arrows.demand) arrows.most = std::max(arrows.most, f);
}

/// The share of trajectories through each cell: logarithmic, as it falls with every step.
ColorScale flow_scale(const UiState& ui) {
  ColorScale scale;
  scale.map = ui.color_map;
  scale.high = std::max(1e-6, static_cast<double>(ui.cells.max_flow));
  scale.low = scale.high * 1e-3;
  scale.logarithmic = true;
  return scale;
}

}  // namespace

const FlowArrows& flow_arrows(PanelContext& context) {
  FlowArrows& arrows = caches(context).arrows;
  const MapCells& cells = context.ui.cells;
  if (arrows.run_key != cells.run_key || arrows.map != cells.map) place_arrows(context, arrows);
  if (arrows.refusal.empty() && context.snapshot.exact &&
      arrows.exact_key != context.snapshot.exact) {
    sum_arrows(context.snapshot, arrows);
    arrows.exact_key = context.snapshot.exact;
  }
  return arrows;
}

void draw_flow_arrows(PanelContext& context, const MapFrame& frame,
                      const std::vector<float>& flow) {
  const FlowArrows& arrows = caches(context).arrows;
  if (!(arrows.most > 0) || flow.size() != arrows.from.size()) return;
  const Theme& t = context.theme;
  const int width = context.ui.cells.view.width;
  const float cell = frame.cell_size();
  const float widest = std::clamp(cell * 0.18f, t.px(1.2f), t.px(7));
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (size_t a = 0; a < flow.size(); ++a) {
    const float share = std::sqrt(flow[a] / arrows.most);
    if (share < kFaintest) continue;
    const ImVec2 p = frame.cell(arrows.from[a], width), q = frame.cell(arrows.to[a], width);
    const ImVec2 d{q.x - p.x, q.y - p.y};
    const ImVec2 from{p.x + d.x * 0.2f, p.y + d.y * 0.2f}, to{p.x + d.x * 0.8f, p.y + d.y * 0.8f};
    const float w = std::max(t.px(0.8f), widest * share);
    const float alpha = 0.25f + 0.75f * share;
    if (cell < t.px(9)) {  // heads would hide the cells
      list->AddLine(from, to, with_alpha(IM_COL32_WHITE, alpha), w);
      continue;
    }
    draw_arrow(list, from, to, w + t.px(1.4f), w * 1.6f + t.px(4.6f),
               with_alpha(IM_COL32(0, 0, 0, 150), alpha));
    draw_arrow(list, from, to, w, w * 1.6f + t.px(3.2f), with_alpha(IM_COL32_WHITE, alpha));
  }
}

void draw_hero_flow(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  const UiState& ui = context.ui;
  const Rect r{rect.x + t.px(16), rect.y + t.px(8), rect.w - t.px(32), rect.h - t.px(14)};
  const FlowArrows& arrows = flow_arrows(context);
  const AxisRoom room = axis_room(t, true);
  const float head = t.px(30), foot = t.px(48), gap = t.px(24);
  const float half = (r.w - gap) / 2;
  const std::vector<float>* flows[] = {&arrows.learned, &arrows.demand};
  const std::vector<float>* cells[] = {&ui.cells.visit, &ui.cells.demand};
  const char* names[] = {"Learned flow", "Flow that the rewards ask for"};
  const char* formulas[] = {"F(s)/Z, by the policy", "through the same P_B"};
  const char* ids[] = {"flow_learned", "flow_demand"};
  for (int side = 0; side < 2; ++side) {
    const float x = r.x + (half + gap) * static_cast<float>(side);
    title(t, x + room.left, r.y + t.px(12), names[side], formulas[side], x + half);
    const Rect area = fit_map(ui.cells.view, {x + room.left, r.y + head, half - room.left,
                                              r.h - head - room.bottom - foot});
    const Rect map{area.x, r.y + head, area.w, area.h};
    const MapFrame frame = draw_map(context, {ids[side], cells[side], flow_scale(ui), true}, map);
    if (arrows.refusal.empty()) {
      ImGui::PushClipRect(map.min(), map.max(), true);
      draw_flow_arrows(context, frame, *flows[side]);
      ImGui::PopClipRect();
    }
    mark_cells(context, frame);
  }
  const float y = r.y + r.h - t.px(34);
  draw_color_bar(t, flow_scale(ui), {r.x + room.left, y, t.px(220), t.px(30)});
  const std::string words =
      arrows.refusal.empty()
          ? "Colour: share of trajectories through the cell. Arrow width: root of "
            "its flow; the faintest are left out."
          : arrows.refusal;
  const float tx = r.x + room.left + t.px(244);
  draw_paragraph(t.font.small, {tx, y}, r.x + r.w - tx, t.color.muted, words);
}

}  // namespace flowscope
