// Curves over the run's steps, with one cursor: a column of four that the person chooses, or, where the
// panel has the window to itself, all that there are.
#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/compare.h"
#include "app/panels/curve_menu.h"
#include "app/panels/curves.h"
#include "app/panels/icons.h"
#include "app/panels/run_names.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr float kHeight = 132, kLeast = 104;  // logical px of one chart
constexpr float kCell = 372;                  // least width of one among all

bool compares(const PanelContext& context) { return context.runs.size() > 1; }

std::string caption_of(const PanelContext& context, const Curve& curve) {
  const Snapshot& s = context.snapshot;
  if (compares(context) && curve.lines[1].series) return curve.lines[0].label;  // of each run the first alone
  std::string source = curve.source == CurveSource::kView ? source_words(curve, s) : "";
  if (source == "exact") source.clear();
  const std::string unit = curve.unit;
  return unit + (unit.empty() || source.empty() ? "" : ", ") + source;
}

/// The newest value of every run, that of the chosen one first.
std::string readout_of_all(const PanelContext& context, const Curve& curve) {
  std::string chosen, others;
  for (size_t i = 0; i < context.runs.size(); ++i) {
    const RunView& run = context.runs[i];
    const Series& series = series_of(curve.lines[0], *run.shown);
    if (series.empty()) continue;
    const std::string words = run_letter(run.place) + " " + format_number(series.bins().back().last, 3);
    if (static_cast<int>(i) == context.ui.run) chosen = words;
    else others += "  " + words;
  }
  return chosen.empty() && !others.empty() ? others.substr(2) : chosen + others;
}

PlotSpec spec_of(const PanelContext& context, const Curve& curve) {
  const Snapshot& s = context.snapshot;
  PlotSpec spec;
  spec.id = curve.id;
  spec.title = curve.title;
  spec.caption = caption_of(context, curve);
  spec.log_y = curve.log_y;
  spec.last_step = std::max(s.metrics.step, s.run_until);
  for (const RunView& run : context.runs) {
    spec.last_step = std::max({spec.last_step, run.live->metrics.step, run.live->run_until});
  }
  spec.hover_step = context.ui.hover_step;
  if (!spec.hover_step && context.ui.past) spec.hover_step = static_cast<double>(s.metrics.step);
  spec.empty_text = why_empty(curve, s);
  if (spec.empty_text.empty()) spec.readout = readout_of(curve, s);
  if (compares(context)) spec.readout = readout_of_all(context, curve);
  if (curve.truth && refusal_of(curve, s).empty()) spec.truth = curve.truth(s);
  const auto other = [&](const RunView& run) { return run.shown->run && curve.truth && curve.truth(*run.shown) != spec.truth; };
  if (std::ranges::any_of(context.runs, other)) spec.truth.reset();  // no line is true for all
  const std::string name = curve.truth_name;
  if (spec.truth && !name.empty()) spec.truth_label = name + " " + format_number(spec.truth, 4);
  return spec;
}

bool banded(const Curve& curve) { return curve.source == CurveSource::kStep && !curve.truth; }

std::vector<PlotLine> lines_of(const Theme& t, const Curve& curve, const Snapshot& s) {
  constexpr LineStyle kStyles[] = {LineStyle::kSolid, LineStyle::kDash};
  std::vector<PlotLine> lines;
  for (size_t i = 0; i < curve.lines.size(); ++i) {
    const CurveLine& line = curve.lines[i];
    if (!line.series) continue;
    lines.push_back({.label = line.label,
                     .series = &series_of(line, s),
                     .color = t.color.run[1 - i],
                     .style = kStyles[i],
                     .band = banded(curve),
                     .error = errors_of(curve, line, s)});
  }
  return lines;
}

/// The same curve of several runs.
std::vector<PlotLine> lines_of_all(const Theme& t, const Curve& curve, std::span<const RunView> runs) {
  std::vector<PlotLine> lines;
  for (const RunView& run : runs) {
    lines.push_back({.label = run_letter(run.place),
                     .series = &series_of(curve.lines[0], *run.shown),
                     .color = t.color.run[run.place],
                     .style = style_of_run(run.place),
                     .error = errors_of(curve, curve.lines[0], *run.shown)});
  }
  return lines;
}

}  // namespace

std::optional<double> draw_chart(PanelContext& context, const Curve& curve, const Rect& cell, float title_room) {
  const Theme& t = context.theme;
  const float pad = t.px(16);
  const Rect plot{cell.x + pad, std::round(cell.y + t.px(6)), cell.w - 2 * pad,
                  std::round(cell.h - t.px(10))};
  PlotSpec spec = spec_of(context, curve);
  spec.title_room = title_room;
  // Of several lines one alone is shown, and it is all that the title speaks of where that opens no menu.
  if (compares(context) && curve.lines[1].series && title_room == 0) spec.title = curve.lines[0].label;
  const auto lines = compares(context) ? lines_of_all(t, curve, context.runs)
                                       : lines_of(t, curve, context.snapshot);
  return draw_plot(t, spec, lines, plot);
}

namespace {

/// Which line is which run; returns its height, 0 where there is one run.
float draw_legend(PanelContext& context, const Rect& r) {
  if (!compares(context)) return 0;
  const Theme& t = context.theme;
  const float row = t.px(20), pad = t.px(16);
  float y = r.y + t.px(6);
  for (const RunView& run : context.runs) {
    const float middle = y + row / 2, x = draw_run_mark(t, run.place, r.x + pad, middle) + t.px(10);
    draw_text(t.font.small, x, baseline(t, middle), t.color.muted,
              shortened(t.font.small, run.name, r.x + r.w - pad - x));
    y += row;
  }
  hairline(r.x, y + t.px(5), r.x + r.w, y + t.px(5), t.color.line);
  return y + t.px(6) - r.y;
}

/// The title of a chart of the column opens the menu of all curves.
void title_menu(PanelContext& context, size_t slot, const Rect& cell) {
  const Theme& t = context.theme;
  const Curve& curve = *find_curve(context.ui.charts[slot]);
  const float arrow = t.px(8), width = text_width(t.font.bold, curve.title);
  const Rect title{cell.x + t.px(10), std::round(cell.y + t.px(4)), width + arrow + t.px(20), t.px(22)};
  const std::string id = "chart" + std::to_string(slot);
  const Hit hit = hit_area(context, id, title, "Shows another curve here");
  if (hit.hovered) fill(title, with_alpha(t.color.text, 0.06f), t.px(4));
  icon_chevron({title.x + title.w - t.px(6) - arrow / 2, title.y + title.h / 2 + t.px(1)}, arrow,
               hit.hovered ? t.color.text : t.color.muted);
  if (hit.clicked) ImGui::OpenPopup(id.c_str());
  if (const Curve* picked = curve_menu(context, id, {title.x, title.y + title.h}, curve)) {
    context.ui.charts[slot] = picked->id;
  }
}

/// Four charts below one another.
std::optional<double> draw_column(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  const auto& ids = context.ui.charts;
  // As many as fit share the height; with room for fewer than three the column scrolls.
  const float fit = rect.h / static_cast<float>(ids.size());
  const bool scrolls = rect.h < 3 * t.px(kLeast);
  const auto shown = scrolls || fit >= t.px(kLeast) ? ids.size() : ids.size() - 1;
  const float height = scrolls ? t.px(kHeight) : rect.h / static_cast<float>(shown);
  ScrollArea area(context, "list", {rect.x + 1, rect.y, rect.w - 1, rect.h});
  std::optional<double> over;
  float y = area.y();
  for (size_t i = 0; i < shown; ++i, y += height) {
    const Rect cell{area.x(), y, area.width(), height};
    const auto step = draw_chart(context, *find_curve(ids[i]), cell, t.px(16));
    if (step) over = step;
    if (i > 0) hairline(area.x(), y, area.x() + area.width(), y, t.color.line);
    title_menu(context, i, cell);
  }
  if (scrolls) area.set_bottom(y);
  return over;
}

/// Places cells of one size in rows, below headings over the whole width.
class Cells {
 public:
  Cells(const Theme& theme, const ScrollArea& area, float height)
      : t_(theme), x_(area.x()), y_(area.y() - height), height_(height),
        columns_(std::max(1, static_cast<int>(area.width() / theme.px(kCell)))),
        width_(std::floor(area.width() / static_cast<float>(columns_))) {}

  void begin(std::string_view words, float height) {
    y_ += height_ + t_.px(10);
    heading(t_, x_ + t_.px(16), y_ + t_.px(12), words);
    y_ += t_.px(24);
    height_ = height;
    column_ = 0;
  }
  Rect next() {
    if (column_ == columns_) {
      column_ = 0;
      y_ += height_;
    }
    return {x_ + static_cast<float>(column_++) * width_, y_, width_, height_};
  }
  float bottom() const { return y_ + height_; }

 private:
  const Theme& t_;
  float x_, y_, height_;
  int columns_, column_ = 0;
  float width_;
};

/// All curves that the run has, those of a section together; then the others with the reason.
std::optional<double> draw_all(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  ScrollArea area(context, "all", {rect.x + 1, rect.y, rect.w - 1, rect.h});
  Cells cells(t, area, t.px(kHeight));
  std::optional<double> over;
  std::string_view section;
  std::vector<const Curve*> refused;
  for (const Curve& curve : curves()) {
    if (!refusal_of(curve, context.snapshot).empty()) {
      refused.push_back(&curve);
      continue;
    }
    if (section != curve.section) cells.begin(section = curve.section, t.px(kHeight));
    if (const auto step = draw_chart(context, curve, cells.next())) over = step;
  }
  if (!refused.empty()) cells.begin("Not in this run", t.px(24));
  for (const Curve* curve : refused) {
    const Rect cell = cells.next();
    const float base = baseline(t, cell.y + cell.h / 2), x = cell.x + t.px(16);
    draw_text(t.font.body, x, base, t.color.muted, curve->title);
    draw_text(t.font.small, x + t.px(160), base, t.color.faint, refusal_of(*curve, context.snapshot));
  }
  area.set_bottom(cells.bottom() + t.px(8));
  return over;
}

}  // namespace

void draw_charts(PanelContext& context, const Rect& rect) {
  const PanelScope scope(context, "charts", rect);
  const bool alone = context.ui.maximised == "charts";
  const float legend = draw_legend(context, rect);
  const Rect r{rect.x, rect.y + legend, rect.w, rect.h - legend};
  const auto over = alone ? draw_all(context, r) : draw_column(context, r);
  const bool elsewhere = context.ui.hero == HeroTab::kCompare && context.ui.hovered_panel == "hero";
  if (over || !elsewhere) context.ui.hover_step = context.interactive ? over : std::nullopt;
}

}  // namespace flowscope
