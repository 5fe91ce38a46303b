#include "app/scene/marks.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace flowscope {
namespace {

void add_patch(Mesh& mesh, const FloorMarks::Patch& patch) {
  constexpr float kLevel = 0.002f;
  const float part = std::numbers::pi_v<float> / static_cast<float>(patch.sides);
  const auto corner = [&](int i) {
    const float angle = patch.turn + part * static_cast<float>(2 * i - 1);
    const float radius = patch.reach / std::cos(part);
    return Vec3{patch.x + radius * std::cos(angle), kLevel, patch.z + radius * std::sin(angle)};
  };
  for (int i = 0; i < patch.sides; ++i) {
    add_triangle(mesh, {patch.x, kLevel, patch.z}, corner(i), corner(i + 1), {0, 1, 0},
                 patch.paint);
  }
}

void add_ring(Mesh& mesh, const FloorMarks::Ring& ring) {
  constexpr int kParts = 48;
  constexpr float kLevel = 0.004f, kWidth = 0.06f;
  const auto point = [&](int i, float radius) {
    const float angle = 2 * std::numbers::pi_v<float> * static_cast<float>(i) / kParts;
    return Vec3{ring.x + radius * std::cos(angle), kLevel, ring.z + radius * std::sin(angle)};
  };
  const float inner = ring.radius - kWidth;
  for (int i = 0; i < kParts; ++i) {
    add_quad(mesh, point(i, inner), point(i + 1, inner), point(i + 1, ring.radius),
             point(i, ring.radius), ring.paint, Surface::kLight);
  }
}

/// An arrow of constant width with a head, `grown` on all sides.
void add_arrow(Mesh& mesh, const FloorMarks::Arrow& a, float level, float grown, Paint paint) {
  const float dx = a.x1 - a.x0, dz = a.z1 - a.z0, length = std::hypot(dx, dz);
  const float ux = dx / length, uz = dz / length;
  const float tip = std::min(0.09f + a.width, 0.7f * length), half = a.width / 2 + grown;
  const auto at = [&](float along, float aside) {
    return Vec3{a.x0 + ux * along - uz * aside, level, a.z0 + uz * along + ux * aside};
  };
  const float neck = length - tip, wing = tip * 0.62f + 1.6f * grown;
  const Vec3 up{0, 1, 0};
  add_triangle(mesh, at(-grown, -half), at(neck, -half), at(neck, half), up, paint);
  add_triangle(mesh, at(-grown, -half), at(neck, half), at(-grown, half), up, paint);
  add_triangle(mesh, at(neck - grown, -wing), at(length + 2 * grown, 0), at(neck - grown, wing), up,
               paint);
}

}  // namespace

void add_patches(Mesh& veils, const FloorMarks& marks) {
  for (const FloorMarks::Patch& patch : marks.patches) add_patch(veils, patch);
  for (const FloorMarks::Ring& ring : marks.rings) add_ring(veils, ring);
}

void add_arrows(Mesh& veils, const FloorMarks& marks) {
  constexpr size_t kVertices = 18;  // of an arrow and its rim
  veils.reserve(veils.size() + kVertices * marks.arrows.size());
  for (const FloorMarks::Arrow& arrow : marks.arrows) {
    add_arrow(veils, arrow, 0.008f, 0.012f, {0.04f, 0.06f, 0.10f, 0.7f * arrow.paint.a});
    add_arrow(veils, arrow, 0.012f, 0, arrow.paint);
  }
}

}  // namespace flowscope
