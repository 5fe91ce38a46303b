// One state in numbers: what it should be, what it is, and the equation that ties them.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/draw/plot.h"
#include "app/panels/facts.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr int kMostActions = 8;  // bars; the likeliest, when there are more

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

struct ActionBar {
  std::string name;
  double probability = 0;
};

std::vector<ActionBar> forward_bars(const Snapshot& s, int state) {
  const StateGraph& graph = *s.run->graph;
  const Environment& env = *s.run->environment;
  std::vector<ActionBar> bars;
  for (auto e = graph.child_begin(state); e < graph.child_end(state); ++e) {
    bars.push_back({env.action_name(graph.action(e)), s.exact->policy.forward[at(e)]});
  }
  if (graph.terminating(state)) {
    bars.push_back({env.action_name(env.spec().stop_action()), s.exact->policy.stop[at(state)]});
  }
  return bars;
}

std::vector<ActionBar> backward_bars(const Snapshot& s, int state) {
  const StateGraph& graph = *s.run->graph;
  std::vector<ActionBar> bars;
  for (const std::int32_t e : graph.edges_in(state)) {
    bars.push_back({"from " + state_label(s, graph.parent(e)), s.exact->policy.backward[at(e)]});
  }
  return bars;
}

/// Draws at a running height; each piece moves it on.
class Column {
 public:
  Column(PanelContext& context, float x, float y, float width)
      : context_(context), t_(context.theme), x_(x), y_(y), width_(width) {}

  float y() const { return y_; }
  void space(float logical) { y_ += t_.px(logical); }

  /// Pairs of a muted name and a mono value, in equal columns.
  void facts(std::initializer_list<std::pair<const char*, std::string>> pairs) {
    const float part = width_ / static_cast<float>(pairs.size());
    float x = x_;
    for (const auto& [name, value] : pairs) {
      draw_text(t_.font.small, x, baseline(t_, y_ + t_.px(7)), t_.color.muted, name);
      draw_text(t_.font.mono, x, baseline(t_, y_ + t_.px(25)), t_.color.text,
                shortened(t_.font.mono, value, part - t_.px(6)));
      x += part;
    }
    y_ += t_.px(40);
  }

  void caption(std::string_view text) {
    draw_text(t_.font.small, x_, baseline(t_, y_ + t_.px(8)), t_.color.muted, text);
    y_ += t_.px(20);
  }

  void bars(std::vector<ActionBar> bars) {
    const size_t all = bars.size();
    if (all > kMostActions) {
      std::ranges::sort(bars, std::greater<>(), &ActionBar::probability);
      bars.resize(kMostActions);
    }
    const float name = t_.px(112), number = t_.px(52), row = t_.px(20);
    for (const ActionBar& b : bars) {
      const float middle = y_ + row / 2, base = baseline(t_, middle);
      draw_text(t_.font.body, x_, base, t_.color.text, shortened(t_.font.body, b.name, name - t_.px(8)));
      const float width = width_ - name - number;
      share_bar(t_, {x_ + name, middle - t_.px(4), width, t_.px(8)}, b.probability, t_.color.accent);
      char text[16];
      std::snprintf(text, sizeof text, "%.3f", b.probability);
      draw_text(t_.font.mono, x_ + width_, base, t_.color.text, text, Align::kRight);
      y_ += row;
    }
    if (all > bars.size()) caption("and " + std::to_string(all - bars.size()) + " less likely");
  }

  /// Two terms of a side of the equation, aligned in columns.
  void terms(const char* name1, double value1, const char* name2, double value2) {
    const float half = width_ / 2, base = baseline(t_, y_ + t_.px(10));
    const auto term = [&](float x, const char* name, double value) {
      char text[24];
      std::snprintf(text, sizeof text, "%.3f", value);
      draw_text(t_.font.body, x, base, t_.color.muted, name);
      draw_text(t_.font.mono, x + half - t_.px(16), base, t_.color.text, text, Align::kRight);
    };
    term(x_, name1, value1);
    term(x_ + half, name2, value2);
    y_ += t_.px(20);
  }

  /// Learned against target: words and a bar whose middle is "just right".
  void ratio(double learned, double target) {
    const std::string words = ratio_words(learned, target);
    const double log_ratio = target > 0 && learned > 0 ? std::log(learned / target) : -9;
    const bool right = std::abs(log_ratio) < kBalanceTolerance;
    const float middle = y_ + t_.px(10), label = t_.px(132);
    draw_text(t_.font.bold, x_, baseline(t_, middle), right ? t_.color.text : t_.color.warning, words);
    const Rect track{x_ + label + t_.px(40), middle - t_.px(4), width_ - label - t_.px(40), t_.px(8)};
    fill(track, with_alpha(t_.color.text, 0.08f), t_.px(2));
    const float zero = track.x + track.w / 2;
    constexpr double kEnd = 1.6;  // a factor of five fills the bar
    const float reach = static_cast<float>(std::clamp(log_ratio / kEnd, -1.0, 1.0)) * track.w / 2;
    fill({std::min(zero, zero + reach), track.y, std::abs(reach), track.h},
         right ? t_.color.accent : t_.color.warning, t_.px(2));
    hairline(zero, track.y - t_.px(3), zero, track.y + track.h + t_.px(2), t_.color.truth);
    y_ += t_.px(26);
  }

 private:
  PanelContext& context_;
  const Theme& t_;
  float x_, y_, width_;
};

std::string signed_number(double value) {
  char text[24];
  std::snprintf(text, sizeof text, "%+.3g", value);
  return text;
}

void describe(Column& column, const Snapshot& s, int state) {
  const StateFacts f = *facts_of(s, state);
  if (f.terminating) {
    column.facts({{"R(x)", format_number(std::exp(f.log_reward), 3)},
                  {"log R", format_number(f.log_reward, 3)},
                  {"target", format_number(f.target, 3)},
                  {"learned P_T", format_number(f.learned, 3)}});
    column.ratio(f.learned, f.target);
  }
  const double in = std::exp(f.log_arriving), asked = std::exp(f.log_demand);
  column.facts({{"flow in", format_number(in, 4)},
                {"flow asked for", format_number(asked, 4)},
                {"difference", signed_number(in - asked)}});
  column.caption("P_F  what it does next");
  column.bars(forward_bars(s, state));
  column.space(8);
  if (state != 0) {
    column.caption("P_B  where it comes from");
    column.bars(backward_bars(s, state));
    column.space(8);
  }
  const auto path = likeliest_path(s, state);
  if (!path) return;
  const auto moves = path->states.size() - 1;
  column.caption("Trajectory balance on the likeliest path through here, " + std::to_string(moves) +
                 (moves == 1 ? " move" : " moves"));
  column.terms("log Z", path->log_z, "+ sum log P_F", path->log_pf);
  column.terms("= log R", path->log_reward, "+ sum log P_B", path->log_pb);
  column.terms("residual", path->residual(), "squared", path->residual() * path->residual());
}

void tip(PanelContext& context, const Rect& r) {
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  std::string words = "Click a cell or a state. Hover to peek.";
  if (!s.run) words = "Waiting for the trainer.";
  else if (!s.run->graph) words = "There are too many states to look into one by one.";
  else if (!s.exact) words = "Waiting for the first exact view.";
  draw_paragraph(t.font.body, {r.x, r.y}, r.w, t.color.muted, words);
}

}  // namespace

void draw_inspector(PanelContext& context, const Rect& rect) {
  const PanelScope scope(context, "inspector", rect);
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  const float pad = t.px(16), head = t.px(32);
  const int state = context.ui.focus_state();
  const float middle = rect.y + head / 2 + t.px(2);
  heading(t, rect.x + pad, middle, "Inspector");
  hairline(rect.x, rect.y, rect.x, rect.y + rect.h, t.color.line);
  hairline(rect.x, rect.y + rect.h - 1, rect.x + rect.w, rect.y + rect.h - 1, t.color.line);
  const Rect body{rect.x + 1, rect.y + head + t.px(4), rect.w - 1, rect.h - head - t.px(5)};
  if (!facts_of(s, state)) {
    tip(context, {rect.x + pad, body.y + t.px(4), rect.w - 2 * pad, body.h});
    return;
  }
  const std::string name = (state == 0 ? "s0  " : "state  ") + state_label(s, state);
  draw_text(t.font.mono, rect.x + rect.w - pad, baseline(t, middle), t.color.text,
            shortened(t.font.mono, name, rect.w - t.px(120)), Align::kRight);
  ScrollArea area(context, "state", body);
  Column column(context, rect.x + pad, area.y() + t.px(2), area.width() - 2 * pad);
  describe(column, s, state);
  area.set_bottom(column.y() + t.px(8));
}

}  // namespace flowscope
