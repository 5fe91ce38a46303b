// Miniworld's rooms: convex floors and ceilings, walls with their portals, and what stands there.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "app/scene/miniworld_solids.h"
#include "app/scene/room.h"

namespace flowscope {
namespace {

using miniworld::Point;
using miniworld::Room;
using miniworld::World;

constexpr float kReach = 0.4f;  // metres: how far into a room a corner is dark
constexpr double kPart = 0.6;   // metres: sides of the parts of a surface, for shade in corners
constexpr int kMostParts = 40;  // along a side

Vec3 at_height(Point p, double y) {
  return {static_cast<float>(p.x), static_cast<float>(y), static_cast<float>(p.z)};
}

int parts_of(double length) {
  return std::clamp(static_cast<int>(std::ceil(length / kPart)), 1, kMostParts);
}

Surface surface_of(std::string_view material) {
  constexpr std::pair<std::string_view, Surface> kSurfaces[] = {
      {"floor_tiles_bw", Surface::kTiles},   {"concrete", Surface::kConcrete},
      {"brick_wall", Surface::kBricks},      {"cinder_blocks", Surface::kBlocks},
      {"asphalt", Surface::kAsphalt},        {"slime", Surface::kSlime},
      {"concrete_tiles", Surface::kPavement}};
  for (const auto& [name, surface] : kSurfaces) {
    if (name == material) return surface;
  }
  return Surface::kPlain;
}

/// A surface over a grid; `vertex(i, j)` places the corners of its parts.
template <class Vertex>
void add_grid(Mesh& mesh, int columns, int rows, const Vertex& vertex) {
  for (int j = 0; j < rows; ++j) {
    for (int i = 0; i < columns; ++i) {
      const SceneVertex a = vertex(i, j), b = vertex(i + 1, j), c = vertex(i + 1, j + 1),
                        d = vertex(i, j + 1);
      for (const SceneVertex& v : {a, b, c, a, c, d}) mesh.push_back(v);
    }
  }
}

double distance_to(miniworld::Segment s, Point p) {
  const Point side = s.b - s.a;
  const double share = std::clamp(dot(p - s.a, side) / dot(side, side), 0.0, 1.0);
  return length(s.a + side * share - p);
}

/// Floor or ceiling, in rings about the middle that are close where the walls are.
void add_flat(Mesh& mesh, const Room& room, double y, Vec3 normal, Surface surface,
              Paint material) {
  constexpr double kRings[] = {0, 0.1, 0.25, 0.5, 1.0};  // metres from the walls
  const std::vector<miniworld::Segment> walls = miniworld::wall_segments({room});
  Point middle;
  for (const Point p : room.outline) middle = middle + p * (1.0 / static_cast<double>(room.size()));
  double clear = 1e9;  // from the middle to the nearest wall
  for (size_t i = 0; i < room.size(); ++i) {
    clear = std::min(clear, dot(into_room(room, i), middle - room.outline[i]));
  }
  const auto ring = [&](int j) {  // share of the way from the middle to the walls
    return j == 0
               ? 0.0
               : std::max(0.05 * j, 1 - kRings[std::size(kRings) - static_cast<size_t>(j)] / clear);
  };
  for (size_t i = 0; i < room.size(); ++i) {
    const Point a = room.outline[i], side = room.corner(i + 1) - a;
    const int columns = parts_of(length(side));
    add_grid(mesh, columns, static_cast<int>(std::size(kRings)), [&](int c, int j) {
      const Point on_wall = a + side * (static_cast<double>(c) / columns);
      const Point p = middle + (on_wall - middle) * ring(j);
      double away = 1e9;
      for (const auto& wall : walls) away = std::min(away, distance_to(wall, p));
      const Paint paint = material.shaded(corner_light(static_cast<float>(away), kReach));
      return SceneVertex{at_height(p, y), normal, paint, static_cast<float>(surface)};
    });
  }
}

/// Part of a wall, between two places along it and two heights.
struct Piece {
  double start, end, low, high;
};

/// What portals leave of a wall.
std::vector<Piece> pieces_of(const Room& room, size_t wall) {
  std::vector<Piece> pieces;
  const auto add = [&](const Piece& p) {
    if (p.end - p.start > 1e-6 && p.high - p.low > 1e-6) pieces.push_back(p);
  };
  double start = 0;
  for (const miniworld::Portal& portal : room.portals[wall]) {
    add({start, portal.start, 0, room.wall_height});
    add({portal.start, portal.end, 0, portal.min_y});
    add({portal.start, portal.end, portal.max_y, room.wall_height});
    start = portal.end;
  }
  add({start, wall_width(room, wall), 0, room.wall_height});
  return pieces;
}

/// Dark at its foot, under the ceiling and in the room's corners, where another wall stands.
void add_piece(Mesh& mesh, const Room& room, size_t wall, const Piece& piece, Paint material) {
  const Point from = room.outline[wall], along = along_wall(room, wall);
  const Vec3 normal = at_height(into_room(room, wall), 0);
  const double width = wall_width(room, wall);
  const bool corner_before = stands_at(room, wall + room.size() - 1, miniworld::WallEnd::kLast);
  const bool corner_after = stands_at(room, wall + 1, miniworld::WallEnd::kFirst);
  const int columns = parts_of(piece.end - piece.start), rows = parts_of(piece.high - piece.low);
  add_grid(mesh, columns, rows, [&](int i, int j) {
    const double s = std::lerp(piece.start, piece.end, static_cast<double>(i) / columns);
    const double y = std::lerp(piece.low, piece.high, static_cast<double>(j) / rows);
    double away = y;
    if (corner_before) away = std::min(away, s);
    if (corner_after) away = std::min(away, width - s);
    if (room.has_ceiling) away = std::min(away, room.wall_height - y);
    const Paint paint = material.shaded(corner_light(static_cast<float>(away), kReach));
    return SceneVertex{at_height(from + along * s, y), normal, paint,
                       static_cast<float>(surface_of(room.materials.wall))};
  });
}

Paint paint_of(const miniworld::Rgb& c) {
  return {static_cast<float>(c.r), static_cast<float>(c.g), static_cast<float>(c.b)};
}

/// The room's floor, ceiling and walls are each of one material.
void add_room(Mesh& mesh, const World& world, size_t index) {
  const Room& room = world.rooms[index];
  const auto material = [&](size_t part) {
    return paint_of(paint_of_material(world.looks, 3 * index + part));
  };
  add_flat(mesh, room, 0, {0, 1, 0}, surface_of(room.materials.floor), material(0));
  if (room.has_ceiling) {
    add_flat(mesh, room, room.wall_height, {0, -1, 0}, Surface::kCeiling, material(1));
  }
  const Paint walls = material(2);
  for (size_t i = 0; i < room.size(); ++i) {
    for (const Piece& piece : pieces_of(room, i)) add_piece(mesh, room, i, piece, walls);
  }
}

/// In the colour that it has in this world.
void add_thing(Mesh& mesh, const World& world, const Placement& place,
               const miniworld::Entity& entity) {
  const auto& tinge = world.looks.tinge[static_cast<size_t>(entity.color)];
  Paint paint = solid_color(entity.color);
  for (const auto& [channel, more] :
       {std::pair(&paint.r, tinge.r), {&paint.g, tinge.g}, {&paint.b, tinge.b}}) {
    *channel = std::clamp(*channel + static_cast<float>(more), 0.0f, 1.0f);
  }
  add_entity(mesh, place, entity, paint);
}

Lighting lighting_of(const miniworld::Looks& looks) {
  const auto [x, y, z] = looks.to_light;
  return {{static_cast<float>(x), static_cast<float>(y), static_cast<float>(z)},
          paint_of(looks.light), paint_of(looks.ambient), paint_of(looks.sky)};
}

/// What is carried moves with the eye.
Placement held_at(const World& world, const miniworld::Entity& entity) {
  const Point way = entity.position.on_floor() - world.body().position.on_floor();
  return {{static_cast<float>(length(way)),
           static_cast<float>(entity.position.y - miniworld::kCameraHeight), 0}};
}

}  // namespace

Shell build_shell(const World& world) {
  Mesh mesh;
  for (size_t i = 0; i < world.rooms.size(); ++i) add_room(mesh, world, i);
  return std::make_shared<const Mesh>(std::move(mesh));
}

RoomScene furnish(Shell shell, const World& world, const FloorMarks& marks) {
  RoomScene scene;
  scene.shell = std::move(shell);
  scene.lighting = lighting_of(world.looks);
  add_patches(scene.veils, marks);
  for (size_t i = 0; i < world.entities.size(); ++i) {
    const miniworld::Entity& entity = world.entities[i];
    if (i == world.agent) continue;
    if (world.carried == i) {
      add_thing(scene.held, world, held_at(world, entity), entity);
      continue;
    }
    const Vec3 at = at_height(entity.position.on_floor(), entity.position.y);
    add_thing(scene.solid, world, {at, -static_cast<float>(entity.direction)}, entity);
    if (entity.position.y > 0 || entity.kind == miniworld::Kind::kBuilding) continue;
    add_shadow(scene.veils, at + Vec3{0, 0.006f, 0}, 1.35f * static_cast<float>(entity.radius),
               0.5f);
  }
  add_arrows(scene.veils, marks);
  return scene;
}

Camera camera_of(const World& world) {
  constexpr double kDegree = std::numbers::pi / 180;
  const miniworld::Entity& agent = world.body();
  const miniworld::Looks& looks = world.looks;
  return {at_height(agent.position.on_floor() + agent.ahead() * looks.ahead, looks.height),
          -static_cast<float>(agent.direction), static_cast<float>(looks.pitch * kDegree),
          static_cast<float>(looks.field_of_view * kDegree)};
}

}  // namespace flowscope
