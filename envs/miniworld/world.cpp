#include "envs/miniworld/world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>
#include <utility>

namespace flowscope::miniworld {
namespace {

constexpr double kPi = std::numbers::pi;

/// What an action needs to know of a collision.
struct Obstacle {
  bool hit = false;
  std::optional<std::size_t> entity;  // none: a wall
};

/// What a circle at p runs into: a wall, or else the first entity other than `self`.
Obstacle find_obstacle(const World& world, std::optional<std::size_t> self, Point p,
                       double radius) {
  if (std::ranges::any_of(world.walls, [&](Segment s) { return overlaps(s, p, radius); })) {
    return {true};
  }
  for (std::size_t i = 0; i < world.entities.size(); ++i) {
    const Entity& other = world.entities[i];
    if (i == self) continue;
    if (length(other.position.on_floor() - p) < radius + other.radius) return {true, i};
  }
  return {};
}

/// Where the carried entity would be if the agent stood at p: in front of it and in sight.
Position carried_position(const World& world, Point p, const Entity& carried) {
  const double distance = world.body().radius + carried.radius + world.max_forward_step;
  const Point q = p + world.body().ahead() * (1.05 * distance);
  return {q.x, std::max(kCameraHeight - carried.height - 0.3, 0.0), q.z};
}

/// Moves the carried entity along to an agent at p; false if something is in its way.
bool carry_along(World& world, Point p) {
  if (!world.carried) return true;
  Entity& carried = world.entities[*world.carried];
  const Position next = carried_position(world, p, carried);
  if (find_obstacle(world, world.carried, next.on_floor(), carried.radius).hit) return false;
  carried.position = next;
  return true;
}

void walk(World& world, double distance) {
  const Entity& agent = world.body();
  const Point ahead = agent.ahead(), right{-ahead.z, ahead.x};
  const Point next = agent.position.on_floor() + ahead * distance + right * world.drift;
  if (find_obstacle(world, world.agent, next, agent.radius).hit) return;
  if (!carry_along(world, next)) return;
  world.body().position.x = next.x;
  world.body().position.z = next.z;
}

void turn(World& world, double degrees) {
  Entity& agent = world.body();
  const double before = agent.direction;
  agent.direction += degrees * (kPi / 180);
  if (!carry_along(world, agent.position.on_floor())) agent.direction = before;
}

void pick_up(World& world) {
  const Entity& agent = world.body();
  const Point reach = agent.position.on_floor() + agent.ahead() * 1.5 * agent.radius;
  const Obstacle found = find_obstacle(world, world.agent, reach, 1.2 * agent.radius);
  if (world.carried || !found.entity || is_fixed(world.entities[*found.entity].kind)) return;
  world.carried = found.entity;
}

void drop(World& world) {
  if (world.carried) world.entities[*world.carried].position.y = 0;
  world.carried.reset();
}

/// A room drawn with probabilities in proportion to the areas.
std::size_t draw_room(World& world) {
  std::vector<double> areas;
  double total = 0;
  for (const Room& room : world.rooms) {
    areas.push_back(area_of(room));
    total += areas.back();
  }
  double sum = 0;
  std::vector<double> cumulative;
  for (const double area : areas) cumulative.push_back(sum += area / total);
  const double drawn = world.rng.uniform(0, 1);
  const auto found = std::ranges::find_if(cumulative, [&](double c) { return c / sum > drawn; });
  return static_cast<std::size_t>(found - cumulative.begin());
}

double draw_direction(World& world) { return world.rng.uniform(-kPi, kPi); }

/// Radius divided by height, as the meshes of Miniworld have it.
double proportion_of(Kind kind) {
  switch (kind) {
    case Kind::kAgent:
      return kAgentRadius / kAgentHeight;
    case Kind::kBox:
      return std::numbers::sqrt2 / 2;  // half the diagonal of its floor
    case Kind::kBall:
      return 0.42512354554184795 / 0.6;
    case Kind::kKey:
    case Kind::kBigKey:
      return 0.42906888751438277 / 0.35;
    case Kind::kMedkit:
      return 0.2520680686990278 / 0.4;
    case Kind::kDuckie:
      return 0.16752581998018987 / 0.25;
    case Kind::kCone:
      return 0.33647290836413973 / 0.75;
    case Kind::kBuilding:
      return 19.197510743149767 / 30;
    case Kind::kPicture:
    case Kind::kSign:
      return 0;
  }
  return 0;
}

}  // namespace

// --- building -----------------------------------------------------------------------------------

Point Entity::ahead() const { return {std::cos(direction), -std::sin(direction)}; }

Entity make_entity(Kind kind, double height, Color color) {
  return {kind, color, proportion_of(kind) * height, height};
}

std::string look_of(const Entity& entity) {
  constexpr std::array kColors{"blue", "green", "grey", "purple", "red", "yellow"};
  constexpr std::array kKinds{"agent",  "box",  "ball",     "key",     "key", "medkit",
                              "duckie", "cone", "building", "picture", "sign"};
  static constexpr std::array kColored{Kind::kBox, Kind::kBall, Kind::kKey, Kind::kBigKey};
  const std::string kind = kKinds[static_cast<std::size_t>(entity.kind)];
  if (std::ranges::count(kColored, entity.kind) == 0) return kind;
  return kColors[static_cast<std::size_t>(entity.color)] + (" " + kind);
}

bool is_fixed(Kind kind) {
  static constexpr std::array kPortable{Kind::kBox,    Kind::kBall,   Kind::kKey,
                                        Kind::kBigKey, Kind::kMedkit, Kind::kDuckie};
  return std::ranges::count(kPortable, kind) == 0;
}

void clear(World& world) {
  World fresh;
  fresh.rng = world.rng;
  world = std::move(fresh);
}

void raise_walls(World& world) { world.walls = wall_segments(world.rooms); }

std::size_t place(World& world, Entity entity, const Where& where) {
  const double r = entity.radius;
  while (true) {
    const Room& room = world.rooms[where.room ? *where.room : draw_room(world)];
    const Bounds b = bounds_of(room);
    const double low_x = where.min_x.value_or(b.min_x), high_x = where.max_x.value_or(b.max_x);
    const double low_z = where.min_z.value_or(b.min_z), high_z = where.max_z.value_or(b.max_z);
    Point p;
    p.x = world.rng.uniform(low_x - r, high_x + r);
    world.rng.uniform(0, 0);  // the height, which is drawn too
    p.z = world.rng.uniform(low_z - r, high_z + r);
    if (is_inside(room, p) && !find_obstacle(world, {}, p, r).hit) {
      return put(world, entity, {p.x, 0, p.z}, where.direction);
    }
  }
}

std::size_t put(World& world, Entity entity, Position position, std::optional<double> direction) {
  entity.position = position;
  entity.direction = direction ? *direction : draw_direction(world);
  world.entities.push_back(entity);
  return world.entities.size() - 1;
}

void place_agent(World& world, const Where& where, double radius) {
  Entity agent = make_entity(Kind::kAgent, kAgentHeight);
  agent.radius = radius;
  world.agent = place(world, agent, where);
}

Entity remove(World& world, std::size_t index) {
  const Entity entity = world.entities[index];
  world.entities.erase(world.entities.begin() + static_cast<std::ptrdiff_t>(index));
  if (world.agent > index) --world.agent;
  if (world.carried == index) world.carried.reset();
  return entity;
}

// --- playing ------------------------------------------------------------------------------------

Outcome step_base(World& world, int action) {
  ++world.step_count;
  switch (action) {
    case kTurnLeft:
      turn(world, world.turn_step);
      break;
    case kTurnRight:
      turn(world, -world.turn_step);
      break;
    case kForward:
      walk(world, world.forward_step);
      break;
    case kBack:
      walk(world, -world.forward_step);
      break;
    case kPickup:
      pick_up(world);
      break;
    case kDrop:
      drop(world);
      break;
    case kToggle:
    case kDone:
      break;
    default:
      throw std::invalid_argument("action " + std::to_string(action) +
                                  " does not exist; Miniworld's actions are 0 to 7");
  }
  if (world.carried) {
    Entity& carried = world.entities[*world.carried];
    carried.position = carried_position(world, world.body().position.on_floor(), carried);
    carried.direction = world.body().direction;
  }
  Outcome outcome;
  outcome.truncated = world.max_steps > 0 && world.step_count >= world.max_steps;
  return outcome;
}

void vary_steps(World& world, const World& usual) {
  const double scale = usual.forward_step / 0.15;  // of the proportions of the usual steps
  world.forward_step = scale * world.rng.uniform(0.12, 0.17);
  world.drift = scale * world.rng.uniform(-0.05, 0.05);
  world.turn_step = usual.turn_step / 15 * world.rng.uniform(10, 20);
}

double success_reward(const World& world) {
  return 1.0 - 0.2 * (static_cast<double>(world.step_count) / world.max_steps);
}

bool are_near(const World& world, const Entity& a, const Entity& b) {
  const Point way = a.position.on_floor() - b.position.on_floor();
  const double height = a.position.y - b.position.y;
  const double distance = std::sqrt(dot(way, way) + height * height);
  return distance < a.radius + b.radius + 1.1 * world.max_forward_step;
}

}  // namespace flowscope::miniworld
