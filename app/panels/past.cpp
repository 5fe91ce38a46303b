#include "app/panels/past.h"

#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/facts.h"
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

namespace {

/// The kept moment of the chosen run with the least distance, nullptr where none is kept.
template <class Distance>
const Moment* nearest(const PanelContext& context, Distance distance) {
  const RunView* run = chosen_run(context);
  if (!run || !run->timeline || run->timeline->moments().empty()) return nullptr;
  return &*std::ranges::min_element(run->timeline->moments(), {}, distance);
}

}  // namespace

const Moment* nearest_moment(const PanelContext& context, double step) {
  return nearest(context, [&](const Moment& m) { return std::abs(static_cast<double>(m.step()) - step); });
}

void look_back(PanelContext& context, double step) {
  const Moment* moment = nearest_moment(context, step);
  if (!moment) return;
  const std::int64_t live = chosen_run(context)->live->metrics.step;
  const auto distance = [&](std::int64_t s) { return std::abs(static_cast<double>(s) - step); };
  if (distance(live) <= distance(moment->step()))
    context.ui.past.reset();
  else
    context.ui.past = moment->step();
}

namespace {

/// The learned map, into the largest rectangle of its shape that fits beside a corner; how large that is.
ImVec2 draw_small_map(const PanelContext& context, const std::string& id, const MapCells& cells, ImVec2 corner,
                      float side) {
  const auto longest = static_cast<float>(std::max(cells.view.width, cells.view.height));
  const Rect r{corner.x, corner.y, side * static_cast<float>(cells.view.width) / longest,
               side * static_cast<float>(cells.view.height) / longest};
  ColorScale scale;
  scale.map = context.ui.color_map;
  scale.high = std::max(1e-12f, cells.max_target);
  draw_heat_map(id, {cells.view.width, cells.view.height, cells.learned, cells.version, scale}, r,
                {0, 0, static_cast<double>(cells.view.width), static_cast<double>(cells.view.height)});
  return {r.w, r.h};
}

/// The step whose policy a moment's map shows: an earlier one where views are slow to make.
std::int64_t step_of_map(const Moment& moment) {
  const Snapshot& s = *moment.snapshot;
  return s.exact ? s.exact->step : s.density ? s.density->step : moment.step();
}

bool has_map(const MapCells& cells) { return !cells.learned.empty() && cells.view.height > 1; }

}  // namespace

void draw_strip(PanelContext& context, const Rect& rect, double last) {
  const Theme& t = context.theme;
  const float side = rect.h - t.px(8);
  if (side < t.px(20)) return;  // too small to tell anything
  const int slots = std::max(2, static_cast<int>(rect.w / (side + t.px(26))));
  const float pitch = (rect.w - side) / static_cast<float>(slots - 1);
  std::vector<MapCells>& strip = caches(context).compare.strip;
  strip.resize(static_cast<size_t>(slots));
  const auto x_of = [&](std::int64_t step) { return rect.x + rect.w * static_cast<float>(static_cast<double>(step) / last); };
  std::int64_t before = -1;
  for (int i = 0; i < slots; ++i) {
    const float left = rect.x + pitch * static_cast<float>(i), middle = left + side / 2;
    const double here = last * (middle - rect.x) / rect.w;
    const Moment* moment = nearest(context, [&](const Moment& m) { return std::abs(static_cast<double>(step_of_map(m)) - here); });
    // Every map stands near its time, and none stands twice.
    if (!moment || step_of_map(*moment) == before || std::abs(x_of(step_of_map(*moment)) - middle) > 0.51f * pitch) continue;
    before = step_of_map(*moment);
    MapCells& cells = strip[static_cast<size_t>(i)];
    update_map_cells(*moment->snapshot, context.ui.map, cells);
    if (!has_map(cells)) return;
    const ImVec2 corner{std::round(left), std::round(rect.y + t.px(3))};
    const ImVec2 size = draw_small_map(context, "strip" + std::to_string(i), cells, corner, side);
    outline({corner.x, corner.y, size.x, size.y}, t.color.line, 0);
  }
}

void draw_preview(PanelContext& context, const Moment& moment) {
  const Theme& t = context.theme;
  MapCells& cells = caches(context).compare.preview;
  update_map_cells(*moment.snapshot, context.ui.map, cells);
  const ShownDistance distance = shown_distance(*moment.snapshot);
  std::string words = "step " + format_count(moment.step());
  if (distance.tv)
    words += (distance.samples > 0 ? "   TV ~" : "   TV ") + format_number(distance.tv, 3);
  if (step_of_map(moment) != moment.step()) words += "   as at step " + format_count(step_of_map(moment));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {t.px(10), t.px(8)});
  ImGui::BeginTooltip();
  ImGui::PushFont(t.font.small);
  ImGui::TextUnformatted(words.c_str());
  ImGui::PopFont();
  if (has_map(cells)) {
    ImGui::Dummy(draw_small_map(context, "preview", cells, ImGui::GetCursorScreenPos(), t.px(120)));
  }
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
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
  if (kept.empty())
    return show_toast(context.ui, context.now, "No step is kept yet to branch off from");
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
  if (button(context, "live", live, "Live", ButtonKind::kOutline,
             "Back to what is trained now (End)")) {
    context.ui.past.reset();
  }
  return t.px(44);
}

}  // namespace flowscope
