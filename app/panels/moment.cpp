// Time within a trajectory: the map shows where the sampled ones are after so many steps.
#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/density_layers.h"
#include "app/panels/icons.h"
#include "app/panels/slider.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr double kWay = 4, kRest = 1;  // seconds from s0 to the ends, and before it begins again

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

int last_step(const PanelContext& context) {
  const auto& density = context.snapshot.density;
  return density ? density->times - 1 : 0;
}

void move_on(PanelContext& context) {
  UiState& ui = context.ui;
  if (ui.moving_since < 0) return;
  const double way = std::min(1.0, std::fmod(context.now - ui.moving_since, kWay + kRest) / kWay);
  ui.moment = way * last_step(context);
  ui.busy_until = context.now + kRest;
}

}  // namespace

bool shows_moment(const PanelContext& context) {
  return context.ui.moment >= 0 && context.ui.moment < last_step(context);
}

const std::vector<float>& moment_cells(PanelContext& context, float& most) {
  DensityCache& cache = caches(context).density;
  const auto& density = context.snapshot.density;
  const MapView& view = context.ui.cells.view;
  const int time = static_cast<int>(context.ui.moment);
  if (cache.density != density || cache.time != time || cache.moment.size() != context.ui.cells.state.size()) {
    cache.density = density;
    cache.time = time;
    cache.moment.assign(context.ui.cells.state.size(), 0);
    cache.most = 0;
    const MapRegion region = context.snapshot.run->space->map();
    const size_t n = density->x.size();
    // Blocks of cells, so that each holds some of the samples.
    const int most_cells = view.height == 1 ? 60 : 40;
    const int block = (view.width + most_cells - 1) / most_cells, rows = view.height == 1 ? 1 : block;
    for (size_t i = 0; i < n; ++i) {
      const float* p = &density->cloud[2 * (at(time) * n + i)];
      const int x = static_cast<int>(std::floor((p[0] - region.x0) / (region.x1 - region.x0) * view.width));
      const int y = view.height == 1 ? 0 : static_cast<int>(std::floor((p[1] - region.y0) / (region.y1 - region.y0) * view.height));
      if (x < 0 || y < 0 || x >= view.width || y >= view.height) continue;
      for (int b = 0; b < block * rows; ++b) {
        const int cx = std::min(view.width - 1, x / block * block + b % block);
        const int cy = std::min(view.height - 1, y / rows * rows + b / block);
        float& cell = cache.moment[at(cy) * at(view.width) + at(cx)];
        cell += 1 / static_cast<float>(n * at(block) * at(rows));
        cache.most = std::max(cache.most, cell);
      }
    }
    ++context.ui.cells.version;
  }
  most = cache.most;
  return cache.moment;
}

float moment_room(const PanelContext& context) {
  return context.snapshot.run->space && last_step(context) > 0 ? context.theme.px(34) : 0;
}

void draw_moment(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  UiState& ui = context.ui;
  const int last = last_step(context);
  move_on(context);
  const float middle = rect.y + rect.h / 2, size = t.px(26);
  const bool moving = ui.moving_since >= 0;
  const Rect play{rect.x, middle - size / 2, size, size};
  const Hit hit = hit_area(context, "move", play, moving ? "Hold the samples where they are" : "Let the samples move from s0 on");
  const ImU32 color = hit.hovered ? t.color.text : t.color.muted;
  if (moving) {
    icon_pause({play.x + size / 2, middle}, t.px(14), color);
  } else {
    icon_play({play.x + size / 2, middle}, t.px(14), color);
  }
  if (hit.clicked) ui.moving_since = moving ? -1 : context.now;
  const float words = t.px(190), x = rect.x + size + t.px(10);
  const Rect track{x, rect.y, std::max(t.px(80), rect.w - size - t.px(20) - words), rect.h};
  const double shown = shows_moment(context) ? ui.moment : last;
  bool held = false, released = false;
  const auto dragged = slider_track(context, "moment", track, shown / last, held, released,
                                    "Steps into the sampled trajectories");
  if (dragged) {
    ui.moving_since = -1;
    ui.moment = std::round(*dragged * last);
    if (ui.moment >= last) ui.moment = -1;
  }
  const bool timed = context.snapshot.run->space->spec().timed;
  const std::string text = shows_moment(context)
                               ? "after " + std::to_string(static_cast<int>(ui.moment)) + " of " + std::to_string(last) + " steps"
                               : timed ? "at the end, " + std::to_string(last) + " steps" : "at the ends";
  draw_text(t.font.small, track.x + track.w + t.px(10), baseline(t, middle), t.color.muted,
            shortened(t.font.small, text, words));
}

}  // namespace flowscope
