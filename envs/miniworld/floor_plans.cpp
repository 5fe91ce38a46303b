#include "envs/miniworld/floor_plans.h"

#include <cmath>
#include <numbers>

namespace flowscope::miniworld {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kBox = 0.8, kBall = 0.6, kKey = 0.35;  // usual heights
constexpr Materials kStreet{.floor = "asphalt"};
constexpr Materials kYard{.floor = "asphalt", .wall = "brick_wall"};

Entity red_box() { return make_entity(Kind::kBox, kBox); }

Color draw_color(World& world) { return static_cast<Color>(world.rng.integers(0, kNumColors)); }

/// More or less along x.
double draw_eastward(World& world) { return world.rng.uniform(-kPi / 4, kPi / 4); }

/// A box and the agent, each anywhere.
void place_box_and_agent(World& world) {
  raise_walls(world);
  place(world, red_box());
  place_agent(world);
}

void put_building(World& world) { put(world, make_entity(Kind::kBuilding, 30), {30, 0, 30}, -kPi); }

/// Carves passages between the cells of a maze, depth first.
struct Carver {
  World& world;
  int rows, columns;
  std::vector<bool> visited;  // [rows, columns]

  std::size_t index(int i, int j) const { return static_cast<std::size_t>(j * columns + i); }

  void visit(int i, int j) {
    visited[index(i, j)] = true;
    struct Way {
      int dj, di;
    };
    const std::vector<Way> ways{{0, 1}, {0, -1}, {-1, 0}, {1, 0}};
    for (const auto [dj, di] : world.rng.subset(ways, 4)) {
      const int ni = i + di, nj = j + dj;
      if (ni < 0 || nj < 0 || ni >= columns || nj >= rows || visited[index(ni, nj)]) continue;
      const Bounds b = bounds_of(world.rooms[index(i, j)]);
      const Opening opening =
          di == 0 ? Opening{Opening::kX, b.min_x, b.max_x} : Opening{Opening::kZ, b.min_z, b.max_z};
      connect_rooms(world.rooms, index(i, j), index(ni, nj), opening);
      visit(ni, nj);
    }
  }
};

/// A copy turned about the origin, by radians seen from above.
std::vector<Point> turned(const std::vector<Point>& outline, double angle) {
  const double a = std::cos(angle / 2), c = -std::sin(angle / 2);
  const double cosine = a * a - c * c, sine = -2 * a * c;
  std::vector<Point> copy;
  for (const Point p : outline) {
    copy.push_back({p.x * cosine + p.z * sine, -p.x * sine + p.z * cosine});
  }
  return copy;
}

}  // namespace

void set_steps(World& world, double meters, double degrees) {
  world.forward_step = world.max_forward_step = meters;
  world.turn_step = degrees;
}

void one_room(World& world, double size, int max_steps) {
  world.max_steps = max_steps;
  world.rooms = {make_room({0, size, 0, size})};
  place_box_and_agent(world);
}

void hallway(World& world) {
  world.max_steps = 250;
  world.rooms = {make_room({-1, 11, -2, 2})};
  raise_walls(world);
  place(world, red_box(), {.min_x = 9});
  place_agent(world, {.max_x = 9, .direction = draw_eastward(world)});
}

void four_rooms(World& world) {
  world.max_steps = 250;
  world.rooms = {make_room({-7, -1, 1, 7}), make_room({1, 7, 1, 7}), make_room({1, 7, -7, -1}),
                 make_room({-7, -1, -7, -1})};
  connect_rooms(world.rooms, 0, 1, {Opening::kZ, 3, 5, 2.2});
  connect_rooms(world.rooms, 1, 2, {Opening::kX, 3, 5, 2.2});
  connect_rooms(world.rooms, 2, 3, {Opening::kZ, -5, -3, 2.2});
  connect_rooms(world.rooms, 3, 0, {Opening::kX, -5, -3, 2.2});
  place_box_and_agent(world);
}

void wall_gap(World& world) {
  world.max_steps = 300;
  world.rooms = {make_room({-7, 7, 0.5, 8}, kYard, false),
                 make_room({-7, 7, -8, -0.5}, kYard, false)};
  connect_rooms(world.rooms, 0, 1, {Opening::kX, -1.5, 1.5});
  raise_walls(world);
  place(world, red_box(), {.room = 1});
  put_building(world);
  place_agent(world, {.room = 0});
}

void maze(World& world, int rows, int columns, int max_steps) {
  constexpr double kRoom = 3, kPitch = kRoom + 0.25;
  world.max_steps = max_steps;
  for (int j = 0; j < rows; ++j) {
    for (int i = 0; i < columns; ++i) {
      const double x = i * kPitch, z = j * kPitch;
      world.rooms.push_back(make_room({x, x + kRoom, z, z + kRoom}, {.wall = "brick_wall"}));
    }
  }
  Carver{world, rows, columns, std::vector<bool>(world.rooms.size(), false)}.visit(0, 0);
  place_box_and_agent(world);
}

void t_maze(World& world, Arm arm) {
  world.max_steps = 280;
  world.rooms = {make_room({-1, 8, -2, 2}), make_room({8, 12, -8, 8})};
  connect_rooms(world.rooms, 0, 1, {Opening::kZ, -2, 2});
  raise_walls(world);
  if (arm == Arm::kEither) {
    const bool left = world.rng.coin();
    place(world, red_box(), left ? Where{.room = 1, .max_z = -6} : Where{.room = 1, .min_z = 6});
  } else {
    const double z = arm == Arm::kLeft ? -6 : 6;
    place(world, red_box(), {.min_x = 10, .max_x = 10, .min_z = z, .max_z = z});
  }
  place_agent(world, {.room = 0, .direction = draw_eastward(world)});
}

void y_maze(World& world, Arm arm) {
  constexpr double kThird = 2 * kPi / 3, kSlit = 1.995;
  world.max_steps = 280;
  const std::vector<Point> stem{{-9.15, -2}, {-9.15, 2}, {-1.15, 2}, {-1.15, -2}};
  world.rooms = {make_room(stem), make_room(std::vector<Point>{{-1.15, -2}, {-1.15, 2}, {2.31, 0}}),
                 make_room(turned(stem, -kThird)), make_room(turned(stem, kThird))};
  connect_rooms(world.rooms, 0, 1, {Opening::kZ, -2, 2});
  connect_rooms(world.rooms, 2, 1, {Opening::kZ, -kSlit, 0});
  connect_rooms(world.rooms, 3, 1, {Opening::kZ, 0, kSlit});
  raise_walls(world);
  if (arm == Arm::kEither) {
    const bool left = world.rng.coin();
    const double left_end = bounds_of(world.rooms[2]).min_z + 2.5;
    const double right_end = bounds_of(world.rooms[3]).max_z - 2.5;
    place(world, red_box(),
          left ? Where{.room = 2, .max_z = left_end} : Where{.room = 3, .min_z = right_end});
  } else {
    const double z = arm == Arm::kLeft ? -7 : 7;
    place(world, red_box(), {.min_x = 3.9, .max_x = 3.9, .min_z = z, .max_z = z});
  }
  place_agent(world, {.room = 0, .direction = draw_eastward(world)});
}

void sidewalk(World& world) {
  world.max_steps = 150;
  world.rooms = {
      make_room({-3, 0, 0, 12}, {.floor = "concrete_tiles", .wall = "brick_wall"}, false),
      make_room({0, 6, -80, 80}, kStreet, false)};
  connect_rooms(world.rooms, 0, 1, {Opening::kZ, 0, 12});
  raise_walls(world);
  put_building(world);
  for (int i = 1; i < 6; ++i) put(world, make_entity(Kind::kCone, 0.75), {1, 0, 2.0 * i});
  place(world, red_box(), {.room = 0, .min_z = 10, .max_z = 12});
  place_agent(world, {.room = 0, .min_z = 0, .max_z = 1.5});
}

void three_rooms(World& world) {
  world.max_steps = 400;
  world.rooms = {make_room({-7, 7, 0.5, 7}), make_room({-7, -1, -7, -0.5}),
                 make_room({1, 7, -7, -0.5})};
  connect_rooms(world.rooms, 0, 1, {Opening::kX, -5.25, -2.75});
  connect_rooms(world.rooms, 0, 2, {Opening::kX, 2.75, 5.25});
  raise_walls(world);
  place(world, red_box());
  place(world, make_entity(Kind::kBox, 0.6, Color::kGreen));
  put(world, make_entity(Kind::kPicture, 0.896484375), {0, 1.35, 7}, kPi / 2);
  place(world, make_entity(Kind::kDuckie, 0.25));
  place(world, make_entity(Kind::kKey, kKey, Color::kBlue));
  place(world, make_entity(Kind::kBall, kBall, Color::kGreen));
  place_agent(world);
}

void pickup_objects(World& world) {
  world.max_steps = 400;
  world.rooms = {make_room({0, 12, 0, 12}, kYard, false)};
  raise_walls(world);
  for (int i = 0; i < 5; ++i) {
    const Kind kind = world.rng.element(std::array{Kind::kBall, Kind::kBox, Kind::kKey});
    place(world, make_entity(kind, kind == Kind::kKey ? kKey : 0.9, draw_color(world)));
  }
  place_agent(world);
}

void put_next(World& world) {
  world.max_steps = 250;
  world.rooms = {make_room({0, 12, 0, 12})};
  raise_walls(world);
  for (int i = 0; i < kNumColors; ++i) {
    const double size = world.rng.uniform(0.6, 0.85);
    place(world, make_entity(Kind::kBox, size, static_cast<Color>(i)));
  }
  place_agent(world);
}

void collect_health(World& world) {
  world.max_steps = 1000;
  world.health = 100;
  world.rooms = {make_room({0, 16, 0, 16}, {.floor = "slime", .wall = "cinder_blocks"})};
  raise_walls(world);
  for (int i = 0; i < 18; ++i) place(world, make_entity(Kind::kMedkit, 0.4));
  place_agent(world);
}

void room_objects(World& world) {
  world.rooms = {make_room({0, 10, 0, 10}, kYard, false)};
  raise_walls(world);
  place(world, make_entity(Kind::kBox, 0.9, draw_color(world)));
  place(world, make_entity(Kind::kBall, 0.9, draw_color(world)));
  place(world, make_entity(Kind::kKey, kKey, draw_color(world)));
  place_agent(world, {}, 1.5);
}

void sign(World& world) {
  world.max_steps = 20;
  set_steps(world, 0.7, 45);
  world.rooms = {make_room({0, 10, 0, 6.5}), make_room({0, 6, 6.75, 13}),
                 make_room({6, 10, 6.75, 13})};
  connect_rooms(world.rooms, 0, 1, {Opening::kX, 0, 6});
  connect_rooms(world.rooms, 1, 2, {Opening::kZ, 6.75, 13});
  raise_walls(world);
  put(world, make_entity(Kind::kBox, kBox, Color::kBlue), {1, 0, 1});
  put(world, make_entity(Kind::kBox, kBox, Color::kRed), {9, 0, 1});
  put(world, make_entity(Kind::kBox, kBox, Color::kGreen), {9, 0, 5});
  put(world, make_entity(Kind::kBigKey, 0.6, Color::kBlue), {5, 0, 1});
  put(world, make_entity(Kind::kBigKey, 0.6, Color::kRed), {1, 0, 5});
  put(world, make_entity(Kind::kBigKey, 0.6, Color::kGreen), {1, 0, 9});
  put(world, make_entity(Kind::kSign, 1), {10, 1.35, 10.25}, kPi);
  place_agent(world, {.min_x = 4, .max_x = 5, .min_z = 4, .max_z = 6});
}

}  // namespace flowscope::miniworld
