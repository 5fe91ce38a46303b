#include "app/scene/room.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "app/scene/furniture.h"

namespace flowscope {
namespace {

using minigrid::Cell;
using minigrid::Kind;
using minigrid::Point;
using minigrid::World;

constexpr float kRight = 1.57079633f;  // a quarter turn
constexpr int kParts = 4;              // of a cell's side, for shade in corners
constexpr float kCornerReach = 0.16f;  // how far into a room a corner is dark

bool is_wall(const World& world, Point p) {
  return !world.inside(p) || world.at(p).kind == Kind::kWall;
}

/// Light on floor and ceiling at a point of an open cell, u and v from 0 to 1 across it: less near
/// the walls about the cell.
float flat_light(const World& world, Point cell, float u, float v) {
  float light = 1;
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      if (!is_wall(world, cell + Point{dx, dy})) continue;
      const float x = dx < 0 ? u : dx > 0 ? 1 - u : 0, y = dy < 0 ? v : dy > 0 ? 1 - v : 0;
      light = std::min(light, corner_light(std::hypot(x, y), kCornerReach));
    }
  }
  return light;
}

/// A quad cut into parts; `at(u, v)` places a corner and `light(u, v)` says how bright it is there.
template <class At, class Light>
void add_shaded(Mesh& mesh, Vec3 normal, Paint paint, Surface surface, const At& at,
                const Light& light) {
  const auto vertex = [&](int i, int j) {
    const float u = static_cast<float>(i) / kParts, v = static_cast<float>(j) / kParts;
    return SceneVertex{at(u, v), normal, paint.shaded(light(u, v)), static_cast<float>(surface)};
  };
  for (int j = 0; j < kParts; ++j) {
    for (int i = 0; i < kParts; ++i) {
      const SceneVertex a = vertex(i, j), b = vertex(i + 1, j), c = vertex(i + 1, j + 1),
                        d = vertex(i, j + 1);
      for (const SceneVertex& v : {a, b, c, a, c, d}) mesh.push_back(v);
    }
  }
}

void add_floor_and_ceiling(Mesh& mesh, const World& world, Point p) {
  const auto x = static_cast<float>(p.x), z = static_cast<float>(p.y);
  const auto light = [&](float u, float v) { return flat_light(world, p, u, v); };
  const Cell cell = world.at(p);
  const bool lava = cell.kind == Kind::kLava, tinted = cell.kind == Kind::kFloor;
  const Paint paint = tinted ? solid_color(cell.color) : Paint{};
  add_shaded(
      mesh, {0, 1, 0}, paint, lava ? Surface::kLava : Surface::kFloor,
      [&](float u, float v) {
        return Vec3{x + u, 0, z + v};
      },
      light);
  add_shaded(
      mesh, {0, -1, 0}, Paint{}, Surface::kCeiling,
      [&](float u, float v) {
        return Vec3{x + u, kWallHeight, z + v};
      },
      light);
}

/// The face of a wall that an open cell sees in one direction; dark at its foot, at its top, and at
/// its ends where the room has a corner.
void add_wall(Mesh& mesh, const World& world, Point p, int direction) {
  const Point step = minigrid::kSteps[static_cast<size_t>(direction)];
  const Point side = minigrid::kSteps[static_cast<size_t>((direction + 1) % 4)];
  const bool before = is_wall(world, p - side), after = is_wall(world, p + side);
  const float mx = static_cast<float>(p.x) + 0.5f, mz = static_cast<float>(p.y) + 0.5f;
  const auto at = [&](float u, float v) {
    return Vec3{mx + 0.5f * static_cast<float>(step.x) + (u - 0.5f) * static_cast<float>(side.x),
                v * kWallHeight,
                mz + 0.5f * static_cast<float>(step.y) + (u - 0.5f) * static_cast<float>(side.y)};
  };
  const auto light = [&](float u, float v) {
    float l = corner_light(std::min(v, 1 - v) * kWallHeight, kCornerReach);
    if (before) l = std::min(l, corner_light(u, kCornerReach));
    if (after) l = std::min(l, corner_light(1 - u, kCornerReach));
    return l;
  };
  const Cell wall = world.inside(p + step) ? world.at(p + step) : minigrid::kWallCell;
  const bool grey = wall.color == minigrid::Color::kGrey;
  add_shaded(mesh, {-static_cast<float>(step.x), 0, -static_cast<float>(step.y)},
             grey ? Paint{} : solid_color(wall.color), Surface::kWall, at, light);
}

/// Doors stand across the way through: between the walls at their sides.
float door_turn(const World& world, Point p) {
  const bool walls_at_x = is_wall(world, p + Point{1, 0}) && is_wall(world, p - Point{1, 0});
  return walls_at_x ? 0 : kRight;
}

void add_thing(RoomScene& scene, const World& world, Point p) {
  const Cell cell = world.at(p);
  const Placement middle{{static_cast<float>(p.x) + 0.5f, 0, static_cast<float>(p.y) + 0.5f}};
  const Vec3 on_floor = middle.origin + Vec3{0, 0.004f, 0};
  switch (cell.kind) {
    case Kind::kDoor:
      return add_door(scene.solid, {middle.origin, door_turn(world, p)}, cell);
    case Kind::kGoal:
      return add_goal(scene, middle, cell.color);
    case Kind::kKey:
    case Kind::kBall:
    case Kind::kBox:
      add_portable(scene.solid, middle, cell);
      return add_shadow(scene.veils, on_floor, cell.kind == Kind::kBox ? 0.46f : 0.34f, 0.5f);
    default:
      return;
  }
}

/// What the agent carries, before its eye and a little to the right.
void add_held(Mesh& mesh, const World& world) {
  if (!world.carries()) return;
  constexpr float kAhead = 0.42f, kAside = 0.2f, kBelow = -0.235f, kTurn = 0.9f, kSize = 0.26f;
  add_portable(mesh, {{kAhead, kBelow, kAside}, kTurn, kSize}, world.carrying);
}

}  // namespace

Shell build_shell(const World& world) {
  Mesh mesh;
  for (int y = 0; y < world.height; ++y) {
    for (int x = 0; x < world.width; ++x) {
      const Point p{x, y};
      if (is_wall(world, p)) continue;
      add_floor_and_ceiling(mesh, world, p);
      for (int d = 0; d < 4; ++d) {
        if (is_wall(world, p + minigrid::kSteps[static_cast<size_t>(d)])) {
          add_wall(mesh, world, p, d);
        }
      }
    }
  }
  return std::make_shared<const Mesh>(std::move(mesh));
}

RoomScene furnish(Shell shell, const World& world, const FloorMarks& marks) {
  RoomScene scene;
  scene.shell = std::move(shell);
  add_patches(scene.veils, marks);
  for (int y = 0; y < world.height; ++y) {
    for (int x = 0; x < world.width; ++x) add_thing(scene, world, {x, y});
  }
  add_arrows(scene.veils, marks);
  add_held(scene.held, world);
  return scene;
}

float corner_light(float distance, float reach) {
  constexpr float kMost = 0.34f;  // is lost in the corner itself
  return 1 - kMost * std::exp(-std::max(0.0f, distance) / reach);
}

Camera between(const Camera& a, const Camera& b, float share) {
  const float turn = std::remainder(b.turn - a.turn, 4 * kRight);
  return {a.eye + (b.eye - a.eye) * share, a.turn + turn * share,
          a.pitch + (b.pitch - a.pitch) * share, b.field_of_view};
}

Camera camera_of(const World& world) {
  constexpr float kBack = 0.36f, kEye = 0.58f, kDown = -0.10f;
  const Point step = minigrid::kSteps[static_cast<size_t>(world.direction)];
  return {{static_cast<float>(world.agent.x) + 0.5f - kBack * static_cast<float>(step.x), kEye,
           static_cast<float>(world.agent.y) + 0.5f - kBack * static_cast<float>(step.y)},
          kRight * static_cast<float>(world.direction),
          kDown};
}

}  // namespace flowscope
