// One state with its parents and children: flows along the edges, and what stops here.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/draw/plot.h"
#include "app/panels/facts.h"
#include "app/panels/lower_views.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr size_t kMostNeighbours = 5;  // a column shows the heaviest
constexpr float kBox = 36, kGap = 4;   // logical px: height of a state's box
constexpr float kLowBox = 22;          // without its caption, where the view is low

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// A parent, a child, or the object that stopping here gives (state -1).
struct Neighbour {
  int state = -1;
  std::string action;
  double flow = 0;         // share of all trajectories
  double probability = 0;  // P_B of a parent, P_F of a child
};

std::vector<Neighbour> parents_of(const Snapshot& s, int state) {
  std::vector<Neighbour> all;
  const StateGraph& graph = *s.run->graph;
  for (const std::int32_t e : graph.edges_in(state)) {
    all.push_back({graph.parent(e), s.run->environment->action_name(graph.action(e)),
                   s.exact->forward.edge[at(e)], s.exact->policy.backward[at(e)]});
  }
  return all;
}

std::vector<Neighbour> children_of(const Snapshot& s, int state) {
  std::vector<Neighbour> all;
  const StateGraph& graph = *s.run->graph;
  for (auto e = graph.child_begin(state); e < graph.child_end(state); ++e) {
    all.push_back({graph.child(e), s.run->environment->action_name(graph.action(e)),
                   s.exact->forward.edge[at(e)], s.exact->policy.forward[at(e)]});
  }
  if (graph.terminating(state)) {
    all.push_back(
        {-1, "stop", s.exact->forward.terminating[at(state)], s.exact->policy.stop[at(state)]});
  }
  return all;
}

/// The heaviest that have room, in their own order; returns how many were left out.
size_t keep_heaviest(std::vector<Neighbour>& all, size_t room) {
  if (all.size() <= room) return 0;
  std::vector<double> flows;
  for (const Neighbour& n : all) flows.push_back(n.flow);
  std::ranges::nth_element(flows, flows.begin() + static_cast<std::ptrdiff_t>(room),
                           std::greater<>());
  const double least = flows[room];
  const size_t before = all.size();
  // Of those as light as the first that has no room, the earlier ones fill what is left.
  size_t ties = room - static_cast<size_t>(std::ranges::count_if(all, [&](const Neighbour& n) { return n.flow > least; }));
  std::erase_if(all, [&](const Neighbour& n) {
    if (n.flow == least && ties > 0) return --ties, false;
    return n.flow <= least;
  });
  return before - all.size();
}

Rect box_at(float x, float middle, float width, float height) {
  return {std::round(x), std::round(middle - height / 2), width, height};
}

void node_box(PanelContext& context, const Rect& box, int state, std::string_view name,
              std::string_view caption, bool focus) {
  const Theme& t = context.theme;
  fill(box, focus ? with_alpha(t.color.accent, 0.20f) : t.color.panel_raised, t.px(5));
  outline(box, focus ? t.color.accent : t.color.line, t.px(5));
  const float middle = box.y + box.h / 2, x = box.x + box.w / 2, room = box.w - t.px(12);
  const bool low = box.h < t.px(kBox);
  draw_text(t.font.mono, x, baseline(t, middle - (low ? 0 : t.px(8))), t.color.text,
            shortened(t.font.mono, name, room), Align::kCenter);
  if (!low) {
    draw_text(t.font.small, x, baseline(t, middle + t.px(8)), t.color.muted,
              shortened(t.font.small, caption, room), Align::kCenter);
  }
  if (state < 0 || focus) return;
  const Hit hit = hit_area(context, "node" + std::to_string(state), box, "Click to go there");
  if (hit.hovered) outline(box, t.color.text, t.px(5));
  if (hit.clicked) context.ui.selected_state = state;
}

/// A ribbon between two boxes with its words above the outer end.
void ribbon(const Theme& t, ImVec2 from, ImVec2 to, double share, ImU32 color) {
  const float width = std::max(t.px(1), t.px(9) * static_cast<float>(std::sqrt(share)));
  const float bend = (to.x - from.x) * 0.45f;
  ImGui::GetWindowDrawList()->AddBezierCubic(from, {from.x + bend, from.y}, {to.x - bend, to.y}, to,
                                             color, width, 24);
}

struct Side {
  PanelContext& context;
  Rect column;  // boxes of this side
  Rect focus;   // the box in the middle
  bool left = true;
  double most = 1;      // flow of the widest ribbon
  bool numbers = true;  // room for the flows beside the boxes
};

/// Returns how many neighbours had no room.
size_t draw_side(const Side& side, std::vector<Neighbour> neighbours) {
  const Theme& t = side.context.theme;
  const Snapshot& s = side.context.snapshot;
  const auto room =
      static_cast<size_t>(std::max(1.0f, side.column.h / (side.focus.h + t.px(kGap))));
  const size_t hidden = keep_heaviest(neighbours, std::min(room, kMostNeighbours));
  const float step = side.column.h / static_cast<float>(std::max<size_t>(1, neighbours.size()));
  const ImVec2 hub{side.left ? side.focus.x : side.focus.x + side.focus.w,
                   side.focus.y + side.focus.h / 2};
  for (size_t i = 0; i < neighbours.size(); ++i) {
    const Neighbour& n = neighbours[i];
    const float middle = side.column.y + step * (static_cast<float>(i) + 0.5f);
    const Rect box = box_at(side.column.x, middle, side.column.w, side.focus.h);
    const ImVec2 dock{side.left ? box.x + box.w : box.x, middle};
    const ImU32 ink = with_alpha(t.color.accent, 0.75f);
    ribbon(t, side.left ? dock : hub, side.left ? hub : dock, n.flow / side.most, ink);
    char text[64];
    std::snprintf(text, sizeof text, "%s %.3f", side.left ? "P_B" : "P_F", n.probability);
    const std::string words = (side.left ? "" : n.action + "   ") + std::string(text);
    node_box(side.context, box, n.state, n.state < 0 ? "object" : state_label(s, n.state), words,
             false);
    if (!side.numbers) continue;
    const std::string flow = format_number(n.flow, 3);
    const float edge = side.left ? box.x - t.px(8) : box.x + box.w + t.px(8);
    draw_text(t.font.mono, edge, baseline(t, middle), t.color.muted, flow,
              side.left ? Align::kRight : Align::kLeft);
  }
  return hidden;
}

std::string column_title(const char* name, size_t hidden) {
  return hidden == 0 ? name : std::string(name) + ", +" + std::to_string(hidden) + " more";
}

}  // namespace

void draw_dag_slice(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  // The state under the mouse is not followed: boxes would run away from a click.
  const int state = std::max(0, context.ui.selected_state);
  const auto parents = parents_of(s, state), children = children_of(s, state);
  double most = 1e-12;
  for (const auto* side : {&parents, &children}) {
    for (const Neighbour& n : *side) most = std::max(most, n.flow);
  }
  const bool wide = rect.w > t.px(560);
  const float number = wide ? t.px(76) : 0;
  const float box = std::clamp(rect.w * 0.19f, t.px(96), t.px(164));
  const float head = t.px(20);
  const Rect area{rect.x, rect.y + head, rect.w, rect.h - head};
  const float height = t.px(area.h < t.px(110) ? kLowBox : kBox);
  // With no parents to show, s0 stands where they would.
  const float centre = state == 0 ? rect.x + box / 2 + t.px(1) : rect.x + rect.w / 2;
  const Rect focus = box_at(centre - box / 2, area.y + area.h / 2, box, height);
  const float right = rect.x + rect.w - number - box;
  const size_t more_parents = draw_side(
      {context, {rect.x + number, area.y, box, area.h}, focus, true, most, wide}, parents);
  const size_t more_children =
      draw_side({context, {right, area.y, box, area.h}, focus, false, most, wide}, children);
  const float base = baseline(t, rect.y + t.px(4));
  draw_text(t.font.small, rect.x + number, base, t.color.muted,
            state == 0 ? "" : column_title("parents", more_parents));
  draw_text(t.font.small, focus.x, base, t.color.muted,
            context.ui.selected_state >= 0 ? "selected"
            : wide                         ? "s0: nothing is selected"
                                           : "s0");
  draw_text(t.font.small, right, base, t.color.muted, column_title("children", more_children));
  if (wide) draw_text(t.font.small, rect.x + rect.w, base, t.color.muted, "flow", Align::kRight);
  const StateFacts f = *facts_of(s, state);
  char text[48];
  const double shown = std::abs(f.imbalance()) < 0.005 ? 0 : f.imbalance();  // no "-0.00"
  std::snprintf(text, sizeof text, "in : asked %+.2f", shown);
  node_box(context, focus, state, state_label(s, state), text, true);
}

}  // namespace flowscope
