// The run's steps from left to right: how far it is, what was changed when.
#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/compare.h"
#include "app/panels/past.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr float kLane = 7;  // logical px of one run's line

/// The line of total variation behind the axis: where learning happened.
void sketch(const Theme& t, const Series& series, const Rect& r, double last) {
  if (series.empty()) return;
  float most = 1e-9f;
  for (const HistoryBin& bin : series.bins()) most = std::max(most, bin.mean);
  std::vector<ImVec2> points;
  for (const HistoryBin& bin : series.bins()) {
    const double middle = 0.5 * static_cast<double>(bin.first_step + bin.last_step);
    points.push_back(
        {r.x + r.w * static_cast<float>(middle / last), r.y + r.h * (1 - bin.mean / most)});
  }
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (size_t i = 1; i < points.size(); ++i) {
    const ImVec2 quad[] = {
        points[i - 1], points[i], {points[i].x, r.y + r.h}, {points[i - 1].x, r.y + r.h}};
    list->AddConvexPolyFilled(quad, 4, with_alpha(t.color.run[1], 0.10f));
  }
  draw_line(list, points, with_alpha(t.color.run[1], 0.7f), t.px(1.4f));
}

void axis(const Theme& t, const Rect& r, double last) {
  const float y = r.y + r.h;
  hairline(r.x, y, r.x + r.w, y, t.color.line);
  const int count = std::max(2, static_cast<int>(r.w / t.px(130)));
  for (const double tick : axis_ticks(0, last, count, false)) {
    if (tick < 0 || tick > last) continue;
    const float x = r.x + r.w * static_cast<float>(tick / last);
    hairline(x, y, x, y + t.px(5), t.color.faint);
    const std::string words = format_count(std::llround(tick));
    const float half = text_width(t.font.small, words) / 2;
    draw_text(t.font.small, std::clamp(x, r.x + half, r.x + r.w - half), y + t.px(18),
              t.color.muted, words, Align::kCenter);
  }
}

/// Events that fall on the same pixels are told together.
void events(PanelContext& context, const Rect& r, double last) {
  const Theme& t = context.theme;
  const auto& all = context.snapshot.events;
  ImDrawList* list = ImGui::GetWindowDrawList();
  float labelled_to = r.x - 1e4f;
  for (size_t i = 0; i < all.size();) {
    const float x =
        std::round(r.x + r.w * static_cast<float>(static_cast<double>(all[i].step) / last));
    std::string words;
    const size_t first = i;
    for (; i < all.size(); ++i) {
      const float next = r.x + r.w * static_cast<float>(static_cast<double>(all[i].step) / last);
      if (next - x > t.px(6) && i > first) break;
      words += (words.empty() ? "" : "\n") + std::string("step ") + format_count(all[i].step) +
               ": " + all[i].text;
    }
    hairline(x, r.y, x, r.y + r.h, with_alpha(t.color.warning, 0.6f));
    const float y = r.y + t.px(4), half = t.px(5);
    const ImVec2 diamond[] = {{x, y - half}, {x + half, y}, {x, y + half}, {x - half, y}};
    list->AddConvexPolyFilled(diamond, 4, t.color.warning);
    hit_area(context, "event" + std::to_string(first), {x - t.px(7), r.y - t.px(4), t.px(14), r.h},
             words);
    const std::string label =
        i - first > 1 ? std::to_string(i - first) + " changes" : all[first].text;
    const float width = text_width(t.font.small, label), start = x + t.px(9);
    const bool room = r.h > t.px(20);  // else the words would lie on the axis
    if (room && start > labelled_to && start + width < r.x + r.w) {
      draw_text(t.font.small, start, y + t.px(5), t.color.muted, label);
      labelled_to = start + width + t.px(12);
    }
  }
}

/// Every run as a line of its own from where it began to where it is; a branch leaves the line above.
void lanes(const PanelContext& context, const Rect& r, double last) {
  const Theme& t = context.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const auto count = static_cast<float>(context.runs.size());
  const float lane = std::min(t.px(kLane), r.h / count);
  float y = r.y + r.h - lane * (count - 0.5f) - std::min(t.px(3), lane / 2);
  for (const RunView& run : context.runs) {
    const auto x = [&](std::int64_t step) { return r.x + r.w * static_cast<float>(static_cast<double>(step) / last); };
    const float begin = x(run.began), end = x(run.live->metrics.step);
    const ImVec2 line[] = {{begin, y}, {end, y}};
    const ImU32 color = t.color.run[run.place];
    draw_line(list, line, color, t.px(2.2f), style_of_run(run.place), t.scale);
    if (run.began > 0) hairline(begin, y - lane, begin, y, color);
    y += lane;
  }
}

/// Steps that are kept, as notches, the one that is looked at, and the mouse that chooses another.
void past(PanelContext& context, const Rect& r, double last) {
  const Theme& t = context.theme;
  const auto x_of = [&](double step) { return std::round(r.x + r.w * static_cast<float>(step / last)); };
  for (const std::int64_t step : kept_steps(context)) {
    const float x = x_of(static_cast<double>(step));
    hairline(x, r.y + r.h - t.px(3), x, r.y + r.h, t.color.faint);
  }
  const Hit hit = hit_area(context, "scrub", {r.x - t.px(6), r.y - t.px(4), r.w + t.px(12), r.h + t.px(8)});
  const double under = std::clamp<double>((ImGui::GetIO().MousePos.x - r.x) / r.w, 0, 1) * last;
  if (hit.held) look_back(context, under);
  if (const Moment* moment = hit.hovered ? nearest_moment(context, under) : nullptr) draw_preview(context, *moment);
  if (!context.ui.past) return;
  const float x = x_of(static_cast<double>(*context.ui.past)), half = t.px(6);
  fill({x - t.px(1), r.y - t.px(4), t.px(2), r.h + t.px(6)}, t.color.text);
  const ImVec2 handle[] = {{x - half, r.y - t.px(5)}, {x + half, r.y - t.px(5)}, {x, r.y + t.px(4)}};
  ImGui::GetWindowDrawList()->AddConvexPolyFilled(handle, 3, t.color.text);
}

const char* state_word(RunState state) {
  switch (state) {
    case RunState::kLoading:
      return "loading";
    case RunState::kPaused:
      return "paused";
    case RunState::kRunning:
      return "running";
    case RunState::kFinished:
      return "finished";
    case RunState::kDiverged:
      return "diverged";
    case RunState::kFailed:
      return "failed";
  }
  return "";
}

std::string summary(const Snapshot& s) {
  std::string words = state_word(s.state);
  if (!s.run) return words;
  words += " \u00b7 " + format_count(s.metrics.trajectories) + " trajectories \u00b7 " +
           format_count(s.metrics.states_visited) + " states visited \u00b7 " +
           format_number(s.metrics.seconds, 3) + " s of training";
  return words;
}

}  // namespace

void draw_timeline(PanelContext& context, const Rect& rect) {
  const PanelScope scope(context, "timeline", rect);
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  const float pad = t.px(16), middle = rect.y + t.px(18);
  heading(t, rect.x + pad, middle, "Timeline");
  const float x = rect.x + pad + text_width(t.font.bold, "Timeline") + t.px(16);
  draw_text(t.font.small, x, baseline(t, middle), t.color.muted,
            shortened(t.font.small, summary(s), rect.x + rect.w - pad - x));
  const RunView* chosen = chosen_run(context);
  const std::int64_t live = chosen ? chosen->live->metrics.step : s.metrics.step;
  std::int64_t end = std::max<std::int64_t>({live, s.run_until, 1});
  for (const RunView& run : context.runs) end = std::max(end, run.live->metrics.step);
  const auto last = static_cast<double>(end);
  const Rect r{rect.x + pad, rect.y + t.px(38), rect.w - 2 * pad, rect.h - t.px(38 + 26)};
  if (r.h < t.px(8)) return;
  if (live == 0 && end == 1) {
    hairline(r.x, r.y + r.h, r.x + r.w, r.y + r.h, t.color.line);
    draw_text(t.font.small, r.x, r.y + r.h + t.px(18), t.color.muted,
              s.run ? "step 0: press Space to train" : "no run yet");
    return;
  }
  const bool several = context.runs.size() > 1;
  const float now = r.x + r.w * static_cast<float>(static_cast<double>(live) / last);
  fill({r.x, r.y, now - r.x, r.h}, with_alpha(t.color.text, 0.03f));
  const float below = several ? t.px(kLane) * static_cast<float>(context.runs.size()) + t.px(1) : 0;  // the lanes
  draw_strip(context, {r.x, r.y, r.w, r.h - below}, last);
  if (s.history) sketch(t, s.history->of(s.history->of("tv").empty() ? "loss" : "tv"), r, last);
  axis(t, r, last);
  fill({r.x, r.y + r.h - t.px(1), now - r.x, t.px(3)}, t.color.accent, t.px(1));
  if (several) lanes(context, r, last);
  events(context, r, last);
  past(context, r, last);
  fill({now - t.px(1), r.y - t.px(4), t.px(2), r.h + t.px(6)}, t.color.accent, t.px(1));
}

}  // namespace flowscope
