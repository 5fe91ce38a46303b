#include "app/scene/furniture.h"

namespace flowscope {
namespace {

using minigrid::Cell;
using minigrid::Kind;

constexpr Paint kBrass{0.86f, 0.72f, 0.36f};
constexpr Paint kIron{0.16f, 0.17f, 0.19f};

/// A chest: body, a lid that stands out a little, a lock.
void add_chest(Mesh& mesh, const Placement& place, Paint paint) {
  constexpr float kHalf = 0.29f, kLid = 0.33f, kTop = 0.48f;
  add_box(mesh, place, {-kHalf, 0, -kHalf}, {kHalf, kLid, kHalf}, paint.shaded(0.82f));
  add_box(mesh, place, {-kHalf - 0.02f, kLid, -kHalf - 0.02f}, {kHalf + 0.02f, kTop, kHalf + 0.02f},
          paint);
  for (const float x : {-0.20f, 0.14f}) {
    add_box(mesh, place, {x, 0, -kHalf - 0.03f}, {x + 0.06f, kTop + 0.01f, kHalf + 0.03f},
            paint.shaded(0.5f));
  }
  for (const float side : {-1.0f, 1.0f}) {
    const float z = side * (kHalf + 0.03f);
    add_box(mesh, place, {-0.05f, kLid - 0.06f, z - 0.015f}, {0.05f, kLid + 0.06f, z + 0.015f},
            kBrass);
  }
}

/// The leaf, from its hinge at x = 0 to x = width, about z = 0.
void add_leaf(Mesh& mesh, const Placement& hinge, float width, float height, const Cell& door) {
  constexpr float kHalf = 0.035f;
  const Paint paint = solid_color(door.color);
  const bool locked = door.state == minigrid::kLocked;
  add_box(mesh, hinge, {0, 0.01f, -kHalf}, {width, height, kHalf},
          paint.shaded(locked ? 0.62f : 0.8f));
  constexpr float kEdge = 0.10f, kRelief = kHalf + 0.012f;
  for (const auto& [low, high] : {std::pair{0.10f, 0.44f}, {0.54f, 0.86f}}) {  // two raised panels
    add_box(mesh, hinge, {kEdge, low * height, -kRelief}, {width - kEdge, high * height, kRelief},
            paint.shaded(locked ? 0.8f : 1));
  }
  const float knob = width - 0.055f, y = 0.49f * height;
  if (locked) {
    add_box(mesh, hinge, {knob - 0.045f, y - 0.075f, -kRelief - 0.012f},
            {knob + 0.045f, y + 0.075f, kRelief + 0.012f}, kBrass);
    add_box(mesh, hinge, {knob - 0.012f, y - 0.04f, -kRelief - 0.016f},
            {knob + 0.012f, y + 0.03f, kRelief + 0.016f}, kIron);
    return;
  }
  for (const float side : {-1.0f, 1.0f}) {
    add_ball(mesh, hinge, {knob, y, side * (kHalf + 0.035f)}, 0.032f, kBrass);
  }
}

}  // namespace

Paint solid_color(minigrid::Color color) {
  constexpr Paint kPalette[] = {{0.88f, 0.20f, 0.18f}, {0.22f, 0.75f, 0.30f},
                                {0.22f, 0.40f, 0.92f}, {0.56f, 0.30f, 0.82f},
                                {0.96f, 0.80f, 0.20f}, {0.56f, 0.58f, 0.61f}};
  return kPalette[static_cast<size_t>(color)];
}

void add_key(Mesh& mesh, const Placement& place, Paint paint) {
  constexpr float kHalf = 0.035f, kBow = 0.52f;
  add_ring(mesh, place, {0, kBow, 0}, 0.115f, 0.07f, paint);
  add_box(mesh, place, {-kHalf, 0.10f, -kHalf}, {kHalf, kBow - 0.10f, kHalf}, paint);
  add_box(mesh, place, {-0.16f, 0.10f, -kHalf * 0.8f}, {-kHalf, 0.155f, kHalf * 0.8f}, paint);
  add_box(mesh, place, {-0.13f, 0.22f, -kHalf * 0.8f}, {-kHalf, 0.275f, kHalf * 0.8f}, paint);
}

void add_portable(Mesh& mesh, const Placement& place, Cell cell) {
  constexpr float kBall = 0.24f, kKeyTurn = 0.5f;
  const Paint paint = solid_color(cell.color);
  switch (cell.kind) {
    case Kind::kKey:
      return add_key(mesh, {place.origin, place.turn + kKeyTurn, place.scale}, paint);
    case Kind::kBall:
      return add_ball(mesh, place, {0, kBall, 0}, kBall, paint);
    case Kind::kBox:
      return add_chest(mesh, place, paint);
    default:
      return;
  }
}

void add_door(Mesh& mesh, const Placement& place, Cell door) {
  constexpr float kPost = 0.07f, kDeep = 0.09f, kHeight = 0.96f, kAjar = -1.4f;  // radians
  const Paint frame = solid_color(door.color).shaded(0.42f);
  for (const float x : {-0.5f, 0.5f - kPost}) {
    add_box(mesh, place, {x, 0, -kDeep}, {x + kPost, kHeight, kDeep}, frame);
  }
  add_box(mesh, place, {-0.5f, kHeight, -kDeep}, {0.5f, kWallHeight, kDeep}, frame);
  const bool open = door.state == minigrid::kOpen;
  const Placement hinge{place.point({-0.5f + kPost, 0, 0}), place.turn + (open ? kAjar : 0)};
  add_leaf(mesh, hinge, 1 - 2 * kPost, kHeight, door);
}

void add_goal(RoomScene& scene, const Placement& place, minigrid::Color color) {
  constexpr float kHalf = 0.44f, kPlate = 0.03f, kBeam = 0.75f;
  const Paint paint = solid_color(color);
  add_box(scene.solid, place, {-kHalf, 0, -kHalf}, {kHalf, kPlate, kHalf}, paint, Surface::kLight);
  Paint low = paint, high = paint;
  low.a = 0.34f;
  high.a = 0;
  for (int side = 0; side < 4; ++side) {  // four walls of light that fade upwards
    const Placement turned{place.origin, place.turn + 1.57079633f * static_cast<float>(side)};
    const auto corner = [&](float x, float y, Paint p) {
      return SceneVertex{
          turned.point({x, y, kHalf}), {0, 1, 0}, p, static_cast<float>(Surface::kLight)};
    };
    const SceneVertex a = corner(-kHalf, kPlate, low), b = corner(kHalf, kPlate, low),
                      c = corner(kHalf, kBeam, high), d = corner(-kHalf, kBeam, high);
    for (const SceneVertex& v : {a, b, c, a, c, d}) scene.veils.push_back(v);
  }
}

}  // namespace flowscope
