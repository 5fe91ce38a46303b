#include "app/window/gui.h"

#include <algorithm>
#include <cmath>

namespace flowscope {
namespace {

struct PanelEntry {
  const char* name;
  void (*draw)(PanelContext&, const Rect&);
};

constexpr PanelEntry kPanels[] = {
    {"top_bar", draw_top_bar},   {"setup", draw_setup},         {"view_tabs", draw_view_tabs},
    {"hero", draw_hero},         {"hero_footer", draw_hero_footer}, {"lower", draw_lower},
    {"inspector", draw_inspector}, {"charts", draw_charts},     {"timeline", draw_timeline},
    {"status", draw_status},
};

/// To real pixels, edges rounded so that neighbours share them.
Rect scaled(const Rect& r, float scale) {
  const float x0 = std::round(r.x * scale), y0 = std::round(r.y * scale);
  return {x0, y0, std::round((r.x + r.w) * scale) - x0, std::round((r.y + r.h) * scale) - y0};
}

constexpr ImGuiWindowFlags kFixed =
    ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoResize |
    ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoBringToFrontOnFocus |
    ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoScrollbar |
    ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoBackground;

/// Calls `draw` inside an ImGui window without padding that covers the rectangle.
template <typename Draw>
void in_window(const char* name, const Rect& rect, ImGuiWindowFlags flags, const Draw& draw) {
  ImGui::SetNextWindowPos(rect.min());
  ImGui::SetNextWindowSize({rect.w, rect.h});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
  ImGui::Begin(name, nullptr, kFixed | flags);
  ImGui::PopStyleVar(3);
  draw();
  ImGui::End();
}

void draw_panel(PanelContext& context, const PanelEntry& panel, const Rect& rect) {
  in_window(panel.name, rect, 0, [&] {
    ImGui::PushFont(context.theme.font.body);
    context.panel = panel.name;
    panel.draw(context, rect);
    ImGui::PopFont();
  });
  if (context.items) (*context.items)[panel.name] = rect;
  if (context.interactive && rect.contains(ImGui::GetIO().MousePos)) {
    context.ui.hovered_panel = panel.name;
  }
}

/// Hairlines between neighbours: on the left and top edge of every panel that has one.
void draw_borders(const PanelContext& context, const std::map<std::string, Rect>& panels) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const ImU32 color = context.theme.color.line;
  for (const auto& [name, r] : panels) {
    if (r.x > 0) list->AddRectFilled({r.x, r.y}, {r.x + 1, r.y + r.h}, color);
    const bool continues = name == "hero_footer";  // belongs to the hero above it
    if (r.y > 0 && !continues) list->AddRectFilled({r.x, r.y}, {r.x + r.w, r.y + 1}, color);
  }
}

/// A change that the run refused is told once; what stops a run has a place of its own.
void tell_refusal(PanelContext& context) {
  const Snapshot& s = context.snapshot;
  if (context.ui.refused == s.message) return;
  context.ui.refused = s.message;
  const bool stopped = s.state == RunState::kFailed || s.state == RunState::kDiverged;
  if (!stopped && !s.message.empty()) show_toast(context.ui, context.now, s.message);
}

}  // namespace

void build_gui(PanelContext& context, float width, float height) {
  UiState& ui = context.ui;
  const float scale = context.theme.scale;
  if (context.items) context.items->clear();
  if (context.interactive) handle_keys(context);
  update_map_cells(context);
  tell_refusal(context);
  ui.hovered_panel.clear();
  std::map<std::string, Rect> panels = layout(ui, width / scale, height / scale);
  for (auto& [name, rect] : panels) rect = scaled(rect, scale);
  for (const PanelEntry& panel : kPanels) {
    const auto found = panels.find(panel.name);
    if (found != panels.end() && found->second.w >= 1 && found->second.h >= 1) {
      draw_panel(context, panel, found->second);
    }
  }
  in_window("##borders", {0, 0, width, height},
            ImGuiWindowFlags_NoInputs, [&] { draw_borders(context, panels); });
  if (context.interactive) draw_splitters(context, panels, width);
  draw_overlays(context, width, height);
}

}  // namespace flowscope
