// The flow on the state graph: layers from s0 to the right, edges by learned flow, nodes by
// probability, a ring where arriving flow is not what the rewards ask for.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <tuple>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/facts.h"
#include "app/panels/hero.h"

namespace flowscope {
namespace {

constexpr int kWhole = 400;       // graphs up to this size are shown whole
constexpr double kRefresh = 1.5;  // seconds between two choices of that part while flows change
constexpr float kFaintest = 0.03f;

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// What an edge carries or should carry, so that missing flow is on the picture too.
double edge_weight(const Snapshot& s, std::int64_t edge) {
  return std::max(s.exact->forward.edge[at(edge)], demanded_edge(s, edge));
}

/// What has room in an area of that size.
PartLimits limits_of(const Theme& t, const Rect& area) {
  PartLimits limits;
  limits.layers = std::clamp(static_cast<int>(area.w / t.px(46)), 5, 24);
  limits.per_layer = std::clamp(static_cast<int>(area.h / t.px(30)), 4, 12);
  return limits;
}

const DagCache& dag(PanelContext& context, const Rect& area) {
  DagCache& cache = caches(context).dag;
  const Snapshot& s = context.snapshot;
  const StateGraph& graph = *s.run->graph;
  const bool new_graph = !cache.run || cache.run->graph != s.run->graph;
  if (new_graph) cache.ranks = graph_ranks(graph);
  const int focus = std::max(0, context.ui.selected_state);
  const bool whole = graph.num_states() <= kWhole;
  const PartLimits limits = limits_of(context.theme, area);
  const bool stale = !whole && (cache.focus != focus || cache.limits.layers != limits.layers ||
                                cache.limits.per_layer != limits.per_layer ||
                                (cache.exact != s.exact &&
                                 (!context.interactive || context.now - cache.made_at > kRefresh)));
  if (new_graph || stale) {
    std::vector<int> states(at(graph.num_states()));
    if (whole) {
      std::iota(states.begin(), states.end(), 0);
    } else {
      states = heaviest_states(
          graph, cache.ranks, [&](std::int64_t e) { return edge_weight(s, e); }, focus, limits);
    }
    cache.layout = layered_layout(graph, cache.ranks, states);
    cache.focus = focus;
    cache.limits = limits;
    cache.whole = whole;
    cache.made_at = context.now;
  }
  cache.run = s.run;
  cache.exact = s.exact;
  return cache;
}

/// Everything that the drawing of one frame shares.
struct Scene {
  PanelContext& context;
  const DagCache& cache;
  Rect area;  // where node centres may stand
  float radius = 8;
  double most_edge = 0, most_fill = 0;
  int focus = -1;  // state whose name is always told

  ImVec2 place(const GraphNode& n) const { return {area.x + n.x * area.w, area.y + n.y * area.h}; }
  const Theme& theme() const { return context.theme; }
};

Scene make_scene(PanelContext& context, const DagCache& cache, const Rect& area) {
  Scene scene{context, cache, area};
  const Snapshot& s = context.snapshot;
  const Theme& t = context.theme;
  const float column = area.w / static_cast<float>(std::max(1, cache.layout.layers - 1));
  const float row = area.h / static_cast<float>(std::max(1, cache.layout.widest));
  scene.radius = std::clamp(0.30f * std::min(column, row), t.px(2.5f), t.px(13));
  for (const GraphEdge& e : cache.layout.edges) {
    scene.most_edge = std::max(scene.most_edge, s.exact->forward.edge[at(e.edge)]);
  }
  const auto& target = s.run->target.probability;
  for (const GraphNode& n : cache.layout.nodes) {
    // One scale for learned and target, as on the maps.
    scene.most_fill = std::max(scene.most_fill, target[at(n.state)]);
  }
  if (scene.most_fill <= 0) scene.most_fill = 1;  // no object is in view
  scene.focus = context.ui.focus_state();
  return scene;
}

void draw_edges(const Scene& scene) {
  const Theme& t = scene.theme();
  const auto& flow = scene.context.snapshot.exact->forward.edge;
  const auto& nodes = scene.cache.layout.nodes;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float widest = std::min(scene.radius * 0.7f, t.px(7));
  for (const GraphEdge& e : scene.cache.layout.edges) {
    const float share = static_cast<float>(std::sqrt(flow[at(e.edge)] / scene.most_edge));
    const int a = nodes[at(e.from)].state, b = nodes[at(e.to)].state;
    const bool lit = scene.focus >= 0 && (a == scene.focus || b == scene.focus);
    if (!(share > kFaintest) && !lit) continue;
    const ImVec2 p = scene.place(nodes[at(e.from)]), q = scene.place(nodes[at(e.to)]);
    const float bend = (q.x - p.x) * 0.4f;
    const ImU32 color = lit ? t.color.accent : with_alpha(t.color.text, 0.10f + 0.42f * share);
    list->AddBezierCubic({p.x + scene.radius, p.y}, {p.x + bend, p.y}, {q.x - bend, q.y},
                         {q.x - scene.radius, q.y}, color, std::max(t.px(0.8f), widest * share),
                         12);
  }
}

/// A state where the process may stop is a square, any other a disc: told by shape.
void draw_node_shape(ImVec2 p, float r, bool object, ImU32 color) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  if (object) {
    list->AddRectFilled({p.x - r, p.y - r}, {p.x + r, p.y + r}, color, r * 0.25f);
  } else {
    list->AddCircleFilled(p, r, color, 20);
  }
}

ColorScale node_scale(const Scene& scene) {
  ColorScale scale;
  scale.map = scene.context.ui.color_map;
  scale.high = scene.most_fill;
  return scale;
}

void draw_nodes(const Scene& scene) {
  PanelContext& context = scene.context;
  const Theme& t = scene.theme();
  const Snapshot& s = context.snapshot;
  UiState& ui = context.ui;
  const ColorScale scale = node_scale(scene);
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (const GraphNode& n : scene.cache.layout.nodes) {
    const ImVec2 p = scene.place(n);
    const StateFacts f = *facts_of(s, n.state);
    const float r = scene.radius;
    if (std::abs(f.imbalance()) > kBalanceTolerance) {
      // Thicker where worse, up to a factor of e.
      const float excess = static_cast<float>(std::min(std::abs(f.imbalance()), 1.0));
      draw_node_shape(p, r + t.px(1.5f + 1.5f * excess), f.terminating, t.color.warning);
    }
    draw_node_shape(p, r + t.px(0.8f), f.terminating, t.color.panel);
    const double value = ui.dag_shows_target ? f.target : f.learned;
    draw_node_shape(p, r, f.terminating,
                    f.terminating ? color_of(scale, value) : with_alpha(t.color.text, 0.22f));
    if (n.state == ui.selected_state || n.state == ui.hovered_state) {
      list->AddCircle(p, r + t.px(6), n.state == ui.selected_state ? t.color.accent : t.color.text,
                      28, t.px(2));
    }
    const float reach = std::max(r + t.px(2), t.px(7));
    if (std::abs(mouse.x - p.x) < reach && std::abs(mouse.y - p.y) < reach && context.interactive &&
        ImGui::IsWindowHovered()) {
      hover(context, n.state);
      if (ImGui::IsMouseClicked(0)) ui.selected_state = n.state;
    }
  }
}

void stub(const Scene& scene, ImVec2 p, int count, float side) {
  const Theme& t = scene.theme();
  char text[16];
  std::snprintf(text, sizeof text, "+%d", count);
  draw_text(t.font.small, p.x + side * (scene.radius + t.px(4)), p.y - scene.radius * 0.5f,
            t.color.muted, text, side < 0 ? Align::kRight : Align::kLeft);
}

/// Names where they have room, and always for the state in focus; "+n" for what is not shown.
void draw_words(const Scene& scene) {
  const Theme& t = scene.theme();
  const Snapshot& s = scene.context.snapshot;
  const GraphLayout& layout = scene.cache.layout;
  const float column = scene.area.w / static_cast<float>(std::max(1, layout.layers - 1));
  std::vector<int> in_column(at(layout.layers), layout.widest);
  if (layout.tree) {
    std::ranges::fill(in_column, 0);
    for (const GraphNode& n : layout.nodes) ++in_column[at(n.layer)];
  }
  const auto high = [&](const GraphNode& n) {
    const float row = scene.area.h / static_cast<float>(in_column[at(n.layer)]);
    return row > 2 * scene.radius + t.px(20);
  };
  for (const GraphNode& n : layout.nodes) {
    const ImVec2 p = scene.place(n);
    if (n.hidden_children > 0) stub(scene, p, n.hidden_children, 1);
    if (n.hidden_parents > 0 && n.layer == 0) stub(scene, p, n.hidden_parents, -1);
    if (!high(n)) continue;
    const std::string name = n.state == 0 ? "s0" : state_label(s, n.state);
    if (text_width(t.font.small, name) > column - t.px(4)) continue;
    draw_text(t.font.small, p.x, p.y + scene.radius + t.px(14), t.color.muted, name,
              Align::kCenter);
  }
}

/// The two flows of the state in focus and their log ratio, in the title's row.
void draw_focus(const Scene& scene, float x, float middle, float right) {
  const Snapshot& s = scene.context.snapshot;
  const Theme& t = scene.theme();
  const auto f = facts_of(s, scene.focus);
  if (!f) return;
  const float base = baseline(t, middle);
  draw_text(t.font.bold, x, base, t.color.text, state_label(s, scene.focus));
  x += text_width(t.font.bold, state_label(s, scene.focus)) + t.px(16);
  char ratio[32];
  std::snprintf(ratio, sizeof ratio, "%+.3f", f->imbalance());
  const bool bad = std::abs(f->imbalance()) > kBalanceTolerance;
  const std::tuple<const char*, std::string, ImU32> facts[] = {
      {"arriving", format_number(std::exp(f->log_arriving)), t.color.text},
      {"asked for", format_number(std::exp(f->log_demand)), t.color.text},
      {"log ratio", ratio, bad ? t.color.warning : t.color.text}};
  for (const auto& [name, value, color] : facts) {
    const float named = text_width(t.font.small, name) + t.px(6);
    const float width = named + text_width(t.font.mono, value);
    if (x + width > right) return;
    draw_text(t.font.small, x, base, t.color.muted, name);
    draw_text(t.font.mono, x + named, base, color, value);
    x += width + t.px(16);
  }
}

/// What the marks mean, in one row; entries leave from the right where there is no room.
void legend(const Scene& scene, const Rect& row) {
  PanelContext& context = scene.context;
  const Theme& t = scene.theme();
  const float middle = row.y + row.h / 2, base = baseline(t, middle), right = row.x + row.w;
  float x = row.x;
  draw_text(t.font.small, x, base, t.color.muted, "fill");
  x += t.px(24);
  UiState& ui = context.ui;
  if (chip(context, "fill_learned", x, middle, "Learned P_T", !ui.dag_shows_target))
    ui.dag_shows_target = false;
  if (chip(context, "fill_target", x, middle, "Target", ui.dag_shows_target))
    ui.dag_shows_target = true;
  x += t.px(10);
  const auto entry = [&](std::string_view words, auto draw) {
    const float width = t.px(22) + text_width(t.font.small, words) + t.px(16);
    if (x + width > right) return;
    draw(ImVec2{x + t.px(8), middle});
    draw_text(t.font.small, x + t.px(22), base, t.color.muted, words);
    x += width;
  };
  const ImU32 grey = with_alpha(t.color.text, 0.35f);
  entry("flow out of balance by > 10 %", [&](ImVec2 p) {
    draw_node_shape(p, t.px(8), true, t.color.warning);
    draw_node_shape(p, t.px(5), true, t.color.panel);
  });
  entry("object", [&](ImVec2 p) { draw_node_shape(p, t.px(6), true, grey); });
  entry("not complete", [&](ImVec2 p) { draw_node_shape(p, t.px(6), false, grey); });
  entry("width: root of learned flow", [&](ImVec2 p) {
    ImGui::GetWindowDrawList()->AddLine({p.x - t.px(8), p.y}, {p.x + t.px(8), p.y}, grey, t.px(4));
  });
}

}  // namespace

void draw_hero_dag(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  const Rect r{rect.x + t.px(16), rect.y + t.px(8), rect.w - t.px(32), rect.h - t.px(14)};
  const float head = t.px(30), foot = t.px(32), side = t.px(28);
  const Rect area{r.x + side, r.y + head, r.w - 2 * side, r.h - head - foot};
  const DagCache& cache = dag(context, area);
  const std::string all = format_count(s.run->graph->num_states());
  const auto part = static_cast<std::int64_t>(cache.layout.nodes.size());
  const std::string shown = cache.whole
                                ? "all " + all + " states"
                                : format_count(part) + " of " + all + " states: most flow around " +
                                      (cache.focus == 0 ? "s0" : state_label(s, cache.focus));
  const std::string words = r.w > t.px(560) ? exact_words(context) : "exact";
  const float right = r.x + r.w;
  const float middle = r.y + t.px(12), end = right - text_width(t.font.small, words) - t.px(28);
  pill(t, right, middle, words, t.color.muted, Align::kRight);
  const Scene scene = make_scene(context, cache, area);
  if (facts_of(s, scene.focus)) {
    draw_focus(scene, r.x, middle, end);
  } else {
    title(t, r.x, middle, "Flow on the state graph", shown, end);
  }
  draw_edges(scene);
  draw_nodes(scene);
  draw_words(scene);
  legend(scene, {r.x, r.y + r.h - foot + t.px(4), r.w, foot - t.px(4)});
}

}  // namespace flowscope
