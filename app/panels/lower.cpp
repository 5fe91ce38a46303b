// The lower view: the graph around one state, the last trajectories, the modes.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/draw/plot.h"
#include "app/panels/facts.h"
#include "app/panels/lower_views.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr struct {
  LowerTab tab;
  const char* id;
  const char* label;
} kTabs[] = {{LowerTab::kDag, "slice", "DAG slice"},
             {LowerTab::kTrajectories, "trajectories", "Trajectories"},
             {LowerTab::kModes, "modes", "Modes"}};

/// The same in a continuous space.
std::string missing_in_space(const PanelContext& context) {
  const Snapshot& s = context.snapshot;
  if (context.ui.lower == LowerTab::kModes) {
    if (s.metrics.modes_total == 0) return "The reward of this world has no separate modes.";
    return "Modes of a density have no sharp borders: the map's contours show them. Training has ended near " +
           std::to_string(s.metrics.modes_found) + " of " + std::to_string(s.metrics.modes_total) + ".";
  }
  if (s.density && !s.density->policy) return "Needs a policy; this baseline has none.";
  return !s.behaviour || s.behaviour->paths.empty() ? "No trajectory yet: press Space to train." : "";
}

/// Why the view is empty, or "".
std::string missing(const PanelContext& context) {
  const Snapshot& s = context.snapshot;
  if (!s.run) return s.state == RunState::kFailed ? "No run." : "Waiting for the trainer.";
  if (s.run->space) return missing_in_space(context);
  if (!s.run->graph) return "Needs a world whose states can be enumerated.";
  if (!s.exact && s.estimate) return "Needs a policy; this baseline has none.";
  if (!s.exact) return "Waiting for the first exact view.";
  if (context.ui.lower == LowerTab::kTrajectories &&
      (!s.behaviour || s.behaviour->recent.empty())) {
    return "No trajectory yet: press Space to train.";
  }
  if (context.ui.lower == LowerTab::kModes && s.run->mode_target.empty()) {
    return "The reward of this world has no separate modes.";
  }
  return "";
}

}  // namespace

void draw_lower(PanelContext& context, const Rect& rect) {
  const PanelScope scope(context, "lower", rect);
  const Theme& t = context.theme;
  UiState& ui = context.ui;
  const Rect row{rect.x, rect.y, rect.w, t.px(32)};
  float x = rect.x + t.px(4);
  // Real-valued states have no graph.
  const bool space = context.snapshot.run && context.snapshot.run->space;
  if (space && ui.lower == LowerTab::kDag) ui.lower = LowerTab::kTrajectories;
  for (const auto& entry : kTabs) {
    if (space && entry.tab == LowerTab::kDag) continue;
    if (tab(context, entry.id, x, row, entry.label, ui.lower == entry.tab)) ui.lower = entry.tab;
  }
  hairline(rect.x, row.y + row.h - 1, rect.x + rect.w, row.y + row.h - 1, t.color.line);
  const Rect body{rect.x + t.px(16), rect.y + t.px(40), rect.w - t.px(32), rect.h - t.px(48)};
  if (const std::string why = missing(context); !why.empty()) {
    draw_text(t.font.body, body.x, baseline(t, body.y + t.px(12)), t.color.muted, why);
    return;
  }
  switch (ui.lower) {
    case LowerTab::kDag:
      return draw_dag_slice(context, body);
    case LowerTab::kTrajectories:
      return draw_trajectories(context, body);
    case LowerTab::kModes:
      return draw_modes(context, body);
  }
}

}  // namespace flowscope
