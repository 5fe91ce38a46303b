// Triangles with a surface, and the solids that rooms are furnished with. Lengths are cells
// or metres: x to the right and z downwards on the plan, y up.
#pragma once

#include <vector>

namespace flowscope {

struct Vec3 {
  float x = 0, y = 0, z = 0;

  Vec3 operator+(Vec3 o) const { return {x + o.x, y + o.y, z + o.z}; }
  Vec3 operator-(Vec3 o) const { return {x - o.x, y - o.y, z - o.z}; }
  Vec3 operator*(float k) const { return {x * k, y * k, z * k}; }
};

Vec3 cross(Vec3 a, Vec3 b);
float dot(Vec3 a, Vec3 b);
Vec3 normalized(Vec3 v);

/// What the fragment shader makes of a triangle; the numbers are those of shaders/room.frag.
enum class Surface {
  kPlain,
  kFloor,
  kWall,
  kCeiling,
  kLava,
  kLight,
  // In metres.
  kTiles,
  kConcrete,
  kBricks,
  kBlocks,
  kAsphalt,
  kSlime,
  kPavement
};

/// Red, green, blue and opacity, each 0 to 1.
struct Paint {
  float r = 1, g = 1, b = 1, a = 1;

  Paint shaded(float k) const { return {r * k, g * k, b * k, a}; }
};

struct SceneVertex {
  Vec3 at, normal;
  Paint paint;
  float surface = 0;
};

using Mesh = std::vector<SceneVertex>;  // three a triangle, either side up

/// Turns about the y axis, then moves: from a solid's own place into the room.
struct Placement {
  Vec3 origin;
  float turn = 0;  // radians, from x towards z
  float scale = 1;

  Vec3 point(Vec3 p) const;
  Vec3 direction(Vec3 d) const;
};

void add_triangle(Mesh& mesh, Vec3 a, Vec3 b, Vec3 c, Vec3 normal, Paint paint,
                  Surface surface = Surface::kPlain);
/// Corners in order round the edge; the normal is that of their turn, counter-clockwise seen from
/// where it points to.
void add_quad(Mesh& mesh, Vec3 a, Vec3 b, Vec3 c, Vec3 d, Paint paint,
              Surface surface = Surface::kPlain);
void add_box(Mesh& mesh, const Placement& place, Vec3 low, Vec3 high, Paint paint,
             Surface surface = Surface::kPlain);
void add_ball(Mesh& mesh, const Placement& place, Vec3 centre, float radius, Paint paint);
/// A ring about the z axis of its place, `thickness` wide.
void add_ring(Mesh& mesh, const Placement& place, Vec3 centre, float radius, float thickness,
              Paint paint);
/// A flat disc that fades from its middle to nothing at its edge.
void add_shadow(Mesh& mesh, Vec3 centre, float radius, float strength);

}  // namespace flowscope
