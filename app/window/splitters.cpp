// The three borders that can be dragged: rail, right column, lower view.
#include <algorithm>
#include <cmath>

#include "app/window/gui.h"

namespace flowscope {
namespace {

constexpr ImGuiWindowFlags kFlags =
    ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoBackground |
    ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoSavedSettings |
    ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoFocusOnAppearing;

/// A grip of 8 logical pixels over a border. Returns how far it was dragged, in logical pixels.
float grip(PanelContext& context, const char* name, const Rect& rect, bool upright) {
  ImGui::SetNextWindowPos(rect.min());
  ImGui::SetNextWindowSize({rect.w, rect.h});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
  ImGui::Begin(name, nullptr, kFlags);
  ImGui::PopStyleVar(2);
  ImGui::InvisibleButton("grip", {rect.w, rect.h});
  const bool active = ImGui::IsItemActive();
  if (active || ImGui::IsItemHovered()) {
    ImGui::SetMouseCursor(upright ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
    const float w = context.theme.px(2);
    const ImVec2 middle{rect.x + rect.w / 2, rect.y + rect.h / 2};
    const ImVec2 a = upright ? ImVec2(middle.x - w / 2, rect.y) : ImVec2(rect.x, middle.y - w / 2);
    const ImVec2 b = upright ? ImVec2(middle.x + w / 2, rect.y + rect.h)
                             : ImVec2(rect.x + rect.w, middle.y + w / 2);
    ImGui::GetWindowDrawList()->AddRectFilled(a, b, context.theme.color.accent);
  }
  const ImVec2 moved = active ? ImGui::GetIO().MouseDelta : ImVec2(0, 0);
  ImGui::End();
  if (context.items) (*context.items)[name] = rect;
  return (upright ? moved.x : moved.y) / context.theme.scale;
}

}  // namespace

void draw_splitters(PanelContext& context, const std::map<std::string, Rect>& panels,
                    float width) {
  UiState& ui = context.ui;
  if (!ui.maximised.empty() || ui.show_keys) return;
  const float half = context.theme.px(4), scale = context.theme.scale;
  const float most = std::max(240.0f, 0.35f * width / scale);
  if (const auto p = panels.find("setup"); p != panels.end()) {
    const Rect& r = p->second;
    const Rect at{r.x + r.w - half, r.y, 2 * half, r.h};
    const float moved = grip(context, "splitter_rail", at, true);
    if (moved != 0) ui.rail_width = std::clamp(r.w / scale + moved, 232.0f, std::min(480.0f, most));
  }
  if (const auto p = panels.find("charts"); p != panels.end()) {
    const Rect& r = p->second;
    const Rect& top = panels.at("inspector");
    const Rect at{r.x - half, top.y, 2 * half, top.h + r.h};
    const float moved = grip(context, "splitter_right", at, true);
    if (moved != 0) ui.right_width = std::clamp(r.w / scale - moved, 288.0f, std::min(640.0f, most));
  }
  if (const auto p = panels.find("lower"); p != panels.end()) {
    const Rect& r = p->second;
    const float moved = grip(context, "splitter_lower", {r.x, r.y - half, r.w, 2 * half}, false);
    if (moved == 0) return;
    const float middle = (panels.at("timeline").y - panels.at("top_bar").h) / scale;
    const float wanted = r.h / scale - moved;
    ui.lower_height = std::clamp(middle >= 800 ? wanted : wanted * 800 / middle, 120.0f, 900.0f);
  }
}

}  // namespace flowscope
