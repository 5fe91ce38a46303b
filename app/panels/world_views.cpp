// The two pictures of a Minigrid world: from above, and from where the agent stands.
#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/hero_world.h"
#include "app/panels/icons.h"
#include "app/scene/first_person.h"

namespace flowscope {
namespace {

using minigrid::Point;

constexpr float kWidest = 0.13f;  // of a cell: the arrow of the largest flow

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

template <class Draw>
void for_each_place(const minigrid::World& world, const Draw& draw) {
  for (int y = 0; y < world.height; ++y) {
    for (int x = 0; x < world.width; ++x) {
      for (int d = 0; d < 4; ++d) draw(Point{x, y}, d, at(4 * (y * world.width + x) + d));
    }
  }
}

/// Every cell in four parts, one a heading: each part lies where its heading points to.
void flow_layer(const PanelContext& context, const WorldScene& s, const Plan& plan) {
  const ColorScale scale = world_flow_scale(context, s.flow);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float reach = 0.44f * plan.tile, gap = 0.03f * plan.tile;
  for_each_place(s.world, [&](Point p, int d, size_t place) {
    if (s.flow.visits[place] < scale.low) return;
    const Point step = minigrid::kSteps[at(d)];
    const auto dx = static_cast<float>(step.x), dy = static_cast<float>(step.y);
    const ImVec2 middle = plan.middle(p);
    const auto corner = [&](float along, float aside) {
      return ImVec2(middle.x + dx * along - dy * aside, middle.y + dy * along + dx * aside);
    };
    list->AddTriangleFilled(corner(gap, 0), corner(reach, reach - gap), corner(reach, gap - reach),
                            color_of(scale, s.flow.visits[place]));
  });
}

void arrow_layer(const PanelContext& context, const WorldScene& s, const Plan& plan) {
  const Theme& t = context.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const auto point = [&](float x, float y) {
    return ImVec2(plan.rect.x + plan.tile * x, plan.rect.y + plan.tile * y);
  };
  for_each_place(s.world, [&](Point p, int d, size_t place) {
    const float share = arrow_share(s.flow, place);
    if (share == 0) return;
    const ArrowPlace a = arrow_place(p, d);
    const float width = std::max(t.px(1), kWidest * plan.tile * share), head = width + t.px(6);
    const float alpha = 0.35f + 0.65f * share;
    const ImVec2 from = point(a.x0, a.y0), to = point(a.x1, a.y1);
    draw_arrow(list, from, to, width + t.px(2), head + t.px(2.5f),
               with_alpha(IM_COL32(0, 0, 0, 200), alpha));
    draw_arrow(list, from, to, width, head, with_alpha(IM_COL32_WHITE, alpha));
  });
}

/// Paths of the last batch, each a little aside so that they can be told apart.
void path_layer(const PanelContext& context, const WorldScene& s, const Plan& plan) {
  const Theme& t = context.theme;
  const Snapshot& snapshot = context.snapshot;
  if (!snapshot.behaviour) return;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const auto& recent = snapshot.behaviour->recent;
  for (size_t k = 0; k < recent.size(); ++k) {
    const float shift =
        plan.tile * 0.5f * (static_cast<float>(k) + 0.5f) / static_cast<float>(recent.size()) -
        plan.tile * 0.25f;
    std::vector<ImVec2> points;
    for (const std::int32_t id : recent[k].states) {
      const ImVec2 m = plan.middle(s.env.graph().agent(snapshot.run->graph->state(id)[0]));
      points.push_back({m.x + shift, m.y + shift});
    }
    draw_line(list, points, IM_COL32(0, 0, 0, 140), t.px(3.4f));
    draw_line(list, points, IM_COL32(255, 226, 150, 230), t.px(1.6f));
    list->AddCircleFilled(points.back(), t.px(4), IM_COL32(0, 0, 0, 200), 14);
    list->AddCircleFilled(points.back(), t.px(2.8f), IM_COL32(255, 226, 150, 255), 14);
  }
}

/// Where the person has been, and where the policy would go from here.
void walk_layer(const PanelContext& context, const WorldScene& s, const Plan& plan) {
  const Theme& t = context.theme;
  const StateGraph& graph = *context.snapshot.run->graph;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const auto way = [&](const Walk& walk) {
    std::vector<ImVec2> points;
    Point last = minigrid::kNowhere;
    for (const int id : walk.states) {
      const Point p = s.env.graph().agent(graph.state(id)[0]);
      if (p != last) points.push_back(plan.middle(p));  // turns stay in their cell
      last = p;
    }
    return points;
  };
  const std::vector<ImVec2> been = way(s.walk);
  draw_line(list, been, IM_COL32(0, 0, 0, 150), t.px(5));
  draw_line(list, been, IM_COL32(255, 110, 100, 255), t.px(2.6f));
  if (s.walk.ended()) return;
  draw_line(list, way(likeliest_walk(context.snapshot, s.walk.state())),
            IM_COL32(30, 120, 255, 255), t.px(3), LineStyle::kDash, t.scale);
}

/// What lies about is seen on a floor of any colour.
void ground_things(ImDrawList* list, const Plan& plan, const minigrid::World& world) {
  for (int y = 0; y < world.height; ++y) {
    for (int x = 0; x < world.width; ++x) {
      if (!can_pick_up(world.at({x, y}))) continue;
      list->AddCircleFilled(plan.middle({x, y}), 0.40f * plan.tile, IM_COL32(0, 0, 0, 225));
    }
  }
}

void plan_layers(PanelContext& context, const WorldScene& s, const Plan& plan, bool flow) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const UiState& ui = context.ui;
  const bool colored = flow && ui.world_flow;
  draw_ground(list, plan, s.world);
  if (colored) {  // the flow keeps the colours of its legend: above the light, not below it
    if (ui.world_sight) draw_sight(list, plan, s.world);
    flow_layer(context, s, plan);
    ground_things(list, plan, s.world);
  }
  draw_things(list, plan, s.world);
  if (!colored && ui.world_sight) draw_sight(list, plan, s.world);
  if (flow && ui.world_arrows) arrow_layer(context, s, plan);
  if (flow && ui.show_trajectories) path_layer(context, s, plan);
  walk_layer(context, s, plan);
  draw_agent(list, plan, s.world.agent, s.world.direction);
}

Paint paint_of(ImU32 color, float opacity) {
  const ImVec4 c = ImGui::ColorConvertU32ToFloat4(color);
  return {c.x, c.y, c.z, opacity};
}

FloorMarks marks_of(const PanelContext& context, const WorldScene& s) {
  const ColorScale scale = world_flow_scale(context, s.flow);
  FloorMarks marks;
  for (int y = 0; y < s.world.height && context.ui.world_flow; ++y) {
    for (int x = 0; x < s.world.width; ++x) {
      const auto first = s.flow.visits.begin() + 4 * (y * s.world.width + x);
      const float most = *std::max_element(first, first + 4);
      if (most < scale.low) continue;
      marks.patches.push_back({{x, y}, paint_of(color_of(scale, most), 0.5f)});
    }
  }
  for_each_place(s.world, [&](Point p, int d, size_t place) {
    const float share = context.ui.world_arrows ? arrow_share(s.flow, place) : 0;
    if (share == 0) return;
    const ArrowPlace a = arrow_place(p, d);
    marks.arrows.push_back(
        {a.x0, a.y0, a.x1, a.y1, std::max(0.02f, kWidest * share), {1, 1, 1, 0.4f + 0.6f * share}});
  });
  return marks;
}

/// The room is built again when what it shows has changed.
std::shared_ptr<const RoomScene> room_of(PanelContext& context, const WorldScene& s,
                                         const Camera& camera) {
  RoomCache& cache = caches(context).room;
  const UiState& ui = context.ui;
  const Snapshot& snapshot = context.snapshot;
  const bool same = cache.scene && cache.run == snapshot.run && cache.exact == snapshot.exact &&
                    cache.state == s.walk.state() && cache.flow == ui.world_flow &&
                    cache.arrows == ui.world_arrows && cache.color_map == ui.color_map;
  if (!same) {
    RoomScene scene = build_room(s.world, marks_of(context, s));
    add_carried(scene.solid, s.world, camera);
    cache = {std::make_shared<RoomScene>(std::move(scene)),
             snapshot.run,
             snapshot.exact,
             s.walk.state(),
             ui.world_flow,
             ui.world_arrows,
             ui.color_map};
  }
  return cache.scene;
}

void minimap(PanelContext& context, const WorldScene& s, const Rect& room) {
  const Theme& t = context.theme;
  const float side = std::min(room.w, room.h) * 0.34f, pad = t.px(6), margin = t.px(12);
  const Plan inner = fit_plan(s.world, {0, 0, side, side});
  const Rect card{room.x + room.w - inner.rect.w - 2 * pad - margin, room.y + margin,
                  inner.rect.w + 2 * pad, inner.rect.h + 2 * pad};
  fill(card, with_alpha(t.color.panel, 0.9f), t.px(6));
  outline(card, with_alpha(t.color.text, 0.25f), t.px(6));
  const Plan plan{{std::round(card.x + pad), std::round(card.y + pad), inner.rect.w, inner.rect.h},
                  inner.tile};
  plan_layers(context, s, plan, false);
}

}  // namespace

void draw_world_plan(PanelContext& context, const WorldScene& scene, const Rect& area) {
  const Plan plan = fit_plan(scene.world, area);
  ImGui::PushClipRect(plan.rect.min(), plan.rect.max(), true);
  plan_layers(context, scene, plan, true);
  ImGui::PopClipRect();
}

void draw_world_room(PanelContext& context, const WorldScene& scene, const Rect& rect) {
  const Camera camera = camera_of(scene.world);
  draw_first_person(room_of(context, scene, camera), camera, rect);
  minimap(context, scene, rect);
}

}  // namespace flowscope
