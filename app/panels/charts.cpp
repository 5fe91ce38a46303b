// Distance, log Z, loss and length over the run's steps, with one cursor.
#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/facts.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr float kHeight = 132, kLeast = 104;  // logical px of one chart

const History& history_of(const Snapshot& s) {
  static const History kEmpty;
  return s.history ? *s.history : kEmpty;
}

std::string empty_words(const Snapshot& s, bool exact_only) {
  if (!s.run) return s.state == RunState::kFailed ? "no run" : "waiting for the trainer";
  if (exact_only && s.run->space) return "needs a space of one or two dimensions";
  if (exact_only && !s.run->graph) return "needs all states: too many to enumerate";
  return learned_log_z(s) ? "press Space to train" : "this baseline learns none";
}

PlotSpec base_spec(const PanelContext& context, const char* id, const char* name) {
  PlotSpec spec;
  spec.id = id;
  spec.title = name;
  spec.last_step = std::max(context.snapshot.metrics.step, context.snapshot.run_until);
  spec.hover_step = context.ui.hover_step;
  return spec;
}

struct Chart {
  PlotSpec spec;
  std::vector<PlotLine> lines;
};

std::vector<Chart> charts_of(const PanelContext& context) {
  const Snapshot& s = context.snapshot;
  const Theme& t = context.theme;
  const History& h = history_of(s);
  std::vector<Chart> charts;

  const ShownDistance known = shown_distance(s);
  PlotSpec distance = base_spec(context, "distance", known.samples > 0 ? "Sampled distance" : "Distance");
  distance.log_y = true;
  distance.empty_text = empty_words(s, true);
  if (known.tv) {
    distance.readout = "TV " + format_number(known.tv, 3) + "  JSD " + format_number(known.jsd, 3);
  }
  charts.push_back({distance,
                    {{"TV", &h.tv, t.color.run[1], LineStyle::kSolid, false},
                     {"JSD", &h.jsd, t.color.run[0], LineStyle::kDash, false}}});

  PlotSpec log_z = base_spec(context, "log_z", "Log Z");
  log_z.empty_text = empty_words(s, false);
  log_z.readout = format_number(learned_log_z(s), 4);
  if (s.run && s.run->log_z_true) {
    log_z.truth = s.run->log_z_true;
    log_z.truth_label = "true " + format_number(s.run->log_z_true, 4);
  }
  charts.push_back({log_z, {{"learned", &h.log_z, t.color.run[1], LineStyle::kSolid, false}}});

  PlotSpec loss = base_spec(context, "loss", "Loss");
  loss.log_y = true;
  loss.empty_text = empty_words(s, false);
  loss.readout = format_number(s.metrics.loss, 3);
  charts.push_back({loss, {{"", &h.loss, t.color.run[1], LineStyle::kSolid, true}}});

  PlotSpec length = base_spec(context, "length", "Trajectory length");
  length.empty_text = empty_words(s, false);
  length.readout = format_number(s.metrics.mean_length, 3);
  charts.push_back({length, {{"", &h.mean_length, t.color.run[1], LineStyle::kSolid, true}}});
  return charts;
}

}  // namespace

void draw_charts(PanelContext& context, const Rect& rect) {
  const PanelScope scope(context, "charts", rect);
  const Theme& t = context.theme;
  const std::vector<Chart> charts = charts_of(context);
  // As many as fit share the height; with room for fewer than three the column scrolls.
  const float fit = rect.h / static_cast<float>(charts.size());
  const bool scrolls = rect.h < 3 * t.px(kLeast);
  const auto shown = scrolls || fit >= t.px(kLeast) ? charts.size() : charts.size() - 1;
  const float height = scrolls ? t.px(kHeight) : rect.h / static_cast<float>(shown);
  ScrollArea area(context, "list", {rect.x + 1, rect.y, rect.w - 1, rect.h});
  std::optional<double> over;
  float y = area.y();
  for (size_t i = 0; i < shown; ++i, y += height) {
    const float pad = t.px(16);
    const Rect plot{area.x() + pad, std::round(y + t.px(6)), area.width() - 2 * pad,
                    std::round(height - t.px(10))};
    const auto step = draw_plot(t, charts[i].spec, charts[i].lines, plot);
    if (step && context.interactive) over = step;
    if (i > 0) hairline(area.x(), y, area.x() + area.width(), y, t.color.line);
  }
  if (scrolls) area.set_bottom(y);
  context.ui.hover_step = over;
}

}  // namespace flowscope
