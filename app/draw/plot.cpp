#include "app/draw/plot.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "app/draw/plot_parts.h"
#include "app/draw/text.h"

namespace flowscope {

double PlotFrame::transformed(double value) const {
  return log_y ? std::log10(std::max(value, 1e-300)) : value;
}
float PlotFrame::x_of(double step) const {
  return area.x + static_cast<float>((step - first_step) / (last_step - first_step)) * area.w;
}
float PlotFrame::y_of(double v) const {
  return area.y + area.h - static_cast<float>((v - low) / (high - low)) * area.h;
}
double PlotFrame::step_at(float x) const {
  return first_step + static_cast<double>((x - area.x) / area.w) * (last_step - first_step);
}

std::string format_tick(double value, bool logarithmic) {
  const double exponent = value > 0 ? std::log10(value) : 0;
  if (logarithmic && std::fabs(exponent) > 3.5 && exponent == std::round(exponent)) {
    static constexpr const char* kDigits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    std::string text = exponent < 0 ? "10⁻" : "10";
    for (const char digit : std::to_string(std::abs(static_cast<int>(exponent)))) {
      text += kDigits[digit - '0'];
    }
    return text;
  }
  return format_number(value, 4);
}

std::string format_steps(double steps) {
  for (const auto& [unit, name] : {std::pair{1e9, "G"}, {1e6, "M"}, {1e3, "k"}}) {
    if (steps >= unit) return format_number(steps / unit, 4) + name;
  }
  return format_number(steps, 4);
}

namespace {

using Columns = std::vector<std::vector<PlotColumn>>;

/// The range that the data need, transformed, with some air.
std::pair<double, double> range_of(const PlotSpec& spec, const PlotFrame& frame,
                                   const Columns& columns) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const auto& line : columns) {
    for (const PlotColumn& c : line) {
      low = std::min(low, c.low);
      high = std::max(high, c.high);
    }
  }
  const bool positive = low >= 0;
  if (spec.truth && (!frame.log_y || *spec.truth > 0)) {
    low = std::min(low, frame.transformed(*spec.truth));
    high = std::max(high, frame.transformed(*spec.truth));
  }
  if (!(low <= high)) return frame.log_y ? std::pair{-3.0, 1.0} : std::pair{0.0, 1.0};
  const double least = frame.log_y ? 1 : std::max(1e-9, 0.02 * std::max(std::fabs(low), std::fabs(high)));
  if (high - low < least) {
    const double middle = 0.5 * (low + high);
    low = middle - least / 2;
    high = middle + least / 2;
  }
  const double air = 0.08 * (high - low);
  const bool from_zero = !frame.log_y && positive && low - air < 0.3 * high;
  return {from_zero ? std::min(0.0, low) : low - air, high + air};
}

/// Ranges follow the data smoothly; a chart that was not drawn in the last frame starts anew.
void ease_range(const std::string& id, PlotFrame& frame) {
  struct Range {
    double low = 0, high = 0;
    bool log_y = false;
    int drawn = -10;
  };
  static std::map<std::string, Range> ranges;
  Range& r = ranges[id];
  const int now = ImGui::GetFrameCount();
  const bool running = r.log_y == frame.log_y && now - r.drawn <= 2;
  const double w = running ? 1 - std::exp(-ImGui::GetIO().DeltaTime / 0.08) : 1;
  r.low = running ? r.low + w * (frame.low - r.low) : frame.low;
  r.high = running ? r.high + w * (frame.high - r.high) : frame.high;
  r.log_y = frame.log_y;
  r.drawn = now;
  frame.low = r.low;
  frame.high = r.high;
}

void draw_y_axis(ImDrawList* list, const Theme& theme, const PlotFrame& frame) {
  const int count = std::max(2, static_cast<int>(frame.area.h / theme.px(26)));
  const double low = frame.log_y ? std::pow(10.0, frame.low) : frame.low;
  const double high = frame.log_y ? std::pow(10.0, frame.high) : frame.high;
  for (const double tick : axis_ticks(low, high, count, frame.log_y)) {
    const float y = std::round(frame.y_of(frame.transformed(tick)));
    if (y < frame.area.y - 1 || y > frame.area.y + frame.area.h + 1) continue;
    list->AddLine({frame.area.x, y}, {frame.area.x + frame.area.w, y}, theme.color.line);
    const float top = y - theme.font.small->FontSize / 2;
    write(list, theme.font.small, {frame.area.x - theme.px(8), top}, theme.color.muted,
          format_tick(tick, frame.log_y), Align::kRight);
  }
}

void draw_x_axis(ImDrawList* list, const Theme& theme, const PlotFrame& frame) {
  const float bottom = frame.area.y + frame.area.h;
  list->AddLine({frame.area.x, bottom}, {frame.area.x + frame.area.w, bottom}, theme.color.faint);
  const int count = std::max(2, static_cast<int>(frame.area.w / theme.px(80)));
  for (const double tick : axis_ticks(frame.first_step, frame.last_step, count, false)) {
    if (tick != std::floor(tick)) continue;  // there is no half step
    const float x = std::round(frame.x_of(tick));
    list->AddLine({x, bottom}, {x, bottom + theme.px(3)}, theme.color.faint);
    write(list, theme.font.small, {x, bottom + theme.px(3)}, theme.color.muted, format_steps(tick),
          Align::kCenter);
  }
}

void draw_truth(ImDrawList* list, const Theme& theme, const PlotFrame& frame,
                const PlotSpec& spec) {
  if (!spec.truth || (frame.log_y && *spec.truth <= 0)) return;
  const float y = std::round(frame.y_of(frame.transformed(*spec.truth)));
  const ImVec2 line[] = {{frame.area.x, y}, {frame.area.x + frame.area.w, y}};
  draw_line(list, line, theme.color.truth, theme.px(1.25f), LineStyle::kDash, theme.scale);
  if (spec.truth_label.empty()) return;
  ImFont* font = theme.font.small;
  const bool below = y - font->FontSize - theme.px(2) < frame.area.y;
  const ImVec2 at{frame.area.x + theme.px(8),
                  below ? y + theme.px(3) : y - font->FontSize - theme.px(2)};
  const float w = text_width(font, spec.truth_label);
  list->AddRectFilled({at.x - theme.px(3), at.y}, {at.x + w + theme.px(3), at.y + font->FontSize},
                      with_alpha(theme.color.panel, 0.8f), theme.px(3));
  write(list, font, at, theme.color.truth, spec.truth_label);
}

void draw_header(ImDrawList* list, const Theme& theme, const PlotSpec& spec,
                 std::span<const PlotLine> lines, const Rect& rect) {
  write(list, theme.font.bold, {rect.x, rect.y}, theme.color.text, spec.title);
  const float right = rect.x + rect.w;
  if (!spec.hover_step) {
    write(list, theme.font.mono, {right, rect.y}, theme.color.text, spec.readout, Align::kRight);
    return;
  }
  float x = right;  // values from right to left, each in its line's colour, then the step
  for (size_t i = lines.size(); i-- > 0;) {
    if (!lines[i].series) continue;
    std::string text = format_number(value_at(*lines[i].series, *spec.hover_step));
    if (lines.size() > 1) text = lines[i].label + " " + text;
    write(list, theme.font.mono, {x, rect.y}, lines.size() > 1 ? lines[i].color : theme.color.text,
          text, Align::kRight);
    x -= text_width(theme.font.mono, text) + theme.px(12);
  }
  const std::string step = "step " + format_count(std::llround(*spec.hover_step));
  const float title_end = rect.x + text_width(theme.font.bold, spec.title) + theme.px(12);
  if (x - text_width(theme.font.small, step) < title_end) return;
  const float drop = theme.font.mono->Ascent - theme.font.small->Ascent;  // one baseline
  write(list, theme.font.small, {x, rect.y + drop}, theme.color.muted, step, Align::kRight);
}

void draw_cursor(ImDrawList* list, const Theme& theme, const PlotFrame& frame, double step,
                 std::span<const PlotLine> lines) {
  if (step < frame.first_step || step > frame.last_step) return;
  const float x = std::round(frame.x_of(step));
  list->AddLine({x, frame.area.y}, {x, frame.area.y + frame.area.h}, theme.color.muted);
  for (const PlotLine& line : lines) {
    const auto value = line.series ? value_at(*line.series, step) : std::nullopt;
    if (!value || !std::isfinite(*value) || (frame.log_y && *value <= 0)) continue;
    const ImVec2 at{x, frame.y_of(frame.transformed(*value))};
    list->AddCircleFilled(at, theme.px(4.5f), theme.color.panel);
    draw_marker(list, at, theme.px(3), line.style, line.color);
  }
}

PlotFrame make_frame(const Theme& theme, const PlotSpec& spec, std::span<const PlotLine> lines,
                     const Rect& rect) {
  float right = theme.px(16);
  for (const PlotLine& line : lines) {
    right = std::max(right, text_width(theme.font.small, line.label) + theme.px(12));
  }
  right = std::max(right, theme.px(48));  // charts below one another share their x axis
  PlotFrame frame;
  const float left = theme.px(52), top = theme.px(28), bottom = theme.px(20);
  frame.area = {rect.x + left, rect.y + top, std::max(rect.w - left - right, 1.0f),
                std::max(rect.h - top - bottom, 1.0f)};
  frame.last_step = static_cast<double>(std::max<std::int64_t>(spec.last_step, 1));
  frame.log_y = spec.log_y;
  return frame;
}

}  // namespace

std::optional<double> draw_plot(const Theme& theme, const PlotSpec& spec,
                                std::span<const PlotLine> lines, const Rect& rect) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  PlotFrame frame = make_frame(theme, spec, lines, rect);
  Columns columns;
  bool empty = true;
  for (const PlotLine& line : lines) {
    columns.push_back(line.series ? reduce(*line.series, frame.last_step, frame.area.w, spec.log_y)
                                  : std::vector<PlotColumn>());
    empty = empty && columns.back().empty();
  }
  std::tie(frame.low, frame.high) = range_of(spec, frame, columns);
  ease_range(spec.id, frame);

  draw_header(list, theme, spec, lines, {rect.x + theme.px(12), rect.y + theme.px(4),
                                         rect.w - theme.px(24), theme.px(20)});
  if (frame.area.h < theme.px(12) || frame.area.w < theme.px(24)) return std::nullopt;
  draw_y_axis(list, theme, frame);
  draw_x_axis(list, theme, frame);
  const float air = theme.px(4);  // markers at the edge stay whole
  list->PushClipRect({frame.area.x - air, frame.area.y - air},
                     {frame.area.x + frame.area.w + air, frame.area.y + frame.area.h + air}, true);
  draw_truth(list, theme, frame, spec);
  std::vector<EndLabel> labels;
  for (size_t i = 0; i < lines.size(); ++i) {
    draw_columns(list, theme, frame, lines[i], columns[i]);
    if (columns[i].empty() || lines[i].label.empty()) continue;
    labels.push_back({frame.y_of(columns[i].back().mean), lines[i].label, lines[i].color});
  }
  if (spec.hover_step && !empty) draw_cursor(list, theme, frame, *spec.hover_step, lines);
  list->PopClipRect();
  draw_end_labels(list, theme, frame, std::move(labels));
  if (empty && !spec.empty_text.empty()) {
    write(list, theme.font.body,
          {frame.area.x + frame.area.w / 2,
           frame.area.y + (frame.area.h - theme.font.body->FontSize) / 2},
          theme.color.faint, spec.empty_text, Align::kCenter);
  }
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (empty || !frame.area.contains(mouse) || !ImGui::IsWindowHovered()) return std::nullopt;
  return std::round(frame.step_at(mouse.x));
}

}  // namespace flowscope
