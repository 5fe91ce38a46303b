// What a chart draws inside its axes.
#include <algorithm>
#include <cmath>

#include "app/draw/plot_parts.h"
#include "app/draw/text.h"

namespace flowscope {

namespace {

/// A bin whose extremes are a standard error away from its mean.
HistoryBin with_error(HistoryBin bin, const Series& error, double step) {
  const auto by = static_cast<float>(value_at(error, step).value_or(0));
  bin.low = bin.mean - by;
  bin.high = bin.mean + by;
  return bin;
}

}  // namespace

std::vector<PlotColumn> reduce(const PlotLine& line, double last_step, float width, bool log_y,
                               float scale) {
  const Series& series = *line.series;
  std::vector<PlotColumn> columns;
  double weight = 0;  // steps in the last column
  for (HistoryBin bin : series.bins()) {
    if (line.error) bin = with_error(bin, *line.error, static_cast<double>(bin.last_step));
    if (!std::isfinite(bin.low) || !std::isfinite(bin.high) || !std::isfinite(bin.mean)) continue;
    if (log_y && bin.high <= 0) continue;
    const double middle = 0.5 * static_cast<double>(bin.first_step + bin.last_step);
    const auto x = static_cast<float>(middle / std::max(last_step, 1.0)) * width;
    const auto scaled = [&](float v) {
      return log_y ? std::log10(std::max(v, bin.high * 1e-6f)) : static_cast<double>(v);
    };
    const double n = bin.count;
    if (columns.empty() || std::floor(x / scale) > std::floor(columns.back().x / scale)) {
      columns.push_back({x, scaled(bin.low), scaled(bin.high), scaled(bin.mean)});
      weight = n;
      continue;
    }
    PlotColumn& c = columns.back();
    c.low = std::min(c.low, scaled(bin.low));
    c.high = std::max(c.high, scaled(bin.high));
    c.mean += (scaled(bin.mean) - c.mean) * n / (weight + n);
    weight += n;
  }
  // The newest value stands at its own step, not in the middle of its column.
  if (!columns.empty()) {
    const auto newest = static_cast<double>(series.bins().back().last_step);
    columns.back().x = static_cast<float>(newest / std::max(last_step, 1.0)) * width;
  }
  return columns;
}

std::optional<double> value_at(const Series& series, double step) {
  const auto& bins = series.bins();
  const auto after = std::ranges::upper_bound(bins, step, {}, [](const HistoryBin& bin) {
    return static_cast<double>(bin.first_step);
  });
  if (after == bins.begin()) return std::nullopt;
  return std::prev(after)->mean;
}

namespace {

/// Quads from column to column. Their shared edges would show with anti-aliasing, so it is off.
void draw_band(ImDrawList* list, const PlotFrame& frame, std::span<const PlotColumn> columns,
               ImU32 color) {
  const ImDrawListFlags flags = list->Flags;
  list->Flags &= ~ImDrawListFlags_AntiAliasedFill;
  for (size_t i = 0; i + 1 < columns.size(); ++i) {
    const PlotColumn &a = columns[i], &b = columns[i + 1];
    const auto at = [&](const PlotColumn& c, double v, float grow) {
      return ImVec2(frame.area.x + c.x, frame.y_of(v) + grow);
    };
    list->AddQuadFilled(at(a, a.high, -0.5f), at(b, b.high, -0.5f), at(b, b.low, 0.5f),
                        at(a, a.low, 0.5f), color);
  }
  list->Flags = flags;
}

/// Where a column holds hardly more than one step, the band is their own line: too thin to fill.
void draw_raw(ImDrawList* list, const Theme& theme, const PlotFrame& frame,
              std::span<const PlotColumn> columns, ImU32 color) {
  std::vector<ImVec2> points;
  for (const PlotColumn& c : columns) points.push_back({frame.area.x + c.x, frame.y_of(c.mean)});
  draw_line(list, points, color, theme.px(1));
}

}  // namespace

void draw_columns(ImDrawList* list, const Theme& theme, const PlotFrame& frame,
                  const PlotLine& line, std::span<const PlotColumn> columns) {
  if (columns.empty()) return;
  if (line.error) draw_band(list, frame, columns, with_alpha(line.color, 0.28f));
  if (line.band) {
    const ImU32 pale = with_alpha(line.color, 0.28f);
    draw_band(list, frame, columns, pale);
    const double steps_per_column = frame.last_step * theme.scale / frame.area.w;
    if (steps_per_column < 3) draw_raw(list, theme, frame, columns, pale);
  }
  constexpr double kSmoothing = 0.12;  // weight of a new column in the running mean
  std::vector<ImVec2> points;
  points.reserve(columns.size());
  double mean = columns.front().mean;
  for (const PlotColumn& c : columns) {
    mean = line.band ? mean + kSmoothing * (c.mean - mean) : c.mean;
    points.push_back({frame.area.x + c.x, frame.y_of(mean)});
  }
  draw_line(list, points, line.color, theme.px(1.75f), line.style, theme.scale);
  draw_marker(list, points.back(), theme.px(3), line.style, line.color);
}

void draw_marker(ImDrawList* list, ImVec2 at, float r, LineStyle style, ImU32 color) {
  switch (style) {
    case LineStyle::kSolid: list->AddCircleFilled(at, r, color); break;
    case LineStyle::kDash:
      list->AddRectFilled({at.x - r * 0.9f, at.y - r * 0.9f}, {at.x + r * 0.9f, at.y + r * 0.9f},
                          color);
      break;
    case LineStyle::kDot:
      list->AddTriangleFilled({at.x, at.y - r * 1.2f}, {at.x + r * 1.1f, at.y + r * 0.8f},
                              {at.x - r * 1.1f, at.y + r * 0.8f}, color);
      break;
    case LineStyle::kDashDot:
      list->AddQuadFilled({at.x, at.y - r * 1.3f}, {at.x + r * 1.3f, at.y}, {at.x, at.y + r * 1.3f},
                          {at.x - r * 1.3f, at.y}, color);
      break;
  }
}

void draw_end_labels(ImDrawList* list, const Theme& theme, const PlotFrame& frame,
                     std::vector<EndLabel> labels) {
  ImFont* font = theme.font.small;
  const float line = font->FontSize, half = line / 2;
  std::ranges::sort(labels, {}, &EndLabel::y);
  const float top = frame.area.y, bottom = frame.area.y + frame.area.h;
  for (size_t i = 0; i < labels.size(); ++i) {
    const float least = i == 0 ? top : labels[i - 1].y + line;
    labels[i].y = std::max(labels[i].y, least);
  }
  float most = bottom;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    label->y = std::min(label->y, most);
    most = label->y - line;
  }
  for (const EndLabel& label : labels) {
    write(list, font, {frame.area.x + frame.area.w + theme.px(8), label.y - half}, label.color,
          label.text);
  }
}

}  // namespace flowscope
