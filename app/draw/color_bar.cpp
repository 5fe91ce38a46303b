#include <algorithm>
#include <cmath>
#include <vector>

#include "app/draw/colors.h"
#include "app/draw/heatmap.h"
#include "app/draw/plot.h"
#include "app/draw/text.h"

namespace flowscope {
namespace {

void draw_gradient(ImDrawList* list, const ColorTable& table, const Rect& rect) {
  constexpr int kSteps = 51;  // every fifth entry of the table
  for (int i = 0; i < kSteps; ++i) {
    const ImU32 a = table[static_cast<size_t>(5 * i)], b = table[static_cast<size_t>(5 * i + 5)];
    const float x0 = rect.x + rect.w * static_cast<float>(i) / kSteps;
    const float x1 = rect.x + rect.w * static_cast<float>(i + 1) / kSteps;
    list->AddRectFilledMultiColor({x0, rect.y}, {x1, rect.y + rect.h}, a, b, b, a);
  }
}

/// A text under the bar and where it stands: 0 left end, 1 right end.
struct BarLabel {
  float at = 0;
  std::string text;
  ImU32 color = 0;
};

std::vector<BarLabel> labels_of(const Theme& theme, const ColorScale& scale, float width,
                                std::string_view low_word, std::string_view high_word) {
  const Palette& c = theme.color;
  const auto number = [](double v) { return format_number(v, 2); };
  const auto joined = [](std::string_view a, std::string_view b) {
    return a.empty() || b.empty() ? std::string(a) + std::string(b)
                                  : std::string(a) + " " + std::string(b);
  };
  const bool is_signed = scale.map == ColorMap::kSigned;
  const std::string low = number(is_signed ? -scale.high : scale.low);
  const std::string high = (is_signed ? "+" : "") + number(scale.high);
  BarLabel left{0, joined(low_word, low), c.muted}, right{1, joined(high, high_word), c.muted};
  std::vector<BarLabel> labels;
  const float gap = theme.px(16);
  const float ends = text_width(theme.font.small, left.text) + text_width(theme.font.small, right.text);
  if (ends + gap > width && !low_word.empty()) {  // the words say more than the numbers
    left.text = low_word;
    right.text = high_word;
  }
  labels = {left, right};
  if (is_signed) labels.push_back({0.5f, "0", c.faint});
  if (is_signed) return labels;
  const int count = std::clamp(static_cast<int>(width / theme.px(72)), 0, 6);
  for (const double v : axis_ticks(scale.low, scale.high, count, scale.logarithmic)) {
    const double t = scale.logarithmic
                         ? std::log(v / scale.low) / std::log(scale.high / scale.low)
                         : (v - scale.low) / (scale.high - scale.low);
    labels.push_back({static_cast<float>(t), number(v), c.faint});
  }
  return labels;
}

}  // namespace

void draw_color_bar(const Theme& theme, const ColorScale& scale, const Rect& rect,
                    std::string_view low_word, std::string_view high_word) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float height = std::min(theme.px(8), rect.h);
  const Rect bar{rect.x, rect.y, rect.w, height};
  draw_gradient(list, color_table(scale.map, scale.dark), bar);
  list->AddRect(bar.min(), bar.max(), theme.color.line);
  if (rect.h < height + theme.font.small->FontSize) return;
  const float y = bar.y + bar.h + theme.px(3);
  std::vector<std::pair<float, float>> taken;
  for (const BarLabel& label : labels_of(theme, scale, rect.w, low_word, high_word)) {
    const float w = text_width(theme.font.small, label.text);
    const float x = std::clamp(bar.x + label.at * bar.w - w / 2, bar.x, bar.x + bar.w - w);
    const float room = theme.px(8);
    const bool free = std::ranges::none_of(taken, [&](const auto& t) {
      return x < t.second + room && t.first < x + w + room;
    });
    if (!free) continue;
    taken.push_back({x, x + w});
    write(list, theme.font.small, {x, y}, label.color, label.text);
    if (label.at > 0 && label.at < 1) {
      const float tick = std::round(bar.x + label.at * bar.w);
      list->AddLine({tick, bar.y + bar.h}, {tick, bar.y + bar.h + theme.px(3)}, theme.color.faint);
    }
  }
}

}  // namespace flowscope
