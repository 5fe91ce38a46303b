// Maps of several runs: learned above, its difference to the target below.
#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/compare_views.h"
#include "app/panels/facts.h"
#include "app/panels/map_frame.h"
#include "app/panels/run_names.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr double kDecades = 1e-4;  // a logarithmic scale spans at most so much of its top
constexpr double kCalm = 0.02;     // of the target's top: smaller differences stay pale

/// The cells of every run that has a picture, and the scales that all share.
struct Shared {
  std::vector<const MapCells*> cells;  // nullptr: no picture
  bool one_target = true;
  ColorScale mass, difference;
};

Shared share(const CompareViews& views) {
  PanelContext& context = views.context;
  const UiState& ui = context.ui;
  Shared shared;
  float most = 0, least = 0, learned = 0, difference = 0;
  const MapCells* first = nullptr;
  for (size_t i = 0; i < views.runs.size(); ++i) {
    shared.cells.push_back(nullptr);
    if (!views.cards[i].refusal.empty()) continue;
    MapCells& cells = caches(context).compare.cells[static_cast<size_t>(views.runs[i].place)];
    update_map_cells(*views.runs[i].shown, ui.map, cells);
    shared.cells.back() = &cells;
    shared.one_target = shared.one_target && (!first || first->target == cells.target);
    if (!first) first = &cells;
    most = std::max(most, cells.max_target);
    least = least > 0 ? std::min(least, cells.min_target) : cells.min_target;
    learned = std::max(learned, cells.max_learned);
    difference = std::max(difference, cells.max_difference);
  }
  const double top = ui.shared_limits || !(learned > 0) ? most : learned;
  shared.mass.map = ui.color_map;
  shared.mass.high = top > 0 ? top : 1;
  shared.mass.logarithmic = ui.log_color;
  shared.mass.low = ui.log_color ? std::max(least * 0.5, shared.mass.high * kDecades) : 0;
  shared.difference.map = ColorMap::kSigned;
  shared.difference.dark = ui.dark;
  shared.difference.high = most > 0 ? std::clamp<double>(difference, kCalm * most, most) : 1;
  shared.difference.low = -shared.difference.high;
  return shared;
}

/// A line's densities as curves: the run's own, and the target dashed. All runs share the height.
void draw_curves(const Theme& t, const MapCells& cells, int place, float most, const Rect& r) {
  const auto points = [&](const std::vector<float>& values) {
    std::vector<ImVec2> line;
    for (size_t i = 0; i < values.size(); ++i) {
      const float x = (static_cast<float>(i) + 0.5f) / static_cast<float>(values.size());
      line.push_back({r.x + r.w * x, r.y + r.h * (1 - 0.95f * values[i] / most)});
    }
    return line;
  };
  ImDrawList* list = ImGui::GetWindowDrawList();
  fill(r, t.color.window);
  outline(r.inset(-1), t.color.line);
  draw_line(list, points(cells.target), t.color.truth, t.px(1.3f), LineStyle::kDash, t.scale);
  if (place >= 0) draw_line(list, points(cells.learned), t.color.run[place], t.px(2));
}

/// Two maps of one size above each other; the axis below each has room.
struct Pair {
  Rect upper, lower;
};

Pair place(const Theme& t, const MapView& view, const Rect& r, float left) {
  const float axis = axis_room(t, false).bottom;
  const float height = (r.h - 2 * axis - t.px(6)) / 2;
  Pair p;
  p.upper = fit_map(view, {r.x + left, r.y, r.w - left, height});
  p.upper.y = r.y;
  p.lower = p.upper;
  if (view.height == 1)
    p.upper.h = std::min(2 * height - p.lower.h, t.px(320));  // a curve, above a strip of cells
  p.lower.y = r.y + p.upper.h + axis + t.px(6);
  return p;
}

void draw_legend(PanelContext& context, const Shared& shared, const Rect& r) {
  const Theme& t = context.theme;
  float y = r.y;
  const bool roomy = r.h > t.px(140);
  const float bar = t.px(roomy ? 34 : 30), width = std::min(r.w, t.px(260));
  const auto caption = [&](std::string_view text) {
    y += draw_paragraph(t.font.small, {r.x, y}, width, t.color.muted, text) + t.px(4);
  };
  if (context.ui.cells.view.height > 1) {
    caption(context.ui.log_color ? "Learned, on one log scale" : "Learned, on one scale");
    draw_color_bar(t, shared.mass, {r.x, y, width, bar});
    y += bar + t.px(roomy ? 14 : 2);
  }
  if (y + t.px(50) > r.y + r.h) return;
  caption("Below: learned - target");
  draw_color_bar(t, shared.difference, {r.x, y, width, bar}, "rarely", "often");
}

void draw_tip(const CompareViews& views, const Shared& shared, int cell) {
  std::vector<std::pair<std::string, double>> values;
  for (size_t i = 0; i < shared.cells.size(); ++i) {
    const MapCells* cells = shared.cells[i];
    if (!cells || static_cast<size_t>(cell) >= cells->learned.size()) continue;
    const auto c = static_cast<size_t>(cell);
    const std::string letter = run_letter(views.runs[i].place);
    if (values.empty() && shared.one_target) values.push_back({"target", cells->target[c]});
    if (!shared.one_target) values.push_back({letter + "'s target", cells->target[c]});
    values.push_back({letter, cells->learned[c]});
  }
  draw_compare_tip(views.context, cell_label(views.context, cell), values);
}

/// The target that all share, or that there is none, and the colour bars.
void draw_target(const CompareViews& views, const Shared& shared, const MapCells& first,
                 float highest) {
  PanelContext& context = views.context;
  const Theme& t = context.theme;
  const Rect& r = views.target;
  const MapView& view = context.ui.cells.view;
  const Pair own = place(t, view, r, axis_room(t, false).left);
  if (!shared.one_target) {
    draw_paragraph(
        t.font.body, r.min(), r.w - t.px(16), t.color.muted,
        "The rewards differ: every run has a target of its own, and its difference is to "
        "that one.");
  } else if (view.height == 1) {
    draw_curves(t, first, -1, highest, own.upper);
  } else {
    const MapLook look{"compare_target", &first.target, shared.mass, false, true, first.version};
    mark_cells(context, draw_map(context, look, own.upper));
  }
  draw_legend(context, shared, {r.x, own.lower.y, r.w - t.px(8), r.y + r.h - own.lower.y});
}

/// What one run has learned, and how it differs from the target.
void draw_run(const CompareViews& views, const Shared& shared, size_t run, float highest) {
  PanelContext& context = views.context;
  const MapCells& cells = *shared.cells[run];
  const int letter = views.runs[run].place;
  const Pair p = place(context.theme, context.ui.cells.view, views.cards[run].rect, 0);
  const auto map = [&](const std::string& id, const std::vector<float>& values,
                       const ColorScale& scale, const Rect& rect) {
    const MapLook look{id, &values, scale, false, false, cells.version};
    mark_cells(context, draw_map(context, look, rect));
  };
  if (context.ui.cells.view.height == 1) {
    draw_curves(context.theme, cells, letter, highest, p.upper);
  } else {
    map("compare_learned" + std::to_string(letter), cells.learned, shared.mass, p.upper);
  }
  map("compare_difference" + std::to_string(letter), cells.difference, shared.difference, p.lower);
}

}  // namespace

void draw_compare_maps(const CompareViews& views) {
  PanelContext& context = views.context;
  const Shared shared = share(views);
  const MapCells* first = nullptr;
  float highest = 1e-12f;
  for (const MapCells* cells : shared.cells) {
    if (!cells) continue;
    if (!first) first = cells;
    highest = std::max({highest, cells->max_target, cells->max_learned});
  }
  if (!first) return;
  draw_target(views, shared, *first, highest);
  bool over = views.target.contains(ImGui::GetIO().MousePos);
  for (size_t run = 0; run < shared.cells.size(); ++run) {
    if (!shared.cells[run]) continue;
    draw_run(views, shared, run, highest);
    over = over || views.cards[run].rect.contains(ImGui::GetIO().MousePos);
  }
  if (context.interactive && over && context.ui.hovered_cell >= 0) {
    draw_tip(views, shared, context.ui.hovered_cell);
  }
}

}  // namespace flowscope
