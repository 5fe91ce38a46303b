// The last training trajectories, term by term, and the modes by their share of mass.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/draw/plot.h"
#include "app/panels/facts.h"
#include "app/panels/lower_views.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr size_t kShown = 12;

std::string number(double value) {
  char text[24];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

/// "s0 -> (0, 1) -> ... -> (3, 4)": as much of the path as fits, always with its end.
std::string path_label(const Snapshot& s, const TrajectoryView& path, const ImFont* font,
                       float width) {
  const std::string arrow = " \u2192 ";
  const std::string tail = state_label(s, path.states.back());
  const auto moves = path.states.size() - 1;
  if (moves == 0) return "s0 " + std::string("(stopped at once)");
  std::string head = "s0";
  std::string shown = head + arrow + tail;
  for (size_t i = 1; i < path.states.size(); ++i) {
    head += arrow + state_label(s, path.states[i]);
    const std::string next = i == moves ? head : head + arrow + "..." + arrow + tail;
    if (text_width(font, next) > width) break;
    shown = next;
  }
  if (shown == "s0" + arrow + tail && moves > 1) shown = "s0" + arrow + "..." + arrow + tail;
  return shortened(font, shown, width);
}

struct Columns {
  float path, moves, log_r, log_pf, log_pb, bar, bar_width, residual;
  bool terms = true;  // room for the three logarithms
};

Columns columns_of(const Theme& t, const Rect& r) {
  const float number_width = t.px(72);
  Columns c;
  c.residual = r.x + r.w - t.px(10);
  c.bar_width = std::clamp(r.w * 0.16f, t.px(60), t.px(150));
  c.bar = c.residual - t.px(64) - c.bar_width;
  c.log_pb = c.bar - t.px(20);
  c.log_pf = c.log_pb - number_width;
  c.log_r = c.log_pf - number_width;
  c.moves = c.log_r - number_width;
  if (c.moves - r.x < t.px(220)) {
    c.terms = false;
    c.moves = c.bar - t.px(20);
  }
  c.path = r.x;
  return c;
}

void residual_bar(const Theme& t, const Rect& track, double residual, double most) {
  fill(track, with_alpha(t.color.text, 0.06f), t.px(2));
  const float zero = track.x + track.w / 2;
  const float reach = static_cast<float>(std::clamp(residual / most, -1.0, 1.0)) * track.w / 2;
  // Sign by side and colour: left, sampled too rarely; right, too often.
  fill({std::min(zero, zero + reach), track.y, std::max(std::abs(reach), t.px(1)), track.h},
       residual < 0 ? IM_COL32(0x4B, 0x8F, 0xD6, 255) : IM_COL32(0xC9, 0x6A, 0x1B, 255), t.px(2));
  hairline(zero, track.y - t.px(2), zero, track.y + track.h + t.px(1), t.color.muted);
}

void header(const Theme& t, const Columns& c, float middle) {
  const float base = baseline(t, middle);
  draw_text(t.font.small, c.path, base, t.color.muted, "path");
  draw_text(t.font.small, c.moves, base, t.color.muted, "moves", Align::kRight);
  if (!c.terms) {
    draw_text(t.font.small, c.residual, base, t.color.muted, "residual", Align::kRight);
    return;
  }
  draw_text(t.font.small, c.log_r, base, t.color.muted, "log R", Align::kRight);
  draw_text(t.font.small, c.log_pf, base, t.color.muted, "log P_F", Align::kRight);
  draw_text(t.font.small, c.log_pb, base, t.color.muted, "log P_B", Align::kRight);
  draw_text(t.font.small, c.residual, base, t.color.muted, "log Z + log P_F - log R - log P_B",
            Align::kRight);
}

void mode_row(const Theme& t, const Snapshot& s, size_t mode, const Rect& row, double most) {
  const double target = s.run->mode_target[mode];
  const double learned = mode < s.exact->mode_mass.size() ? s.exact->mode_mass[mode] : 0;
  const float middle = row.y + row.h / 2, base = baseline(t, middle);
  const bool wide = row.w > t.px(480);
  const float name = t.px(row.w > t.px(480) ? 64 : 68), numbers = t.px(wide ? 264 : 140);
  draw_text(t.font.body, row.x, base, t.color.text, "mode " + std::to_string(mode + 1));
  const float width = row.w - name - numbers;
  share_bar(t, {row.x + name, middle - t.px(7), width, t.px(6)}, learned / most, t.color.accent);
  share_bar(t, {row.x + name, middle + t.px(1), width, t.px(6)}, target / most,
            with_alpha(t.color.truth, 0.55f));
  const float x = row.x + name + width;
  draw_text(t.font.mono, x + t.px(68), base, t.color.text, format_number(learned, 3),
            Align::kRight);
  draw_text(t.font.mono, x + t.px(132), base, t.color.muted, format_number(target, 3),
            Align::kRight);
  if (!wide) return;
  const bool right = target > 0 && std::abs(std::log(learned / target)) < kBalanceTolerance;
  draw_text(t.font.small, x + t.px(148), base, right ? t.color.muted : t.color.warning,
            ratio_words(learned, target));
}

/// One line of the list.
struct Row {
  std::string path;
  size_t moves;
  double log_reward, log_pf, log_pb, residual;
};

void draw_row(const Theme& t, const Columns& c, const Row& row, float middle, double most) {
  const float base = baseline(t, middle);
  draw_text(t.font.mono, c.path, base, t.color.text, row.path);
  const auto figure = [&](float x, const std::string& text) {
    draw_text(t.font.mono, x, base, t.color.muted, text, Align::kRight);
  };
  figure(c.moves, std::to_string(row.moves));
  if (c.terms) {
    figure(c.log_r, number(row.log_reward));
    figure(c.log_pf, number(row.log_pf));
    figure(c.log_pb, number(row.log_pb));
  }
  residual_bar(t, {c.bar, middle - t.px(4), c.bar_width, t.px(8)}, row.residual, most);
  draw_text(t.font.mono, c.residual, base, t.color.text, number(row.residual), Align::kRight);
}

/// "s0 -> (0.12, 0.30) -> ... -> (0.85, 0.14)" in a continuous space, as much as fits.
std::string path_label(const PathView& path, bool line, const ImFont* font, float width) {
  const std::string arrow = " \u2192 ";
  const auto point = [&](size_t i) {
    char text[48];
    if (line) std::snprintf(text, sizeof text, "%.2f", static_cast<double>(path.x[i]));
    else std::snprintf(text, sizeof text, "(%.2f, %.2f)", static_cast<double>(path.x[i]), static_cast<double>(path.y[i]));
    return std::string(text);
  };
  const size_t last = path.x.size() - 1;
  std::string head = "s0", shown = head + (last > 1 ? arrow + "..." : "") + arrow + point(last);
  for (size_t i = 1; i <= last; ++i) {
    head += arrow + point(i);
    const std::string next = i == last ? head : head + arrow + "..." + arrow + point(last);
    if (text_width(font, next) > width) break;
    shown = next;
  }
  return shortened(font, shown, width);
}

/// The rows of the last training batch, of whichever kind of world.
std::vector<Row> rows_of(const Snapshot& s, const ImFont* font, float width) {
  std::vector<Row> rows;
  const auto add = [&](std::string label, size_t moves, const auto& path) {
    if (rows.size() < kShown) {
      rows.push_back({std::move(label), moves, path.log_reward, path.log_pf, path.log_pb, path.residual});
    }
  };
  for (const TrajectoryView& path : s.behaviour->recent) {
    add(path_label(s, path, font, width), path.states.size() - 1, path);
  }
  for (const PathView& path : s.behaviour->paths) {
    add(path_label(path, s.run->space->map().line, font, width), path.x.size() - 1, path);
  }
  return rows;
}

}  // namespace

void draw_trajectories(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  const Columns c = columns_of(t, rect);
  header(t, c, rect.y + t.px(4));
  const std::vector<Row> rows = rows_of(s, t.font.mono, c.moves - t.px(48) - c.path);
  double most = 0.1;
  for (const Row& row : rows) most = std::max(most, std::abs(row.residual));
  ScrollArea area(context, "paths", {rect.x, rect.y + t.px(16), rect.w, rect.h - t.px(16)});
  const float step = t.px(22);
  float y = area.y();
  for (size_t i = 0; i < rows.size(); ++i, y += step) {
    const Rect row{rect.x, y, rect.w - t.px(8), step};
    const bool discrete = s.run->graph != nullptr;
    const Hit hit = hit_area(context, "path" + std::to_string(i), row, discrete ? "Click to select its end" : "");
    if (hit.hovered) fill(row, with_alpha(t.color.text, 0.05f), t.px(3));
    if (discrete) {
      const std::int32_t end = s.behaviour->recent[i].states.back();
      if (hit.hovered) hover(context, end);
      if (hit.clicked) context.ui.selected_state = end;
    }
    draw_row(t, c, rows[i], y + step / 2, most);
  }
  area.set_bottom(y);
}

void draw_modes(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  const auto& target = s.run->mode_target;
  double held = 0, most = 1e-12;
  size_t near = 0;
  for (size_t m = 0; m < target.size(); ++m) {
    const double learned = m < s.exact->mode_mass.size() ? s.exact->mode_mass[m] : 0;
    held += learned;
    most = std::max({most, target[m], learned});
    near += target[m] > 0 && learned >= 0.5 * target[m];
  }
  double asked = 0;
  for (const double share : target) asked += share;
  const std::string words = format_count(static_cast<std::int64_t>(near)) + " of " +
                            format_count(static_cast<std::int64_t>(target.size())) +
                            " modes hold at least half of their share; together they hold " +
                            format_number(held, 3) + " of the mass, the target " +
                            format_number(asked, 3);
  draw_text(t.font.small, rect.x, baseline(t, rect.y + t.px(4)), t.color.muted,
            shortened(t.font.small, words, rect.w - t.px(160)));
  const float base = baseline(t, rect.y + t.px(4)), right = rect.x + rect.w - t.px(8);
  fill({right - t.px(124), rect.y + t.px(2), t.px(12), t.px(6)}, t.color.accent, t.px(2));
  draw_text(t.font.small, right - t.px(106), base, t.color.muted, "learned");
  fill({right - t.px(54), rect.y + t.px(2), t.px(12), t.px(6)}, with_alpha(t.color.truth, 0.55f),
       t.px(2));
  draw_text(t.font.small, right - t.px(36), base, t.color.muted, "target");
  ScrollArea area(context, "modes", {rect.x, rect.y + t.px(18), rect.w, rect.h - t.px(18)});
  const float step = t.px(26);
  float y = area.y();
  for (size_t m = 0; m < target.size(); ++m, y += step) {
    mode_row(t, s, m, {rect.x, y, rect.w - t.px(8), step}, most);
  }
  area.set_bottom(y);
}

}  // namespace flowscope
