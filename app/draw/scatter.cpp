#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "app/draw/plot.h"
#include "app/draw/text.h"

namespace flowscope {
namespace {

constexpr size_t kFewPoints = 3000;  // drawn one by one; more are gathered in pixels first

/// A square of plane and the same limits on both axes, so that the diagonal is the truth.
struct Square {
  Rect area;
  double low = 0, high = 1;

  ImVec2 at(float x, float y) const {
    const auto t = [&](float v) {
      return static_cast<float>((std::max<double>(v, low) - low) / (high - low));
    };
    return {area.x + t(x) * area.w, area.y + area.h - t(y) * area.h};
  }
};

Square make_square(const Theme& theme, const ScatterSpec& spec, const Rect& rect) {
  Square s;
  const float left = theme.px(60), bottom = theme.px(44), top = theme.px(12), right = theme.px(16);
  const float side = std::max(1.0f, std::min(rect.w - left - right, rect.h - top - bottom));
  s.area = {rect.x + left + std::max(0.0f, (rect.w - left - right - side) / 2), rect.y + top, side,
            side};
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const std::span<const float> values : {spec.x, spec.y}) {
    for (const float v : values) {
      if (!std::isfinite(v)) continue;
      low = std::min<double>(low, v);
      high = std::max<double>(high, v);
    }
  }
  if (!(low <= high)) return s;
  const double air = std::max(0.05 * (high - low), 0.25);
  s.low = low - air;
  s.high = high + air;
  return s;
}

void draw_axes(ImDrawList* list, const Theme& theme, const ScatterSpec& spec, const Square& s) {
  ImFont* font = theme.font.small;
  const Rect& a = s.area;
  const float bottom = a.y + a.h;
  const int count = std::max(2, static_cast<int>(a.w / theme.px(64)));
  for (const double tick : axis_ticks(s.low, s.high, count, false)) {
    const ImVec2 p = s.at(static_cast<float>(tick), static_cast<float>(tick));
    const float x = std::round(p.x), y = std::round(p.y);
    list->AddLine({x, a.y}, {x, bottom}, theme.color.line);
    list->AddLine({a.x, y}, {a.x + a.w, y}, theme.color.line);
    write(list, font, {x, bottom + theme.px(4)}, theme.color.muted, format_number(tick),
          Align::kCenter);
    write(list, font, {a.x - theme.px(8), y - font->FontSize / 2}, theme.color.muted,
          format_number(tick), Align::kRight);
  }
  list->AddRect(a.min(), a.max(), theme.color.faint);
  write(list, font, {a.x + a.w / 2, bottom + theme.px(22)}, theme.color.text, spec.x_label,
        Align::kCenter);
  // ImGui writes no upright text, so the y axis is named inside its upper end.
  write(list, font, {a.x + theme.px(8), a.y + theme.px(6)}, theme.color.text, spec.y_label);
  const ImVec2 diagonal[] = {{a.x, bottom}, {a.x + a.w, a.y}};
  draw_line(list, diagonal, theme.color.truth, theme.px(1.25f), LineStyle::kDash, theme.scale);
}

void draw_few(ImDrawList* list, const Theme& theme, const ScatterSpec& spec, const Square& s) {
  const ImU32 color = with_alpha(theme.color.accent, spec.x.size() > 400 ? 0.45f : 0.7f);
  for (size_t i = 0; i < spec.x.size(); ++i) {
    if (std::isnan(spec.x[i]) || std::isnan(spec.y[i])) continue;
    list->AddCircleFilled(s.at(spec.x[i], spec.y[i]), theme.px(2.5f), color, 10);
  }
}

/// Counts points in little squares and draws each once: the cost is bounded by the area.
void draw_many(ImDrawList* list, const Theme& theme, const ScatterSpec& spec, const Square& s) {
  const float dot = std::max(2.0f, std::round(theme.px(2)));
  const int n = static_cast<int>(s.area.w / dot) + 1;
  std::vector<std::int32_t> counts(static_cast<size_t>(n) * static_cast<size_t>(n), 0);
  for (size_t i = 0; i < spec.x.size(); ++i) {
    if (std::isnan(spec.x[i]) || std::isnan(spec.y[i])) continue;
    const ImVec2 p = s.at(spec.x[i], spec.y[i]);
    const int cx = std::clamp(static_cast<int>((p.x - s.area.x) / dot), 0, n - 1);
    const int cy = std::clamp(static_cast<int>((p.y - s.area.y) / dot), 0, n - 1);
    ++counts[static_cast<size_t>(cy) * static_cast<size_t>(n) + static_cast<size_t>(cx)];
  }
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const float strength = std::min(1.0f, 0.35f + 0.2f * std::log2(static_cast<float>(counts[i])));
    const float x = s.area.x + dot * static_cast<float>(i % static_cast<size_t>(n));
    const float y = s.area.y + dot * static_cast<float>(i / static_cast<size_t>(n));
    list->AddRectFilled({x, y}, {x + dot, y + dot}, with_alpha(theme.color.accent, strength));
  }
}

int nearest(const ScatterSpec& spec, const Square& s, ImVec2 mouse, float reach) {
  int best = -1;
  float best_distance = reach * reach;
  for (size_t i = 0; i < spec.x.size(); ++i) {
    const ImVec2 p = s.at(spec.x[i], spec.y[i]);
    const float d = (p.x - mouse.x) * (p.x - mouse.x) + (p.y - mouse.y) * (p.y - mouse.y);
    if (d < best_distance) {
      best_distance = d;
      best = static_cast<int>(i);
    }
  }
  return best;
}

}  // namespace

int draw_scatter(const Theme& theme, const ScatterSpec& spec, const Rect& rect) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const Square s = make_square(theme, spec, rect);
  if (s.area.w < theme.px(32)) return -1;
  draw_axes(list, theme, spec, s);
  list->PushClipRect(s.area.min(), s.area.max(), true);
  if (spec.x.size() <= kFewPoints) {
    draw_few(list, theme, spec, s);
  } else {
    draw_many(list, theme, spec, s);
  }
  if (spec.highlighted >= 0 && static_cast<size_t>(spec.highlighted) < spec.x.size()) {
    const auto i = static_cast<size_t>(spec.highlighted);
    list->AddCircle(s.at(spec.x[i], spec.y[i]), theme.px(6), theme.color.text, 0, theme.px(2));
  }
  list->PopClipRect();
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (!s.area.contains(mouse) || !ImGui::IsWindowHovered()) return -1;
  return nearest(spec, s, mouse, theme.px(8));
}

}  // namespace flowscope
