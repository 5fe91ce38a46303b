// The hero: which picture it shows, and what it says when there is none.
#include "app/panels/hero.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/facts.h"
#include "app/panels/icons.h"
#include "app/panels/past.h"
#include "app/panels/walk.h"

namespace flowscope {
namespace {

float message(PanelContext& context, const Rect& r, ImU32 color, std::string_view head,
              std::string_view body) {
  const Theme& t = context.theme;
  const float width = std::min(r.w - t.px(48), t.px(560)), x = r.x + (r.w - width) / 2;
  float y = r.y + r.h * 0.32f;
  if (color != t.color.text) {
    icon_warning({x + t.px(9), y + t.px(9)}, t.px(18), color, t.color.panel);
    draw_text(t.font.bold, x + t.px(28), baseline(t, y + t.px(9)), t.color.text, head);
  } else {
    draw_text(t.font.bold, x, baseline(t, y + t.px(9)), t.color.text, head);
  }
  y += t.px(30);
  return y + draw_paragraph(t.font.body, {x, y}, width, t.color.muted, body);
}

void loading(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  const Rect r = rect.inset(t.px(16));
  const float big = std::min(r.h - t.px(60), r.w * 0.5f), small = (r.h - t.px(90)) / 2;
  const ImU32 ghost = with_alpha(t.color.text, 0.05f);
  fill({r.x + t.px(30), r.y + t.px(30), big, big}, ghost, t.px(4));
  const float x = r.x + big + t.px(84);
  fill({x, r.y + t.px(30), small, small}, ghost, t.px(4));
  fill({x, r.y + small + t.px(70), small, small}, ghost, t.px(4));
  draw_text(t.font.body, r.x + t.px(30) + big / 2, baseline(t, r.y + t.px(30) + big / 2),
            t.color.muted, "Loading the trainer", Align::kCenter);
}

/// There is no graph: say why, and what is known all the same.
void not_enumerable(PanelContext& context, const Rect& rect) {
  const Snapshot& s = context.snapshot;
  const std::int64_t limit = s.run->config.integer("exact.states");
  std::string body =
      (limit > 0 ? "This world has more than " + format_count(limit) +
                       " states, the limit under exact.states (Setup, more: \"Exact up to\")."
                 : std::string("This world's states are not enumerated: exact.states is 0 (Setup, "
                               "more: \"Exact up to\").")) +
      " Exact pictures would need them all, so maps and flows stay empty; training itself goes on, and "
      "the charts show loss, log Z and what samples tell.\n\n";
  body += s.run->log_z_true
              ? "Known all the same: the true log Z is " + format_number(s.run->log_z_true, 5) +
                    ", from a closed form; learned so far is " + format_number(learned_log_z(s), 5) +
                    "."
              : "There is no closed form of log Z for this world; learned so far is " +
                    format_number(learned_log_z(s), 5) + ".";
  if (s.metrics.modes_total > 0) {
    body += " Training has ended in " + format_count(s.metrics.modes_found) + " of " +
            format_count(s.metrics.modes_total) + " modes.";
  }
  message(context, rect, context.theme.color.warning, "Too many states for exact pictures", body);
}

/// A baseline without a policy: there is nothing to sweep, only objects to count.
void without_policy(PanelContext& context, const Rect& rect) {
  const Snapshot& s = context.snapshot;
  const ShownDistance d = shown_distance(s);
  std::string body = "This baseline learns no policy that could be evaluated on every state. It is judged by the "
                     "objects it came to last: ";
  body += d.tv ? "of " + format_count(d.samples) + ", TV " + format_number(d.tv, 3) + " and JSD " +
                     format_number(d.jsd, 3) + " from the target. Perfect samples would not show 0 either."
               : "none yet.";
  message(context, rect, context.theme.color.text, "A sampler without a policy", body);
}

/// A strip above the picture; the last good state stays in view below it.
float diverged_banner(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  const Rect r{rect.x + t.px(8), rect.y + t.px(8), rect.w - t.px(16), t.px(48)};
  fill(r, with_alpha(t.color.danger, 0.14f), t.px(6));
  outline(r, t.color.danger, t.px(6));
  const float middle = r.y + r.h / 2;
  icon_warning({r.x + t.px(22), middle}, t.px(18), t.color.danger, t.color.panel);
  const Rect halve{r.x + r.w - t.px(8 + 236), middle - t.px(16), t.px(236), t.px(32)};
  const Rect reset{halve.x - t.px(8 + 76), halve.y, t.px(76), t.px(32)};
  const float x = r.x + t.px(42);
  draw_text(t.font.body, x, baseline(t, middle), t.color.text,
            shortened(t.font.body, s.message.empty() ? "Training diverged" : s.message,
                      reset.x - x - t.px(12)));
  if (button(context, "reset", reset, "Reset", ButtonKind::kOutline)) context.send(Reset{});
  if (button(context, "halve", halve, "Halve learning rate and reset", ButtonKind::kOutline) &&
      s.run) {
    context.send(SetParam{"optimizer.lr", s.run->config.real("optimizer.lr") / 2});
    context.send(Reset{});
  }
  return t.px(56);
}

void picture(PanelContext& context, const Rect& rect) {
  switch (effective_tab(context)) {
    case HeroTab::kMap:
      return draw_hero_map(context, rect);
    case HeroTab::kFlow:
      return draw_hero_flow(context, rect);
    case HeroTab::kDag:
      return draw_hero_dag(context, rect);
    case HeroTab::kObjects:
      return draw_hero_objects(context, rect);
    case HeroTab::kWorld:
      return draw_hero_world(context, rect);
    case HeroTab::kCorner:
      return draw_hero_corner(context, rect);
    case HeroTab::kCompare:  // drawn whatever state one run is in
    case HeroTab::kBest:     // never effective
      return;
  }
}

}  // namespace

PanelCaches& caches(PanelContext& context) {
  if (!context.ui.caches) context.ui.caches = std::make_shared<PanelCaches>();
  return *context.ui.caches;
}

HeroTab effective_tab(const PanelContext& context) {
  HeroTab tab = context.ui.hero;
  if (tab == HeroTab::kCompare) return tab;
  const RunInfo* run = context.snapshot.run.get();
  const bool corner = run && run->space && run->space->axes().size() > 1;
  if (run && run->space) return corner && tab == HeroTab::kCorner ? HeroTab::kCorner : HeroTab::kMap;
  if (tab == HeroTab::kCorner) tab = HeroTab::kBest;
  const bool world = run && run->graph && walked_world(*run);
  if (tab == HeroTab::kBest) tab = world ? HeroTab::kWorld : HeroTab::kMap;
  if (tab == HeroTab::kWorld && !world) tab = HeroTab::kMap;
  const bool on_map = tab == HeroTab::kMap || tab == HeroTab::kFlow;
  const bool mapless = run && run->graph && context.ui.cells.cell_of.empty();
  return on_map && mapless ? HeroTab::kObjects : tab;
}

std::string exact_words(const PanelContext& context) {
  const Snapshot& s = context.snapshot;
  if (!s.exact && !s.density) return "no exact view yet";
  const bool exact = s.exact || s.density->exact;
  std::string words = (exact ? "exact \u00b7 step " : "sampled \u00b7 step ") +
                      format_count(s.exact ? s.exact->step : s.density->step);
  if (!context.interactive || s.state != RunState::kRunning) return words;
  using Milliseconds = std::chrono::duration<double, std::milli>;
  const auto when = s.exact ? s.exact->when : s.density->when;
  const double age = Milliseconds(std::chrono::steady_clock::now() - when).count();
  char text[32];
  std::snprintf(text, sizeof text, age < 950 ? " \u00b7 %.0f ms ago" : " \u00b7 %.1f s ago",
                age < 950 ? std::max(10.0, std::round(age / 10) * 10) : age / 1000);
  return words + text;
}

float title(const Theme& t, float x, float centre_y, std::string_view name,
            std::string_view formula, float right) {
  const float base = baseline(t, centre_y);
  const std::string shown = shortened(t.font.bold, name, right - x);
  draw_text(t.font.bold, x, base, t.color.text, shown);
  x += text_width(t.font.bold, shown) + t.px(8);
  if (x + text_width(t.font.small, formula) > right) return x;
  draw_text(t.font.small, x, base, t.color.muted, formula);
  return x + text_width(t.font.small, formula);
}

void draw_hero(PanelContext& context, const Rect& rect) {
  const PanelScope scope(context, "hero", rect);
  const Snapshot& s = context.snapshot;
  const Theme& t = context.theme;
  update_map_cells(context);
  Rect r = rect;
  const float banner = draw_past_banner(context, rect);
  r.y += banner;
  r.h -= banner;
  if (context.ui.hero == HeroTab::kCompare) return draw_hero_compare(context, r);
  if (s.state == RunState::kFailed) {
    message(context, rect, t.color.danger, "The trainer could not start", s.message);
    return;
  }
  if (!s.run) return loading(context, rect);
  if (s.state == RunState::kDiverged) {
    const float used = diverged_banner(context, r);
    r.y += used;
    r.h -= used;
  }
  if (!s.run->graph && !s.run->space) return not_enumerable(context, r);
  if (!s.exact && s.estimate) return without_policy(context, r);
  if (!s.exact && !s.density) {
    message(context, r, t.color.text, "The first exact view is on its way",
            "The target is known; the policy is evaluated on every state next.");
    return;
  }
  picture(context, r);
}

}  // namespace flowscope
