// Text on a draw list, measured and placed.
#pragma once

#include <imgui.h>

#include <string>
#include <string_view>

namespace flowscope {

enum class Align { kLeft, kCenter, kRight };

/// Width of one line, in real pixels.
inline float text_width(const ImFont* font, std::string_view text) {
  return font->CalcTextSizeA(font->FontSize, 1e9f, 0, text.data(), text.data() + text.size()).x;
}

/// Writes one line; `at` is its top left, top centre or top right. Positions are rounded to whole
/// pixels, where the glyphs are sharp.
inline void write(ImDrawList* list, ImFont* font, ImVec2 at, ImU32 color, std::string_view text,
                  Align align = Align::kLeft) {
  if (text.empty()) return;
  if (align != Align::kLeft) {
    at.x -= text_width(font, text) * (align == Align::kRight ? 1.0f : 0.5f);
  }
  at = {static_cast<float>(static_cast<int>(at.x + 0.5f)),
        static_cast<float>(static_cast<int>(at.y + 0.5f))};
  list->AddText(font, font->FontSize, at, color, text.data(), text.data() + text.size());
}

/// The text, or its beginning and an ellipsis where it is wider than `width`.
inline std::string shortened(const ImFont* font, std::string_view text, float width) {
  if (text_width(font, text) <= width) return std::string(text);
  std::string head(text);
  while (!head.empty()) {
    do {  // drop a whole UTF-8 character
      const bool tail = (static_cast<unsigned char>(head.back()) & 0xC0) == 0x80;
      head.pop_back();
      if (!tail) break;
    } while (!head.empty());
    if (text_width(font, head + "\u2026") <= width) return head + "\u2026";
  }
  return "";
}

/// A colour with its alpha multiplied.
inline ImU32 with_alpha(ImU32 color, float alpha) {
  const auto a = static_cast<float>(color >> IM_COL32_A_SHIFT) * alpha;
  return (color & ~IM_COL32_A_MASK) | (static_cast<ImU32>(a + 0.5f) << IM_COL32_A_SHIFT);
}

}  // namespace flowscope
