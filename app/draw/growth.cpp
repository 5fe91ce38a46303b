#include "app/draw/growth.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "app/draw/plot_parts.h"
#include "app/draw/text.h"

namespace flowscope {
namespace {

constexpr LineStyle kStyles[] = {LineStyle::kSolid, LineStyle::kDash, LineStyle::kDot, LineStyle::kDashDot};

/// The plane between the axes; logarithms to base 10.
struct Plane {
  Rect area;
  double left = 0, right = 1, low = 0, high = 1;

  ImVec2 at(double x, double y) const {
    return {area.x + static_cast<float>((std::log10(x) - left) / (right - left)) * area.w,
            area.y + area.h - static_cast<float>((std::log10(y) - low) / (high - low)) * area.h};
  }
};

/// The range of the logarithms, at least a decade, with some air.
std::pair<double, double> range_of(const GrowthSpec& spec, std::vector<double> GrowthLine::*axis) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const GrowthLine& line : spec.lines) {
    for (const double v : line.*axis) {
      low = std::min(low, std::log10(v));
      high = std::max(high, std::log10(v));
    }
  }
  if (!(low <= high)) return {0, 1};
  const double lacking = std::max(0.0, 1 - (high - low)) / 2;
  const double air = lacking + 0.06 * (high - low);
  return {low - air, high + air};
}

void draw_axes(ImDrawList* list, const Theme& theme, const GrowthSpec& spec, const Plane& plane) {
  const Rect& a = plane.area;
  const float bottom = a.y + a.h;
  ImFont* font = theme.font.small;
  const auto ticks = [](double low, double high, float room) {
    return axis_ticks(std::pow(10, low), std::pow(10, high), std::max(2, static_cast<int>(room)), true);
  };
  float taken = bottom + theme.px(100);
  for (const double tick : ticks(plane.low, plane.high, a.h / theme.px(28))) {
    const float y = std::round(plane.at(1, tick).y);
    if (y < a.y || y > bottom || taken - y < font->FontSize) continue;
    taken = y;
    list->AddLine({a.x, y}, {a.x + a.w, y}, theme.color.line);
    write(list, font, {a.x - theme.px(8), y - font->FontSize / 2}, theme.color.muted, format_number(tick), Align::kRight);
  }
  taken = a.x - theme.px(100);
  for (const double tick : ticks(plane.left, plane.right, a.w / theme.px(56))) {
    const float x = std::round(plane.at(tick, 1).x);
    if (x < a.x || x > a.x + a.w || x - taken < theme.px(44)) continue;
    taken = x;
    list->AddLine({x, bottom}, {x, bottom + theme.px(3)}, theme.color.faint);
    write(list, font, {x, bottom + theme.px(4)}, theme.color.muted, format_steps(tick), Align::kCenter);
  }
  list->AddLine({a.x, bottom}, {a.x + a.w, bottom}, theme.color.faint);
  write(list, font, {a.x + a.w / 2, bottom + theme.px(22)}, theme.color.text, spec.x_label, Align::kCenter);
}

void draw_legend(ImDrawList* list, const Theme& theme, const GrowthSpec& spec, const Rect& rect) {
  float right = rect.x + rect.w;
  for (size_t i = spec.lines.size(); i-- > 0;) {
    write(list, theme.font.small, {right, rect.y + theme.px(1)}, theme.color.text, spec.lines[i].label, Align::kRight);
    right -= text_width(theme.font.small, spec.lines[i].label) + theme.px(12);
    draw_marker(list, {right, rect.y + theme.px(9)}, theme.px(4), kStyles[i], theme.color.run[i]);
    right -= theme.px(18);
  }
  const char* words = "in proportion";
  write(list, theme.font.small, {right, rect.y + theme.px(1)}, theme.color.muted, words, Align::kRight);
  right -= text_width(theme.font.small, words) + theme.px(6);
  const ImVec2 dash[] = {{right - theme.px(22), rect.y + theme.px(9)}, {right, rect.y + theme.px(9)}};
  draw_line(list, dash, theme.color.truth, theme.px(1.25f), LineStyle::kDash, theme.scale);
}

}  // namespace

void draw_growth(const Theme& theme, const GrowthSpec& spec, const Rect& rect) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  write(list, theme.font.bold, {rect.x, rect.y}, theme.color.text, spec.title);
  draw_legend(list, theme, spec, rect);
  Plane plane;
  plane.area = {rect.x + theme.px(56), rect.y + theme.px(32), rect.w - theme.px(64), rect.h - theme.px(32 + 44)};
  std::tie(plane.left, plane.right) = range_of(spec, &GrowthLine::x);
  std::tie(plane.low, plane.high) = range_of(spec, &GrowthLine::y);
  draw_axes(list, theme, spec, plane);
  list->PushClipRect(plane.area.min(), plane.area.max(), true);
  if (!spec.lines.empty() && !spec.lines[0].x.empty()) {
    const double x = spec.lines[0].x.back(), y = spec.lines[0].y.back();
    const ImVec2 proportion[] = {plane.at(x * 1e-6, y * 1e-6), plane.at(x * 1e3, y * 1e3)};
    draw_line(list, proportion, theme.color.truth, theme.px(1.25f), LineStyle::kDash, theme.scale);
  }
  for (size_t i = 0; i < spec.lines.size() && i < std::size(kStyles); ++i) {
    std::vector<ImVec2> points;
    for (size_t k = 0; k < spec.lines[i].x.size(); ++k) points.push_back(plane.at(spec.lines[i].x[k], spec.lines[i].y[k]));
    draw_line(list, points, theme.color.run[i], theme.px(2), kStyles[i], theme.scale);
    for (const ImVec2 p : points) draw_marker(list, p, theme.px(4), kStyles[i], theme.color.run[i]);
  }
  list->PopClipRect();
}

}  // namespace flowscope
