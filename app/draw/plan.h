// A world of Minigrid from above, drawn with shapes on ImGui's draw list after the facts of
// Minigrid's own pictures, so that it is sharp at any size. What a run adds, flow and paths, is
// drawn between these layers.
#pragma once

#include "app/draw/rect.h"
#include "envs/minigrid/world.h"

namespace flowscope {

/// Where a world lies on the screen: the rectangle of all its cells, rows downwards.
struct Plan {
  Rect rect;
  float tile = 0;  // real pixels along a cell

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

// The layers from below to above. Minigrid's own picture is all four of them.

/// Floor with its grid, walls, goal and lava.
void draw_ground(ImDrawList* list, const Plan& plan, const minigrid::World& world);
/// Doors, keys, balls and boxes.
void draw_things(ImDrawList* list, const Plan& plan, const minigrid::World& world);
/// The red triangle, at a cell and in a direction.
void draw_agent(ImDrawList* list, const Plan& plan, minigrid::Point at, int direction,
                ImU32 color = IM_COL32(255, 0, 0, 255));
/// Lights what the agent sees.
void draw_sight(ImDrawList* list, const Plan& plan, const minigrid::World& world);

/// One thing in a square: what the agent carries, in a panel.
void draw_thing(ImDrawList* list, const Rect& square, minigrid::Cell cell);

/// Minigrid's colour of that name.
ImU32 tile_color(minigrid::Color color);

}  // namespace flowscope
