// What the parts of the hero's picture of a Minigrid world share.
#pragma once

#include "app/draw/plan.h"
#include "app/panels/hero.h"
#include "app/panels/walk.h"

namespace flowscope {

/// The world as it is where the person stands, and what the policy makes of it.
struct WorldScene {
  const MinigridEnv& env;
  const WorldFlow& flow;
  const Walk& walk;
  minigrid::World world;

  WorldScene(PanelContext& context);
};

/// Flow of one heading on a logarithmic scale, shared by plan, room and legend.
ColorScale world_flow_scale(const PanelContext& context, const WorldFlow& flow);

/// Width of an arrow, 0 to 1, by the root of its flow; 0 for what is too faint to draw.
float arrow_share(const WorldFlow& flow, size_t place);

/// Where the arrow of a cell and heading lies, in cells from the world's top left: to the right of
/// the middle as seen in its direction, so that opposite ones do not meet.
struct ArrowPlace {
  float x0, y0, x1, y1;
};
ArrowPlace arrow_place(minigrid::Point cell, int heading);

// The two views and what stands beside them.
void draw_world_plan(PanelContext& context, const WorldScene& scene, const Rect& area);
void draw_world_room(PanelContext& context, const WorldScene& scene, const Rect& rect);
void draw_world_side(PanelContext& context, const WorldScene& scene, const Rect& rect);

}  // namespace flowscope
