// The drawing half of the widgets: text, shapes and colours that react to nothing.
#include <algorithm>
#include <cmath>

#include "app/panels/widgets.h"

namespace flowscope {
namespace {

const char* end_of(std::string_view text) { return text.data() + text.size(); }

}  // namespace

float baseline(const Theme& theme, float centre_y) {
  constexpr float kHalfCapitals = 0.36f;  // of the font size: half the height of a capital
  return std::round(centre_y + kHalfCapitals * theme.font.body->FontSize);
}

void draw_text(ImFont* font, float x, float base, ImU32 color, std::string_view text, Align align) {
  if (text.empty()) return;
  if (align != Align::kLeft) {
    x -= text_width(font, text) * (align == Align::kCenter ? 0.5f : 1.0f);
  }
  const ImVec2 at{std::round(x), std::round(base - font->Ascent)};
  ImGui::GetWindowDrawList()->AddText(font, font->FontSize, at, color, text.data(), end_of(text));
}

float draw_paragraph(ImFont* font, ImVec2 at, float width, ImU32 color, std::string_view text) {
  // Broken at spaces alone: ImGui's own wrapping would break numbers at their point.
  const float step = std::round(font->FontSize * 1.3f);
  float base = at.y + font->Ascent;
  std::string line;
  const auto flush = [&] {
    draw_text(font, at.x, base, color, line);
    base += step;
    line.clear();
  };
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find_first_of(" \n", begin), text.size());
    const std::string word(text.substr(begin, end - begin));
    const std::string longer = line.empty() ? word : line + " " + word;
    if (!line.empty() && text_width(font, longer) > width) {
      flush();
      line = word;
    } else {
      line = longer;
    }
    if (end < text.size() && text[end] == '\n') flush();
    begin = end + 1;
  }
  flush();
  return base - font->Ascent - at.y;
}

ImU32 mix(ImU32 a, ImU32 b, float t) {
  const ImVec4 x = ImGui::ColorConvertU32ToFloat4(a), y = ImGui::ColorConvertU32ToFloat4(b);
  return ImGui::ColorConvertFloat4ToU32(
      {x.x + (y.x - x.x) * t, x.y + (y.y - x.y) * t, x.z + (y.z - x.z) * t, x.w + (y.w - x.w) * t});
}

float pill(const Theme& theme, float x, float centre_y, std::string_view text, ImU32 color,
           Align align) {
  const float height = theme.px(20), pad = theme.px(8);
  const float width = std::ceil(text_width(theme.font.small, text) + 2 * pad);
  const Rect rect{std::floor(align == Align::kRight ? x - width : x),
                  std::floor(centre_y - height / 2), width, height};
  fill(rect, with_alpha(color, 0.14f), height / 2);
  draw_text(theme.font.small, rect.x + pad, baseline(theme, centre_y) - theme.px(1), color, text);
  return width;
}

void heading(const Theme& theme, float x, float centre_y, std::string_view text) {
  draw_text(theme.font.bold, x, baseline(theme, centre_y), theme.color.text, text);
}

void share_bar(const Theme& theme, const Rect& rect, double share, ImU32 color) {
  const float round = std::min(rect.h / 2, theme.px(2));
  fill(rect, with_alpha(theme.color.text, 0.08f), round);
  const float width = rect.w * static_cast<float>(std::clamp(share, 0.0, 1.0));
  if (width > 0.5f) fill({rect.x, rect.y, std::max(width, theme.px(1)), rect.h}, color, round);
}

void skeleton(const Theme& theme, const Rect& rect, int lines) {
  const float step = rect.h / static_cast<float>(std::max(1, lines));
  for (int i = 0; i < lines; ++i) {
    const float width = rect.w * (i % 3 == 0 ? 0.9f : i % 3 == 1 ? 0.6f : 0.75f);
    fill(
        {rect.x, rect.y + step * static_cast<float>(i), width, std::min(step * 0.5f, theme.px(12))},
        with_alpha(theme.color.text, 0.06f), theme.px(3));
  }
}

void fill(const Rect& rect, ImU32 color, float rounding) {
  ImGui::GetWindowDrawList()->AddRectFilled(rect.min(), rect.max(), color, rounding);
}

void outline(const Rect& rect, ImU32 color, float rounding, float thickness) {
  ImGui::GetWindowDrawList()->AddRect(rect.min(), rect.max(), color, rounding, 0, thickness);
}

void hairline(float x0, float y0, float x1, float y1, ImU32 color) {
  ImGui::GetWindowDrawList()->AddLine({std::floor(x0) + 0.5f, std::floor(y0) + 0.5f},
                                      {std::floor(x1) + 0.5f, std::floor(y1) + 0.5f}, color);
}

}  // namespace flowscope
