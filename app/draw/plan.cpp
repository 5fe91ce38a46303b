#include "app/draw/plan.h"

#include <algorithm>
#include <cmath>

#include "app/draw/text.h"
#include "envs/minigrid/view.h"

namespace flowscope {
namespace {

using minigrid::Cell;
using minigrid::Kind;
using minigrid::Point;
using minigrid::World;

constexpr ImU32 kBlack = IM_COL32_BLACK;
constexpr ImU32 kGridLine = IM_COL32(100, 100, 100, 255);
constexpr ImU32 kLavaOrange = IM_COL32(255, 128, 0, 255);
constexpr float kLine = 0.031f;  // of a tile: width of the grid's lines

ImU32 dimmed(ImU32 color, float factor) {
  ImVec4 c = ImGui::ColorConvertU32ToFloat4(color);
  return ImGui::ColorConvertFloat4ToU32({c.x * factor, c.y * factor, c.z * factor, c.w});
}

/// Draws in a tile whose sides run from 0 to 1, y downwards.
class Tile {
 public:
  Tile(ImDrawList* list, const Rect& r) : list_(list), r_(r) {}

  ImVec2 at(float x, float y) const { return {r_.x + x * r_.w, r_.y + y * r_.h}; }

  /// With smooth edges, as few of them are on whole pixels.
  void rect(ImU32 color, float x0, float x1, float y0, float y1) const {
    const ImVec2 corners[] = {at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1)};
    list_->AddConvexPolyFilled(corners, 4, color);
  }
  void square(ImU32 color, float from, float to) const { rect(color, from, to, from, to); }
  /// The whole tile, without a seam to its neighbours.
  void fill(ImU32 color) const { list_->AddRectFilled(at(0, 0), at(1, 1), color); }
  void disc(ImU32 color, float x, float y, float radius) const {
    list_->AddCircleFilled(at(x, y), radius * r_.w, color);
  }
  ImDrawList* list() const { return list_; }
  float size() const { return r_.w; }

 private:
  ImDrawList* list_;
  Rect r_;
};

/// The lines of a floor tile are at its left and top.
void draw_floor(const Tile& tile) {
  tile.fill(kBlack);
  tile.rect(kGridLine, 0, kLine, 0, 1);
  tile.rect(kGridLine, 0, 1, 0, kLine);
}

void draw_lava(const Tile& tile) {
  tile.fill(kLavaOrange);
  for (int i = 0; i < 3; ++i) {
    const float low = 0.3f + 0.2f * static_cast<float>(i), high = low + 0.1f;
    const ImVec2 wave[] = {tile.at(0.1f, low), tile.at(0.3f, high), tile.at(0.5f, low),
                           tile.at(0.7f, high), tile.at(0.9f, low)};
    tile.list()->AddPolyline(wave, 5, kBlack, 0, 0.06f * tile.size());
  }
}

void draw_door(const Tile& tile, ImU32 color, int state) {
  if (state == minigrid::kOpen) {
    tile.rect(color, 0.88f, 1, 0, 1);
    tile.rect(kBlack, 0.92f, 0.96f, 0.04f, 0.96f);
  } else if (state == minigrid::kLocked) {
    tile.fill(color);
    tile.square(dimmed(color, 0.45f), 0.06f, 0.94f);
    tile.rect(color, 0.52f, 0.75f, 0.50f, 0.56f);
  } else {
    tile.fill(color);
    tile.square(kBlack, 0.04f, 0.96f);
    tile.square(color, 0.08f, 0.92f);
    tile.square(kBlack, 0.12f, 0.88f);
    tile.disc(color, 0.75f, 0.50f, 0.08f);
  }
}

/// Through the hole of the bow whatever lies below shows.
void draw_key(const Tile& tile, ImU32 color) {
  tile.rect(color, 0.50f, 0.63f, 0.44f, 0.88f);
  tile.rect(color, 0.38f, 0.50f, 0.59f, 0.66f);
  tile.rect(color, 0.38f, 0.50f, 0.81f, 0.88f);
  constexpr float kOuter = 0.190f, kHole = 0.064f;
  tile.list()->AddCircle(tile.at(0.56f, 0.28f), (kOuter + kHole) / 2 * tile.size(), color, 0,
                         (kOuter - kHole) * tile.size());
}

void draw_box(const Tile& tile, ImU32 color) {
  tile.square(color, 0.12f, 0.88f);
  tile.square(kBlack, 0.18f, 0.82f);
  tile.rect(color, 0.16f, 0.84f, 0.47f, 0.53f);
}

bool is_ground(Cell c) { return !minigrid::can_pick_up(c) && c.kind != Kind::kDoor; }

void draw_ground_cell(const Tile& tile, Cell cell) {
  const ImU32 color = tile_color(cell.color);
  switch (cell.kind) {
    case Kind::kWall:
    case Kind::kGoal:
      return tile.fill(color);
    case Kind::kLava:
      return draw_lava(tile);
    case Kind::kFloor:
      draw_floor(tile);
      return tile.square(dimmed(color, 0.5f), kLine, 1);
    default:
      return draw_floor(tile);
  }
}

template <class Draw>
void for_each_cell(const World& world, const Draw& draw) {
  for (int y = 0; y < world.height; ++y) {
    for (int x = 0; x < world.width; ++x) draw(Point{x, y});
  }
}

}  // namespace

ImU32 tile_color(minigrid::Color color) {
  constexpr ImU32 kPalette[] = {IM_COL32(255, 0, 0, 255),   IM_COL32(0, 255, 0, 255),
                                IM_COL32(0, 0, 255, 255),   IM_COL32(112, 39, 195, 255),
                                IM_COL32(255, 255, 0, 255), IM_COL32(100, 100, 100, 255)};
  return kPalette[static_cast<size_t>(color)];
}

Plan fit_plan(const World& world, const Rect& area) {
  const auto columns = static_cast<float>(world.width), rows = static_cast<float>(world.height);
  float tile = std::min(area.w / columns, area.h / rows);
  if (tile >= 4) tile = std::floor(tile);
  const float w = tile * columns, h = tile * rows;
  return {{std::round(area.x + (area.w - w) / 2), std::round(area.y + (area.h - h) / 2), w, h},
          tile};
}

void draw_ground(ImDrawList* list, const Plan& plan, const World& world) {
  for_each_cell(world, [&](Point p) { draw_ground_cell({list, plan.cell(p)}, world.at(p)); });
}

void draw_thing(ImDrawList* list, const Rect& square, Cell cell) {
  const Tile tile(list, square);
  const ImU32 color = tile_color(cell.color);
  switch (cell.kind) {
    case Kind::kDoor:
      return draw_door(tile, color, cell.state);
    case Kind::kKey:
      return draw_key(tile, color);
    case Kind::kBall:
      return tile.disc(color, 0.5f, 0.5f, 0.31f);
    case Kind::kBox:
      return draw_box(tile, color);
    default:
      return;
  }
}

void draw_things(ImDrawList* list, const Plan& plan, const World& world) {
  for_each_cell(world, [&](Point p) {
    if (!is_ground(world.at(p))) draw_thing(list, plan.cell(p), world.at(p));
  });
}

void draw_agent(ImDrawList* list, const Plan& plan, Point at, int direction, ImU32 color) {
  const Tile tile(list, plan.cell(at));
  const auto corner = [&](float x, float y) {  // given for an agent that looks to the right
    for (int turn = 0; turn < direction; ++turn) {
      const float turned = 1 - y;
      y = x;
      x = turned;
    }
    return tile.at(x, y);
  };
  list->AddTriangleFilled(corner(0.12f, 0.19f), corner(0.87f, 0.50f), corner(0.12f, 0.81f), color);
}

void draw_agent(ImDrawList* list, const Plan& plan, const World& world) {
  draw_agent(list, plan, world.agent, world.direction);
}

void draw_grounds_of_things(ImDrawList* list, const Plan& plan, const World& world) {
  for_each_cell(world, [&](Point p) {
    if (!can_pick_up(world.at(p))) return;
    list->AddCircleFilled(plan.middle(p), 0.40f * plan.tile, IM_COL32(0, 0, 0, 225));
  });
}

void draw_sight(ImDrawList* list, const Plan& plan, const World& world) {
  const std::vector<bool> seen = minigrid::seen_cells(world);
  for_each_cell(world, [&](Point p) {
    if (!seen[static_cast<size_t>(p.y * world.width + p.x)]) return;
    const Rect r = plan.cell(p);
    list->AddRectFilled(r.min(), r.max(), with_alpha(IM_COL32_WHITE, 0.3f));
  });
}

}  // namespace flowscope
