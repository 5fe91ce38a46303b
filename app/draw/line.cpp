// Polylines of any length and style.
#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"

namespace flowscope {
namespace {

// ImDrawIdx has 16 bits and a thick anti-aliased line takes four vertices a point: one call may
// hold 16,384 points at most before indices wrap without a word.
constexpr size_t kChunk = 8000;

void draw_solid(ImDrawList* list, std::span<const ImVec2> points, ImU32 color, float thickness) {
  for (size_t begin = 0; begin + 1 < points.size(); begin += kChunk - 1) {
    const size_t n = std::min(kChunk, points.size() - begin);
    list->AddPolyline(points.data() + begin, static_cast<int>(n), color, 0, thickness);
  }
}

/// Lengths of ink and gap in turn, in logical pixels.
std::span<const float> pattern_of(LineStyle style) {
  static constexpr float kDash[] = {6, 4}, kDot[] = {1.5f, 3.5f}, kDashDot[] = {8, 3, 1.5f, 3};
  if (style == LineStyle::kDash) return kDash;
  if (style == LineStyle::kDot) return kDot;
  return kDashDot;
}

}  // namespace

void draw_line(ImDrawList* list, std::span<const ImVec2> points, ImU32 color, float thickness,
               LineStyle style, float scale) {
  if (style == LineStyle::kSolid) {
    draw_solid(list, points, color, thickness);
    return;
  }
  const std::span<const float> pattern = pattern_of(style);
  size_t part = 0;
  float left = pattern[0] * scale;  // of the current ink or gap
  std::vector<ImVec2> ink;
  const auto flush = [&] {
    if (ink.size() > 1) draw_solid(list, ink, color, thickness);
    ink.clear();
  };
  for (size_t i = 0; i + 1 < points.size(); ++i) {
    const ImVec2 a = points[i], b = points[i + 1];
    const float length = std::hypot(b.x - a.x, b.y - a.y);
    float done = 0;
    while (done < length) {
      const auto at = [&](float d) {
        return ImVec2(a.x + (b.x - a.x) * d / length, a.y + (b.y - a.y) * d / length);
      };
      const bool inked = part % 2 == 0;
      const float step = std::min(left, length - done);
      if (inked && ink.empty()) ink.push_back(at(done));
      if (inked) ink.push_back(at(done + step));
      done += step;
      left -= step;
      if (left > 1e-4f) continue;
      if (inked) flush();
      part = (part + 1) % pattern.size();
      left = pattern[part] * scale;
    }
  }
  flush();
}

}  // namespace flowscope
