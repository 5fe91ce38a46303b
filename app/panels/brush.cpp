#include "app/panels/brush.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "envs/continuous/painting.h"

namespace flowscope {
namespace {

constexpr const char* kKey = "reward.strokes";
constexpr double kForget = 3;       // seconds until strokes that the run never showed are dropped
constexpr double kSpacing = 0.25;   // of the radius, between two places of a stroke
constexpr double kLargest = 0.5;    // radius

/// The strokes on the canvas: those on their way to the run, or the run's own.
std::vector<Stroke> strokes_now(PanelContext& context) {
  Brush& brush = context.ui.brush;
  const Config& config = context.snapshot.run->config;
  const bool shown = config.text("reward.name") == "painted" && config.text(kKey) == brush.sent;
  if (shown || context.now - brush.sent_at > kForget) brush.sent.reset();
  if (brush.sent) return parse_strokes(kKey, *brush.sent);
  // What another reward has been left with is not on the canvas.
  return config.text("reward.name") == "painted" ? parse_strokes(kKey, config.text(kKey)) : std::vector<Stroke>();
}

void send(PanelContext& context, const std::vector<Stroke>& strokes) {
  Brush& brush = context.ui.brush;
  brush.sent = to_text(strokes);
  brush.sent_at = context.now;
  context.send(SetParam{kKey, *brush.sent});
  if (context.snapshot.run->config.text("reward.name") != "painted") {
    context.send(SetParam{"reward.name", std::string("painted")});
  }
}

void finish_stroke(PanelContext& context) {
  Brush& brush = context.ui.brush;
  std::vector<Stroke> strokes = strokes_now(context);
  strokes.push_back({brush.wipes ? 0.0 : brush.grey, brush.radius, std::exchange(brush.places, {})});
  brush.undone.clear();
  send(context, strokes);
}

/// Where the mouse is in the unit square.
std::pair<double, double> place_under(const MapFrame& frame, const MapView& view, ImVec2 mouse) {
  const double x = frame.window.x + (mouse.x - frame.cells.x) / frame.cells.w * frame.window.w;
  const double y = frame.window.y + (1 - (mouse.y - frame.cells.y) / frame.cells.h) * frame.window.h;
  return {std::clamp(x / view.width, 0.0, 1.0), std::clamp(y / view.height, 0.0, 1.0)};
}

}  // namespace

bool can_paint(PanelContext& context) {
  const auto& run = context.snapshot.run;
  if (!run || !run->space || context.ui.cells.view.height < 2) return false;
  return std::ranges::any_of(setup_rows(context), [](const SetupRow& row) { return row.spec.key == kKey; });
}

bool paints(PanelContext& context) { return context.ui.brush.on && can_paint(context); }

void react_with_brush(PanelContext& context, std::string_view map, const MapFrame& frame, const Hit& hit) {
  Brush& brush = context.ui.brush;
  const ImGuiIO& io = ImGui::GetIO();
  if (hit.hovered && io.MouseWheel != 0) {
    brush.radius = std::clamp(brush.radius * std::pow(1.15, io.MouseWheel), kFinestBrush, kLargest);
  }
  if (hit.held) {
    const auto place = place_under(frame, context.ui.cells.view, io.MousePos);
    if (brush.places.empty()) {
      brush.wipes = io.KeyShift;
      brush.map = map;
    }
    const auto last = brush.places.empty() ? std::pair(-1.0, -1.0) : brush.places.back();
    const double way = std::hypot(place.first - last.first, place.second - last.second);
    if (way > kSpacing * brush.radius) brush.places.push_back(place);
  } else if (!brush.places.empty() && brush.map == map) {
    finish_stroke(context);
  }
}

void draw_brush(PanelContext& context, const MapFrame& frame) {
  const Theme& t = context.theme;
  const Brush& brush = context.ui.brush;
  const MapView& view = context.ui.cells.view;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const auto radius = static_cast<float>(brush.radius * view.width / frame.window.w) * frame.cells.w;
  const auto pixels = [&](const std::pair<double, double>& place) {
    return frame.point(place.first * view.width, place.second * view.height);
  };
  const auto ring = [&](ImVec2 at) {
    list->AddCircle(at, radius, IM_COL32(0, 0, 0, 190), 48, t.px(3));
    list->AddCircle(at, radius, IM_COL32_WHITE, 48, t.px(1.4f));
  };
  const ImU32 trace = with_alpha(brush.wipes ? IM_COL32_BLACK : IM_COL32_WHITE, 0.35f);
  std::vector<ImVec2> line;
  for (const auto& place : brush.places) line.push_back(pixels(place));
  if (line.size() == 1) list->AddCircleFilled(line[0], radius / 2, trace, 48);
  draw_line(list, line, trace, radius);
  if (!line.empty()) return ring(line.back());
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (frame.cells.contains(mouse)) ring(mouse);
}

bool undo_stroke(PanelContext& context) {
  if (!paints(context)) return false;
  std::vector<Stroke> strokes = strokes_now(context);
  if (strokes.empty()) return false;
  context.ui.brush.undone.push_back(to_text(std::span(&strokes.back(), 1)));
  strokes.pop_back();
  send(context, strokes);
  return true;
}

bool redo_stroke(PanelContext& context) {
  Brush& brush = context.ui.brush;
  if (!paints(context) || brush.undone.empty()) return false;
  std::vector<Stroke> strokes = strokes_now(context);
  const std::vector<Stroke> back = parse_strokes(kKey, brush.undone.back());
  brush.undone.pop_back();
  strokes.insert(strokes.end(), back.begin(), back.end());
  send(context, strokes);
  return true;
}

void brush_chips(PanelContext& context, float& x, float middle) {
  Brush& brush = context.ui.brush;
  const auto shade = [&](const char* id, const char* label, double grey, const char* tip) {
    if (chip(context, id, x, middle, label, brush.grey == grey, tip)) brush.grey = grey;
  };
  shade("bright", "Bright", 1, "Paint the highest reward, 1 above the floor R0");
  shade("half", "Half", 0.5, "Paint a half");
  shade("dark", "Wipe", 0, "Take the paint off; with Shift any brush does");
  x += context.theme.px(8);
  if (chip(context, "undo", x, middle, "Undo", false, "Take the last stroke back (Ctrl+Z)")) undo_stroke(context);
  if (chip(context, "redo", x, middle, "Redo", false, "Paint it again (Ctrl+Y)")) redo_stroke(context);
  if (chip(context, "clear", x, middle, "Clear", false, "Take all strokes off")) send(context, {});
}

}  // namespace flowscope
