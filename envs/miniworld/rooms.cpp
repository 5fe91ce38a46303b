#include "envs/miniworld/rooms.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

namespace flowscope::miniworld {
namespace {

constexpr double kTouching = 1e-3;  // rooms nearer than this need no hallway
constexpr double kOpposite = -0.9;  // facing walls have normals whose product is below this
constexpr double kOverlap = 0.05;   // facing rooms may reach into each other by this much

struct FacingWalls {
  std::size_t a, b;
};

FacingWalls find_facing_walls(const Room& a, const Room& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Point normal = into_room(a, i);
    for (std::size_t j = 0; j < b.size(); ++j) {
      if (dot(normal, into_room(b, j)) > kOpposite) continue;
      if (dot(normal, b.outline[j] - a.outline[i]) <= kOverlap) return {i, j};
    }
  }
  throw std::invalid_argument("two rooms of a Miniworld plan have no walls that face each other");
}

void add_portal(Room& room, std::size_t wall, Portal portal) {
  auto& portals = room.portals[wall];
  portals.push_back(portal);
  std::ranges::sort(portals, {}, &Portal::start);
}

Portal add_portal(Room& room, std::size_t wall, Opening opening) {
  const bool by_x = opening.axis == Opening::kX;
  const Point from = room.outline[wall], along = along_wall(room, wall);
  const double origin = by_x ? from.x : from.z, slope = by_x ? along.x : along.z;
  const auto [start, end] =
      std::minmax({(opening.low - origin) / slope, (opening.high - origin) / slope});
  const Portal portal{start, end, 0, std::min(opening.max_y, room.wall_height)};
  add_portal(room, wall, portal);
  return portal;
}

/// The segments of one wall, from the first portal to the last.
void add_wall_segments(const Room& room, std::size_t wall, std::vector<Segment>& segments) {
  const Point from = room.outline[wall], along = along_wall(room, wall);
  const auto add = [&](double start, double end) {
    if (end != start) segments.push_back({from + along * end, from + along * start});
  };
  double start = 0;
  for (const Portal& portal : room.portals[wall]) {
    add(start, portal.start);
    if (portal.min_y > 0) add(portal.start, portal.end);
    start = portal.end;
  }
  add(start, wall_width(room, wall));
}

}  // namespace

double dot(Point a, Point b) { return a.x * b.x + a.z * b.z; }
double length(Point a) { return std::sqrt(dot(a, a)); }

Point along_wall(const Room& room, std::size_t i) {
  const Point side = room.corner(i + 1) - room.outline[i];
  const double width = length(side);
  return {side.x / width, side.z / width};
}

Point into_room(const Room& room, std::size_t i) {
  const Point along = along_wall(room, i);
  return {along.z, -along.x};
}

double wall_width(const Room& room, std::size_t i) {
  return length(room.corner(i + 1) - room.outline[i]);
}

bool stands_at(const Room& room, std::size_t i, WallEnd end) {
  const auto& portals = room.portals[i % room.size()];
  if (portals.empty()) return true;
  if (end == WallEnd::kFirst) return portals.front().start > kThinnest;
  return portals.back().end < wall_width(room, i % room.size()) - kThinnest;
}

Bounds bounds_of(const Room& room) {
  const auto [min_x, max_x] = std::ranges::minmax(room.outline, {}, &Point::x);
  const auto [min_z, max_z] = std::ranges::minmax(room.outline, {}, &Point::z);
  return {min_x.x, max_x.x, min_z.z, max_z.z};
}

double area_of(const Room& room) {
  const Bounds b = bounds_of(room);
  return (b.max_x - b.min_x) * (b.max_z - b.min_z);
}

bool is_inside(const Room& room, Point p) {
  for (std::size_t i = 0; i < room.size(); ++i) {
    if (!(dot(into_room(room, i), p - room.outline[i]) > 0)) return false;
  }
  return true;
}

Room make_room(std::vector<Point> outline, Materials materials, bool has_ceiling) {
  Room room{std::move(outline), materials, has_ceiling};
  room.portals.resize(room.size());
  return room;
}

Room make_room(Bounds b, Materials materials, bool has_ceiling) {
  return make_room({{b.max_x, b.max_z}, {b.max_x, b.min_z}, {b.min_x, b.min_z}, {b.min_x, b.max_z}},
                   materials, has_ceiling);
}

void connect_rooms(std::vector<Room>& rooms, std::size_t a, std::size_t b, Opening opening) {
  const FacingWalls walls = find_facing_walls(rooms[a], rooms[b]);
  const Portal in_a = add_portal(rooms[a], walls.a, opening);
  const Portal in_b = add_portal(rooms[b], walls.b, opening);
  const auto at = [&](std::size_t room, std::size_t wall, double position) {
    return rooms[room].outline[wall] + along_wall(rooms[room], wall) * position;
  };
  const Point a_start = at(a, walls.a, in_a.start), a_end = at(a, walls.a, in_a.end);
  const Point b_start = at(b, walls.b, in_b.start), b_end = at(b, walls.b, in_b.end);
  if (length(a_start - b_end) < kTouching) return;

  Room hallway =
      make_room({b_start, a_end, a_start, b_end}, rooms[a].materials, rooms[a].has_ceiling);
  hallway.wall_height = std::min(opening.max_y, rooms[a].wall_height);
  add_portal(hallway, 1, {0, length(a_end - a_start), 0, hallway.wall_height});
  add_portal(hallway, 3, {0, length(b_end - b_start), 0, hallway.wall_height});
  rooms.push_back(std::move(hallway));
}

std::vector<Segment> wall_segments(const std::vector<Room>& rooms) {
  std::vector<Segment> segments;
  for (const Room& room : rooms) {
    for (std::size_t i = 0; i < room.size(); ++i) add_wall_segments(room, i, segments);
  }
  return segments;
}

bool overlaps(Segment segment, Point center, double radius) {
  const Point side = segment.b - segment.a;
  const double share = dot(center - segment.a, side) / dot(side, side);
  const Point nearest = segment.a + side * std::clamp(share, 0.0, 1.0);
  return length(nearest - center) < radius;
}

}  // namespace flowscope::miniworld
