// A world from above, drawn with shapes on ImGui's draw list so that it is sharp at any size:
// Minigrid's after the facts of its own pictures, Miniworld's as a floor plan. What a run adds, flow
// and paths, is drawn between these layers.
#pragma once

#include "app/draw/rect.h"
#include "envs/minigrid/world.h"
#include "envs/miniworld/world.h"

namespace flowscope {

/// Where a world lies on the screen: x to the right, rows or z downwards.
struct Plan {
  Rect rect;
  float tile = 0;           // real pixels along a cell or a metre
  float left = 0, top = 0;  // what the rectangle begins with, in cells or metres

  ImVec2 point(float x, float z) const {
    return {rect.x + tile * (x - left), rect.y + tile * (z - top)};
  }
  Rect cell(minigrid::Point p) const {
    return {rect.x + tile * static_cast<float>(p.x), rect.y + tile * static_cast<float>(p.y), tile,
            tile};
  }
  ImVec2 middle(minigrid::Point p) const {
    const Rect r = cell(p);
    return {r.x + tile / 2, r.y + tile / 2};
  }
};

/// The largest plan in `area` with whole pixels a cell where there is room; centred.
Plan fit_plan(const minigrid::World& world, const Rect& area);
/// All rooms but such as have no end in view: what lies beyond them is cut off.
Plan fit_plan(const miniworld::World& world, const Rect& area);

// The layers from below to above. Minigrid's own picture is all four of them.

/// Floor with its grid, walls, goal and lava.
void draw_ground(ImDrawList* list, const Plan& plan, const minigrid::World& world);
void draw_ground(ImDrawList* list, const Plan& plan, const miniworld::World& world);
/// Doors, keys, balls and boxes.
void draw_things(ImDrawList* list, const Plan& plan, const minigrid::World& world);
void draw_things(ImDrawList* list, const Plan& plan, const miniworld::World& world);
/// What lies about is seen on a floor of any colour.
void draw_grounds_of_things(ImDrawList* list, const Plan& plan, const minigrid::World& world);
void draw_grounds_of_things(ImDrawList* list, const Plan& plan, const miniworld::World& world);
/// The red triangle, at a cell and in a direction.
void draw_agent(ImDrawList* list, const Plan& plan, minigrid::Point at, int direction,
                ImU32 color = IM_COL32(255, 0, 0, 255));
void draw_agent(ImDrawList* list, const Plan& plan, const minigrid::World& world);
void draw_agent(ImDrawList* list, const Plan& plan, const miniworld::World& world);
/// Lights what the agent sees.
void draw_sight(ImDrawList* list, const Plan& plan, const minigrid::World& world);
void draw_sight(ImDrawList* list, const Plan& plan, const miniworld::World& world);

/// One thing in a square: what the agent carries, in a panel.
void draw_thing(ImDrawList* list, const Rect& square, minigrid::Cell cell);

/// Minigrid's colour of that name.
ImU32 tile_color(minigrid::Color color);

}  // namespace flowscope
