// Objects of several runs, where a world has no map: ranked by target, with what each run makes of
// them.
#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/compare_views.h"
#include "app/panels/facts.h"
#include "app/panels/run_names.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr double kWorst = 2.0;  // a bar reaches its end at e^2, seven times too often or too rarely

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// States that are objects, highest target first, as many as have room.
std::vector<int> ranked(const RunInfo& run, size_t most) {
  std::vector<int> states;
  for (int s = 0; s < run.graph->num_states(); ++s) {
    if (run.graph->terminating(s)) states.push_back(s);
  }
  const auto& target = run.target.probability;
  const size_t keep = std::min(most, states.size());
  std::ranges::partial_sort(
      states, states.begin() + static_cast<std::ptrdiff_t>(keep), [&](int a, int b) {
        return target[at(a)] != target[at(b)] ? target[at(a)] > target[at(b)] : a < b;
      });
  states.resize(keep);
  return states;
}

/// How far learned is from target, to the left where it is too rare: log(learned / target).
void draw_balance(const Theme& t, const Rect& r, double learned, double target, bool dark) {
  const float middle = r.x + r.w / 2;
  fill({r.x, r.y + r.h / 2 - t.px(1), r.w, t.px(2)}, with_alpha(t.color.text, 0.06f));
  ColorScale scale;
  scale.map = ColorMap::kSigned;
  scale.dark = dark;
  scale.low = -1;
  const double share = std::clamp(std::log(std::max(learned, 1e-30) / target) / kWorst, -1.0, 1.0);
  const float end = middle + static_cast<float>(share) * r.w / 2;
  fill({std::min(middle, end), r.y + t.px(2), std::abs(end - middle), r.h - t.px(4)},
       color_of(scale, share < 0 ? -1 : 1), t.px(2));
  hairline(middle, r.y, middle, r.y + r.h, t.color.truth);
}

/// Marks the row that the mouse is on, in all columns.
bool react(PanelContext& context, const std::string& id, const Rect& row, int state) {
  const Theme& t = context.theme;
  const Hit hit = hit_area(context, id, row);
  if (hit.hovered) hover(context, state);
  if (hit.clicked) context.ui.selected_state = state;
  if (state == context.ui.selected_state)
    fill(row, with_alpha(t.color.accent, 0.22f), t.px(3));
  else if (state == context.ui.hovered_state)
    fill(row, with_alpha(t.color.text, 0.07f), t.px(3));
  return hit.hovered;
}

double learned_in(const RunView& run, int state) {
  return run.shown->exact->forward.terminating[at(state)];
}

void draw_tip(const CompareViews& views, int state) {
  const Snapshot& s = views.context.snapshot;
  std::vector<std::pair<std::string, double>> values = {
      {"target", s.run->target.probability[at(state)]}};
  for (size_t i = 0; i < views.runs.size(); ++i) {
    if (!views.cards[i].refusal.empty()) continue;
    values.push_back({run_letter(views.runs[i].place), learned_in(views.runs[i], state)});
  }
  draw_compare_tip(views.context, state_label(s, state), values);
}

}  // namespace

void draw_compare_objects(const CompareViews& views) {
  PanelContext& context = views.context;
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  const float row = t.px(22), head = t.px(22);
  const auto room = static_cast<size_t>(std::max(1.0f, (views.target.h - head) / row));
  const std::vector<int> states = ranked(*s.run, room);
  bool over = false;
  const auto caption = [&](const Rect& r, std::string_view words, Align align) {
    draw_text(t.font.small, align == Align::kRight ? r.x + r.w - t.px(8) : r.x + t.px(8),
              baseline(t, r.y + head / 2), t.color.muted, words, align);
  };
  caption(views.target, "objects by target", Align::kLeft);
  for (size_t i = 0; i < states.size(); ++i) {
    const Rect r{views.target.x, views.target.y + head + row * static_cast<float>(i),
                 views.target.w, row};
    over = react(context, "object" + std::to_string(i), r, states[i]) || over;
    const std::string number = format_number(s.run->target.probability[at(states[i])], 3);
    const float base = baseline(t, r.y + row / 2), right = r.x + r.w - t.px(8);
    draw_text(t.font.mono, right, base, t.color.muted, number, Align::kRight);
    draw_text(t.font.mono, r.x + t.px(8), base, t.color.text,
              shortened(t.font.mono, state_label(s, states[i]),
                        right - r.x - t.px(20) - text_width(t.font.mono, number)));
  }
  for (size_t run = 0; run < views.runs.size(); ++run) {
    if (!views.cards[run].refusal.empty()) continue;
    const Rect& card = views.cards[run].rect;
    const float number = t.px(78), bar = card.w - number - t.px(8);
    if (bar > t.px(90)) {
      const bool wide = bar > t.px(150);
      caption({card.x, card.y, bar, head}, wide ? "too rarely" : "rarely", Align::kLeft);
      caption({card.x, card.y, bar, head}, wide ? "too often" : "often", Align::kRight);
    }
    caption(card, "learned", Align::kRight);
    for (size_t i = 0; i < states.size(); ++i) {
      const Rect r{card.x, card.y + head + row * static_cast<float>(i), card.w, row};
      over =
          react(context, "object" + std::to_string(run) + "." + std::to_string(i), r, states[i]) ||
          over;
      const double learned = learned_in(views.runs[run], states[i]);
      const double target = views.runs[run].shown->run->target.probability[at(states[i])];
      draw_balance(t, {r.x + t.px(8), r.y + t.px(4), bar - t.px(8), row - t.px(8)}, learned, target,
                   t.dark);
      draw_text(t.font.mono, r.x + r.w - t.px(8), baseline(t, r.y + row / 2), t.color.text,
                format_number(learned, 3), Align::kRight);
    }
  }
  if (over && context.ui.hovered_state >= 0) draw_tip(views, context.ui.hovered_state);
}

}  // namespace flowscope
