// Several runs side by side: one target, one scale of colours, one cursor, and a table of measures
// with the best of each marked.
#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/compare.h"
#include "app/panels/compare_views.h"
#include "app/panels/facts.h"
#include "app/panels/hero.h"
#include "app/panels/icons.h"
#include "app/panels/map_frame.h"
#include "app/panels/run_names.h"

namespace flowscope {
namespace {

constexpr float kHead = 30, kRow = 20, kVerdict = 30;  // logical px
constexpr float kLow = 440;  // where there is less height, pictures need the room of some rows

/// One column for the target and the names of the rows, one for each run, and an empty one beside a
/// run that is alone.
struct Columns {
  float x = 0, first = 0, width = 0, gap = 0;
  Rect at(size_t run, float y, float h) const {
    return {std::round(x + first + gap + (width + gap) * static_cast<float>(run)), y,
            std::floor(width), h};
  }
  Rect target(float y, float h) const { return {x, y, first, h}; }
};

Columns columns_of(const Theme& t, const Rect& r, size_t runs) {
  Columns c;
  const auto cards = static_cast<float>(std::max<size_t>(2, runs));
  c.x = r.x;
  c.gap = t.px(14);
  const float axis = axis_room(t, false).left;
  c.width = std::floor((r.w - axis - cards * c.gap) / (cards + 1));
  c.first = r.w - cards * (c.width + c.gap);
  return c;
}

void draw_head(PanelContext& context, const RunView& run, int index, const Rect& r,
               bool removable) {
  const Theme& t = context.theme;
  const bool chosen = index == context.ui.run;
  const std::string id = "run" + std::to_string(index);
  const float size = removable ? t.px(20) : 0;
  const Rect name{r.x, r.y, r.w - size, r.h};
  const Hit hit = hit_area(context, id, name,
                           "Run " + run_letter(run.place) + ": " + run.name +
                               "\nA click chooses it: Setup and the other views are then its own.");
  if (hit.clicked) choose_run(context, index);
  if (chosen || hit.hovered) fill(r, with_alpha(t.color.text, chosen ? 0.08f : 0.05f), t.px(4));
  if (chosen) fill({r.x, r.y + r.h - t.px(2), r.w, t.px(2)}, t.color.accent);
  const float middle = r.y + r.h / 2;
  const float x = draw_run_mark(t, run.place, r.x + t.px(8), middle) + t.px(10);
  const float room = name.x + name.w - x - t.px(4);
  const std::string brief = brief_name(run.name);
  const bool full = brief.empty() || text_width(t.font.body, run.name) <= room;
  draw_text(t.font.body, x, baseline(t, middle), t.color.text,
            shortened(t.font.body, full ? run.name : brief, room));
  if (!removable) return;
  const Rect box{r.x + r.w - size, r.y + (r.h - size) / 2, size, size};
  const Hit close = hit_area(context, id + ".remove", box, "Ends this run (Shift+C)");
  icon_close({box.x + size / 2, box.y + size / 2}, t.px(9),
             close.hovered ? t.color.text : t.color.muted);
  if (close.clicked) context.ui.wish.remove = index;
}

/// What a run may have in place of a picture; "" where there is one.
std::string why_no_picture(const RunView& run, const Snapshot& chosen) {
  const Snapshot& s = *run.shown;
  if (s.state == RunState::kFailed) return "It could not start: " + s.message;
  if (!s.run) return "Loading";
  if (const std::string apart = why_apart(chosen, s); !apart.empty()) return apart;
  if (!s.run->graph && !s.run->space) return "Too many states for exact pictures";
  if (s.run->space && s.run->density.mass.empty()) return "This space has no map";
  if (!s.exact && s.estimate) return "This baseline has no policy to evaluate on every state";
  return s.exact || s.density ? "" : "The first exact view is on its way";
}

/// The empty card beside a run that is alone.
void invite(PanelContext& context, const Rect& r) {
  const Theme& t = context.theme;
  outline(r, t.color.line, t.px(6));
  const float width = std::min(r.w - t.px(32), t.px(300)), x = r.x + (r.w - width) / 2;
  float y = r.y + std::max(t.px(16), r.h * 0.28f);
  draw_text(t.font.bold, x, baseline(t, y), t.color.text, "Compare with another run");
  y += t.px(20);
  y += draw_paragraph(t.font.body, {x, y}, width, t.color.muted,
                      "It starts as a copy of this one and keeps pace with it. Then change what it "
                      "should differ in, "
                      "under Setup: the objective, the seed, any setting.");
  const Rect box{x, y + t.px(16), std::min(width, t.px(180)), t.px(32)};
  if (button(context, "add", box, "+ Compare (C)", ButtonKind::kAccent)) context.ui.wish.add = true;
}

struct Row {
  const char* name;
  const char* tip;
  std::vector<std::string> values;
  int best = -1;
};

/// The table; where the height is `low`, what says most.
std::vector<Row> rows_of(const std::vector<RunView>& runs, bool low) {
  Row tv{"TV", "Total variation between learned and target", {}},
      jsd{"JSD", "Jensen-Shannon divergence, in nats", {}},
      log_z{"log Z error", "Learned minus true log Z", {}}, step{"step", "", {}},
      rate{"it/s", "", {}};
  std::vector<std::optional<double>> tvs, jsds, errors;
  for (const RunView& run : runs) {
    const RunMeasures m = measures_of(*run.shown);
    const auto number = [&](std::optional<double> value, bool sampled) {
      return (sampled && value ? "~" : "") + format_number(value, 3);
    };
    tv.values.push_back(number(m.tv, m.sampled));
    jsd.values.push_back(number(m.jsd, m.sampled));
    log_z.values.push_back(number(m.log_z_error, false));
    step.values.push_back(format_count(m.step));
    rate.values.push_back(format_count(std::llround(m.rate)));
    tvs.push_back(m.tv);
    jsds.push_back(m.jsd);
    errors.push_back(m.log_z_error);
  }
  if (why_not_judged(runs).empty()) {
    tv.best = best_of(tvs);
    jsd.best = best_of(jsds);
    log_z.best = best_of(errors);
  }
  // What reads the same is not told apart.
  for (Row* row : {&tv, &jsd, &log_z}) {
    if (row->best >= 0 &&
        std::ranges::count(row->values, row->values[static_cast<size_t>(row->best)]) > 1)
      row->best = -1;
  }
  if (low) return {tv, log_z, step};
  return {tv, jsd, log_z, step, rate};
}

void draw_rows(PanelContext& context, const std::vector<Row>& rows, const Columns& columns,
               float y) {
  const Theme& t = context.theme;
  const float height = t.px(kRow);
  for (const Row& row : rows) {
    const float middle = y + height / 2;
    hairline(columns.x, y, columns.at(row.values.size() - 1, 0, 0).x + columns.width, y,
             t.color.line);
    const Rect name = columns.target(y, height);
    draw_text(t.font.small, name.x, baseline(t, middle), t.color.muted, row.name);
    hit_area(context, std::string("row.") + row.name, name, row.tip);
    for (size_t i = 0; i < row.values.size(); ++i) {
      const Rect cell = columns.at(i, y, height);
      const bool best = static_cast<int>(i) == row.best;
      ImFont* font = t.font.mono;
      const float x = cell.x + t.px(8), end = x + text_width(font, row.values[i]);
      draw_text(font, x, baseline(t, middle), best ? t.color.good : t.color.text, row.values[i]);
      if (best) draw_text(t.font.small, end + t.px(10), baseline(t, middle), t.color.good, "best");
    }
    y += height;
  }
}

void draw_verdict(PanelContext& context, const std::vector<RunView>& runs, const Rect& r) {
  const Theme& t = context.theme;
  std::string words = verdict(runs);
  // Where it is too long, the numbers can be read in the table.
  if (text_width(t.font.body, words) > r.w)
    words.resize(std::min(words.find(": TV"), words.size()));
  draw_text(t.font.body, r.x, baseline(t, r.y + r.h / 2), t.color.text,
            shortened(t.font.body, words, r.w));
}

}  // namespace

void draw_hero_compare(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  const std::vector<RunView> runs = runs_of(context);
  if (rect.contains(ImGui::GetIO().MousePos))
    context.ui.hover_step.reset();  // unless a curve here says otherwise
  const Rect r{rect.x + t.px(16), rect.y + t.px(8), rect.w - t.px(32), rect.h - t.px(12)};
  const Columns columns = columns_of(t, r, runs.size());
  const std::vector<Row> rows = rows_of(runs, r.h < t.px(kLow));
  const float head = t.px(kHead), table = t.px(kRow) * static_cast<float>(rows.size());
  const float top = r.y + head + t.px(8), bottom = r.y + r.h - t.px(kVerdict) - table;
  title(t, r.x, r.y + head / 2, "Target", "R(x)/Z", r.x + columns.first);
  CompareViews views{context, runs, {}, columns.target(top, bottom - top - t.px(6))};
  for (size_t i = 0; i < runs.size(); ++i) {
    draw_head(context, runs[i], static_cast<int>(i), columns.at(i, r.y, head), runs.size() > 1);
    views.cards.push_back(
        {columns.at(i, top, bottom - top - t.px(6)), why_no_picture(runs[i], context.snapshot)});
  }
  const bool pictures = draw_compare_views(views);
  for (const CompareCard& card : views.cards) {
    if (card.refusal.empty() || !pictures) continue;
    draw_paragraph(t.font.body, {card.rect.x + t.px(8), card.rect.y + t.px(16)},
                   card.rect.w - t.px(16), t.color.muted, card.refusal);
  }
  if (runs.size() == 1) invite(context, columns.at(1, r.y, bottom - r.y));
  draw_rows(context, rows, columns, bottom);
  draw_verdict(context, runs, {r.x, r.y + r.h - t.px(kVerdict), r.w, t.px(kVerdict)});
}

}  // namespace flowscope
