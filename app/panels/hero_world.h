// What the parts of the hero's picture of a world that one walks in share.
#pragma once

#include "app/draw/plan.h"
#include "app/panels/caches.h"
#include "app/panels/hero.h"
#include "app/panels/walk.h"

namespace flowscope {

/// The world as it is where the person stands, and what the policy makes of it.
struct WorldScene {
  const TimedEnvironment& env;
  const WorldFlow& flow;
  const Walk& walk;
  AnyWorld world;
  int situation = 0;  // of the environment, where the person stands on the lattice
  int things = 0;     // another number where anything but the agent has changed
  int moment = 0;     // another number after each step

  WorldScene(PanelContext& context);

  bool free() const { return walk.free.has_value(); }
  bool at_start() const { return free() ? walk.free->steps == 0 : walk.states.size() == 1; }
};

/// Of a free walk: the pose that the policy knows nearest to it, and what it does there.
const PoseCache& near_pose(PanelContext& context, const WorldScene& scene);

/// What the colours show of every place and heading: visits, or the ends of walks.
const std::vector<float>& colored_flow(const PanelContext& context, const WorldFlow& flow);

/// Flow of one heading on a logarithmic scale, shared by plan, room and legend.
ColorScale world_flow_scale(const PanelContext& context, const WorldFlow& flow);

/// Width of an arrow, 0 to 1, by the root of its flow; 0 for what is too faint to draw.
float arrow_share(const WorldFlow& flow, size_t pose);

/// Where the arrow of a place and heading lies, in cells or metres: to the right of the middle as
/// seen in its direction, so that opposite ones do not meet.
struct ArrowPlace {
  float x0, y0, x1, y1;
};
ArrowPlace arrow_place(ImVec2 place, float angle, float step);

/// The largest plan of the world in an area, centred.
Plan fit_plan_of(const AnyWorld& world, const Rect& area);

/// What the policy does at every place and heading: an arrow for each turn and for a step, as long as
/// it is likely, a dot for the stop and a square for the rest. Where a step is drawn small, the
/// likeliest alone.
void draw_policy(const PanelContext& context, const WorldScene& scene, const Plan& plan);

// The two views and what stands beside them.
void draw_world_plan(PanelContext& context, const WorldScene& scene, const Rect& area);
void draw_world_room(PanelContext& context, const WorldScene& scene, const Rect& rect);
void draw_world_side(PanelContext& context, const WorldScene& scene, const Rect& rect);
void draw_free_side(PanelContext& context, const WorldScene& scene, const Rect& rect);

/// A row for every action: its key, its name and how likely the policy takes it; below 0 where it is
/// illegal. The likeliest stands out. Returns where the rows end.
float draw_choices(PanelContext& context, const Rect& rows, const std::vector<double>& shares);

}  // namespace flowscope
