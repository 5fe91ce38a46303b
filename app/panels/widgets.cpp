#include "app/panels/widgets.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/panels/icons.h"

namespace flowscope {
namespace {

constexpr double kTipDelay = 0.4;  // seconds; ImGui 1.86 has no delay of its own

ImGuiID id_of(std::string_view id) { return ImGui::GetID(id.data(), id.data() + id.size()); }

void show_tip(PanelContext& context, ImGuiID id, std::string_view tip) {
  UiState& ui = context.ui;
  if (ui.tip_id != id) {
    ui.tip_id = id;
    ui.tip_since = context.now;
  }
  if (tip.empty() || context.now - ui.tip_since < kTipDelay) return;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {context.theme.px(10), context.theme.px(8)});
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(context.theme.px(320));
  ImGui::PushFont(context.theme.font.small);
  ImGui::TextUnformatted(tip.data(), tip.data() + tip.size());
  ImGui::PopFont();
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

/// What the mouse was on in the last frame is what this one marks.
void roll_hover(UiState& ui) {
  if (ui.frame == ImGui::GetFrameCount()) return;
  ui.frame = ImGui::GetFrameCount();
  ui.hovered_state = std::exchange(ui.next_state, -1);
  ui.hovered_cell = std::exchange(ui.next_cell, -1);
}

}  // namespace

PanelScope::PanelScope(PanelContext& context, const char* name, const Rect& rect, ImU32 ground)
    : context_(context), outer_(context.panel) {
  roll_hover(context.ui);
  context.panel = name;
  ImGui::PushID(name);
  ImGui::PushClipRect(rect.min(), rect.max(), true);
  // The frame begins with the colour of panels: in software a second coat costs as much as the
  // rest.
  if (ground != context.theme.color.panel) fill(rect, ground);
}

PanelScope::PanelScope(PanelContext& context, const char* name, const Rect& rect)
    : PanelScope(context, name, rect, context.theme.color.panel) {}

PanelScope::~PanelScope() {
  ImGui::PopClipRect();
  ImGui::PopID();
  context_.panel = outer_;
}

ScrollArea::ScrollArea(PanelContext& context, const char* id, const Rect& rect) {
  const float bar = context.theme.px(8);
  ImGui::SetCursorScreenPos(rect.min());
  ImGui::PushStyleVar(ImGuiStyleVar_ScrollbarSize, bar);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::BeginChild(id, {std::max(1.0f, rect.w), std::max(1.0f, rect.h)}, false,
                    ImGuiWindowFlags_NoBackground);
  x_ = rect.x;
  y_ = rect.y - ImGui::GetScrollY();
  width_ = rect.w - (ImGui::GetScrollMaxY() > 0 ? bar : 0);
}

void ScrollArea::set_bottom(float y) {
  ImGui::SetCursorScreenPos({x_, y});
  ImGui::Dummy({1, 0});
}

ScrollArea::~ScrollArea() {
  ImGui::EndChild();
  ImGui::PopStyleVar(2);
}

void hover(PanelContext& context, int state, int cell) {
  context.ui.next_state = state;
  context.ui.next_cell = cell;
}

Hit hit_area(PanelContext& context, std::string_view id, const Rect& rect, std::string_view tip) {
  if (rect.w < 1 || rect.h < 1) return {};
  if (context.items) (*context.items)[std::string(context.panel) + "/" + std::string(id)] = rect;
  ImGui::SetCursorScreenPos(rect.min());
  ImGui::PushID(id.data(), id.data() + id.size());
  Hit hit;
  hit.clicked = ImGui::InvisibleButton("hit", {rect.w, rect.h});
  hit.hovered = context.interactive && ImGui::IsItemHovered();
  hit.held = ImGui::IsItemActive();
  hit.double_clicked = hit.hovered && ImGui::IsMouseDoubleClicked(0);
  ImGui::PopID();
  if (hit.hovered && !hit.held) show_tip(context, id_of(id), tip);
  return hit;
}

ImU32 button_ground(const Theme& theme, const Rect& rect, ButtonKind kind, const Hit& hit) {
  const Palette& c = theme.color;
  const float round = theme.px(6);
  const float lift = hit.held ? 0.16f : hit.hovered ? 0.08f : 0;
  if (kind == ButtonKind::kAccent) {
    fill(rect, mix(c.accent, c.text, lift), round);
    return c.accent_text;
  }
  if (kind == ButtonKind::kOutline) {
    fill(rect, mix(c.panel_raised, c.text, lift), round);
    outline(rect, c.line, round);
  } else if (lift > 0) {
    fill(rect, mix(c.panel, c.text, lift), round);
  }
  return c.text;
}

bool button(PanelContext& context, std::string_view id, const Rect& rect, std::string_view label,
            ButtonKind kind, std::string_view tip) {
  const Hit hit = hit_area(context, id, rect, tip);
  const ImU32 ink = button_ground(context.theme, rect, kind, hit);
  ImFont* font = context.theme.font.body;
  draw_text(font, rect.x + rect.w / 2, baseline(context.theme, rect.y + rect.h / 2), ink,
            shortened(font, label, rect.w - context.theme.px(8)), Align::kCenter);
  return hit.clicked;
}

bool chip(PanelContext& context, std::string_view id, float& x, float centre_y,
          std::string_view label, bool on, std::string_view tip) {
  const Theme& t = context.theme;
  const float pad = t.px(10), height = t.px(22);
  const Rect rect{std::floor(x), std::floor(centre_y - height / 2),
                  std::ceil(text_width(t.font.small, label) + 2 * pad), height};
  const Hit hit = hit_area(context, id, rect, tip);
  const float round = height / 2;
  // Off is an outline, on is filled: not told by colour alone.
  if (on) fill(rect, with_alpha(t.color.accent, t.dark ? 0.28f : 0.16f), round);
  if (hit.hovered && !on) fill(rect, with_alpha(t.color.text, 0.06f), round);
  outline(rect, on ? t.color.accent : t.color.line, round);
  draw_text(t.font.small, rect.x + rect.w / 2, baseline(t, centre_y) - t.px(1),
            on ? t.color.text : t.color.muted, label, Align::kCenter);
  x = rect.x + rect.w + t.px(6);
  return hit.clicked;
}

bool tab(PanelContext& context, std::string_view id, float& x, const Rect& row,
         std::string_view label, bool open, std::string_view tip) {
  const Theme& t = context.theme;
  ImFont* font = open ? t.font.bold : t.font.body;
  const Rect rect{std::floor(x), row.y, std::ceil(text_width(t.font.bold, label) + t.px(24)),
                  row.h};
  const Hit hit = hit_area(context, id, rect, tip);
  if (hit.hovered && !open) fill(rect, with_alpha(t.color.text, 0.05f));
  draw_text(font, rect.x + rect.w / 2, baseline(t, row.y + row.h / 2),
            open || hit.hovered ? t.color.text : t.color.muted, label, Align::kCenter);
  if (open) {
    const float inset = t.px(12), thick = t.px(2);
    fill({rect.x + inset, row.y + row.h - thick, rect.w - 2 * inset, thick}, t.color.accent);
  }
  x = rect.x + rect.w;
  return hit.clicked;
}

int segments(PanelContext& context, std::string_view id, const Rect& rect,
             const std::vector<std::string>& labels, int chosen) {
  const Theme& t = context.theme;
  const float round = t.px(5);
  fill(rect, t.color.window, round);
  outline(rect, t.color.line, round);
  int clicked = -1;
  const float width = rect.w / static_cast<float>(labels.size());
  for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
    const Rect part{rect.x + width * static_cast<float>(i), rect.y, width, rect.h};
    const std::string part_id = std::string(id) + "." + std::to_string(i);
    const Hit hit = hit_area(context, part_id, part);
    const bool on = i == chosen;
    if (on) {
      fill(part.inset(t.px(2)), with_alpha(t.color.accent, t.dark ? 0.30f : 0.18f), t.px(4));
    } else if (hit.hovered) {
      fill(part.inset(t.px(2)), with_alpha(t.color.text, 0.06f), t.px(4));
    }
    draw_text(t.font.small, part.x + part.w / 2, baseline(t, part.y + part.h / 2) - t.px(1),
              on ? t.color.text : t.color.muted,
              shortened(t.font.small, labels[static_cast<size_t>(i)], part.w - t.px(6)),
              Align::kCenter);
    if (hit.clicked && !on) clicked = i;
  }
  return clicked;
}

int combo(PanelContext& context, std::string_view id, const Rect& rect, std::string_view shown,
          const std::vector<ComboItem>& items, int chosen, std::string_view tip) {
  const Theme& t = context.theme;
  const Hit hit = hit_area(context, id, rect, tip);
  const ImU32 ink = button_ground(t, rect, ButtonKind::kOutline, hit);
  const float pad = t.px(10), arrow = t.px(8);
  draw_text(t.font.body, rect.x + pad, baseline(t, rect.y + rect.h / 2), ink,
            shortened(t.font.body, shown, rect.w - 3 * pad - arrow));
  icon_chevron({rect.x + rect.w - pad - arrow / 2, rect.y + rect.h / 2}, arrow, t.color.muted);
  const std::string popup = std::string(id) + ".list";
  if (hit.clicked) ImGui::OpenPopup(popup.c_str());
  int picked = -1;
  float width = rect.w;
  for (const ComboItem& item : items) {
    width = std::max({width, text_width(t.font.body, item.label) + 3 * pad,
                      text_width(t.font.small, item.caption) + 3 * pad});
  }
  const bool captions = std::any_of(items.begin(), items.end(),
                                    [](const ComboItem& i) { return !i.caption.empty(); });
  const float row = t.px(captions ? 44 : 28);
  const float height = std::min(row * static_cast<float>(items.size()) + t.px(8),
                                ImGui::GetIO().DisplaySize.y - rect.y - rect.h - t.px(12));
  ImGui::SetNextWindowPos({rect.x, rect.y + rect.h + t.px(4)});
  ImGui::SetNextWindowSize({width, std::max(height, row)});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {t.px(4), t.px(4)});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  if (ImGui::BeginPopup(popup.c_str())) {
    for (int i = 0; i < static_cast<int>(items.size()); ++i) {
      const ComboItem& item = items[static_cast<size_t>(i)];
      const ImVec2 at = ImGui::GetCursorScreenPos();
      const Rect line{at.x, at.y, ImGui::GetContentRegionAvail().x, row};
      const Hit over = hit_area(context, popup + std::to_string(i), line);
      if (over.hovered) fill(line, with_alpha(t.color.accent, 0.20f), t.px(4));
      if (i == chosen) fill({line.x, line.y + t.px(6), t.px(3), line.h - t.px(12)}, t.color.accent);
      const float middle = line.y + line.h / 2;
      const float shift = item.caption.empty() ? 0 : t.px(9);
      draw_text(t.font.body, line.x + pad, baseline(t, middle - shift), t.color.text, item.label);
      draw_text(t.font.small, line.x + pad, baseline(t, middle + shift), t.color.muted,
                item.caption);
      ImGui::SetCursorScreenPos({line.x, line.y + line.h});
      if (over.clicked) {
        picked = i;
        ImGui::CloseCurrentPopup();
      }
    }
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar(2);
  return picked;
}

}  // namespace flowscope
