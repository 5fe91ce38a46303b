// The policy of a continuous space on its map: mean steps everywhere, and a rose at one point.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "app/draw/plot.h"
#include "app/panels/density_layers.h"
#include "app/panels/icons.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr double kPi = std::numbers::pi;

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// The time of the field nearest to the moment shown; at the ends of trajectories, the last one.
size_t time_of(const PanelContext& context) {
  const PolicyField& field = context.snapshot.density->field;
  if (!shows_moment(context)) return field.times.size() - 1;
  const auto away = [&](int time) { return std::abs(time - context.ui.moment); };
  return at(std::ranges::min_element(field.times, {}, away) - field.times.begin());
}

/// The middle of a node's cell on the screen.
ImVec2 place(const MapFrame& frame, const MapView& view, int side, int x, int y) {
  return frame.point((x + 0.5) * view.width / side, (y + 0.5) * view.height / side);
}

}  // namespace

void draw_field(PanelContext& context, const MapFrame& frame) {
  const Theme& t = context.theme;
  const PolicyField& field = context.snapshot.density->field;
  const MapView& view = context.ui.cells.view;
  const MapRegion region = context.snapshot.run->space->map();
  const size_t time = time_of(context);
  double longest = 0;
  for (int j = 0; j < field.side; ++j) {
    for (int i = 0; i < field.side; ++i) {
      const size_t n = field.node(time, i, j);
      longest = std::max<double>(longest, std::hypot(field.dx[n], field.dy[n]));
    }
  }
  if (longest == 0) return;
  const float spacing = frame.cell_size() * static_cast<float>(view.width) / static_cast<float>(field.side);
  const double unit = 0.95 * spacing / longest;
  // Steps in units of the map become pixels of one scale along both axes.
  const double tall = (region.x1 - region.x0) / (region.y1 - region.y0);
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (int j = 0; j < field.side; ++j) {
    for (int i = 0; i < field.side; ++i) {
      const size_t n = field.node(time, i, j);
      const ImVec2 p = place(frame, view, field.side, i, j);
      const auto x = static_cast<float>(unit * field.dx[n]), y = static_cast<float>(unit * tall * field.dy[n]);
      const ImVec2 a{p.x - x / 2, p.y + y / 2}, b{p.x + x / 2, p.y - y / 2};
      const float going = 0.25f + 0.7f * (1 - field.stop[n]);  // paler where it rather stops
      const float length = std::hypot(x, y), head = std::min(t.px(5), 0.45f * length);
      if (length < t.px(2)) continue;
      draw_arrow(list, a, b, t.px(2.8f), head + t.px(1), with_alpha(IM_COL32(0, 0, 0, 255), 0.4f * going));
      draw_arrow(list, a, b, t.px(1.3f), head, with_alpha(IM_COL32_WHITE, going));
    }
  }
}

void draw_rose(PanelContext& context, const MapFrame& frame, int cell) {
  const Theme& t = context.theme;
  const PolicyField& field = context.snapshot.density->field;
  const MapView& view = context.ui.cells.view;
  const int i = cell % view.width * field.side / view.width, j = cell / view.width * field.side / view.height;
  const size_t n = field.node(time_of(context), i, j);
  const float* rose = &field.rose[n * at(field.directions)];
  const float most = *std::max_element(rose, rose + field.directions), radius = std::min(t.px(46), 0.2f * frame.cells.w);
  const ImVec2 c = place(frame, view, field.side, i, j);
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddCircleFilled(c, radius + t.px(5), IM_COL32(0, 0, 0, 90), 48);
  // Each petal is a sector whose radius is the density of its direction, the largest one full.
  for (int k = 0; most > 0 && k < field.directions; ++k) {
    const auto corner = [&](double edge, float r) {
      const double angle = 2 * kPi * edge / field.directions;
      return ImVec2(c.x + r * static_cast<float>(std::cos(angle)), c.y - r * static_cast<float>(std::sin(angle)));
    };
    const float r = radius * rose[k] / most;
    if (r < t.px(0.5f)) continue;
    list->AddTriangleFilled(c, corner(k, r), corner(k + 1, r), t.color.run[1]);
  }
  // The chance to stop is the white part of the ring, clockwise from the top.
  const float stop = field.stop[n], start = static_cast<float>(-kPi / 2), ring = radius + t.px(5);
  list->AddCircle(c, ring, IM_COL32(255, 255, 255, 90), 48, t.px(1));
  if (stop > 0.002f) {
    list->PathArcTo(c, ring, start, start + 2 * static_cast<float>(kPi) * stop, 48);
    list->PathStroke(IM_COL32_WHITE, 0, t.px(3.5f));
  }
  list->AddCircleFilled(c, t.px(2.4f), IM_COL32_WHITE, 12);
  const bool stops = context.snapshot.run->space->spec().forward.stops;
  std::string words = stops ? "stop " + format_number(100.0 * stop, 2) + " %" : "";
  if (!field.entropy.empty()) words += (stops ? ", entropy " : "entropy ") + format_number(field.entropy[n], 2) + " nats";
  if (words.empty()) return;
  const float width = text_width(t.font.small, words) + t.px(12), below = c.y + ring + t.px(16);
  const bool room = below + t.px(10) < frame.cells.y + frame.cells.h;
  const float y = room ? below : c.y - ring - t.px(16);
  fill({c.x - width / 2, y - t.px(10), width, t.px(20)}, IM_COL32(0, 0, 0, 170), t.px(4));
  draw_text(t.font.small, c.x, baseline(t, y), IM_COL32_WHITE, words, Align::kCenter);
}

}  // namespace flowscope
