#include "app/panels/density_layers.h"

#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr double kLevels[] = {0.5, 0.15, 0.03};  // of the contours, as shares of the highest density
constexpr ImU32 kShade = IM_COL32(0, 0, 0, 120);

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// The mean of each cell and its neighbours, for shares of samples: their noise makes no contour.
std::vector<double> smoothed(const DensityGrid& grid) {
  constexpr double kWeight[3] = {0.25, 0.5, 0.25};
  std::vector<double> out(grid.mass.size());
  for (int j = 0; j < grid.height; ++j) {
    for (int i = 0; i < grid.width; ++i) {
      for (int dj = -1; dj <= 1; ++dj) {
        for (int di = -1; di <= 1; ++di) {
          const int x = std::clamp(i + di, 0, grid.width - 1), y = std::clamp(j + dj, 0, grid.height - 1);
          out[at(j) * at(grid.width) + at(i)] +=
              kWeight[di + 1] * kWeight[dj + 1] * grid.mass[at(y) * at(grid.width) + at(x)];
        }
      }
    }
  }
  return out;
}

const std::vector<ContourSegment>& contours(PanelContext& context) {
  DensityCache& cache = caches(context).density;
  const auto& run = context.snapshot.run;
  if (cache.run == run) return cache.contours;
  cache.run = run;
  cache.contours.clear();
  const DensityGrid& target = run->density;
  const std::vector<double> values = target.sampled ? smoothed(target) : target.mass;
  const double top = *std::ranges::max_element(values);
  for (const double level : kLevels) {
    add_contour(values, target.width, target.height, level * top, cache.contours);
  }
  return cache.contours;
}

void draw_contours(PanelContext& context, const MapFrame& frame) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float px = context.theme.px(1);
  for (const ImU32 color : {kShade, with_alpha(IM_COL32_WHITE, 0.85f)}) {
    const float width = color == kShade ? 2.4f * px : 1.1f * px;
    for (const ContourSegment& s : contours(context)) {
      list->AddLine(frame.point(s.x0, s.y0), frame.point(s.x1, s.y1), color, width);
    }
  }
}

/// From the space's own coordinates to pixels.
struct Placer {
  const MapFrame& frame;
  MapRegion region;
  const MapView& view;

  ImVec2 operator()(double x, double y) const {
    return frame.point((x - region.x0) / (region.x1 - region.x0) * view.width,
                       (y - region.y0) / (region.y1 - region.y0) * view.height);
  }
};

void dot(ImDrawList* list, const Theme& t, ImVec2 p) {
  list->AddCircleFilled(p, t.px(3.6f), IM_COL32(0, 0, 0, 200), 14);
  list->AddCircleFilled(p, t.px(2.4f), IM_COL32_WHITE, 14);
}

/// A step across the seam of a torus is no line across the map.
bool over_seam(const MapRegion& region, float x0, float y0, float x1, float y1) {
  return region.periodic && (std::abs(x1 - x0) > (region.x1 - region.x0) / 2 ||
                             std::abs(y1 - y0) > (region.y1 - region.y0) / 2);
}

/// One trajectory as far as it has come at a moment; between two steps it moves evenly.
void draw_path(PanelContext& context, const Placer& place, const PathView& path, double moment) {
  const Theme& t = context.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  std::vector<ImVec2> points;
  const auto stroke = [&] {
    draw_line(list, points, kShade, t.px(2.6f));
    draw_line(list, points, with_alpha(IM_COL32_WHITE, 0.8f), t.px(1.1f));
    points.clear();
  };
  const auto passed = at(static_cast<std::int64_t>(moment));
  const auto share = static_cast<float>(moment - std::floor(moment));
  for (size_t k = 0; k <= passed && k < path.x.size(); ++k) {
    const float x = path.x[k], y = path.y[k];
    if (k > 0 && over_seam(place.region, path.x[k - 1], path.y[k - 1], x, y)) stroke();
    points.push_back(place(x, y));
    const bool under_way = k == passed && share > 0 && k + 1 < path.x.size();
    if (!under_way || over_seam(place.region, x, y, path.x[k + 1], path.y[k + 1])) continue;
    points.push_back(place(x + share * (path.x[k + 1] - x), y + share * (path.y[k + 1] - y)));
  }
  const ImVec2 end = points.back();
  stroke();
  dot(list, t, end);
}

/// Of training where that is shown, and of the policy itself otherwise.
void draw_paths(PanelContext& context, const Placer& place) {
  const Snapshot& s = context.snapshot;
  const bool training = context.ui.show_behaviour && s.behaviour;
  // A batch of training may take more steps than the samples that the slider is made for.
  const double moment = shows_moment(context) ? context.ui.moment : s.run->space->spec().max_length;
  for (const PathView& path : training ? s.behaviour->paths : s.density->recent) {
    draw_path(context, place, path, moment);
  }
}

/// Between two steps they move evenly.
void draw_particles(PanelContext& context, const Placer& place) {
  const Theme& t = context.theme;
  const DensityView& view = *context.snapshot.density;
  const double moment = shows_moment(context) ? context.ui.moment : view.times - 1;
  const auto time = at(static_cast<std::int64_t>(moment));
  const auto next = std::min(time + 1, at(view.times - 1));
  const float share = static_cast<float>(moment - static_cast<double>(time));
  const size_t n = view.x.size();
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (size_t i = 0; i < n; ++i) {
    const float* a = &view.cloud[2 * (time * n + i)];
    const float* b = &view.cloud[2 * (next * n + i)];
    const float s = over_seam(place.region, a[0], a[1], b[0], b[1]) ? 0 : share;
    const ImVec2 p = place(a[0] + s * (b[0] - a[0]), a[1] + s * (b[1] - a[1]));
    list->AddCircleFilled(p, t.px(1.5f), with_alpha(IM_COL32_WHITE, 0.7f), 6);
  }
}

/// One coordinate alone.
std::vector<float> sums(const std::vector<float>& cells, const MapView& view, bool vertical) {
  std::vector<float> out(at(vertical ? view.height : view.width), 0);
  for (size_t c = 0; c < cells.size(); ++c) {
    if (std::isfinite(cells[c])) out[vertical ? c / at(view.width) : c % at(view.width)] += cells[c];
  }
  return out;
}

void draw_marginal(const Theme& t, const MapFrame& frame, const std::vector<float>& learned,
                   const std::vector<float>& target, float room, bool vertical) {
  const float most = std::max(*std::ranges::max_element(target), 1e-12f) * 1.25f;
  const float gap = t.px(4), depth = room - t.px(10);
  const Rect& r = frame.cells;
  const auto point = [&](size_t i, float value) {
    const float up = std::min(value / most, 1.0f) * depth;
    const auto along = static_cast<double>(i) + 0.5;
    return vertical ? ImVec2(r.x + r.w + gap + up, frame.point(frame.window.x, along).y)
                    : ImVec2(frame.point(along, frame.window.y).x, r.y - gap - up);
  };
  ImDrawList* list = ImGui::GetWindowDrawList();
  const Rect clip = vertical ? Rect{r.x + r.w, r.y, room, r.h} : Rect{r.x, r.y - room, r.w, room};
  ImGui::PushClipRect(clip.min(), clip.max(), true);
  const ImDrawListFlags flags = list->Flags;
  list->Flags &= ~ImDrawListFlags_AntiAliasedFill;  // soft edges would show as stripes
  std::vector<ImVec2> line, truth;
  for (size_t i = 0; i < learned.size(); ++i) {
    line.push_back(point(i, learned[i]));
    truth.push_back(point(i, target[i]));
    if (i == 0) continue;
    const ImVec2 quad[] = {line[i - 1], line[i], point(i, 0), point(i - 1, 0)};
    list->AddQuadFilled(quad[0], quad[1], quad[2], quad[3], with_alpha(t.color.run[0], 0.35f));
  }
  list->Flags = flags;
  draw_line(list, line, t.color.run[0], t.px(1.4f));
  draw_line(list, truth, t.color.truth, t.px(1.4f), LineStyle::kDash, t.scale);
  ImGui::PopClipRect();
}

}  // namespace

float marginal_room(const PanelContext& context) {
  const Snapshot& s = context.snapshot;
  const bool plane = s.run->space && context.ui.cells.view.height > 1;
  return plane && context.ui.show_marginals && s.density ? context.theme.px(46) : 0;
}

void draw_curve_names(const Theme& t, const Rect& r) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  float y = r.y + t.px(12);
  for (const bool truth : {false, true}) {
    const ImVec2 line[] = {{r.x + t.px(6), y}, {r.x + t.px(28), y}};
    const ImU32 color = truth ? t.color.truth : t.color.run[0];
    draw_line(list, line, color, t.px(2), truth ? LineStyle::kDash : LineStyle::kSolid, t.scale);
    draw_text(t.font.small, r.x + t.px(36), baseline(t, y), t.color.muted, truth ? "target" : "learned");
    y += t.px(20);
  }
}

void draw_marginals(PanelContext& context, const MapFrame& frame, const std::vector<float>& cells, float room) {
  const MapCells& known = context.ui.cells;
  if (room == 0 || cells.size() != known.target.size()) return;
  if (known.view.height == 1) {
    draw_marginal(context.theme, frame, cells, known.target, room, false);
    return;
  }
  for (const bool vertical : {false, true}) {
    draw_marginal(context.theme, frame, sums(cells, known.view, vertical),
                  sums(known.target, known.view, vertical), room, vertical);
  }
}

void draw_density_layers(PanelContext& context, const MapFrame& frame) {
  const UiState& ui = context.ui;
  const Snapshot& s = context.snapshot;
  if (!s.density || ui.cells.view.height < 2) return;
  const Placer place{frame, s.run->space->map(), ui.cells.view};
  if (ui.show_contours) draw_contours(context, frame);
  if (ui.show_flow && s.density->field.refusal.empty()) draw_field(context, frame);
  const bool under_way = s.density->times > 1 && (shows_moment(context) || ui.show_particles);
  if (under_way) draw_particles(context, place);
  if (ui.show_trajectories) draw_paths(context, place);
  const int cell = ui.hovered_cell >= 0 ? ui.hovered_cell : ui.pinned_cell;
  if (cell >= 0 && s.density->field.refusal.empty()) draw_rose(context, frame, cell);
}

}  // namespace flowscope
