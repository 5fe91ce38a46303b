#include "app/panels/curve_menu.h"

#include <algorithm>

#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr float kRow = 22, kHeading = 28, kWidth = 320;  // logical px

/// One curve and where its numbers come from; pale where this run cannot have it. Returns a click.
bool curve_row(PanelContext& context, const std::string& popup, const Rect& row, const Curve& curve,
               bool chosen) {
  const Theme& t = context.theme;
  const std::string refusal = refusal_of(curve, context.snapshot);
  const std::string tip = curve.about + (refusal.empty() ? "." : ". Here: " + refusal + ".");
  const Hit hit = hit_area(context, popup + "." + curve.id, row, tip);
  if (hit.hovered) fill(row, with_alpha(t.color.accent, 0.20f), t.px(4));
  if (chosen) fill({row.x, row.y + t.px(4), t.px(3), row.h - t.px(8)}, t.color.accent);
  const float base = baseline(t, row.y + row.h / 2), right = row.x + row.w - t.px(10);
  const std::string source = refusal.empty() ? source_words(curve, context.snapshot) : "not here";
  draw_text(t.font.body, row.x + t.px(10), base, refusal.empty() ? t.color.text : t.color.muted, curve.title);
  draw_text(t.font.small, right, base, t.color.muted, source, Align::kRight);
  return hit.clicked;
}

float height_of_all(const Theme& t) {
  float height = t.px(8);
  std::string_view section;
  for (const Curve& curve : curves()) {
    if (section != curve.section) height += t.px(kHeading);
    section = curve.section;
    height += t.px(kRow);
  }
  return height;
}

}  // namespace

const Curve* curve_menu(PanelContext& context, const std::string& popup, ImVec2 at, const Curve& chosen) {
  const Theme& t = context.theme;
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  const float height = std::min(height_of_all(t), display.y - t.px(24)), width = t.px(kWidth);
  ImGui::SetNextWindowPos({std::min(at.x, display.x - width - t.px(8)),
                           std::max(t.px(12), std::min(at.y, display.y - height - t.px(12)))});
  ImGui::SetNextWindowSize({width, height});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {t.px(4), t.px(4)});
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
  const Curve* picked = nullptr;
  if (ImGui::BeginPopup(popup.c_str())) {
    std::string_view section;
    for (const Curve& curve : curves()) {
      const ImVec2 from = ImGui::GetCursorScreenPos();
      Rect row{from.x, from.y, ImGui::GetContentRegionAvail().x, t.px(kRow)};
      if (section != curve.section) {
        section = curve.section;
        heading(t, row.x + t.px(10), row.y + t.px(kHeading) / 2 + t.px(3), section);
        row.y += t.px(kHeading);
      }
      if (curve_row(context, popup, row, curve, &curve == &chosen)) {
        picked = &curve;
        ImGui::CloseCurrentPopup();
      }
      ImGui::SetCursorScreenPos({row.x, row.y + row.h});
    }
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar(2);
  return picked;
}

}  // namespace flowscope
