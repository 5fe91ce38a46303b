// Learned | Target | Difference.
#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/density_layers.h"
#include "app/panels/facts.h"
#include "app/panels/hero.h"
#include "app/panels/map_frame.h"

namespace flowscope {
namespace {

constexpr double kDecades = 1e-4;  // a logarithmic scale spans at most so much of its top
constexpr float kStrip = 30;       // logical px of a line's cells below its curve
constexpr double kCalm = 0.02;     // of the target's top: smaller differences stay pale

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

ColorScale scale_of(const UiState& ui, double high, double smallest) {
  ColorScale scale;
  scale.map = ui.color_map;
  scale.high = high > 0 ? high : 1;
  scale.logarithmic = ui.log_color;
  scale.low = ui.log_color ? std::max(smallest * 0.5, scale.high * kDecades) : 0;
  return scale;
}

/// The target's own limits, for both maps: the target's picture then never changes under the eye,
/// and learned cells above it are clipped until the policy has spread out.
ColorScale target_scale(const UiState& ui) {
  return scale_of(ui, ui.cells.max_target, ui.cells.min_target);
}

ColorScale learned_scale(const UiState& ui) {
  if (ui.shared_limits) return target_scale(ui);
  const double high = ui.show_behaviour ? ui.cells.max_behaviour : ui.cells.max_learned;
  return scale_of(ui, high, ui.cells.min_target);
}

ColorScale difference_scale(const UiState& ui) {
  ColorScale scale;
  scale.map = ColorMap::kSigned;
  scale.dark = ui.dark;
  // One wild cell should not turn all others grey, and a good run should look calm.
  scale.high =
      std::clamp<double>(ui.cells.max_difference, kCalm * ui.cells.max_target, ui.cells.max_target);
  scale.low = -scale.high;
  return scale;
}

/// Where the three maps and their notes stand.
struct Places {
  Rect learned, target, difference;  // with axes, titles above
  Rect target_notes, difference_notes;
  bool notes_aside = false;  // colour bars beside the small maps, or below them
  bool row = false;          // all three side by side
};

/// Three maps of one size in a row, for a hero that is too low to stack two.
Places place_in_row(const Theme& t, const MapView& view, const Rect& r, float head, float bar) {
  const AxisRoom room = axis_room(t, false);
  const float named = axis_room(t, true).bottom;
  const float gap = t.px(14), third = (r.w - room.left - 2 * gap) / 3;
  Places p;
  p.row = true;
  Rect* maps[] = {&p.learned, &p.target, &p.difference};
  for (int i = 0; i < 3; ++i) {
    const Rect area{r.x + room.left + (third + gap) * static_cast<float>(i), r.y + head, third,
                    r.h - head - std::max(named, room.bottom + bar)};
    *maps[i] = fit_map(view, area);
    maps[i]->y = area.y;
  }
  const auto below = [&](const Rect& map) {
    return Rect{map.x, map.y + map.h + room.bottom, third, bar};
  };
  p.target_notes = below(p.target);
  p.difference_notes = below(p.difference);
  return p;
}

Places place(const Theme& t, const MapView& view, const Rect& r) {
  const float head = t.px(30), gap = t.px(24);
  const AxisRoom big = axis_room(t, true), small = axis_room(t, false);
  const bool line = view.height == 1;
  Places p;
  const float aspect =
      line ? 1.4f : static_cast<float>(view.width) / static_cast<float>(view.height);
  const float tall = r.h - head - big.bottom;
  const float most = r.w * 0.60f - big.left;
  p.learned = fit_map(view, {r.x + big.left, r.y + head, std::min(tall * aspect, most), tall});
  p.learned.y = line ? p.learned.y : r.y + head;
  const float x = p.learned.x + p.learned.w + gap + small.left;
  const float right = r.x + r.w - x;
  const float note = t.px(150);
  const float half = r.h / 2;
  p.notes_aside = right > half - head - small.bottom + gap + note;
  const float bar = p.notes_aside ? 0 : t.px(38);
  const float height = half - head - small.bottom - bar;
  if (height < t.px(110)) return place_in_row(t, view, r, head, t.px(38));
  const float width = std::min(height * aspect, p.notes_aside ? right - gap - note : right);
  p.target = fit_map(view, {x, r.y + head, width, height});
  p.difference = fit_map(view, {x, r.y + half + head, width, height});
  p.target.y = r.y + head;
  p.difference.y = r.y + half + head;
  if (p.notes_aside) {
    const float nx = p.target.x + p.target.w + gap, nw = std::min(r.x + r.w - nx, t.px(240));
    p.target_notes = {nx, p.target.y, nw, p.target.h};
    p.difference_notes = {nx, p.difference.y, nw, p.difference.h};
  } else {
    p.target_notes = {x, p.target.y + p.target.h + small.bottom, right, bar};
    p.difference_notes = {x, p.difference.y + p.difference.h + small.bottom, right, bar};
  }
  return p;
}

void overlay_trajectories(PanelContext& context, const MapFrame& frame) {
  const Snapshot& s = context.snapshot;
  if (!s.behaviour) return;
  const Theme& t = context.theme;
  const MapCells& cells = context.ui.cells;
  ImDrawList* list = ImGui::GetWindowDrawList();
  int number = 0;
  for (const TrajectoryView& path : s.behaviour->recent) {
    // Shifted a little each, so that paths that share cells stay apart.
    const float shift = frame.cell_size() * 0.05f * static_cast<float>(number++ % 7 - 3);
    std::vector<ImVec2> points;
    for (const std::int32_t state : path.states) {
      if (cells.cell_of[at(state)] < 0) continue;
      const ImVec2 p = frame.cell(cells.cell_of[at(state)], cells.view.width);
      points.push_back({p.x + shift, p.y + shift});
    }
    draw_line(list, points, IM_COL32(0, 0, 0, 120), t.px(3.2f));
    draw_line(list, points, with_alpha(IM_COL32_WHITE, 0.9f), t.px(1.4f));
    list->AddCircleFilled(points.back(), t.px(3.6f), IM_COL32(0, 0, 0, 200), 14);
    list->AddCircleFilled(points.back(), t.px(2.4f), IM_COL32_WHITE, 14);
  }
}

void overlays(PanelContext& context, const MapFrame& frame) {
  const UiState& ui = context.ui;
  ImGui::PushClipRect(frame.cells.min(), frame.cells.max(), true);
  if (context.snapshot.run->space) {
    draw_density_layers(context, frame);
    ImGui::PopClipRect();
    return;
  }
  if (ui.show_flow) {
    const FlowArrows& arrows = flow_arrows(context);
    if (arrows.refusal.empty()) draw_flow_arrows(context, frame, arrows.learned);
  }
  if (ui.show_trajectories) overlay_trajectories(context, frame);
  ImGui::PopClipRect();
}

/// The title of the large map: which distribution it shows.
void learned_title(PanelContext& context, float left, float middle, float right, bool moment) {
  const Theme& t = context.theme;
  const UiState& ui = context.ui;
  const Snapshot& s = context.snapshot;
  if (ui.peek_target) {
    title(t, left, middle, "Target", "R(x)/Z, while G is held", right);
  } else if (ui.show_behaviour) {
    const std::string sampled = s.behaviour ? format_count(s.behaviour->objects) : "0";
    const float end = title(t, left, middle, "Behaviour", "what training sampled", right);
    const std::string words =
        "last " + sampled + ", exploration " + format_number(s.metrics.epsilon, 2);
    if (end + t.px(24) + text_width(t.font.small, words) < right) {
      pill(t, right, middle, words, t.color.warning, Align::kRight);
    }
  } else {
    // The age matters less than the name.
    std::string words = moment ? "" : exact_words(context);
    const float room = right - left - text_width(t.font.bold, "Learned") - t.px(28);
    if (text_width(t.font.small, words) > room) words = words.substr(0, words.find(' '));
    if (text_width(t.font.small, words) > room) words.clear();
    const float chip_width = words.empty() ? 0 : text_width(t.font.small, words) + t.px(16);
    const bool baseline = s.density && !s.density->policy;
    const std::string formula = moment ? "samples on their way" : baseline ? "of this baseline" : "P_T(x)";
    title(t, left, middle, baseline ? "Samples" : "Learned", formula, right - chip_width - t.px(8));
    if (chip_width > 0) pill(t, right, middle, words, t.color.muted, Align::kRight);
  }
}

void learned_map(PanelContext& context, const Places& p) {
  const Theme& t = context.theme;
  const UiState& ui = context.ui;
  const bool peek = ui.peek_target, behaviour = ui.show_behaviour && !peek;
  const bool moment = context.snapshot.run->space && shows_moment(context) && !peek && !behaviour;
  learned_title(context, p.learned.x, p.learned.y - t.px(18), p.learned.x + p.learned.w, moment);
  MapLook look{"map_learned",
               peek        ? &ui.cells.target
               : behaviour ? &ui.cells.behaviour
                           : &ui.cells.learned,
               learned_scale(ui), true};
  if (moment) {
    float most = 0;
    look.cells = &moment_cells(context, most);
    look.scale = scale_of(ui, most, most * kDecades);
  }
  const bool line = context.snapshot.run->space && ui.cells.view.height == 1;
  // On a small map the sides would leave nothing of the density itself.
  const float sides = context.snapshot.run->space ? marginal_room(context) : 0;
  const float room = line ? p.learned.h - t.px(kStrip) : p.learned.h > 5 * sides ? sides : 0;
  Rect cells = p.learned;
  cells.y += room;
  if (!line) cells.w -= room * p.learned.w / p.learned.h;
  cells.h -= room;
  const MapFrame frame = draw_map(context, look, cells);
  overlays(context, frame);
  mark_cells(context, frame);
  if (room > 0) draw_marginals(context, frame, *look.cells, room);
  if (line) draw_curve_names(t, p.learned);
}

void target_notes(PanelContext& context, const Places& p) {
  const Theme& t = context.theme;
  const UiState& ui = context.ui;
  const Rect& r = p.target_notes;
  const float bar = t.px(30);
  if (!p.notes_aside) {
    draw_color_bar(t, target_scale(ui), {r.x, r.y, r.w, bar});
    return;
  }
  float y = r.y;
  const auto caption = [&](std::string_view text) {
    y += draw_paragraph(t.font.small, {r.x, y}, r.w, t.color.muted, text) + t.px(6);
  };
  if (ui.shared_limits) {
    caption(ui.log_color ? "Probability, one log scale for both"
                         : "Probability, one scale for both");
    draw_color_bar(t, target_scale(ui), {r.x, y, r.w, bar});
    y += bar + t.px(12);
    if (ui.cells.max_learned > 1.02f * ui.cells.max_target) {
      caption("Learned reaches " + format_number(ui.cells.max_learned, 3) +
              ": brightest is clipped.");
    }
  } else {
    caption("Learned");
    draw_color_bar(t, learned_scale(ui), {r.x, y, r.w, bar});
    y += bar + t.px(12);
    caption("Target");
    draw_color_bar(t, target_scale(ui), {r.x, y, r.w, bar});
  }
  const Snapshot& s = context.snapshot;
  const std::string refusal = !ui.show_flow   ? ""
                              : !s.run->space ? flow_arrows(context).refusal
                              : s.density     ? s.density->field.refusal
                                              : "";
  if (!refusal.empty()) caption(refusal);
}

void difference_notes(PanelContext& context, const Places& p) {
  const Theme& t = context.theme;
  const UiState& ui = context.ui;
  const Snapshot& s = context.snapshot;
  const Rect& r = p.difference_notes;
  const float bar = t.px(30);
  if (!p.notes_aside) {
    draw_color_bar(t, difference_scale(ui), {r.x, r.y, r.w, bar}, p.row ? "rarely" : "too rarely",
                   p.row ? "often" : "too often");
    return;
  }
  float y = r.y;
  draw_color_bar(t, difference_scale(ui), {r.x, y, r.w, bar}, "too rarely", "too often");
  y += bar + t.px(26);
  const auto fact = [&](std::string_view name, const std::string& value) {
    draw_text(t.font.small, r.x, baseline(t, y), t.color.muted, name);
    draw_text(t.font.mono, r.x + t.px(48), baseline(t, y), t.color.text,
              shortened(t.font.mono, value, r.w - t.px(48)));
    y += t.px(22);
  };
  const ShownDistance distance = shown_distance(s);
  fact(distance.samples > 0 ? "TV ~" : "TV", format_number(distance.tv, 3));
  if (ui.cells.worst < 0 || ui.cells.learned.empty()) return;
  fact("worst", cell_label(context, ui.cells.worst));
  const size_t w = at(ui.cells.worst);
  draw_text(t.font.small, r.x + t.px(48), baseline(t, y - t.px(2)), t.color.muted,
            ratio_words(ui.cells.learned[w], ui.cells.target[w]));
}

}  // namespace

void draw_hero_map(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  const UiState& ui = context.ui;
  const float strip = moment_room(context);
  const Rect r{rect.x + t.px(16), rect.y + t.px(8), rect.w - t.px(32), rect.h - t.px(14) - strip};
  if (strip > 0) draw_moment(context, {r.x, r.y + r.h, r.w, strip});
  Places p = place(t, ui.cells.view, r);
  if (context.snapshot.run->space && ui.cells.view.height == 1) {  // the curve takes the whole height
    p.learned.y = r.y + t.px(30);
    p.learned.h = r.h - t.px(30) - axis_room(t, true).bottom;
  }
  learned_map(context, p);

  const auto edge = [&](const Rect& map) { return p.row ? map.x + map.w : r.x + r.w; };
  title(t, p.target.x, p.target.y - t.px(18), "Target", "R(x)/Z", edge(p.target));
  const MapLook target{"map_target", &ui.cells.target, target_scale(ui), false, !p.row};
  mark_cells(context, draw_map(context, target, p.target));
  target_notes(context, p);

  title(t, p.difference.x, p.difference.y - t.px(18), "Difference", "learned - target",
        edge(p.difference));
  const MapLook difference{"map_difference", &ui.cells.difference, difference_scale(ui), false,
                           !p.row};
  mark_cells(context, draw_map(context, difference, p.difference));
  difference_notes(context, p);
}

}  // namespace flowscope
