// What lies above the panels: the list of keys and the toast.
#include <algorithm>
#include <cmath>

#include "app/draw/text.h"
#include "app/window/gui.h"

namespace flowscope {
namespace {

constexpr double kToastSeconds = 4, kFade = 0.25;

/// A key as a key cap of that height. Returns its right edge.
float draw_cap(ImDrawList* list, const Theme& theme, ImVec2 at, float height, const char* text) {
  const float pad = theme.px(8);
  const float w = std::max(height, text_width(theme.font.small, text) + 2 * pad);
  list->AddRectFilled(at, {at.x + w, at.y + height}, theme.color.panel_raised, theme.px(4));
  list->AddRect(at, {at.x + w, at.y + height}, theme.color.faint, theme.px(4));
  write(list, theme.font.small,
        {at.x + w / 2, at.y + (height - theme.font.small->FontSize) / 2}, theme.color.text, text,
        Align::kCenter);
  return at.x + w;
}

/// Two columns of keys on a card in the middle of the window; a click or any of its keys closes it.
void draw_keys(PanelContext& context, float width, float height) {
  const Theme& theme = context.theme;
  const std::span<const KeyBinding> keys = key_bindings();
  const float column = theme.px(384), pad = theme.px(32), head = 2 * pad + theme.px(48);
  const auto rows = (keys.size() + 1) / 2;
  const float row = std::min(theme.px(32), (height - head) / static_cast<float>(rows));
  const float cap = std::min(theme.px(24), row - theme.px(2));
  const float w = 2 * column + 2 * pad;
  const float h = head + row * static_cast<float>(rows);
  const Rect card{std::round((width - w) / 2), std::round((height - h) / 2), w, h};

  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({width, height});
  ImGui::SetNextWindowFocus();
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::Begin("##keys", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoNav);
  ImGui::PopStyleVar();
  if (ImGui::InvisibleButton("close", {width, height})) context.ui.show_keys = false;
  ImDrawList* list = ImGui::GetWindowDrawList();
  list->AddRectFilled({0, 0}, {width, height}, IM_COL32(0, 0, 0, theme.dark ? 150 : 90));
  list->AddRectFilled(card.min(), card.max(), theme.color.panel, theme.px(8));
  list->AddRect(card.min(), card.max(), theme.color.line, theme.px(8));
  write(list, theme.font.bold, {card.x + pad, card.y + pad}, theme.color.text, "Keys");
  write(list, theme.font.small, {card.x + card.w - pad, card.y + pad + theme.px(2)},
        theme.color.muted, "F1 or Esc closes", Align::kRight);
  for (size_t i = 0; i < keys.size(); ++i) {
    const float x = card.x + pad + (i < rows ? 0 : column);
    const float y = card.y + pad + theme.px(48) + row * static_cast<float>(i % rows);
    const float end = draw_cap(list, theme, {x, y}, cap, keys[i].keys);
    const float text_x = std::max(x + theme.px(144), end + theme.px(12));
    write(list, theme.font.body, {text_x, y + (cap - theme.font.body->FontSize) / 2},
          theme.color.text, keys[i].action);
  }
  ImGui::End();
  if (context.items) (*context.items)["keys"] = card;
}

void draw_toast(PanelContext& context, float width, float height) {
  UiState& ui = context.ui;
  if (ui.toast.empty() || context.now >= ui.toast_until) {
    ui.toast.clear();
    return;
  }
  const Theme& theme = context.theme;
  const auto alpha =
      static_cast<float>(std::clamp((ui.toast_until - context.now) / kFade, 0.0, 1.0));
  const std::string text = shortened(theme.font.body, ui.toast, width * 0.8f);
  const float w = text_width(theme.font.body, text) + theme.px(32), h = theme.px(40);
  const Rect r{std::round((width - w) / 2), std::round(height - theme.px(44) - h), w, h};
  ImDrawList* list = ImGui::GetForegroundDrawList();
  list->AddRectFilled(r.min(), r.max(), with_alpha(theme.color.panel_raised, alpha), theme.px(4));
  list->AddRect(r.min(), r.max(), with_alpha(theme.color.faint, alpha), theme.px(4));
  write(list, theme.font.body,
        {r.x + theme.px(16), r.y + (h - theme.font.body->FontSize) / 2},
        with_alpha(theme.color.text, alpha), text);
  if (context.items) (*context.items)["toast"] = r;
}

}  // namespace

void show_toast(UiState& ui, double now, std::string text) {
  ui.toast = std::move(text);
  ui.toast_until = now + kToastSeconds;
}

void draw_overlays(PanelContext& context, float width, float height) {
  if (context.ui.show_keys) draw_keys(context, width, height);
  draw_toast(context, width, height);
}

}  // namespace flowscope
