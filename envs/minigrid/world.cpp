#include "envs/minigrid/world.h"

#include <algorithm>
#include <cstdlib>

namespace flowscope::minigrid {
namespace {

/// What a toggle makes of the cell in front.
Cell toggled(const World& world, Cell cell) {
  if (cell.kind == Kind::kBox) return world.contents[cell.id];
  if (cell.kind == Kind::kDoor) {
    const Cell key{Kind::kKey, cell.color};
    if (cell.state == kOpen) {
      cell.state = kClosed;
    } else if (cell.state == kClosed || same_look(world.carrying, key)) {
      cell.state = kOpen;
    }
  }
  return cell;
}

void go_forward(World& world, Outcome& outcome) {
  const Cell front = world.front_cell();
  if (can_walk_over(front)) world.agent = world.front();
  if (front.kind == Kind::kGoal) succeed(world, outcome);
  if (front.kind == Kind::kLava) outcome.terminated = true;
}

}  // namespace

int manhattan_distance(Point a, Point b) { return std::abs(a.x - b.x) + std::abs(a.y - b.y); }

// --- playing ------------------------------------------------------------------------------------

Outcome step_base(World& world, int action) {
  Outcome outcome;
  ++world.step_count;
  Cell& front = world.at(world.front());
  switch (action) {
    case kLeft: world.direction = (world.direction + 3) % 4; break;
    case kRight: world.direction = (world.direction + 1) % 4; break;
    case kForward: go_forward(world, outcome); break;
    case kPickup:
      if (can_pick_up(front) && !world.carries()) std::swap(front, world.carrying);
      break;
    case kDrop:
      if (front.kind == Kind::kEmpty && world.carries()) std::swap(front, world.carrying);
      break;
    case kToggle: front = toggled(world, front); break;
    case kDone: break;
    default:
      throw std::invalid_argument("action " + std::to_string(action) +
                                  " does not exist; Minigrid's actions are 0 to 6");
  }
  outcome.truncated = world.step_count >= world.max_steps;
  return outcome;
}

double success_reward(const World& world) {
  const double share = static_cast<double>(world.step_count) / world.max_steps;
  return 1 - 0.9 * share;
}

void succeed(const World& world, Outcome& outcome) {
  outcome.terminated = true;
  outcome.reward = success_reward(world);
}

// --- building -----------------------------------------------------------------------------------

void clear(World& world, int width, int height) {
  world.width = width;
  world.height = height;
  world.cells.assign(static_cast<std::size_t>(width * height), kEmptyCell);
  world.agent = kNowhere;
  world.direction = -1;
  world.contents.assign(1, kEmptyCell);
}

Cell new_object(World& world, Kind kind, Color color, std::uint8_t state) {
  const std::size_t id = world.contents.size();
  if (id > 255) throw std::length_error("more than 255 objects in one Minigrid world");
  world.contents.push_back(kEmptyCell);
  return {kind, color, state, static_cast<std::uint8_t>(id)};
}

Cell new_door(World& world, Color color, DoorState state) {
  return new_object(world, Kind::kDoor, color, state);
}

std::optional<Point> find_object(const World& world, int id) {
  const auto found = std::ranges::find(world.cells, id, &Cell::id);
  if (found == world.cells.end()) return std::nullopt;
  const auto index = static_cast<int>(found - world.cells.begin());
  return Point{index % world.width, index / world.width};
}

void horizontal_wall(World& world, Point from, int length, Cell cell) {
  for (int i = 0; i < length; ++i) world.at({from.x + i, from.y}) = cell;
}

void vertical_wall(World& world, Point from, int length, Cell cell) {
  for (int i = 0; i < length; ++i) world.at({from.x, from.y + i}) = cell;
}

void wall_around(World& world, Area area) {
  horizontal_wall(world, area.top, area.width);
  horizontal_wall(world, area.top + Point{0, area.height - 1}, area.width);
  vertical_wall(world, area.top, area.height);
  vertical_wall(world, area.top + Point{area.width - 1, 0}, area.height);
}

std::optional<Point> draw_free_cell(World& world, Area area, int max_tries, const Reject& reject) {
  const Point low{std::max(area.top.x, 0), std::max(area.top.y, 0)};
  const Point high{std::min(low.x + area.width, world.width),
                   std::min(low.y + area.height, world.height)};
  for (std::int64_t tries = 0; tries <= max_tries; ++tries) {
    const int x = world.rng.integers(low.x, high.x);
    const Point p{x, world.rng.integers(low.y, high.y)};
    if (world.at(p).kind != Kind::kEmpty || p == world.agent || (reject && reject(p))) continue;
    return p;
  }
  return std::nullopt;
}

Point place_object(World& world, Cell object, Area area, int max_tries, const Reject& reject) {
  const auto p = draw_free_cell(world, area, max_tries, reject);
  if (!p) throw PlacementError("no free cell after " + std::to_string(max_tries) + " tries");
  world.at(*p) = object;
  return *p;
}

void place_agent(World& world, Area area, int max_tries) {
  world.agent = kNowhere;
  world.agent = place_object(world, kEmptyCell, area, max_tries);
  world.direction = world.rng.integers(0, 4);
}

// --- words --------------------------------------------------------------------------------------

const char* name_of(Kind kind) {
  static constexpr std::array kNames{"unseen", "empty", "wall", "floor", "door", "key",
                                     "ball",   "box",   "goal", "lava",  "agent"};
  return kNames[static_cast<std::size_t>(kind)];
}

const char* name_of(Color color) {
  static constexpr std::array kNames{"red", "green", "blue", "purple", "yellow", "grey"};
  return kNames[static_cast<std::size_t>(color)];
}

std::string look_of(Cell object) {
  return std::string(name_of(object.color)) + " " + name_of(object.kind);
}

}  // namespace flowscope::minigrid
