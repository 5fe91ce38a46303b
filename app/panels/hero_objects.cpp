// Objects ranked by target, learned beside it, and the scatter of log P_T against log target.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/facts.h"
#include "app/panels/hero.h"

namespace flowscope {
namespace {

constexpr size_t kRanked = 40;
constexpr size_t kPoints = 4096;  // in the scatter; a larger world is thinned evenly

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

void rank(const RunInfo& run, ObjectsCache& cache) {
  const StateGraph& graph = *run.graph;
  const auto& target = run.target.probability;
  std::vector<int> all;
  for (int s = 0; s < graph.num_states(); ++s) {
    if (graph.terminating(s)) all.push_back(s);
  }
  cache.ranked = all;
  const auto keep = static_cast<std::ptrdiff_t>(std::min(kRanked, all.size()));
  std::partial_sort(cache.ranked.begin(), cache.ranked.begin() + keep, cache.ranked.end(),
                    [&](int a, int b) {
                      return target[at(a)] != target[at(b)] ? target[at(a)] > target[at(b)] : a < b;
                    });
  cache.ranked.resize(at(keep));
  cache.scatter_states.clear();
  const size_t stride = (all.size() + kPoints - 1) / kPoints;
  for (size_t i = 0; i < all.size(); i += std::max<size_t>(1, stride)) {
    cache.scatter_states.push_back(all[i]);
  }
}

const ObjectsCache& objects(PanelContext& context) {
  ObjectsCache& cache = caches(context).objects;
  const Snapshot& s = context.snapshot;
  if (cache.run != s.run) {
    cache.run = s.run;
    cache.exact = nullptr;
    rank(*s.run, cache);
  }
  if (cache.exact != s.exact) {
    cache.exact = s.exact;
    cache.x.clear();
    cache.y.clear();
    for (const int state : cache.scatter_states) {
      constexpr double kNever = 1e-30;  // keeps log finite where the policy never ends
      cache.x.push_back(
          static_cast<float>(s.run->target.log_reward[at(state)] - s.run->target.log_z));
      cache.y.push_back(
          static_cast<float>(std::log(std::max(s.exact->forward.terminating[at(state)], kNever))));
    }
  }
  return cache;
}

/// Columns of a row, from the left.
struct Columns {
  float name, bars, bar_width, learned, target;
};

Columns columns_of(const Theme& t, float x, float width, float name_width) {
  const float number = t.px(68);
  Columns c;
  c.name = x + t.px(30);
  c.bars = c.name + name_width + t.px(12);
  c.target = x + width;
  c.learned = c.target - number;
  c.bar_width = c.learned - number - t.px(4) - c.bars;
  return c;
}

void object_row(PanelContext& context, int place, int state, const Columns& c, const Rect& row,
                double most) {
  const Theme& t = context.theme;
  UiState& ui = context.ui;
  const Snapshot& s = context.snapshot;
  const Hit hit = hit_area(context, "object" + std::to_string(place), row);
  if (hit.hovered) hover(context, state);
  if (hit.clicked) ui.selected_state = state;
  if (state == ui.selected_state) {
    fill(row, with_alpha(t.color.accent, 0.22f), t.px(3));
  } else if (state == ui.hovered_state) {
    fill(row, with_alpha(t.color.text, 0.07f), t.px(3));
  }
  const double target = s.run->target.probability[at(state)];
  const double learned = s.exact->forward.terminating[at(state)];
  const float middle = row.y + row.h / 2, base = baseline(t, middle);
  draw_text(t.font.small, row.x + t.px(22), base, t.color.faint, std::to_string(place + 1),
            Align::kRight);
  draw_text(t.font.mono, c.name, base, t.color.text,
            shortened(t.font.mono, state_label(s, state), c.bars - c.name - t.px(8)));
  if (c.bar_width > t.px(20)) {
    const float bar = t.px(5);
    share_bar(t, {c.bars, middle - bar - t.px(1), c.bar_width, bar}, learned / most,
              t.color.accent);
    share_bar(t, {c.bars, middle + t.px(1), c.bar_width, bar}, target / most,
              with_alpha(t.color.truth, 0.55f));
  }
  draw_text(t.font.mono, c.learned, base, t.color.text, format_number(learned, 3), Align::kRight);
  draw_text(t.font.mono, c.target, base, t.color.muted, format_number(target, 3), Align::kRight);
}

void ranked_list(PanelContext& context, const ObjectsCache& cache, const Rect& r) {
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  const auto count = static_cast<std::int64_t>(cache.ranked.size());
  title(t, r.x, r.y + t.px(12), "Objects by target",
        "the first " + format_count(count) + " of " + format_count(s.run->graph->num_terminating()),
        r.x + r.w);
  float name_width = 0;
  double most = 1e-12;
  for (const int state : cache.ranked) {
    name_width = std::max(name_width, text_width(t.font.mono, state_label(s, state)));
    most = std::max(most, s.run->target.probability[at(state)]);
  }
  name_width = std::min(name_width, r.w * 0.35f);
  // Learned may pass the highest target, but one wild object should not flatten all the others.
  for (const int state : cache.ranked) {
    most = std::max(most, std::min(s.exact->forward.terminating[at(state)],
                                   2 * s.run->target.probability[at(cache.ranked.front())]));
  }
  const float header = r.y + t.px(38);
  Columns c = columns_of(t, r.x, r.w - t.px(10), name_width);
  const float base = baseline(t, header);
  if (c.bar_width > t.px(150)) {
    fill({c.bars, header - t.px(3), t.px(12), t.px(6)}, t.color.accent, t.px(2));
    draw_text(t.font.small, c.bars + t.px(18), base, t.color.muted, "learned");
    fill({c.bars + t.px(76), header - t.px(3), t.px(12), t.px(6)}, with_alpha(t.color.truth, 0.55f),
         t.px(2));
    draw_text(t.font.small, c.bars + t.px(94), base, t.color.muted, "target");
  }
  draw_text(t.font.small, c.learned, base, t.color.muted, "learned", Align::kRight);
  draw_text(t.font.small, c.target, base, t.color.muted, "target", Align::kRight);
  ScrollArea area(context, "objects", {r.x, r.y + t.px(50), r.w, r.h - t.px(50)});
  const float step = t.px(22);
  for (size_t i = 0; i < cache.ranked.size(); ++i) {
    const Rect row{r.x, area.y() + step * static_cast<float>(i), r.w - t.px(10), step};
    object_row(context, static_cast<int>(i), cache.ranked[i], c, row, most);
  }
  area.set_bottom(area.y() + step * static_cast<float>(cache.ranked.size()));
}

void scatter(PanelContext& context, const ObjectsCache& cache, const Rect& r) {
  const Theme& t = context.theme;
  UiState& ui = context.ui;
  const std::string words = exact_words(context);
  const float beside = text_width(t.font.small, words) + t.px(24);
  const bool room = text_width(t.font.bold, "Learned against target") + beside < r.w;
  title(t, r.x, r.y + t.px(12), "Learned against target", "", r.x + r.w);
  if (room) pill(t, r.x + r.w, r.y + t.px(12), words, t.color.muted, Align::kRight);
  ScatterSpec spec;
  spec.id = "scatter";
  spec.x_label = "log R(x)/Z";
  spec.y_label = "log P_T(x)";
  spec.x = cache.x;
  spec.y = cache.y;
  const auto marked = std::ranges::find(cache.scatter_states, ui.focus_state());
  if (marked != cache.scatter_states.end()) {
    spec.highlighted = static_cast<int>(marked - cache.scatter_states.begin());
  }
  const Rect plot{r.x, r.y + t.px(30), r.w, r.h - t.px(30)};
  const int over = draw_scatter(t, spec, plot);
  if (over < 0 || !context.interactive || !plot.contains(ImGui::GetIO().MousePos)) return;
  hover(context, cache.scatter_states[at(over)]);
  if (ImGui::IsMouseClicked(0)) ui.selected_state = cache.scatter_states[at(over)];
}

}  // namespace

void draw_hero_objects(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  const Rect r{rect.x + t.px(16), rect.y + t.px(8), rect.w - t.px(32), rect.h - t.px(14)};
  const ObjectsCache& cache = objects(context);
  if (r.w < t.px(440)) {  // no room for both: the list says more in little space
    ranked_list(context, cache, r);
    return;
  }
  const float gap = t.px(24), list = std::floor((r.w - gap) * 0.54f);
  ranked_list(context, cache, {r.x, r.y, list, r.h});
  scatter(context, cache, {r.x + list + gap, r.y, r.w - list - gap, r.h});
}

}  // namespace flowscope
