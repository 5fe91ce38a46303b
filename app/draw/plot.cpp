#include "app/draw/plot.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <tuple>

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

namespace {

std::string power_of_ten(double value) {
  static constexpr const char* kDigits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  const long exponent = std::lround(std::log10(value));
  std::string text = exponent < 0 ? "10⁻" : "10";
  for (const char digit : std::to_string(std::labs(exponent))) text += kDigits[digit - '0'];
  return text;
}

}  // namespace

std::vector<std::string> format_ticks(std::span<const double> ticks, bool logarithmic) {
  const bool decades = logarithmic && std::ranges::all_of(ticks, [](double v) {
    return v > 0 && std::fabs(std::log10(v) - std::round(std::log10(v))) < 1e-6;
  });
  const bool powers =
      decades && std::ranges::any_of(ticks, [](double v) { return v < 9e-3 || v > 2e3; });
  std::vector<std::string> words;
  for (const double v : ticks) words.push_back(powers ? power_of_ten(v) : format_number(v));
  return words;
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
  const bool only_truth = low == high && std::ranges::all_of(columns, &std::vector<PlotColumn>::empty);
  if (only_truth && !frame.log_y) return {std::min(0.0, low), std::max(0.0, high)};
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

/// The label of the truth stands on its line, on the side where the curve does not come from; the
/// range grows until there is room for it.
bool label_above(const PlotSpec& spec, const PlotFrame& frame, const Columns& columns) {
  double sum = 0, count = 0;
  for (const auto& line : columns) {
    for (const PlotColumn& c : line) sum += c.mean;
    count += static_cast<double>(line.size());
  }
  return count == 0 || frame.transformed(*spec.truth) >= sum / count;
}

void make_room_for_label(const Theme& theme, const PlotSpec& spec, bool above, PlotFrame& frame) {
  const double share = (theme.font.small->FontSize + theme.px(4)) / frame.area.h;
  const double truth = frame.transformed(*spec.truth);
  if (share > 0.5) return;
  if (above) {
    frame.high = std::max(frame.high, (truth - share * frame.low) / (1 - share));
  } else {
    frame.low = std::min(frame.low, (truth - share * frame.high) / (1 - share));
  }
}

/// Ranges follow the data smoothly; a chart that was not drawn in the last frame starts anew. What
/// was shown last is kept in the ImGui window.
void ease_range(const std::string& id, PlotFrame& frame) {
  ImGuiStorage& kept = *ImGui::GetStateStorage();
  ImGui::PushID(id.c_str());
  const ImGuiID drawn = ImGui::GetID(frame.log_y ? "log drawn" : "drawn");
  const ImGuiID low = ImGui::GetID("low"), high = ImGui::GetID("high");
  ImGui::PopID();
  const int now = ImGui::GetFrameCount();
  if (now - kept.GetInt(drawn, -10) <= 2) {
    const double w = 1 - std::exp(-ImGui::GetIO().DeltaTime / 0.08);
    const double from_low = kept.GetFloat(low), from_high = kept.GetFloat(high);
    frame.low = from_low + w * (frame.low - from_low);
    frame.high = from_high + w * (frame.high - from_high);
  }
  kept.SetInt(drawn, now);
  kept.SetFloat(low, static_cast<float>(frame.low));
  kept.SetFloat(high, static_cast<float>(frame.high));
}

/// The ticks in the order in which they may claim room for their labels: powers of ten first.
std::vector<size_t> by_weight(std::span<const double> ticks) {
  std::vector<size_t> order(ticks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_partition(order, [&](size_t i) {
    const double e = ticks[i] > 0 ? std::log10(ticks[i]) : 0;
    return std::fabs(e - std::round(e)) < 1e-6;
  });
  return order;
}

void draw_y_axis(ImDrawList* list, const Theme& theme, const PlotFrame& frame) {
  const int count = std::max(2, static_cast<int>(frame.area.h / theme.px(22)));
  const double low = frame.log_y ? std::pow(10.0, frame.low) : frame.low;
  const double high = frame.log_y ? std::pow(10.0, frame.high) : frame.high;
  const std::vector<double> ticks = axis_ticks(low, high, count, frame.log_y);
  const std::vector<std::string> words = format_ticks(ticks, frame.log_y);
  const float line = theme.font.small->FontSize;
  std::vector<float> taken;
  for (const size_t i : by_weight(ticks)) {
    const float y = std::round(frame.y_of(frame.transformed(ticks[i])));
    if (y < frame.area.y - 1 || y > frame.area.y + frame.area.h + 1) continue;
    if (std::ranges::any_of(taken, [&](float t) { return std::fabs(t - y) < line; })) continue;
    taken.push_back(y);
    list->AddLine({frame.area.x, y}, {frame.area.x + frame.area.w, y}, theme.color.line);
    write(list, theme.font.small, {frame.area.x - theme.px(8), y - line / 2}, theme.color.muted,
          words[i], Align::kRight);
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
                const PlotSpec& spec, bool above) {
  const float y = std::round(frame.y_of(frame.transformed(*spec.truth)));
  const ImVec2 line[] = {{frame.area.x, y}, {frame.area.x + frame.area.w, y}};
  draw_line(list, line, theme.color.truth, theme.px(1.25f), LineStyle::kDash, theme.scale);
  if (spec.truth_label.empty()) return;
  ImFont* font = theme.font.small;
  const float top = above ? y - font->FontSize - theme.px(2) : y + theme.px(3);
  write(list, font, {frame.area.x + theme.px(8), top}, theme.color.truth, spec.truth_label);
}

void draw_header(ImDrawList* list, const Theme& theme, const PlotSpec& spec,
                 std::span<const PlotLine> lines, const Rect& rect) {
  write(list, theme.font.bold, {rect.x, rect.y}, theme.color.text, spec.title);
  const float right = rect.x + rect.w;
  const float title_end = rect.x + text_width(theme.font.bold, spec.title) + spec.title_room + theme.px(8);
  const float drop = theme.font.mono->Ascent - theme.font.small->Ascent;  // one baseline
  if (!spec.hover_step) {
    std::string readout = spec.readout;  // of several values the first alone, where there is no room
    if (right - text_width(theme.font.mono, readout) < title_end) readout.resize(std::min(readout.find("  "), readout.size()));
    write(list, theme.font.mono, {right, rect.y}, theme.color.text, readout, Align::kRight);
    const float room = right - text_width(theme.font.mono, readout) - theme.px(12) - title_end;
    if (text_width(theme.font.small, spec.caption) > room) return;
    write(list, theme.font.small, {title_end, rect.y + drop}, theme.color.muted, spec.caption);
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
  if (x - text_width(theme.font.small, step) < title_end) return;
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
  right = std::max(right, theme.px(64));  // charts below one another share their x axis
  PlotFrame frame;
  const float left = theme.px(44), top = theme.px(26), bottom = theme.px(20);
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
    columns.emplace_back();
    if (line.series) {
      columns.back() =
          reduce(line, frame.last_step, frame.area.w, spec.log_y, theme.scale);
    }
    empty = empty && columns.back().empty();
  }
  std::tie(frame.low, frame.high) = range_of(spec, frame, columns);
  const bool has_truth = spec.truth && (!spec.log_y || *spec.truth > 0);
  const bool above = has_truth && label_above(spec, frame, columns);
  if (has_truth && !spec.truth_label.empty()) make_room_for_label(theme, spec, above, frame);
  ease_range(spec.id, frame);

  draw_header(list, theme, spec, lines, rect);
  if (frame.area.h < theme.px(12) || frame.area.w < theme.px(24)) return std::nullopt;
  if (!empty || has_truth) draw_y_axis(list, theme, frame);  // invented numbers help nobody
  draw_x_axis(list, theme, frame);
  const float air = theme.px(4);  // markers at the edge stay whole
  list->PushClipRect({frame.area.x - air, frame.area.y - air},
                     {frame.area.x + frame.area.w + air, frame.area.y + frame.area.h + air}, true);
  if (has_truth) draw_truth(list, theme, frame, spec, above);
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
          theme.color.faint, shortened(theme.font.body, spec.empty_text, frame.area.w + theme.px(40)),
          Align::kCenter);
  }
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (empty || !frame.area.contains(mouse) || !ImGui::IsWindowHovered()) return std::nullopt;
  return std::round(frame.step_at(mouse.x));
}

}  // namespace flowscope
