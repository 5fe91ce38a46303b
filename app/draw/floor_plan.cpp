// The plan of a world of Miniworld: rooms with the grid of a metre, walls, things and the agent.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "app/draw/plan.h"
#include "app/draw/text.h"

namespace flowscope {
namespace {

using miniworld::Bounds;
using miniworld::Color;
using miniworld::Entity;
using miniworld::Kind;
using miniworld::kThinnest;
using miniworld::Point;
using miniworld::Room;
using miniworld::WallEnd;
using miniworld::World;

constexpr double kThick = 0.22;  // metres: a wall
constexpr double kEndless = 60;  // metres: longer rooms have no end in view
constexpr ImU32 kOrange = IM_COL32(245, 120, 30, 255);

ImVec2 at(const Plan& plan, Point p) {
  return plan.point(static_cast<float>(p.x), static_cast<float>(p.z));
}

float pixels(const Plan& plan, double meters) { return plan.tile * static_cast<float>(meters); }

ImU32 color_of(Color color) {
  constexpr std::array kPalette{IM_COL32(50, 90, 255, 255),   IM_COL32(0, 220, 60, 255),
                                IM_COL32(130, 130, 130, 255), IM_COL32(140, 60, 215, 255),
                                IM_COL32(240, 40, 40, 255),   IM_COL32(250, 215, 30, 255)};
  return kPalette[static_cast<size_t>(color)];
}

struct Look {
  ImU32 floor, line;
};

Look floor_of(std::string_view material) {
  if (material == "asphalt") return {IM_COL32(46, 46, 50, 255), IM_COL32(66, 66, 70, 255)};
  if (material == "slime") return {IM_COL32(34, 58, 26, 255), IM_COL32(56, 84, 44, 255)};
  if (material == "concrete_tiles") return {IM_COL32(78, 76, 72, 255), IM_COL32(98, 96, 92, 255)};
  return {IM_COL32(22, 23, 26, 255), IM_COL32(70, 71, 76, 255)};
}

ImU32 wall_color(std::string_view material) {
  if (material == "brick_wall") return IM_COL32(168, 92, 70, 255);
  if (material == "cinder_blocks") return IM_COL32(140, 142, 146, 255);
  return IM_COL32(158, 156, 152, 255);
}

/// The part of a line within a convex room, from p along a direction.
template <class Draw>
void clip_to_room(const Room& room, Point p, Point along, const Draw& draw) {
  double first = -1e9, last = 1e9;
  for (size_t i = 0; i < room.size(); ++i) {
    const Point inward = into_room(room, i);
    const double slope = dot(inward, along), height = dot(inward, p - room.outline[i]);
    if (std::abs(slope) < 1e-9) {
      if (height < 0) return;
    } else if (slope > 0) {
      first = std::max(first, -height / slope);
    } else {
      last = std::min(last, -height / slope);
    }
  }
  if (first < last) draw(p + along * first, p + along * last);
}

void draw_floor(ImDrawList* list, const Plan& plan, const Room& room) {
  const Look look = floor_of(room.materials.floor);
  std::vector<ImVec2> outline;
  for (const Point p : room.outline) outline.push_back(at(plan, p));
  list->AddConvexPolyFilled(outline.data(), static_cast<int>(outline.size()), look.floor);
  const Bounds b = bounds_of(room);
  const auto line = [&](Point from, Point to) {
    list->AddLine(at(plan, from), at(plan, to), look.line);
  };
  for (double x = std::ceil(b.min_x); x < b.max_x; ++x) clip_to_room(room, {x, 0}, {0, 1}, line);
  for (double z = std::ceil(b.min_z); z < b.max_z; ++z) clip_to_room(room, {0, z}, {1, 0}, line);
}

/// Outside the room's edge; where two walls meet, both reach round the corner.
void draw_walls(ImDrawList* list, const Plan& plan, const Room& room) {
  const ImU32 color = wall_color(room.materials.wall);
  const float thick = std::max(2.0f, pixels(plan, kThick));
  const double aside = thick / plan.tile / 2;
  for (size_t i = 0; i < room.size(); ++i) {
    const Point along = along_wall(room, i), out = into_room(room, i) * -aside;
    const double width = wall_width(room, i);
    const auto piece = [&](double from, double to) {
      if (to - from < kThinnest) return;
      const bool meets_last = from == 0 && stands_at(room, i + room.size() - 1, WallEnd::kLast);
      const bool meets_next = to == width && stands_at(room, i + 1, WallEnd::kFirst);
      const double before = meets_last ? 2 * aside : 0, after = meets_next ? 2 * aside : 0;
      const Point origin = room.outline[i] + out;
      list->AddLine(at(plan, origin + along * (from - before)),
                    at(plan, origin + along * (to + after)), color, thick);
    };
    double start = 0;
    for (const miniworld::Portal& portal : room.portals[i]) {
      piece(start, portal.start);
      if (portal.min_y > 0) piece(portal.start, portal.end);
      start = portal.end;
    }
    piece(start, width);
  }
}

/// Draws about a middle in a frame that is turned with a thing: x ahead, y to its right.
struct Frame {
  ImDrawList* list;
  ImVec2 middle;
  float c, s, size;

  Frame(ImDrawList* on, ImVec2 about, double direction, float scale)
      : list(on),
        middle(about),
        c(static_cast<float>(std::cos(direction))),
        s(static_cast<float>(-std::sin(direction))),
        size(scale) {}

  ImVec2 point(float x, float y) const {
    return {middle.x + size * (c * x - s * y), middle.y + size * (s * x + c * y)};
  }
  void rect(float x0, float y0, float x1, float y1, ImU32 color) const {
    const ImVec2 corners[] = {point(x0, y0), point(x1, y0), point(x1, y1), point(x0, y1)};
    list->AddConvexPolyFilled(corners, 4, color);
  }
  void disc(float x, float y, float radius, ImU32 color) const {
    list->AddCircleFilled(point(x, y), radius * size, color);
  }
};

void draw_key(const Frame& f, ImU32 color) {
  f.list->AddCircle(f.point(-0.26f, 0), 0.16f * f.size, color, 0, 0.12f * f.size);
  f.rect(-0.1f, -0.06f, 0.5f, 0.06f, color);
  f.rect(0.36f, 0, 0.46f, 0.2f, color);
  f.rect(0.18f, 0, 0.28f, 0.2f, color);
}

void draw_entity(ImDrawList* list, const Plan& plan, const Entity& e) {
  constexpr float kLeast = 9;  // pixels: small things are drawn larger than they are
  const Frame f(list, at(plan, e.position.on_floor()), e.direction,
                std::max(kLeast, pixels(plan, e.height)));
  const ImU32 color = color_of(e.color), dark = IM_COL32(0, 0, 0, 110);
  switch (e.kind) {
    case Kind::kBox:
      f.rect(-0.5f, -0.5f, 0.5f, 0.5f, color);
      return f.rect(-0.34f, -0.34f, 0.34f, 0.34f, dark);
    case Kind::kBall:
      f.disc(0, 0, 0.5f, color);
      return f.disc(-0.15f, -0.15f, 0.14f, IM_COL32(255, 255, 255, 120));
    case Kind::kKey:
    case Kind::kBigKey:
      return draw_key({list, f.middle, e.direction, 1.5f * f.size}, color);
    case Kind::kMedkit:
      f.rect(-0.45f, -0.4f, 0.45f, 0.4f, IM_COL32(240, 240, 238, 255));
      f.rect(-0.26f, -0.09f, 0.26f, 0.09f, color_of(Color::kRed));
      return f.rect(-0.09f, -0.26f, 0.09f, 0.26f, color_of(Color::kRed));
    case Kind::kDuckie:
      f.disc(-0.1f, 0, 0.4f, color_of(Color::kYellow));
      f.disc(0.28f, 0, 0.25f, color_of(Color::kYellow));
      return f.rect(0.5f, -0.1f, 0.68f, 0.1f, kOrange);
    case Kind::kCone:
      f.rect(-0.31f, -0.31f, 0.31f, 0.31f, kOrange);
      f.disc(0, 0, 0.2f, IM_COL32_WHITE);
      return f.disc(0, 0, 0.1f, kOrange);
    case Kind::kBuilding:
      return f.rect(-0.36f, -0.36f, 0.36f, 0.36f, IM_COL32(120, 110, 98, 255));
    case Kind::kPicture:
    case Kind::kSign:
      return f.rect(0, -0.6f, 0.12f, 0.6f, IM_COL32(235, 235, 230, 255));
    case Kind::kAgent:
      return;
  }
}

/// How far one sees from p; at most `limit`.
double sight(const World& world, Point p, Point ahead, double limit) {
  double nearest = limit;
  for (const miniworld::Segment& wall : world.walls) {
    const Point side = wall.b - wall.a, way = wall.a - p;
    const double cross = ahead.x * side.z - ahead.z * side.x;
    if (std::abs(cross) < 1e-12) continue;
    const double distance = (way.x * side.z - way.z * side.x) / cross;
    const double share = (way.x * ahead.z - way.z * ahead.x) / cross;
    if (distance > 0 && share >= 0 && share <= 1) nearest = std::min(nearest, distance);
  }
  return nearest;
}

}  // namespace

Plan fit_plan(const World& world, const Rect& area) {
  constexpr double kMargin = 0.45;
  Bounds all{1e9, -1e9, 1e9, -1e9};
  for (const Room& room : world.rooms) {
    const Bounds b = bounds_of(room);
    if (std::max(b.max_x - b.min_x, b.max_z - b.min_z) > kEndless) continue;
    all = {std::min(all.min_x, b.min_x), std::max(all.max_x, b.max_x), std::min(all.min_z, b.min_z),
           std::max(all.max_z, b.max_z)};
  }
  for (const Entity& e : world.entities) {  // what stands beside those rooms
    if (e.kind == Kind::kBuilding) continue;
    all.min_x = std::min(all.min_x, e.position.x - 1);
    all.max_x = std::max(all.max_x, e.position.x + 1);
  }
  const auto width = static_cast<float>(all.max_x - all.min_x + 2 * kMargin);
  const auto height = static_cast<float>(all.max_z - all.min_z + 2 * kMargin);
  const float tile = std::min(area.w / width, area.h / height);
  const float w = tile * width, h = tile * height;
  return {{std::round(area.x + (area.w - w) / 2), std::round(area.y + (area.h - h) / 2), w, h},
          tile,
          static_cast<float>(all.min_x - kMargin),
          static_cast<float>(all.min_z - kMargin)};
}

void draw_ground(ImDrawList* list, const Plan& plan, const World& world) {
  for (const Entity& e : world.entities) {
    if (e.kind == Kind::kBuilding) draw_entity(list, plan, e);
  }
  for (const Room& room : world.rooms) draw_floor(list, plan, room);
  for (const Room& room : world.rooms) draw_walls(list, plan, room);
}

void draw_things(ImDrawList* list, const Plan& plan, const World& world) {
  for (const Entity& e : world.entities) {
    if (e.kind != Kind::kBuilding) draw_entity(list, plan, e);
  }
}

void draw_grounds_of_things(ImDrawList* list, const Plan& plan, const World& world) {
  for (const Entity& e : world.entities) {
    if (e.kind == Kind::kAgent || e.kind == Kind::kBuilding || e.position.y > 0) continue;
    list->AddCircleFilled(at(plan, e.position.on_floor()), 1.1f * pixels(plan, e.radius),
                          IM_COL32(0, 0, 0, 170));
  }
}

void draw_agent(ImDrawList* list, const Plan& plan, const World& world) {
  constexpr float kLeast = 6;
  const Entity& agent = world.body();
  const Frame f(list, at(plan, agent.position.on_floor()), agent.direction,
                std::max(kLeast, pixels(plan, miniworld::kAgentRadius)));
  const ImVec2 tip = f.point(1.3f, 0), left = f.point(-0.8f, -0.62f),
               right = f.point(-0.8f, 0.62f);
  list->AddTriangleFilled(tip, left, right, IM_COL32(255, 0, 0, 255));
  list->AddTriangle(tip, left, right, IM_COL32(0, 0, 0, 160), std::max(1.0f, 0.1f * f.size));
}

void draw_sight(ImDrawList* list, const Plan& plan, const World& world) {
  constexpr int kRays = 120;
  constexpr double kFar = 40;
  // From side to side; the picture is 4 by 3.
  const double half =
      std::atan(std::tan(world.looks.field_of_view / 2 * std::numbers::pi / 180) * 4 / 3);
  const Entity& agent = world.body();
  const Point eye = agent.position.on_floor();
  const ImDrawListFlags before = list->Flags;
  list->Flags &= ~ImDrawListFlags_AntiAliasedFill;  // no seams between the triangles
  ImVec2 last;
  for (int i = 0; i <= kRays; ++i) {
    const double angle = agent.direction - half + 2 * half * i / kRays;
    const Point ahead{std::cos(angle), -std::sin(angle)};
    const ImVec2 end = at(plan, eye + ahead * sight(world, eye, ahead, kFar));
    if (i > 0) list->AddTriangleFilled(at(plan, eye), last, end, with_alpha(IM_COL32_WHITE, 0.22f));
    last = end;
  }
  list->Flags = before;
}

}  // namespace flowscope
