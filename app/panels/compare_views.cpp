#include "app/panels/compare_views.h"

#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/curves.h"
#include "app/panels/facts.h"
#include "app/panels/widgets.h"

namespace flowscope {

bool draw_compare_views(const CompareViews& views) {
  const Snapshot& chosen = views.context.snapshot;
  const bool drawn =
      std::ranges::any_of(views.cards, [](const CompareCard& c) { return c.refusal.empty(); });
  const bool estimated = std::ranges::any_of(
      views.runs, [](const RunView& r) { return r.shown->estimate != nullptr; });
  if (drawn && chosen.run) {
    if (views.context.ui.cells.state.empty())
      draw_compare_objects(views);
    else
      draw_compare_maps(views);
  } else if (estimated) {
    draw_compare_curves(views);
  }
  return drawn || !estimated;
}

void draw_compare_curves(const CompareViews& views) {
  constexpr const char* kTelling[] = {"bounds",     "correlation", "log_likelihood",
                                      "top_reward", "log_z_error", "entropy"};
  constexpr size_t kColumns = 2;
  PanelContext& context = views.context;
  const Theme& t = context.theme;
  const Rect& r = views.target;
  draw_paragraph(t.font.body, {r.x, r.y + t.px(4)}, r.w - t.px(16), t.color.muted,
                 "Too many states for exact pictures: what samples tell stands in their place.");
  std::vector<const Curve*> shown;
  for (const char* id : kTelling) {
    if (refusal_of(*find_curve(id), context.snapshot).empty()) shown.push_back(find_curve(id));
  }
  const float x = views.cards.front().rect.x, least = t.px(96);
  const auto rows = std::min((shown.size() + kColumns - 1) / kColumns,
                             static_cast<size_t>(std::max(1.0f, r.h / least)));
  const Rect& last = views.cards.back().rect;
  const float width = (last.x + last.w - x) / kColumns, height = r.h / static_cast<float>(rows);
  std::optional<double> over;
  for (size_t i = 0; i < std::min(shown.size(), rows * kColumns); ++i) {
    const Rect cell{x + width * static_cast<float>(i % kColumns),
                    r.y + height * static_cast<float>(i / kColumns), width, height};
    if (const auto step = draw_chart(context, *shown[i], cell)) over = step;
  }
  if (context.interactive && over) context.ui.hover_step = over;
}

void draw_compare_tip(PanelContext& context, const std::string& head,
                      const std::vector<std::pair<std::string, double>>& values) {
  const Theme& t = context.theme;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {t.px(10), t.px(8)});
  ImGui::BeginTooltip();
  ImGui::PushFont(t.font.body);
  ImGui::TextUnformatted(head.c_str());
  ImGui::PopFont();
  ImGui::PushFont(t.font.mono);
  const double target = values.empty() ? 0 : values.front().second;
  for (const auto& [name, value] : values) {
    const bool told = name.size() == 1 && values.front().first == "target";
    ImGui::Text("%-7s %9s  %s", name.c_str(), format_number(value, 3).c_str(),
                told ? ratio_words(value, target).c_str() : "");
  }
  ImGui::PopFont();
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

}  // namespace flowscope
