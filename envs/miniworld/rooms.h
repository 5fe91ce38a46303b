// The floor plans of Miniworld (Chevalier-Boisvert et al. 2023, arXiv 2306.13831): convex rooms
// with vertical walls, and portals through them. Metres; x and z span the floor, y points up.
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

namespace flowscope::miniworld {

/// A point or a vector of the floor.
struct Point {
  double x = 0, z = 0;

  Point operator+(Point o) const { return {x + o.x, z + o.z}; }
  Point operator-(Point o) const { return {x - o.x, z - o.z}; }
  Point operator*(double s) const { return {x * s, z * s}; }
};

double dot(Point a, Point b);
double length(Point a);

/// A rectangle along the axes.
struct Bounds {
  double min_x, max_x, min_z, max_z;
};

/// An opening in a wall, from `start` to `end` metres along it and between two heights.
struct Portal {
  double start, end, min_y, max_y;
};

/// What floor, walls and ceiling are made of.
struct Materials {
  std::string_view floor = "floor_tiles_bw", wall = "concrete", ceiling = "concrete_tiles";
};

struct Room {
  std::vector<Point> outline;  // convex; seen from above, against the clock
  Materials materials;
  bool has_ceiling = true;
  double wall_height = 2.74;
  std::vector<std::vector<Portal>> portals;  // of the wall from outline[i] to the next point

  std::size_t size() const { return outline.size(); }
  Point corner(std::size_t i) const { return outline[i % outline.size()]; }
};

/// The vector along wall i, of length 1, and the one into the room.
Point along_wall(const Room& room, std::size_t i);
Point into_room(const Room& room, std::size_t i);
double wall_width(const Room& room, std::size_t i);

inline constexpr double kThinnest = 0.02;  // metres: narrower pieces of wall are nothing to see

/// Whether wall i, counted round the room, is there where it begins or where it ends.
enum class WallEnd { kFirst, kLast };
bool stands_at(const Room& room, std::size_t i, WallEnd end);

Bounds bounds_of(const Room& room);
/// Of the bounds; in square metres.
double area_of(const Room& room);
bool is_inside(const Room& room, Point p);

Room make_room(std::vector<Point> outline, Materials materials = {}, bool has_ceiling = true);
/// The corners begin at the largest x and z.
Room make_room(Bounds bounds, Materials materials = {}, bool has_ceiling = true);

/// Where two rooms are joined, in x or in z.
struct Opening {
  enum Axis { kX, kZ };
  Axis axis;
  double low, high;
  double max_y = std::numeric_limits<double>::infinity();  // the walls' height if that is lower
};

/// Opens portals in the first two walls that face each other; rooms that do not touch are joined by
/// a hallway, a room at the end of `rooms`, like the first one in its materials.
void connect_rooms(std::vector<Room>& rooms, std::size_t a, std::size_t b, Opening opening);

/// Part of a wall that stands on the floor.
struct Segment {
  Point a, b;
};

std::vector<Segment> wall_segments(const std::vector<Room>& rooms);

/// Whether a circle reaches into a segment.
bool overlaps(Segment segment, Point center, double radius);

}  // namespace flowscope::miniworld
