#include "app/panels/past.h"

#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/run_names.h"
#include "app/panels/widgets.h"
#include "app/window/gui.h"

namespace flowscope {

const RunView* chosen_run(const PanelContext& context) {
  const auto run = static_cast<size_t>(context.ui.run);
  return run < context.runs.size() ? &context.runs[run] : nullptr;
}

std::vector<std::int64_t> kept_steps(const PanelContext& context) {
  std::vector<std::int64_t> steps;
  const RunView* run = chosen_run(context);
  if (!run || !run->timeline) return steps;
  for (const Moment& moment : run->timeline->moments()) steps.push_back(moment.step());
  return steps;
}

void look_back(PanelContext& context, double step) {
  const std::vector<std::int64_t> kept = kept_steps(context);
  if (kept.empty()) return;
  const auto distance = [&](std::int64_t s) { return std::abs(static_cast<double>(s) - step); };
  const std::int64_t nearest = *std::ranges::min_element(kept, {}, distance);
  const std::int64_t live = chosen_run(context)->live->metrics.step;
  if (distance(live) <= distance(nearest)) context.ui.past.reset();
  else context.ui.past = nearest;
}

void move_in_past(PanelContext& context, int moments) {
  const std::vector<std::int64_t> kept = kept_steps(context);
  const std::int64_t live = chosen_run(context) ? chosen_run(context)->live->metrics.step : 0;
  const std::int64_t now = context.ui.past.value_or(live);
  // How many of them lie before what is shown.
  const auto before = static_cast<std::int64_t>(std::ranges::lower_bound(kept, now) - kept.begin());
  const bool on_one = before < std::ssize(kept) && kept[static_cast<size_t>(before)] == now;
  const std::int64_t to = before + moments - (moments > 0 && !on_one ? 1 : 0);
  if (to >= std::ssize(kept)) return context.ui.past.reset();
  context.ui.past = kept[static_cast<size_t>(std::max<std::int64_t>(0, to))];
}

void branch_here(PanelContext& context) {
  const std::vector<std::int64_t> kept = kept_steps(context);
  if (kept.empty()) return show_toast(context.ui, context.now, "No step is kept yet to branch off from");
  if (context.runs.size() == kMostRuns) {
    return show_toast(context.ui, context.now, "At most four runs are compared: remove one first");
  }
  context.ui.wish.branch = context.ui.past.value_or(kept.back());
}

float draw_past_banner(PanelContext& context, const Rect& rect) {
  const RunView* run = chosen_run(context);
  if (!context.ui.past || !run) return 0;
  const Theme& t = context.theme;
  const Rect r{rect.x + t.px(8), rect.y + t.px(6), rect.w - t.px(16), t.px(34)};
  fill(r, with_alpha(t.color.text, 0.07f), t.px(6));
  outline(r, t.color.muted, t.px(6));
  const float middle = r.y + r.h / 2, height = t.px(26);
  const Rect live{r.x + r.w - t.px(6 + 92), middle - height / 2, t.px(92), height};
  const Rect branch{live.x - t.px(8 + 128), live.y, t.px(128), height};
  const std::string words = "Looking at step " + format_count(context.snapshot.metrics.step) +
                            "; training is at " + format_count(run->live->metrics.step);
  draw_text(t.font.body, r.x + t.px(12), baseline(t, middle), t.color.text,
            shortened(t.font.body, words, branch.x - r.x - t.px(24)));
  if (button(context, "branch", branch, "Branch here", ButtonKind::kOutline,
             "A compared run goes on from this step, with the settings it had here (Enter)")) {
    branch_here(context);
  }
  if (button(context, "live", live, "Live", ButtonKind::kOutline, "Back to what is trained now (End)")) {
    context.ui.past.reset();
  }
  return t.px(44);
}

}  // namespace flowscope
