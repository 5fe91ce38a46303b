#include "app/panels/icons.h"

#include <algorithm>
#include <cmath>

namespace flowscope {
namespace {

constexpr float kPi = 3.14159265f;

ImDrawList* list() { return ImGui::GetWindowDrawList(); }

float stroke(float size) { return std::max(1.0f, size * 0.11f); }

void triangle(ImVec2 a, ImVec2 b, ImVec2 c, ImU32 color) {
  list()->AddTriangleFilled(a, b, c, color);
}

}  // namespace

void icon_play(ImVec2 at, float size, ImU32 color) {
  const float r = size / 2;
  triangle({at.x - r * 0.7f, at.y - r}, {at.x + r, at.y}, {at.x - r * 0.7f, at.y + r}, color);
}

void icon_pause(ImVec2 at, float size, ImU32 color) {
  const float r = size / 2, bar = size * 0.28f;
  list()->AddRectFilled({at.x - r, at.y - r}, {at.x - r + bar, at.y + r}, color, size * 0.06f);
  list()->AddRectFilled({at.x + r - bar, at.y - r}, {at.x + r, at.y + r}, color, size * 0.06f);
}

void icon_step(ImVec2 at, float size, ImU32 color) {
  const float r = size / 2, bar = size * 0.2f;
  triangle({at.x - r, at.y - r}, {at.x + r - bar, at.y}, {at.x - r, at.y + r}, color);
  list()->AddRectFilled({at.x + r - bar, at.y - r}, {at.x + r, at.y + r}, color);
}

void icon_to_start(ImVec2 at, float size, ImU32 color) {
  const float r = size / 2, bar = size * 0.2f;
  triangle({at.x + r, at.y + r}, {at.x - r + bar, at.y}, {at.x + r, at.y - r}, color);
  list()->AddRectFilled({at.x - r, at.y - r}, {at.x - r + bar, at.y + r}, color);
}

void icon_restart(ImVec2 at, float size, ImU32 color) {
  const float r = size * 0.40f, end = kPi * 1.55f, head = size * 0.26f;
  list()->PathArcTo(at, r, -kPi * 0.15f, end, 20);
  list()->PathStroke(color, 0, stroke(size));
  const ImVec2 tip{at.x + r * std::cos(end), at.y + r * std::sin(end)};
  const ImVec2 along{-std::sin(end), std::cos(end)}, out{std::cos(end), std::sin(end)};
  triangle({tip.x + along.x * head, tip.y + along.y * head},
           {tip.x + out.x * head * 0.8f, tip.y + out.y * head * 0.8f},
           {tip.x - out.x * head * 0.8f, tip.y - out.y * head * 0.8f}, color);
}

void icon_chevron(ImVec2 at, float size, ImU32 color, bool up) {
  const float r = size / 2, h = up ? -size * 0.25f : size * 0.25f;
  const ImVec2 points[] = {{at.x - r, at.y - h}, {at.x, at.y + h}, {at.x + r, at.y - h}};
  list()->AddPolyline(points, 3, color, 0, std::max(1.0f, size * 0.18f));
}

void icon_sun(ImVec2 at, float size, ImU32 color) {
  list()->AddCircleFilled(at, size * 0.24f, color, 20);
  for (int i = 0; i < 8; ++i) {
    const float a = kPi * static_cast<float>(i) / 4, c = std::cos(a), s = std::sin(a);
    list()->AddLine({at.x + c * size * 0.36f, at.y + s * size * 0.36f},
                    {at.x + c * size * 0.5f, at.y + s * size * 0.5f}, color, stroke(size));
  }
}

void icon_moon(ImVec2 at, float size, ImU32 color, ImU32 ground) {
  list()->AddCircleFilled(at, size * 0.42f, color, 24);
  list()->AddCircleFilled({at.x + size * 0.2f, at.y - size * 0.14f}, size * 0.36f, ground, 24);
}

void icon_maximise(ImVec2 at, float size, ImU32 color, bool restore) {
  // Four corners, pointing out to maximise and in to restore.
  const float r = size / 2, arm = size * 0.3f;
  for (const float sx : {-1.0f, 1.0f}) {
    for (const float sy : {-1.0f, 1.0f}) {
      const float k = restore ? r - arm : r, d = restore ? arm : -arm;
      const ImVec2 corner{at.x + sx * k, at.y + sy * k};
      const ImVec2 points[] = {
          {corner.x + sx * d, corner.y}, corner, {corner.x, corner.y + sy * d}};
      list()->AddPolyline(points, 3, color, 0, stroke(size));
    }
  }
}

void icon_close(ImVec2 at, float size, ImU32 color) {
  const float r = size / 2;
  list()->AddLine({at.x - r, at.y - r}, {at.x + r, at.y + r}, color, stroke(size * 1.6f));
  list()->AddLine({at.x - r, at.y + r}, {at.x + r, at.y - r}, color, stroke(size * 1.6f));
}

void icon_warning(ImVec2 at, float size, ImU32 color, ImU32 ink) {
  const float r = size / 2;
  triangle({at.x, at.y - r}, {at.x + r, at.y + r * 0.85f}, {at.x - r, at.y + r * 0.85f}, color);
  list()->AddRectFilled({at.x - size * 0.05f, at.y - size * 0.2f},
                        {at.x + size * 0.06f, at.y + size * 0.12f}, ink);
  list()->AddRectFilled({at.x - size * 0.05f, at.y + size * 0.2f},
                        {at.x + size * 0.06f, at.y + size * 0.31f}, ink);
}

void icon_flow(ImVec2 at, float size, ImU32 color) {
  const float r = size / 2, w = size * 0.13f;
  const ImVec2 left{at.x - r, at.y}, right{at.x + r, at.y};
  for (const float side : {-1.0f, 1.0f}) {
    const float h = side * size * 0.55f;
    list()->AddBezierCubic(left, {at.x - r * 0.3f, at.y + h}, {at.x + r * 0.3f, at.y + h}, right,
                           color, w);
  }
  list()->AddCircleFilled(left, size * 0.15f, color, 16);
  list()->AddCircleFilled(right, size * 0.15f, color, 16);
}

void draw_arrow(ImDrawList* list, ImVec2 from, ImVec2 to, float width, float head, ImU32 color) {
  const float dx = to.x - from.x, dy = to.y - from.y, length = std::sqrt(dx * dx + dy * dy);
  if (length < 1) return;
  const float ux = dx / length, uy = dy / length;
  const float tip = std::min(head, length * 0.6f), half = tip * 0.55f;
  const ImVec2 neck{to.x - ux * tip, to.y - uy * tip};
  list->AddLine(from, neck, color, width);
  list->AddTriangleFilled(to, {neck.x - uy * half, neck.y + ux * half},
                          {neck.x + uy * half, neck.y - ux * half}, color);
}

}  // namespace flowscope
