// The two pictures of a world that one walks in: from above, and from where the agent stands.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "app/draw/plot.h"
#include "app/panels/hero_world.h"
#include "app/panels/icons.h"
#include "app/scene/first_person.h"

namespace flowscope {
namespace {

constexpr ImU32 kGold = IM_COL32(255, 196, 60, 255);
constexpr ImU32 kNearest = IM_COL32(90, 170, 255, 255);
constexpr float kWidest = 0.13f;  // of a step: the arrow of the largest flow
constexpr int kMostSides = 12;    // of a place's polygon

ImVec2 on(const Plan& plan, ImVec2 place) { return plan.point(place.x, place.y); }

/// Calls draw(place, angle of the heading, index in the flow).
template <class Draw>
void for_each_pose(const WorldPlaces& places, const Draw& draw) {
  size_t index = 0;
  for (const ImVec2 place : places.at) {
    for (const float angle : places.angles) draw(place, angle, index++);
  }
}

/// Every place as a polygon in as many parts as there are headings: each part lies where its
/// heading points to.
void flow_layer(const PanelContext& context, const WorldScene& s, const Plan& plan) {
  const ColorScale scale = world_flow_scale(context, s.flow);
  const WorldPlaces& places = s.flow.places;
  const std::vector<float>& flow = colored_flow(context, s.flow);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float unit = plan.tile * places.step, reach = 0.44f * unit, gap = 0.03f * unit;
  const float part = std::numbers::pi_v<float> / static_cast<float>(places.headings());
  const float half = reach * std::tan(part);
  for_each_pose(places, [&](ImVec2 place, float angle, size_t index) {
    if (flow[index] < scale.low) return;
    const float dx = std::cos(angle), dy = std::sin(angle);
    const ImVec2 middle = on(plan, place);
    const auto corner = [&](float along, float aside) {
      return ImVec2(middle.x + dx * along - dy * aside, middle.y + dy * along + dx * aside);
    };
    const float wide = std::max(0.6f * half, half - gap);
    list->AddTriangleFilled(corner(gap, 0), corner(reach, wide), corner(reach, -wide),
                            color_of(scale, flow[index]));
  });
}

void arrow_layer(const PanelContext& context, const WorldScene& s, const Plan& plan) {
  const Theme& t = context.theme;
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float step = s.flow.places.step;
  for_each_pose(s.flow.places, [&](ImVec2 place, float angle, size_t index) {
    const float share = arrow_share(s.flow, index);
    if (share == 0) return;
    const ArrowPlace a = arrow_place(place, angle, step);
    const float width = std::max(t.px(1), kWidest * step * plan.tile * share);
    const float head = width + std::min(t.px(6), 0.15f * step * plan.tile);
    const float alpha = 0.35f + 0.65f * share;
    const ImVec2 from = plan.point(a.x0, a.y0), to = plan.point(a.x1, a.y1);
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
    const float unit = plan.tile * s.flow.places.step;
    const float shift =
        unit * 0.5f * (static_cast<float>(k) + 0.5f) / static_cast<float>(recent.size()) -
        unit * 0.25f;
    std::vector<ImVec2> points;
    for (const std::int32_t id : recent[k].states) {
      const ImVec2 m = on(plan, s.flow.places.of_situation(snapshot.run->graph->state(id)[0]));
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
    for (const int id : walk.states) {
      const ImVec2 p = on(plan, s.flow.places.of_situation(graph.state(id)[0]));
      const bool turned = !points.empty() && points.back().x == p.x && points.back().y == p.y;
      if (!turned) points.push_back(p);
    }
    return points;
  };
  const auto trace = [&](const std::vector<ImVec2>& been) {
    draw_line(list, been, IM_COL32(0, 0, 0, 150), t.px(5));
    draw_line(list, been, IM_COL32(255, 110, 100, 255), t.px(2.6f));
  };
  if (s.free()) {
    std::vector<ImVec2> been;
    for (const ImVec2 p : s.walk.free->trace) been.push_back(on(plan, p));
    return trace(been);
  }
  trace(way(s.walk));
  if (s.walk.ended()) return;
  draw_line(list, way(likeliest_walk(context.snapshot, s.walk.state())),
            IM_COL32(30, 120, 255, 255), t.px(3), LineStyle::kDash, t.scale);
}

/// The pose that the policy is asked about while the person walks freely: a ring with a hand.
void pose_layer(PanelContext& context, const WorldScene& s, const Plan& plan) {
  if (!s.free()) return;
  const Stance pose = s.flow.places.of_pose(near_pose(context, s).nearest.pose);
  const ImVec2 middle = on(plan, pose.at);
  const float radius = std::max(context.theme.px(5), 0.36f * plan.tile * s.flow.places.step);
  const ImVec2 tip(middle.x + 1.5f * radius * std::cos(pose.angle),
                   middle.y + 1.5f * radius * std::sin(pose.angle));
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (const auto& [color, width] : {std::pair(IM_COL32(0, 0, 0, 190), context.theme.px(4.5f)),
                                     {kNearest, context.theme.px(2.2f)}}) {
    list->AddCircle(middle, radius, color, 0, width);
    list->AddLine(middle, tip, color, width);
  }
}

/// Where the reward is painted.
void spot_layer(const PanelContext& context, const WorldScene& s, const Plan& plan) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  for (const auto& spot : s.env.painted()) {
    const ImVec2 middle = plan.point(static_cast<float>(spot.x), static_cast<float>(spot.z));
    const float radius = plan.tile * static_cast<float>(spot.radius) * 0.94f;
    const float width = context.theme.px(2);
    list->AddCircle(middle, radius, IM_COL32(0, 0, 0, 160), 0, 2 * width);
    list->AddCircle(middle, radius, kGold, 0, width);
  }
}

void plan_layers(PanelContext& context, const WorldScene& s, const Plan& plan, bool flow) {
  ImDrawList* list = ImGui::GetWindowDrawList();
  const UiState& ui = context.ui;
  const bool colored = flow && ui.world_flow;
  const auto draw = [&](const auto& layer) {
    std::visit([&](const auto& world) { layer(world); }, s.world);
  };
  const auto sight = [&](const auto& world) { draw_sight(list, plan, world); };
  draw([&](const auto& world) { draw_ground(list, plan, world); });
  if (colored) {  // the flow keeps the colours of its legend: above the light, not below it
    if (ui.world_sight) draw(sight);
    flow_layer(context, s, plan);
    draw([&](const auto& world) { draw_grounds_of_things(list, plan, world); });
  }
  spot_layer(context, s, plan);
  draw([&](const auto& world) { draw_things(list, plan, world); });
  if (!colored && ui.world_sight) draw(sight);
  if (flow && ui.world_policy) draw_policy(context, s, plan);
  if (flow && ui.world_arrows && !ui.world_policy) arrow_layer(context, s, plan);
  if (flow && ui.show_trajectories) path_layer(context, s, plan);
  walk_layer(context, s, plan);
  pose_layer(context, s, plan);
  draw([&](const auto& world) { draw_agent(list, plan, world); });
}

Paint paint_of(ImU32 color, float opacity) {
  const ImVec4 c = ImGui::ColorConvertU32ToFloat4(color);
  return {c.x, c.y, c.z, opacity};
}

FloorMarks marks_of(const PanelContext& context, const WorldScene& s) {
  const ColorScale scale = world_flow_scale(context, s.flow);
  const WorldPlaces& places = s.flow.places;
  const int headings = places.headings();
  const std::vector<float>& flow = colored_flow(context, s.flow);
  FloorMarks marks;
  for (const auto& spot : s.env.painted()) {
    marks.rings.push_back({.x = static_cast<float>(spot.x), .z = static_cast<float>(spot.z),
                           .radius = 0.94f * static_cast<float>(spot.radius),
                           .paint = paint_of(kGold, 0.85f)});
  }
  for (size_t i = 0; i < places.at.size() && context.ui.world_flow; ++i) {
    const auto first = flow.begin() + static_cast<std::ptrdiff_t>(i) * headings;
    const float most = *std::max_element(first, first + headings);
    if (most < scale.low) continue;
    marks.patches.push_back({.x = places.at[i].x, .z = places.at[i].y,
                             .reach = 0.44f * places.step, .sides = std::min(headings, kMostSides),
                             .turn = places.angles[0],
                             .paint = paint_of(color_of(scale, most), 0.5f)});
  }
  for_each_pose(places, [&](ImVec2 place, float angle, size_t index) {
    const float share = context.ui.world_arrows ? arrow_share(s.flow, index) : 0;
    if (share == 0) return;
    const ArrowPlace a = arrow_place(place, angle, places.step);
    const float width = std::max(0.02f, kWidest * places.step * share);
    marks.arrows.push_back({a.x0, a.y0, a.x1, a.y1, width, {1, 1, 1, 0.4f + 0.6f * share}});
  });
  return marks;
}

/// What stands and lies in the room is built again when it has changed, the room itself when there is
/// another.
std::shared_ptr<const RoomScene> room_of(PanelContext& context, const WorldScene& s) {
  RoomCache& cache = caches(context).room;
  const UiState& ui = context.ui;
  const Snapshot& snapshot = context.snapshot;
  if (!cache.shell || cache.run != snapshot.run) {
    cache = {};
    cache.shell = std::visit([](const auto& world) { return build_shell(world); }, s.world);
  }
  const bool same = cache.scene && cache.exact == snapshot.exact && cache.things == s.things &&
                    cache.flow == ui.world_flow && cache.arrows == ui.world_arrows &&
                    cache.ends == ui.world_ends && cache.color_map == ui.color_map;
  if (same) return cache.scene;
  const FloorMarks marks = marks_of(context, s);
  RoomScene scene = std::visit(
      [&](const auto& world) { return furnish(cache.shell, world, marks); }, s.world);
  cache = {cache.shell,     std::make_shared<RoomScene>(std::move(scene)),
           snapshot.run,    snapshot.exact,
           s.things,        ui.world_flow,
           ui.world_arrows, ui.world_ends,
           ui.color_map};
  return cache.scene;
}

void minimap(PanelContext& context, const WorldScene& s, const Rect& room) {
  const Theme& t = context.theme;
  const float side = std::min(room.w, room.h) * 0.34f, pad = t.px(6), margin = t.px(12);
  const Plan inner = fit_plan_of(s.world, {0, 0, side, side});
  const Rect card{room.x + room.w - inner.rect.w - 2 * pad - margin, room.y + margin,
                  inner.rect.w + 2 * pad, inner.rect.h + 2 * pad};
  fill(card, with_alpha(t.color.panel, 0.9f), t.px(6));
  outline(card, with_alpha(t.color.text, 0.25f), t.px(6));
  Plan plan = inner;
  plan.rect = {std::round(card.x + pad), std::round(card.y + pad), inner.rect.w, inner.rect.h};
  ImGui::PushClipRect(plan.rect.min(), plan.rect.max(), true);
  plan_layers(context, s, plan, false);
  ImGui::PopClipRect();
}

/// Follows the agent at an even pace: from where the eye is to where it should be.
Camera follow(PanelContext& context, const WorldScene& s) {
  EyePath& eye = caches(context).eye;
  const Camera goal = std::visit([](const auto& world) { return camera_of(world); }, s.world);
  const auto shown = [&] {
    const double part = std::clamp((context.now - eye.since) / stride_of(s.walk), 0.0, 1.0);
    return between(eye.from, eye.to, static_cast<float>(part));
  };
  if (!context.interactive || eye.run != s.walk.run || s.at_start()) {
    eye = {goal, goal, context.now, s.moment, s.walk.run};
  } else if (eye.moment != s.moment) {
    eye = {shown(), goal, s.walk.stepped_at, s.moment, s.walk.run};
  }
  return shown();
}

}  // namespace

Plan fit_plan_of(const AnyWorld& world, const Rect& area) {
  return std::visit([&](const auto& w) { return fit_plan(w, area); }, world);
}

void draw_world_plan(PanelContext& context, const WorldScene& scene, const Rect& area) {
  const Plan plan = fit_plan_of(scene.world, area);
  ImGui::PushClipRect(plan.rect.min(), plan.rect.max(), true);
  plan_layers(context, scene, plan, true);
  ImGui::PopClipRect();
}

void draw_world_room(PanelContext& context, const WorldScene& scene, const Rect& rect) {
  draw_first_person(room_of(context, scene), follow(context, scene), rect);
  minimap(context, scene, rect);
}

}  // namespace flowscope
