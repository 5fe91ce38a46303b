#include "app/panels/map_frame.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/panels/brush.h"
#include "app/panels/facts.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr double kMostZoom = 4;  // cells in view at the closest

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

MapWindow whole(const MapView& view) {
  return {0, 0, static_cast<double>(view.width), static_cast<double>(view.height)};
}

/// The window in view: the person's zoom, kept inside the map.
MapWindow window_of(const UiState& ui) {
  const MapView& view = ui.cells.view;
  if (!(ui.zoom.w > 0)) return whole(view);
  MapWindow w = ui.zoom;
  w.w = std::min(w.w, static_cast<double>(view.width));
  w.h = std::min(w.h, static_cast<double>(view.height));
  w.x = std::clamp(w.x, 0.0, view.width - w.w);
  w.y = std::clamp(w.y, 0.0, view.height - w.h);
  return w;
}

void zoom_about(UiState& ui, const MapFrame& frame, ImVec2 mouse, float wheel) {
  const MapView& view = ui.cells.view;
  const double least =
      std::min({kMostZoom, static_cast<double>(view.width), static_cast<double>(view.height)});
  const double factor = std::pow(1.25, -wheel);
  MapWindow w = frame.window;
  const double smallest = std::min(w.w, w.h) * factor < least ? least / std::min(w.w, w.h) : factor;
  const double fx = (mouse.x - frame.cells.x) / frame.cells.w;
  const double fy = 1 - (mouse.y - frame.cells.y) / frame.cells.h;
  const double cx = w.x + fx * w.w, cy = w.y + fy * w.h;
  w.w *= smallest;
  w.h *= smallest;
  if (w.w >= view.width) {
    ui.zoom = {};
    return;
  }
  ui.zoom = {cx - fx * w.w, cy - fy * w.h, w.w, w.h};
  ui.zoom = window_of(ui);
}

int cell_under(const MapFrame& frame, const MapView& view, ImVec2 mouse) {
  const double x = frame.window.x + (mouse.x - frame.cells.x) / frame.cells.w * frame.window.w;
  const double y =
      frame.window.y + (1 - (mouse.y - frame.cells.y) / frame.cells.h) * frame.window.h;
  const int cx = std::clamp(static_cast<int>(std::floor(x)), 0, view.width - 1);
  const int cy = std::clamp(static_cast<int>(std::floor(y)), 0, view.height - 1);
  return cy * view.width + cx;
}

void react(PanelContext& context, const MapLook& look, const MapFrame& frame) {
  UiState& ui = context.ui;
  const Hit hit = hit_area(context, look.id, frame.cells);
  const bool painting = paints(context);
  if (painting) react_with_brush(context, look.id, frame, hit);
  if (!hit.hovered) return;
  const ImGuiIO& io = ImGui::GetIO();
  const int cell = cell_under(frame, ui.cells.view, io.MousePos);
  if (ui.cells.state[at(cell)] != -1) {
    hover(context, state_of_cell(context, cell), cell);
    if (hit.clicked && !painting) ui.selected_state = ui.next_state;
    if (hit.clicked && !painting) ui.pinned_cell = ui.pinned_cell == cell ? -1 : cell;
  }
  if (io.MouseWheel != 0 && !painting) zoom_about(ui, frame, io.MousePos, io.MouseWheel);
  if (ImGui::IsMouseDragging(1, 0) && ui.zoom.w > 0) {
    ui.zoom.x -= io.MouseDelta.x / frame.cells.w * frame.window.w;
    ui.zoom.y += io.MouseDelta.y / frame.cells.h * frame.window.h;
    ui.zoom = window_of(ui);
  }
  if (hit.double_clicked && !painting) ui.zoom = {};
}

/// Labels at cell middles, as many as have room; of nested axes only the outermost is told.
struct Ticks {
  double first = 0, step = 1, width = 1;  // in cells: start of the first, distance, extent of one
  int count = 0;
};

Ticks ticks_of(int cells, int block, float extent, double in_view, float least) {
  Ticks t;
  t.width = block > 0 ? block : 1;
  const int all = static_cast<int>(cells / t.width);
  const double pixels = extent / in_view * t.width;
  int every = 1;
  for (const int k : {1, 2, 5, 10, 20, 50, 100, 200}) {
    every = k;
    if (pixels * k >= least) break;
  }
  t.step = every * t.width;
  t.count = (all + every - 1) / every;
  return t;
}

/// Numbers along one axis of a continuous space, where they are rather than at cells.
void real_axis(const Theme& t, const MapFrame& f, const MapView& view, double low, double high,
               bool vertical) {
  const float font = t.font.small->FontSize;
  const double cells = vertical ? view.height : view.width;
  const double begin = vertical ? f.window.y : f.window.x;
  const double in_view = vertical ? f.window.h : f.window.w;
  const double unit = (high - low) / cells;  // of the axis, a cell
  const double pixels = (vertical ? f.cells.h : f.cells.w) / (in_view * unit);
  double step = std::pow(10, std::floor(std::log10(t.px(34) / pixels)));
  for (const double factor : {2.0, 2.5, 2.0}) {  // 1, 2, 5, 10 times a power of ten
    if (step * pixels >= t.px(34)) break;
    step *= factor;
  }
  const double first = std::ceil((low + begin * unit) / step - 1e-9) * step;
  for (double x = first; x <= low + (begin + in_view) * unit + 1e-9; x += step) {
    const double cell = (x - low) / unit;
    const ImVec2 p = vertical ? f.point(f.window.x, cell) : f.point(cell, f.window.y);
    char text[24];
    std::snprintf(text, sizeof text, "%.4g", std::abs(x) < 1e-9 * step ? 0 : x);
    if (vertical) {
      draw_text(t.font.small, f.cells.x - t.px(6), p.y + font * 0.36f, t.color.muted, text, Align::kRight);
    } else {
      draw_text(t.font.small, p.x, f.cells.y + f.cells.h + t.px(4) + font * 0.8f, t.color.muted, text,
                Align::kCenter);
    }
  }
}

void axis_names(const Theme& t, const MapView& view, const MapFrame& f) {
  const float font = t.font.small->FontSize;
  draw_text(t.font.small, f.cells.x + f.cells.w / 2, f.cells.y + f.cells.h + t.px(20) + font * 0.8f,
            t.color.muted, view.x_label, Align::kCenter);
  if (view.height < 2) return;
  draw_text(t.font.small, f.cells.x - t.px(6), f.cells.y - t.px(5), t.color.muted, view.y_label,
            Align::kRight);
}

void real_axes(const Theme& t, const MapRegion& region, const MapView& view, const MapFrame& f,
               bool named, bool y_axis) {
  real_axis(t, f, view, region.x0, region.x1, false);
  if (view.height > 1 && y_axis) real_axis(t, f, view, region.y0, region.y1, true);
  if (named) axis_names(t, view, f);
}

void axes(const Theme& t, const MapView& view, const MapFrame& f, bool named, bool y_axis) {
  const float font = t.font.small->FontSize;
  const Ticks tx = ticks_of(view.width, view.block, f.cells.w, f.window.w, t.px(26));
  for (int i = 0; i < tx.count; ++i) {
    const double middle = i * tx.step + tx.width / 2;
    if (middle < f.window.x || middle > f.window.x + f.window.w) continue;
    const ImVec2 p = f.point(middle, f.window.y);
    draw_text(t.font.small, p.x, f.cells.y + f.cells.h + t.px(4) + font * 0.8f, t.color.muted,
              std::to_string(static_cast<int>(i * tx.step / tx.width)), Align::kCenter);
  }
  if (named) {
    draw_text(t.font.small, f.cells.x + f.cells.w / 2,
              f.cells.y + f.cells.h + t.px(20) + font * 0.8f, t.color.muted, view.x_label,
              Align::kCenter);
  }
  if (view.height < 2 || !y_axis) return;
  const Ticks ty = ticks_of(view.height, view.block, f.cells.h, f.window.h, t.px(22));
  for (int i = 0; i < ty.count; ++i) {
    const double middle = i * ty.step + ty.width / 2;
    if (middle < f.window.y || middle > f.window.y + f.window.h) continue;
    const ImVec2 p = f.point(f.window.x, middle);
    draw_text(t.font.small, f.cells.x - t.px(6), p.y + font * 0.36f, t.color.muted,
              std::to_string(static_cast<int>(i * ty.step / ty.width)), Align::kRight);
  }
  if (named) {
    draw_text(t.font.small, f.cells.x - t.px(6), f.cells.y - t.px(5), t.color.muted, view.y_label,
              Align::kRight);
  }
}

/// A ring that shows on every colour: light within dark.
void mark(const Theme& t, const MapFrame& f, const MapView& view, int cell, bool selected) {
  if (cell < 0) return;
  const int x = cell % view.width, y = cell / view.width;
  const ImVec2 a = f.point(x, y + 1), b = f.point(x + 1, y);
  Rect r{std::floor(a.x), std::floor(a.y), std::ceil(b.x - a.x), std::ceil(b.y - a.y)};
  const float least = t.px(6);
  if (r.w < least) r = {r.x - (least - r.w) / 2, r.y - (least - r.h) / 2, least, least};
  outline(r.inset(-t.px(2)), IM_COL32(0, 0, 0, 190), t.px(2), t.px(selected ? 4 : 3));
  outline(r.inset(-t.px(2)), selected ? t.color.accent : IM_COL32_WHITE, t.px(2),
          t.px(selected ? 2.2f : 1.4f));
}

}  // namespace

ImVec2 MapFrame::point(double x, double y) const {
  return {cells.x + static_cast<float>((x - window.x) / window.w) * cells.w,
          cells.y + static_cast<float>(1 - (y - window.y) / window.h) * cells.h};
}

ImVec2 MapFrame::cell(int index, int width) const {
  return point(index % width + 0.5, index / width + 0.5);
}

Rect fit_map(const MapView& view, const Rect& area) {
  if (view.height == 1) {  // a line: cells as tall as they need to be seen
    const float h = std::min(area.h, area.w * 0.18f);
    return {area.x, std::round(area.y + (area.h - h) / 2), std::floor(area.w), std::floor(h)};
  }
  float size =
      std::min(area.w / static_cast<float>(view.width), area.h / static_cast<float>(view.height));
  // Small cells may differ by a pixel: whole ones would leave too much of the area empty.
  size = size >= 12 ? std::floor(size) : size >= 4 ? std::floor(size * 2) / 2 : size;
  const float w = std::floor(size * static_cast<float>(view.width));
  const float h = std::floor(size * static_cast<float>(view.height));
  return {std::round(area.x), std::round(area.y + (area.h - h) / 2), w, h};
}

AxisRoom axis_room(const Theme& theme, bool named) {
  return {theme.px(30), theme.px(named ? 38 : 22)};
}

MapFrame draw_map(PanelContext& context, const MapLook& look, const Rect& cells) {
  const Theme& t = context.theme;
  const UiState& ui = context.ui;
  const MapView& view = ui.cells.view;
  MapFrame frame{cells, window_of(ui)};
  react(context, look, frame);
  fill(cells, t.color.window);
  if (look.cells && look.cells->size() == ui.cells.state.size()) {
    HeatMap map;
    map.width = view.width;
    map.height = view.height;
    map.cells = *look.cells;
    map.version = look.version > 0 ? look.version : ui.cells.version;
    map.scale = look.scale;
    map.block = view.block;
    draw_heat_map(look.id, map, cells, frame.window);
  } else {
    draw_text(t.font.small, cells.x + cells.w / 2, cells.y + cells.h / 2, t.color.muted,
              "not known yet", Align::kCenter);
  }
  if (context.interactive && paints(context)) {
    ImGui::PushClipRect(cells.min(), cells.max(), true);
    draw_brush(context, frame);
    ImGui::PopClipRect();
  }
  outline(cells.inset(-1), t.color.line);
  if (const auto& space = context.snapshot.run->space) {
    real_axes(t, space->map(), view, frame, look.axis_names, look.y_axis);
  } else {
    axes(t, view, frame, look.axis_names, look.y_axis);
  }
  return frame;
}

void mark_cells(PanelContext& context, const MapFrame& frame) {
  const UiState& ui = context.ui;
  const MapCells& c = ui.cells;
  ImGui::PushClipRect(frame.cells.inset(-context.theme.px(4)).min(),
                      frame.cells.inset(-context.theme.px(4)).max(), true);
  const auto cell_of = [&](int state) {
    return state >= 0 && at(state) < c.cell_of.size() ? c.cell_of[at(state)] : -1;
  };
  mark(context.theme, frame, c.view, cell_of(ui.selected_state), true);
  const int hovered = ui.hovered_cell >= 0 ? ui.hovered_cell : cell_of(ui.hovered_state);
  mark(context.theme, frame, c.view, hovered, false);
  ImGui::PopClipRect();
}

int state_of_cell(const PanelContext& context, int cell) {
  const MapCells& c = context.ui.cells;
  if (cell < 0 || at(cell) >= c.state.size()) return -1;
  if (c.state[at(cell)] != -2) return c.state[at(cell)];
  const auto& target = context.snapshot.run->target.probability;
  int best = -1;
  for (size_t s = 0; s < c.cell_of.size(); ++s) {
    if (c.cell_of[s] == cell && (best < 0 || target[s] > target[at(best)])) {
      best = static_cast<int>(s);
    }
  }
  return best;
}

std::string cell_label(const PanelContext& context, int cell) {
  const MapCells& c = context.ui.cells;
  if (cell < 0 || at(cell) >= c.state.size()) return "";
  if (const auto& space = context.snapshot.run->space) {
    const MapRegion region = space->map();
    const double x = region.x0 + (region.x1 - region.x0) * (cell % c.view.width + 0.5) / c.view.width;
    const double y = region.y0 + (region.y1 - region.y0) * (cell / c.view.width + 0.5) / c.view.height;
    char text[48];
    if (region.line) std::snprintf(text, sizeof text, "x = %.3g", x);
    else std::snprintf(text, sizeof text, "(%.3g, %.3g)", x, y);
    return text;
  }
  if (c.state[at(cell)] >= 0) return state_label(context.snapshot, c.state[at(cell)]);
  return "cell (" + std::to_string(cell % c.view.width) + ", " +
         std::to_string(cell / c.view.width) + ")";
}

}  // namespace flowscope
