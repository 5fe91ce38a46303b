#include "app/scene/mesh.h"

#include <cmath>

namespace flowscope {
namespace {

constexpr float kPi = 3.14159265f;
constexpr int kRound = 28;  // parts of a circle

/// Corner i of n on a circle.
struct Turn {
  float c, s;
  Turn(int i, int n)
      : c(std::cos(2 * kPi * static_cast<float>(i) / static_cast<float>(n))),
        s(std::sin(2 * kPi * static_cast<float>(i) / static_cast<float>(n))) {}
};

/// Four corners of a curved surface, each with its own normal.
void add_smooth_quad(Mesh& mesh, const SceneVertex (&v)[4]) {
  for (const int i : {0, 1, 2, 0, 2, 3}) mesh.push_back(v[i]);
}

/// A surface over a grid of rows and columns; `vertex(row, column)` places its corners.
template <class Vertex>
void add_surface(Mesh& mesh, int rows, int columns, const Vertex& vertex) {
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < columns; ++j) {
      add_smooth_quad(mesh,
                      {vertex(i, j), vertex(i, j + 1), vertex(i + 1, j + 1), vertex(i + 1, j)});
    }
  }
}

}  // namespace

Vec3 cross(Vec3 a, Vec3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

float dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }

Vec3 normalized(Vec3 v) { return v * (1 / std::sqrt(dot(v, v))); }

Vec3 Placement::direction(Vec3 d) const {
  const float c = std::cos(turn), s = std::sin(turn);
  return {c * d.x - s * d.z, d.y, s * d.x + c * d.z};
}

Vec3 Placement::point(Vec3 p) const { return origin + direction(p) * scale; }

void add_triangle(Mesh& mesh, Vec3 a, Vec3 b, Vec3 c, Vec3 normal, Paint paint, Surface surface) {
  for (const Vec3 at : {a, b, c}) {
    mesh.push_back({at, normal, paint, static_cast<float>(surface)});
  }
}

void add_quad(Mesh& mesh, Vec3 a, Vec3 b, Vec3 c, Vec3 d, Paint paint, Surface surface) {
  const Vec3 normal = normalized(cross(b - a, d - a));
  add_triangle(mesh, a, b, c, normal, paint, surface);
  add_triangle(mesh, a, c, d, normal, paint, surface);
}

void add_box(Mesh& mesh, const Placement& place, Vec3 low, Vec3 high, Paint paint,
             Surface surface) {
  const auto corner = [&](int bits) {
    return place.point(
        {bits & 1 ? high.x : low.x, bits & 2 ? high.y : low.y, bits & 4 ? high.z : low.z});
  };
  constexpr int kFaces[6][4] = {{0, 4, 6, 2}, {1, 3, 7, 5}, {0, 1, 5, 4},
                                {2, 6, 7, 3}, {0, 2, 3, 1}, {4, 5, 7, 6}};
  for (const auto& f : kFaces) {
    add_quad(mesh, corner(f[0]), corner(f[1]), corner(f[2]), corner(f[3]), paint, surface);
  }
}

void add_ball(Mesh& mesh, const Placement& place, Vec3 centre, float radius, Paint paint) {
  const Vec3 middle = place.point(centre);
  add_surface(mesh, kRound / 2, kRound, [&](int i, int j) {
    const Turn up(i, kRound), round(j, kRound);
    const Vec3 out{up.s * round.c, up.c, up.s * round.s};
    return SceneVertex{middle + out * (radius * place.scale), out, paint, 0};
  });
}

void add_ring(Mesh& mesh, const Placement& place, Vec3 centre, float radius, float thickness,
              Paint paint) {
  add_surface(mesh, kRound, kRound / 2, [&](int i, int j) {
    const Turn along(i, kRound), round(j, kRound / 2);
    const Vec3 out{along.c * round.c, along.s * round.c, round.s};
    const Vec3 core{along.c * radius, along.s * radius, 0};
    return SceneVertex{place.point(centre + core + out * (thickness / 2)), place.direction(out),
                       paint, 0};
  });
}

void add_shadow(Mesh& mesh, Vec3 centre, float radius, float strength) {
  const Vec3 up{0, 1, 0};
  const Paint dark{0, 0, 0, strength}, nothing{0, 0, 0, 0};
  const auto edge = [&](int i) {
    const Turn t(i, kRound);
    return SceneVertex{centre + Vec3{t.c, 0, t.s} * radius, up, nothing, 0};
  };
  for (int i = 0; i < kRound; ++i) {
    mesh.insert(mesh.end(), {{centre, up, dark, 0}, edge(i), edge(i + 1)});
  }
}

}  // namespace flowscope
