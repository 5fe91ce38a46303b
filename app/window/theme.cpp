#include "app/window/theme.h"

#include "app/window/fonts.h"

namespace flowscope {
namespace {

constexpr ImU32 rgb(unsigned hex) {
  return IM_COL32((hex >> 16) & 255, (hex >> 8) & 255, hex & 255, 255);
}

ImVec4 faded(ImU32 color, float alpha) {
  ImVec4 c = ImGui::ColorConvertU32ToFloat4(color);
  c.w *= alpha;
  return c;
}

/// Quiet borders, small corners: 4 px on containers, 3 px on controls.
void set_style(const Theme& theme) {
  ImGuiStyle style;
  style.WindowPadding = {12, 12};
  style.FramePadding = {8, 4};
  style.ItemSpacing = {8, 8};
  style.ItemInnerSpacing = {8, 4};
  style.CellPadding = {8, 4};
  style.IndentSpacing = 16;
  style.ScrollbarSize = 10;
  style.GrabMinSize = 12;
  style.WindowRounding = style.ChildRounding = style.PopupRounding = 4;
  style.FrameRounding = style.GrabRounding = style.TabRounding = 3;
  style.ScrollbarRounding = 5;
  style.WindowBorderSize = style.ChildBorderSize = 0;
  style.PopupBorderSize = style.FrameBorderSize = 1;
  style.TabBorderSize = 0;
  style.DisabledAlpha = 0.45f;
  style.AntiAliasedLines = style.AntiAliasedFill = true;
  style.AntiAliasedLinesUseTex = false;  // wants an interpolated texture, see GuiHost
  style.CircleTessellationMaxError = 0.2f;
  style.ScaleAllSizes(theme.scale);
  style.PopupBorderSize = style.FrameBorderSize = 1;  // a hairline is one pixel at any scale

  const Palette& p = theme.color;
  ImVec4* c = style.Colors;
  c[ImGuiCol_Text] = faded(p.text, 1);
  c[ImGuiCol_TextDisabled] = faded(p.muted, 1);
  c[ImGuiCol_WindowBg] = faded(p.panel, 1);
  c[ImGuiCol_ChildBg] = faded(p.panel, 0);
  c[ImGuiCol_PopupBg] = faded(p.panel_raised, 1);
  c[ImGuiCol_Border] = faded(p.line, 1);
  c[ImGuiCol_BorderShadow] = faded(p.line, 0);
  c[ImGuiCol_FrameBg] = faded(p.panel_raised, 1);
  c[ImGuiCol_FrameBgHovered] = faded(p.line, 1);
  c[ImGuiCol_FrameBgActive] = faded(p.line, 1);
  c[ImGuiCol_TitleBg] = c[ImGuiCol_TitleBgActive] = faded(p.panel, 1);
  c[ImGuiCol_MenuBarBg] = faded(p.panel, 1);
  c[ImGuiCol_ScrollbarBg] = faded(p.panel, 0);
  c[ImGuiCol_ScrollbarGrab] = faded(p.line, 1);
  c[ImGuiCol_ScrollbarGrabHovered] = c[ImGuiCol_ScrollbarGrabActive] = faded(p.faint, 1);
  c[ImGuiCol_CheckMark] = faded(p.accent, 1);
  c[ImGuiCol_SliderGrab] = faded(p.accent, 1);
  c[ImGuiCol_SliderGrabActive] = faded(p.accent, 1);
  c[ImGuiCol_Button] = faded(p.panel_raised, 1);
  c[ImGuiCol_ButtonHovered] = faded(p.line, 1);
  c[ImGuiCol_ButtonActive] = faded(p.line, 1);
  c[ImGuiCol_Header] = faded(p.accent, 0.22f);
  c[ImGuiCol_HeaderHovered] = faded(p.accent, 0.16f);
  c[ImGuiCol_HeaderActive] = faded(p.accent, 0.30f);
  c[ImGuiCol_Separator] = faded(p.line, 1);
  c[ImGuiCol_SeparatorHovered] = c[ImGuiCol_SeparatorActive] = faded(p.accent, 1);
  c[ImGuiCol_Tab] = faded(p.panel, 1);
  c[ImGuiCol_TabHovered] = faded(p.line, 1);
  c[ImGuiCol_TabActive] = faded(p.panel_raised, 1);
  c[ImGuiCol_TextSelectedBg] = faded(p.accent, 0.35f);
  c[ImGuiCol_NavHighlight] = faded(p.accent, 1);
  c[ImGuiCol_TableHeaderBg] = faded(p.panel_raised, 1);
  c[ImGuiCol_TableBorderStrong] = c[ImGuiCol_TableBorderLight] = faded(p.line, 1);
  c[ImGuiCol_TableRowBgAlt] = faded(p.text, 0.03f);
  c[ImGuiCol_ModalWindowDimBg] = {0, 0, 0, 0.5f};
  ImGui::GetStyle() = style;
}

}  // namespace

Palette dark_palette() {
  return {.window = rgb(0x14171C),
          .panel = rgb(0x1B1F26),
          .panel_raised = rgb(0x242A33),
          .line = rgb(0x2F3641),
          .text = rgb(0xE6E8EB),
          .muted = rgb(0x9AA4B2),
          .faint = rgb(0x6B7686),
          .accent = rgb(0x4C8DFF),
          .accent_text = rgb(0x0B1220),
          .warning = rgb(0xE9B44C),
          .danger = rgb(0xFF7B72),
          .good = rgb(0x7FB8FF),
          .run = {rgb(0xB8921F), rgb(0x66A0FF), rgb(0x1DF2A0), rgb(0xF84C97)},
          .truth = rgb(0xE6E8EB)};
}

Palette light_palette() {
  return {.window = rgb(0xFFFFFF),
          .panel = rgb(0xF5F6F8),
          .panel_raised = rgb(0xFFFFFF),
          .line = rgb(0xDCE0E6),
          .text = rgb(0x1B1F24),
          .muted = rgb(0x5A6472),
          .faint = rgb(0x8A94A3),
          .accent = rgb(0x0B63D6),
          .accent_text = rgb(0xFFFFFF),
          .warning = rgb(0x8A5A00),
          .danger = rgb(0xB3261E),
          .good = rgb(0x0B63D6),
          .run = {rgb(0x5A3600), rgb(0x0878F5), rgb(0x00795E), rgb(0xE8127A)},
          .truth = rgb(0x1B1F24)};
}

void recolor(Theme& theme, bool dark) {
  theme.dark = dark;
  theme.color = dark ? dark_palette() : light_palette();
  set_style(theme);
}

Theme make_theme(bool dark, float scale) {
  Theme theme;
  theme.scale = scale;
  theme.font = load_fonts(scale);
  recolor(theme, dark);
  return theme;
}

}  // namespace flowscope
