// The corner plot of a continuous space: each coordinate alone on the diagonal, and in pairs, learned
// above it and target below.
#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/hero.h"

namespace flowscope {
namespace {

constexpr int kBins = CornerCache::kBins;

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// In which bin a coordinate of an object [axes] falls; -1: in none that is shown.
int bin(const float* object, size_t axis, const Axis& range) {
  const double b = std::floor((object[axis] - range.low) / (range.high - range.low) * kBins);
  return b >= 0 && b < kBins ? static_cast<int>(b) : -1;
}

/// Shares of objects [n, axes] in the bins of one axis or, with another one upwards, of a pair.
std::vector<float> shares(const std::vector<float>& objects, const std::vector<Axis>& axes, size_t x,
                          std::optional<size_t> y = {}) {
  std::vector<float> out(at(y ? kBins * kBins : kBins), 0);
  const size_t n = objects.size() / axes.size();
  for (size_t i = 0; i < n; ++i) {
    const float* object = &objects[i * axes.size()];
    const int across = bin(object, x, axes[x]), up = y ? bin(object, *y, axes[*y]) : 0;
    if (across >= 0 && up >= 0) out[at(up * kBins + across)] += 1 / static_cast<float>(n);
  }
  return out;
}

/// Which axes are shown: as many as there are, four at most.
std::vector<size_t> shown_axes(const UiState& ui, size_t count) {
  std::vector<size_t> shown;
  for (size_t i = 0; i < std::min(count, ui.corner_axes.size()); ++i) {
    shown.push_back(std::min(at(ui.corner_axes[i]), count - 1));
  }
  return shown;
}

const CornerCache& corner(PanelContext& context) {
  CornerCache& cache = caches(context).corner;
  const Snapshot& s = context.snapshot;
  const std::vector<Axis> axes = s.run->space->axes();
  const std::vector<size_t> shown = shown_axes(context.ui, axes.size());
  if (cache.run == s.run && cache.density == s.density && cache.shown == shown) return cache;
  cache = {.run = s.run, .density = s.density, .shown = shown, .version = cache.version + 1};
  for (size_t row = 0; row < shown.size(); ++row) {
    for (size_t column = 0; column < shown.size(); ++column) {
      CornerCache::Cell cell;
      std::optional<size_t> up;
      if (row != column) up = shown[row];
      if (s.density && row <= column) cell.learned = shares(s.density->objects, axes, shown[column], up);
      if (row >= column) cell.target = shares(s.run->target_objects, axes, shown[column], up);
      cache.cells.push_back(std::move(cell));
    }
  }
  return cache;
}

void draw_alone(const Theme& t, const CornerCache::Cell& cell, const Rect& r) {
  float most = 1e-9f;
  for (const auto* values : {&cell.learned, &cell.target}) {
    for (const float v : *values) most = std::max(most, v);
  }
  fill(r, t.color.window);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const auto line_of = [&](const std::vector<float>& values) {
    std::vector<ImVec2> line;
    for (size_t i = 0; i < values.size(); ++i) {
      line.push_back({r.x + r.w * (static_cast<float>(i) + 0.5f) / kBins, r.y + r.h - 0.92f * r.h * values[i] / most});
    }
    return line;
  };
  const std::vector<ImVec2> learned = line_of(cell.learned), target = line_of(cell.target);
  const ImDrawListFlags flags = list->Flags;
  list->Flags &= ~ImDrawListFlags_AntiAliasedFill;  // soft edges would show as stripes
  for (size_t i = 1; i < learned.size(); ++i) {
    list->AddQuadFilled(learned[i - 1], learned[i], {learned[i].x, r.y + r.h}, {learned[i - 1].x, r.y + r.h},
                        with_alpha(t.color.run[0], 0.35f));
  }
  list->Flags = flags;
  draw_line(list, learned, t.color.run[0], t.px(1.4f));
  draw_line(list, target, t.color.truth, t.px(1.4f), LineStyle::kDash, t.scale);
}

void draw_pair(PanelContext& context, const std::string& id, const std::vector<float>& values,
               const std::vector<float>& scaled_by, std::uint64_t version, const Rect& r) {
  fill(r, context.theme.color.window);
  if (values.empty()) return;
  HeatMap map;
  map.width = map.height = kBins;
  map.cells = values;
  map.version = version;
  map.scale.map = context.ui.color_map;
  map.scale.high = std::max(1e-9f, *std::ranges::max_element(scaled_by.empty() ? values : scaled_by));
  map.scale.logarithmic = context.ui.log_color;
  map.scale.low = context.ui.log_color ? map.scale.high * 1e-3 : 0;
  draw_heat_map(id, map, r, {0, 0, kBins, kBins});
}

/// The ends of an axis below a column or left of a row.
void ends(const Theme& t, const Axis& axis, const Rect& r, bool vertical) {
  const float half = t.font.small->FontSize * 0.36f;
  const std::string low = format_number(axis.low, 2), high = format_number(axis.high, 2);
  if (vertical) {
    draw_text(t.font.small, r.x - t.px(5), r.y + r.h, t.color.muted, low, Align::kRight);
    draw_text(t.font.small, r.x - t.px(5), r.y + 2 * half + t.px(2), t.color.muted, high, Align::kRight);
    draw_text(t.font.bold, r.x - t.px(5), r.y + r.h / 2 + half, t.color.text, axis.name, Align::kRight);
  } else {
    const float base = r.y + r.h + t.px(17);
    draw_text(t.font.small, r.x, base, t.color.muted, low);
    draw_text(t.font.small, r.x + r.w, base, t.color.muted, high, Align::kRight);
    draw_text(t.font.bold, r.x + r.w / 2, base + t.px(15), t.color.text, axis.name, Align::kCenter);
  }
}

/// What is what.
void legend(PanelContext& context, size_t axes, const Rect& r) {
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  float y = r.y;
  const auto entry = [&](ImU32 color, LineStyle style, const std::string& words) {
    const ImVec2 line[] = {{r.x, y + t.px(9)}, {r.x + t.px(22), y + t.px(9)}};
    draw_line(ImGui::GetWindowDrawList(), line, color, t.px(2), style, t.scale);
    y += draw_paragraph(t.font.small, {r.x + t.px(30), y}, r.w - t.px(30), t.color.muted, words) + t.px(6);
  };
  const auto n = s.density ? s.density->samples : 0;
  entry(t.color.run[0], LineStyle::kSolid, "learned, " + format_count(n) + " samples: above the diagonal");
  const auto exact = s.run->target_objects.size() / axes;
  entry(t.color.truth, LineStyle::kDash, "target, " + format_count(static_cast<std::int64_t>(exact)) +
                                             " exact samples: below it");
  draw_paragraph(t.font.small, {r.x, y}, r.w, t.color.muted, "Both maps of a pair have one colour scale.");
}

/// Which coordinates are shown, where there are more than fit: a list of all for each. Returns where they
/// begin.
float choosers(PanelContext& context, const std::vector<Axis>& axes, const std::vector<size_t>& shown, float right,
               float middle) {
  if (axes.size() <= shown.size()) return right;
  const Theme& t = context.theme;
  std::vector<ComboItem> items;
  for (const Axis& axis : axes) items.push_back({axis.name, ""});
  const float width = t.px(62), gap = t.px(4);
  float x = right - (width + gap) * static_cast<float>(shown.size());
  for (size_t i = 0; i < shown.size(); ++i) {
    const Rect box{x + (width + gap) * static_cast<float>(i), middle - t.px(12), width, t.px(24)};
    const int picked = combo(context, "axis" + std::to_string(i), box, items[shown[i]].label, items,
                             static_cast<int>(shown[i]), "A coordinate that is shown; there are " + std::to_string(axes.size()));
    if (picked >= 0) context.ui.corner_axes[i] = picked;
  }
  return x;
}

}  // namespace

void draw_hero_corner(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  const std::vector<Axis> axes = context.snapshot.run->space->axes();
  const CornerCache& cache = corner(context);
  const size_t n = cache.shown.size();
  const float gap = t.px(6), left = t.px(44), below = t.px(40), head = t.px(34);
  const float aside = t.px(190);
  const Rect r{rect.x + t.px(16) + left, rect.y + head, rect.w - t.px(32) - left - aside, rect.h - head - below - t.px(8)};
  const float size = std::floor((std::min(r.w, r.h) - gap * static_cast<float>(n - 1)) / static_cast<float>(n));
  const float edge = rect.x + rect.w - t.px(16), middle = rect.y + head / 2;
  const float taken = pill(t, edge, middle, "sampled", t.color.muted, Align::kRight);
  const float room = choosers(context, axes, cache.shown, edge - taken - t.px(10), middle);
  title(t, rect.x + t.px(16), middle, "Coordinates", "alone and in pairs", room - t.px(8));
  const auto place = [&](size_t row, size_t column) {
    return Rect{r.x + static_cast<float>(column) * (size + gap), r.y + static_cast<float>(row) * (size + gap), size, size};
  };
  for (size_t row = 0; row < n; ++row) {
    for (size_t column = 0; column < n; ++column) {
      const Rect cell = place(row, column);
      const CornerCache::Cell& values = cache.cells[row * n + column];
      const CornerCache::Cell& mirror = cache.cells[column * n + row];
      const std::string id = "corner" + std::to_string(row) + std::to_string(column);
      if (row == column) draw_alone(t, values, cell);
      if (row < column) draw_pair(context, id, values.learned, mirror.target, cache.version, cell);
      if (row > column) draw_pair(context, id, values.target, {}, cache.version, cell);
      outline(cell.inset(-1), t.color.line);
      if (column == 0) ends(t, axes[cache.shown[row]], cell, true);
      if (row + 1 == n) ends(t, axes[cache.shown[column]], cell, false);
    }
  }
  const Rect last = place(0, n - 1);
  const float x = last.x + last.w + t.px(20);
  legend(context, axes.size(), {x, r.y, std::min(t.px(220), rect.x + rect.w - t.px(12) - x), r.h});
}

}  // namespace flowscope
