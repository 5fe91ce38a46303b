// One state in numbers: what it should be, what it is, and the equation that ties them.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/draw/plot.h"
#include "app/panels/facts.h"
#include "app/panels/map_frame.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr int kMostActions = 8;  // bars; the likeliest, when there are more

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

struct ActionBar {
  std::string name;
  double probability = 0;
};

/// A name and its value.
using Fact = std::pair<const char*, std::string>;

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
    bars.push_back({state_label(s, graph.parent(e)), s.exact->policy.backward[at(e)]});
  }
  return bars;
}

/// Draws at a running height; each piece moves it on.
class Column {
 public:
  Column(PanelContext& context, float x, float y, float width)
      : context_(context), t_(context.theme), x_(x), y_(y), width_(width) {}

  float y() const { return y_; }
  bool narrow() const { return width_ < t_.px(320); }
  void space(float logical) { y_ += t_.px(logical); }

  /// Pairs of a muted name and a mono value, in equal columns.
  void facts(const std::vector<Fact>& pairs) {
    const float part = width_ / static_cast<float>(pairs.size());
    float x = x_;
    for (const auto& [name, value] : pairs) {
      draw_text(t_.font.small, x, baseline(t_, y_ + t_.px(7)), t_.color.muted, name);
      draw_text(t_.font.mono, x, baseline(t_, y_ + t_.px(25)), t_.color.text,
                shortened(t_.font.mono, value, part - t_.px(6)));
      x += part;
    }
    y_ += t_.px(37);
  }

  void caption(std::string_view text) {
    draw_text(t_.font.small, x_, baseline(t_, y_ + t_.px(8)), t_.color.muted,
              shortened(t_.font.small, text, width_));
    y_ += t_.px(18);
  }

  /// What it does next beside where it comes from; s0 comes from nowhere.
  void policies(const std::vector<ActionBar>& forward, const std::vector<ActionBar>& backward) {
    if (backward.empty()) {
      caption("P_F  what it does next");
      return bars(forward);
    }
    if (narrow()) {
      caption("P_F  what it does next");
      bars(forward);
      caption("P_B  where it comes from");
      return bars(backward);
    }
    const float gap = t_.px(20), half = (width_ - gap) / 2;
    Column left(context_, x_, y_, half), right(context_, x_ + half + gap, y_, half);
    left.caption("P_F  what it does next");
    left.bars(forward);
    right.caption("P_B  where it comes from");
    right.bars(backward);
    y_ = std::max(left.y_, right.y_);
  }

  void bars(std::vector<ActionBar> bars) {
    const size_t all = bars.size();
    if (all > kMostActions) {
      std::ranges::sort(bars, std::greater<>(), &ActionBar::probability);
      bars.resize(kMostActions);
    }
    float name = 0;
    for (const ActionBar& b : bars) name = std::max(name, text_width(t_.font.small, b.name));
    name = std::min(name + t_.px(10), width_ * 0.55f);
    const float number = t_.px(48), row = t_.px(18);
    for (const ActionBar& b : bars) {
      const float middle = y_ + row / 2, base = baseline(t_, middle);
      draw_text(t_.font.small, x_, base, t_.color.text,
                shortened(t_.font.small, b.name, name - t_.px(6)));
      const float width = width_ - name - number;
      share_bar(t_, {x_ + name, middle - t_.px(3), width, t_.px(6)}, b.probability,
                t_.color.accent);
      char text[16];
      std::snprintf(text, sizeof text, "%.3f", b.probability);
      draw_text(t_.font.mono, x_ + width_, base, t_.color.text, text, Align::kRight);
      y_ += row;
    }
    if (all > bars.size()) caption("and " + std::to_string(all - bars.size()) + " less likely");
  }

  void equation_head(const std::string& words, double residual) {
    char text[32];
    std::snprintf(text, sizeof text, "%+.3f", residual);
    const float base = baseline(t_, y_ + t_.px(8)), right = x_ + width_;
    draw_text(t_.font.mono, right, base, t_.color.text, text, Align::kRight);
    const float label = right - text_width(t_.font.mono, text) - t_.px(6);
    draw_text(t_.font.small, label, base, t_.color.muted, "residual", Align::kRight);
    draw_text(t_.font.small, x_, base, t_.color.muted,
              shortened(t_.font.small, words, label - x_ - t_.px(60)));
    y_ += t_.px(19);
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
    y_ += t_.px(18);
  }

  /// Learned against target: words and a bar whose middle is "just right".
  void ratio(double learned, double target) {
    const std::string words = ratio_words(learned, target);
    const double log_ratio = target > 0 && learned > 0 ? std::log(learned / target) : -9;
    const bool right = std::abs(log_ratio) < kBalanceTolerance;
    const float middle = y_ + t_.px(10), label = t_.px(132);
    draw_text(t_.font.bold, x_, baseline(t_, middle), right ? t_.color.text : t_.color.warning,
              words);
    const Rect track{x_ + label + t_.px(40), middle - t_.px(4), width_ - label - t_.px(40),
                     t_.px(8)};
    fill(track, with_alpha(t_.color.text, 0.08f), t_.px(2));
    const float zero = track.x + track.w / 2;
    constexpr double kEnd = 1.6;  // a factor of five fills the bar
    const float reach = static_cast<float>(std::clamp(log_ratio / kEnd, -1.0, 1.0)) * track.w / 2;
    fill({std::min(zero, zero + reach), track.y, std::abs(reach), track.h},
         right ? t_.color.accent : t_.color.warning, t_.px(2));
    hairline(zero, track.y - t_.px(3), zero, track.y + track.h + t_.px(2), t_.color.truth);
    y_ += t_.px(25);
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
    std::vector<Fact> facts = {{"R(x)", format_number(std::exp(f.log_reward), 3)},
                               {"log R", format_number(f.log_reward, 3)},
                               {"target", format_number(f.target, 3)},
                               {"learned P_T", format_number(f.learned, 3)}};
    if (column.narrow()) facts.erase(facts.begin() + 1);
    column.facts(facts);
    column.ratio(f.learned, f.target);
  }
  const double in = std::exp(f.log_arriving), asked = std::exp(f.log_demand);
  column.facts({{"flow in", format_number(in, 4)},
                {"asked for", format_number(asked, 4)},
                {"difference", signed_number(in - asked)}});
  column.policies(forward_bars(s, state), backward_bars(s, state));
  column.space(5);
  const auto path = likeliest_path(s, state);
  if (!path) return;
  const auto moves = path->states.size() - 1;
  column.equation_head(
      "Balance on the likeliest path, " + std::to_string(moves) + (moves == 1 ? " move" : " moves"),
      path->residual());
  column.terms("log Z", path->log_z, "+ sum log P_F", path->log_pf);
  column.terms("= log R", path->log_reward, "+ sum log P_B", path->log_pb);
}

/// Nobody asks for a state: the distribution as a whole.
void whole(Column& column, const Snapshot& s) {
  if (const ShownDistance d = shown_distance(s); d.tv) {
    column.facts({{"TV", format_number(d.tv, 3)},
                  {"L1", format_number(d.l1, 3)},
                  {"JSD", format_number(d.jsd, 3)},
                  d.samples > 0 ? std::pair<const char*, std::string>{"samples", format_count(d.samples)}
                                : std::pair<const char*, std::string>{"KL", format_number(d.kl, 3)}});
    column.space(6);
  }
  column.facts({{"log Z", format_number(learned_log_z(s), 4)},
                {"true log Z", format_number(s.run->log_z_true, 4)},
                {"length", format_number(s.metrics.mean_length, 3)},
                {"modes hit", s.metrics.modes_total == 0 ? "-"
                                                         : std::to_string(s.metrics.modes_found) + "/" +
                                                               std::to_string(s.metrics.modes_total)}});
}

/// A continuous space: the cell under the mouse or the pinned one, and the policy there.
void point(PanelContext& context, const Rect& r) {
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  const MapCells& cells = context.ui.cells;
  const int cell = context.ui.hovered_cell >= 0 ? context.ui.hovered_cell : context.ui.pinned_cell;
  const bool known = cell >= 0 && static_cast<size_t>(cell) < cells.learned.size();
  float y = r.y;
  if (!known) {
    y += draw_paragraph(t.font.body, {r.x, r.y}, r.w, t.color.muted,
                        "Hover over the map for the densities at a point; a click keeps it.");
  }
  Column column(context, r.x, y, r.w);
  if (known) {
    const auto i = static_cast<size_t>(cell);
    column.facts({{"point", cell_label(context, cell)},
                  {"target", format_number(cells.target[i], 3)},
                  {"learned", format_number(cells.learned[i], 3)}});
    column.ratio(cells.learned[i], cells.target[i]);
  }
  column.space(14);
  whole(column, s);
}

void tip(PanelContext& context, const Rect& r) {
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  std::string words = "Click a cell or a state. Hover to peek.";
  if (!s.run)
    words = s.state == RunState::kFailed ? "No run." : "Waiting for the trainer.";
  else if (s.run->space)
    return point(context, r);
  else if (!s.run->graph)
    words = "There are too many states to look into one by one.";
  else if (s.estimate)
    words = "A sampler without a policy to look into: only its objects tell of it.";
  else if (!s.exact)
    words = "Waiting for the first exact view.";
  Column column(context, r.x,
                r.y + draw_paragraph(t.font.body, {r.x, r.y}, r.w, t.color.muted, words), r.w);
  if (!s.run) return;
  column.space(14);
  whole(column, s);
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
