// The tabs above the hero and the layer chips below it.
#include "app/panels/brush.h"
#include "app/panels/hero.h"
#include "app/panels/icons.h"
#include "app/panels/walk.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr struct {
  HeroTab tab;
  const char* id;
  const char* label;
  const char* tip;
} kTabs[] = {
    {HeroTab::kWorld, "world", "World", "The world itself: see its flow, walk in it (5)"},
    {HeroTab::kMap, "map", "Map", "Learned, target and their difference on the map (1)"},
    {HeroTab::kFlow, "flow", "Flow", "Flow from place to place, learned and asked for (2)"},
    {HeroTab::kDag, "dag", "DAG", "Flow on the state graph and its balance (3)"},
    {HeroTab::kCorner, "corner", "Corner", "Coordinates alone and in pairs, learned beside target (6)"},
    {HeroTab::kObjects, "objects", "Objects", "Objects ranked, learned against target (4)"},
    {HeroTab::kCompare, "compare", "Compare", "Several runs side by side, on one clock (7)"},
};

constexpr struct {
  ColorMap map;
  const char* name;
} kColorMaps[] = {{ColorMap::kViridis, "Viridis"},
                  {ColorMap::kCividis, "Cividis"},
                  {ColorMap::kMagma, "Magma"},
                  {ColorMap::kGrey, "Grey"}};

bool applies(const PanelContext& context, HeroTab tab) {
  const bool on_map = tab == HeroTab::kMap || tab == HeroTab::kFlow;
  const Snapshot& s = context.snapshot;
  const bool space = s.run && s.run->space;
  if (tab == HeroTab::kCompare) return true;
  if (tab == HeroTab::kCorner) return space && s.run->space->axes().size() > 1;
  if (space) return tab == HeroTab::kMap;
  if (tab == HeroTab::kWorld) return s.run && s.run->graph && walked_world(*s.run);
  if (!on_map || !s.run || !s.run->graph) return true;
  return !context.ui.cells.cell_of.empty();
}

void map_chooser(PanelContext& context, float left, float right, const Rect& row) {
  const Theme& t = context.theme;
  UiState& ui = context.ui;
  const Snapshot& s = context.snapshot;
  const HeroTab tab = effective_tab(context);
  const bool maps_shown = tab == HeroTab::kMap || tab == HeroTab::kFlow || tab == HeroTab::kCompare;
  if (!s.run || !s.run->graph || !maps_shown) return;
  const std::vector<MapView> maps = s.run->environment->maps();
  if (maps.size() < 2) return;
  std::vector<ComboItem> items;
  for (const MapView& m : maps) items.push_back({m.name, ""});
  const float width = std::min(t.px(220), right - left - t.px(16));
  if (width < t.px(80)) return;
  const Rect rect{right - width, row.y + t.px(3), width, row.h - t.px(6)};
  const int picked = combo(context, "maps", rect, items[static_cast<size_t>(ui.map)].label, items,
                           ui.map, "Which coordinates the map shows");
  if (picked >= 0) {
    ui.map = picked;
    ui.zoom = {};
  }
}

void layer_chips(PanelContext& context, float& x, float middle, bool wide) {
  UiState& ui = context.ui;
  if (chip(context, "flow", x, middle, "Flow", ui.show_flow,
           "Arrows on the learned map, width by flow")) {
    ui.show_flow = !ui.show_flow;
  }
  if (chip(context, "trajectories", x, middle, wide ? "Trajectories" : "Paths",
           ui.show_trajectories, "Paths of the last training batch (T)")) {
    ui.show_trajectories = !ui.show_trajectories;
  }
  if (chip(context, "behaviour", x, middle, "Behaviour", ui.show_behaviour,
           "What training sampled, exploration included, in place of the learned distribution")) {
    ui.show_behaviour = !ui.show_behaviour;
  }
}

/// What may lie on the map of a continuous space.
void space_chips(PanelContext& context, float& x, float middle, bool wide) {
  UiState& ui = context.ui;
  const auto layer = [&](const char* id, const char* label, bool& on, const char* tip) {
    if (chip(context, id, x, middle, label, on, tip)) on = !on;
  };
  if (context.ui.cells.view.height == 1) {  // a line: its curve shows all that there is
    layer("behaviour", "Behaviour", ui.show_behaviour, "What training sampled, in place of the learned density (B)");
    return;
  }
  layer("contours", wide ? "Contours" : "Target", ui.show_contours,
        "Lines of equal target density: 50, 15 and 3 % of its highest");
  layer("marginals", wide ? "Marginals" : "Sides", ui.show_marginals,
        "Densities of each coordinate alone, learned and target");
  layer("trajectories", "Paths", ui.show_trajectories, "Sampled trajectories (T)");
  layer("particles", wide ? "Particles" : "Dots", ui.show_particles, "The samples themselves");
  layer("flow", "Field", ui.show_flow, "The policy's mean steps (A)");
  layer("behaviour", wide ? "Behaviour" : "Train", ui.show_behaviour,
        "What training sampled, exploration included, in place of the learned density (B)");
}

void color_chips(PanelContext& context, float& x, float middle, bool wide) {
  UiState& ui = context.ui;
  if (chip(context, "log", x, middle, wide ? "Log colours" : "Log", ui.log_color,
           "Colours by the logarithm (L)")) {
    ui.log_color = !ui.log_color;
  }
  if (chip(context, "shared", x, middle, wide ? "Shared limits" : "Shared", ui.shared_limits,
           "Learned and target on the target's colour scale")) {
    ui.shared_limits = !ui.shared_limits;
  }
}

void world_chips(PanelContext& context, float& x, float middle) {
  UiState& ui = context.ui;
  const auto layer = [&](const char* id, const char* label, bool& on, const char* tip) {
    if (chip(context, id, x, middle, label, on, tip)) on = !on;
  };
  layer("world_flow", "Flow", ui.world_flow, "Flow through every place, by heading");
  layer("world_ends", "Ends", ui.world_ends, "Colours by where walks end, not where they pass");
  layer("world_arrows", "Arrows", ui.world_arrows, "Flow from place to place");
  layer("world_policy", "Policy", ui.world_policy,
        "From above, what the policy does at every place and heading (O)");
  layer("trajectories", "Paths", ui.show_trajectories, "Paths of the last training batch (T)");
  layer("world_sight", "Sight", ui.world_sight, "What the agent sees, lit");
  x += context.theme.px(8);
  Walk& walk = walk_of(context);
  if (chip(context, "free_walk", x, middle, "Free", walk.free.has_value(),
           "You walk by the world's own steps and rules, off the policy's poses (R)")) {
    toggle_free_walk(walk);
    ui.playing = true;
  }
}

/// One more run to compare, and the colours of all.
void compare_chips(PanelContext& context, float& x, float middle, const Rect& rect) {
  const bool room = context.runs.size() < kMostRuns;
  if (room && chip(context, "add_run", x, middle, "+ Compare", false,
                   "One more run: a copy of the chosen one, to change under Setup (C)")) {
    context.ui.wish.add = true;
  }
  x += context.theme.px(8);
  if (!context.ui.cells.state.empty()) color_chips(context, x, middle, rect.w > context.theme.px(640));
}

/// The colour map, and left of it what the mouse is on where there is room for it.
void right_side(PanelContext& context, float left, const Rect& rect) {
  const Theme& t = context.theme;
  UiState& ui = context.ui;
  const float width = t.px(112), edge = rect.x + rect.w - t.px(12);
  if (edge - width < left + t.px(8)) return;
  std::vector<ComboItem> items;
  int chosen = 0;
  for (const auto& m : kColorMaps) {
    if (m.map == ui.color_map) chosen = static_cast<int>(items.size());
    items.push_back({m.name, ""});
  }
  const Rect box{edge - width, rect.y + t.px(4), width, rect.h - t.px(8)};
  const int picked = combo(context, "color_map", box, items[static_cast<size_t>(chosen)].label,
                           items, chosen, "Colours of probabilities: dark is low, always");
  if (picked >= 0) ui.color_map = kColorMaps[picked].map;
}

}  // namespace

void draw_view_tabs(PanelContext& context, const Rect& rect) {
  const PanelScope scope(context, "view_tabs", rect);
  const Theme& t = context.theme;
  UiState& ui = context.ui;
  update_map_cells(context);
  const HeroTab open = effective_tab(context);
  float x = rect.x + t.px(4);
  for (const auto& entry : kTabs) {
    if (!applies(context, entry.tab)) continue;
    if (tab(context, entry.id, x, rect, entry.label, entry.tab == open, entry.tip)) {
      ui.hero = entry.tab;
    }
  }
  const float size = t.px(26);
  const bool big = ui.maximised == "hero";
  const Rect box{rect.x + rect.w - size - t.px(10), rect.y + (rect.h - size) / 2, size, size};
  const Hit hit =
      hit_area(context, "maximise", box, big ? "Back to all panels (Esc)" : "Maximise (F)");
  icon_maximise({box.x + size / 2, box.y + size / 2}, t.px(13),
                hit.hovered ? t.color.text : t.color.muted, big);
  if (hit.clicked) ui.maximised = big ? "" : "hero";
  map_chooser(context, x, box.x - t.px(8), rect);
  hairline(rect.x, rect.y + rect.h - 1, rect.x + rect.w, rect.y + rect.h - 1, t.color.line);
}

void draw_hero_footer(PanelContext& context, const Rect& rect) {
  const PanelScope scope(context, "hero_footer", rect);
  const Theme& t = context.theme;
  UiState& ui = context.ui;
  hairline(rect.x, rect.y, rect.x + rect.w, rect.y, t.color.line);
  const RunInfo* run = context.snapshot.run.get();
  if (!run || (!run->graph && !run->space)) return;
  const HeroTab open = effective_tab(context);
  const float middle = rect.y + rect.h / 2;
  float x = rect.x + t.px(12);
  const bool painting = open == HeroTab::kMap && paints(context);
  if (open == HeroTab::kMap) {
    const bool wide = rect.w > t.px(run->space ? 1000 : 480);
    if (can_paint(context) && chip(context, "paint", x, middle, "Paint", painting,
                                   "Paint the reward on the map; training goes on (E)")) {
      ui.brush.on = !ui.brush.on;
    }
    if (painting) brush_chips(context, x, middle);
    else run->space ? space_chips(context, x, middle, wide) : layer_chips(context, x, middle, wide);
    x += t.px(8);
    const bool room = x + t.px(wide ? 210 : 130) < rect.x + rect.w;
    if (!painting && room) color_chips(context, x, middle, wide);
  }
  if (open == HeroTab::kWorld) world_chips(context, x, middle);
  if (open == HeroTab::kCompare) compare_chips(context, x, middle, rect);
  const char* hint =
      painting                    ? "The wheel sizes the brush, Shift wipes."
      : open == HeroTab::kWorld     ? "V: from above or from within."
      : open == HeroTab::kFlow      ? "Wheel zooms, right drag pans, double click fits."
      : open == HeroTab::kDag     ? "Hover a state for its two flows; click to select it."
      : open == HeroTab::kObjects ? "Hover links the list and the points; click selects."
      : open == HeroTab::kCorner  ? "Learned above the diagonal, target below it."
      : open == HeroTab::kCompare ? "A click on a name chooses the run that Setup changes."
                                  : "";
  const float room = rect.x + rect.w - x - t.px(open == HeroTab::kObjects ? 12 : 136);
  const std::string shown = shortened(t.font.small, hint, room);
  draw_text(t.font.small, x, baseline(t, middle), t.color.muted, shown);
  x += text_width(t.font.small, shown);
  const bool colored = open != HeroTab::kObjects && !(open == HeroTab::kCompare && ui.cells.state.empty());
  if (colored) right_side(context, x, rect);
}

}  // namespace flowscope
