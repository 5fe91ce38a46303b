// A world that one walks in, with the flow on its floor, from above or from within, and the person in it.
#include "app/panels/hero_world.h"

#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"

namespace flowscope {
namespace {

constexpr float kFaintest = 0.04f;  // of the widest arrow: thinner ones are left out
constexpr double kDecades = 1e-3;   // the scale of flow spans so much of its top

/// Whose world it is, and the switch between the views.
void header(PanelContext& context, const WorldScene& scene, const Rect& row) {
  const Theme& t = context.theme;
  UiState& ui = context.ui;
  const float switch_width = t.px(196), middle = row.y + row.h / 2;
  const Rect views{row.x + row.w - switch_width, row.y, switch_width, row.h};
  const int picked =
      segments(context, "view", views, {"Plan", "First person"}, ui.first_person ? 1 : 0);
  if (picked >= 0) ui.first_person = picked == 1;
  const std::string size = format_count(static_cast<std::int64_t>(scene.flow.places.of.size())) + " situations";
  const float right = views.x - t.px(12);
  std::string name = ui.first_person ? "The agent's eyes" : "The world";
  if (row.x + text_width(t.font.bold, name) > right) name = "View";
  title(t, row.x, middle, name, size, right);
}

/// The colours of the floor in words and numbers, below the picture.
void legend(PanelContext& context, const WorldFlow& flow, const Rect& row) {
  const Theme& t = context.theme;
  const UiState& ui = context.ui;
  const float bar = std::min(t.px(180), row.w);
  float x = row.x;
  if (ui.world_flow) {
    draw_color_bar(t, world_flow_scale(context, flow), {x, row.y + t.px(4), bar, t.px(30)});
    x += bar + t.px(18);
  }
  if (row.w < t.px(380)) return;
  std::string words;
  if (ui.world_flow) {
    words = ui.world_ends ? "Colour: share of trajectories that end there with a heading. "
                          : "Colour: visits of a place with a heading, a trajectory. ";
  }
  if (ui.world_policy && !ui.first_person) {
    words += "Arrows: turns and steps, dot: stop, square: hands.";
  } else if (ui.world_arrows) {
    words += "Arrow width: root of the flow to the next place.";
  }
  draw_paragraph(t.font.small, {x, row.y}, row.x + row.w - x, t.color.muted, words);
}

/// Says who has the keyboard; a click on the world takes it.
void keyboard(PanelContext& context, const Rect& picture) {
  const Theme& t = context.theme;
  UiState& ui = context.ui;
  const Hit hit = hit_area(context, "world", picture, ui.playing ? "" : "Click to walk (P)");
  if (hit.clicked) ui.playing = true;
  if (!ui.playing && !hit.hovered) return;
  outline(picture.inset(-t.px(2)), ui.playing ? t.color.accent : t.color.faint, t.px(3), t.px(2));
}

}  // namespace

WorldScene::WorldScene(PanelContext& context)
    : env(*walked_world(*context.snapshot.run)),
      flow(caches(context).world_flow),
      walk(walk_of(context)),
      world(walk.free ? walk.free->world
                      : world_in(env, context.snapshot.run->graph->state(walk.state()))),
      situation(context.snapshot.run->graph->state(walk.state())[0]),
      // Below 0 what a free walk counts; the state of the lattice that it left never changes then.
      things(walk.free ? -1 - walk.free->changes : walk.state()),
      moment(walk.free ? -1 - walk.free->steps : walk.state()) {}

const PoseCache& near_pose(PanelContext& context, const WorldScene& s) {
  PoseCache& cache = caches(context).pose;
  const NearestPose nearest = nearest_pose(s.flow.places, stance_of(s.world));
  const std::string carried = carried_in(s.world);
  const bool same = cache.exact == context.snapshot.exact && cache.carried == carried &&
                    cache.nearest.pose == nearest.pose;
  if (!same) cache.policy = policy_at(context.snapshot, s.flow.places, nearest.pose, carried);
  cache.exact = context.snapshot.exact;
  cache.nearest = nearest;
  cache.carried = carried;
  return cache;
}

const std::vector<float>& colored_flow(const PanelContext& context, const WorldFlow& flow) {
  return context.ui.world_ends ? flow.ends : flow.visits;
}

ColorScale world_flow_scale(const PanelContext& context, const WorldFlow& flow) {
  ColorScale scale;
  scale.map = context.ui.color_map;
  const float most = context.ui.world_ends ? flow.most_ends : flow.most_visits;
  scale.high = std::max(1e-6, static_cast<double>(most));
  scale.low = scale.high * kDecades;
  scale.logarithmic = true;
  return scale;
}

float arrow_share(const WorldFlow& flow, size_t pose) {
  if (!(flow.most_moves > 0)) return 0;
  const float share = std::sqrt(flow.moves[pose] / flow.most_moves);
  return share < kFaintest ? 0 : share;
}

ArrowPlace arrow_place(ImVec2 place, float angle, float step) {
  constexpr float kBegin = 0.10f, kEnd = 0.90f, kAside = 0.20f;
  const float dx = step * std::cos(angle), dy = step * std::sin(angle);
  const float x = place.x - kAside * dy, y = place.y + kAside * dx;
  return {x + kBegin * dx, y + kBegin * dy, x + kEnd * dx, y + kEnd * dy};
}

void draw_hero_world(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  update_world_flow(context.snapshot, caches(context).world_flow);
  const WorldScene scene(context);
  const float gap = t.px(16), head = t.px(28), foot = t.px(40);
  const Rect r{rect.x + gap, rect.y + t.px(8), rect.w - 2 * gap, rect.h - t.px(14)};
  const float side = std::clamp(r.w * 0.38f, t.px(180), t.px(330));
  const Rect left{r.x, r.y, r.w - side - gap, r.h};
  header(context, scene, {left.x, left.y, left.w, head});
  const Rect picture{left.x, left.y + head + t.px(10), left.w, left.h - head - foot - t.px(16)};
  if (context.ui.first_person) {
    draw_world_room(context, scene, picture);
    keyboard(context, picture);
  } else {
    draw_world_plan(context, scene, picture);
    keyboard(context, fit_plan_of(scene.world, picture).rect);
  }
  legend(context, scene.flow, {left.x, left.y + left.h - foot, left.w, foot});
  const Rect aside{left.x + left.w + gap, r.y, side, r.h};
  scene.free() ? draw_free_side(context, scene, aside) : draw_world_side(context, scene, aside);
}

}  // namespace flowscope
