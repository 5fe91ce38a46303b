// The world of Minigrid (Chevalier-Boisvert et al. 2023, "Minigrid & Miniworld: Modular &
// Customizable Reinforcement Learning Environments for Goal-Oriented Tasks", arXiv 2306.13831) as
// plain data and the functions that move it: equal to Farama Minigrid 3.1.0 cell for cell, draw for
// draw, reward bit for bit.
//
// x grows to the right, y downwards; cells are stored row by row.
#pragma once

#include <any>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "envs/minigrid/rng.h"

namespace flowscope::minigrid {

/// What a cell holds; the numbers are those of observations.
enum class Kind : std::uint8_t {
  kUnseen, kEmpty, kWall, kFloor, kDoor, kKey, kBall, kBox, kGoal, kLava, kAgent
};

enum class Color : std::uint8_t { kRed, kGreen, kBlue, kPurple, kYellow, kGrey };

/// The order in which random colours are drawn: that of their names.
inline constexpr std::array kColors{Color::kBlue,   Color::kGreen, Color::kGrey,
                                    Color::kPurple, Color::kRed,   Color::kYellow};

/// The order in which kinds of things are drawn where all three may be.
inline constexpr std::array kThings{Kind::kKey, Kind::kBall, Kind::kBox};

enum DoorState : std::uint8_t { kOpen, kClosed, kLocked };

enum Action { kLeft, kRight, kForward, kPickup, kDrop, kToggle, kDone };
inline constexpr int kNumActions = 7;

/// A cell and what is in it. The first three bytes are its encoding in an observation.
struct Cell {
  Kind kind = Kind::kEmpty;
  Color color = Color::kRed;
  std::uint8_t state = 0;  // of doors
  std::uint8_t id = 0;     // which object it is, where rules tell equal ones apart; 0: nobody asks

  bool operator==(const Cell&) const = default;
};

inline constexpr Cell kEmptyCell{};
inline constexpr Cell kUnseenCell{Kind::kUnseen, Color::kRed};
inline constexpr Cell kWallCell{Kind::kWall, Color::kGrey};
inline constexpr Cell kGoalCell{Kind::kGoal, Color::kGreen};
inline constexpr Cell kLavaCell{Kind::kLava, Color::kRed};

inline bool same_look(Cell a, Cell b) { return a.kind == b.kind && a.color == b.color; }
inline bool is_open_door(Cell c) { return c.kind == Kind::kDoor && c.state == kOpen; }
inline bool can_walk_over(Cell c) {
  return c.kind == Kind::kEmpty || c.kind == Kind::kFloor || c.kind == Kind::kGoal ||
         c.kind == Kind::kLava || is_open_door(c);
}
inline bool can_pick_up(Cell c) {
  return c.kind == Kind::kKey || c.kind == Kind::kBall || c.kind == Kind::kBox;
}
inline bool blocks_sight(Cell c) {
  return c.kind == Kind::kWall || (c.kind == Kind::kDoor && c.state != kOpen);
}

struct Point {
  int x = 0, y = 0;

  bool operator==(const Point&) const = default;
  Point operator+(Point o) const { return {x + o.x, y + o.y}; }
  Point operator-(Point o) const { return {x - o.x, y - o.y}; }
};

inline constexpr Point kNowhere{-1, -1};

int manhattan_distance(Point a, Point b);

/// The step in direction 0 right, 1 down, 2 left, 3 up.
inline constexpr std::array<Point, 4> kSteps{Point{1, 0}, Point{0, 1}, Point{-1, 0}, Point{0, -1}};

/// A rectangle of cells.
struct Area {
  Point top;
  int width = 0, height = 0;

  bool contains(Point p) const {
    return p.x >= top.x && p.y >= top.y && p.x < top.x + width && p.y < top.y + height;
  }
};

/// Everything that changes while a world is played, and the generator it came from.
struct World {
  int width = 0, height = 0;
  std::vector<Cell> cells;  // [height, width]
  Point agent = kNowhere;
  int direction = -1;
  Cell carrying;  // kEmpty: the hands are empty
  int step_count = 0, max_steps = 0;
  bool see_through_walls = false;
  std::string mission;
  std::vector<Cell> contents = {{}};  // [1 + objects] by id: what a box holds; [0] is nobody's
  std::any task;                      // what the level's rules remember, of a type of their own
  Rng rng;

  Cell& at(Point p) { return cells[static_cast<std::size_t>(p.y * width + p.x)]; }
  const Cell& at(Point p) const { return cells[static_cast<std::size_t>(p.y * width + p.x)]; }
  bool inside(Point p) const { return p.x >= 0 && p.y >= 0 && p.x < width && p.y < height; }
  Area area() const { return {{0, 0}, width, height}; }
  Point front() const { return agent + kSteps[static_cast<std::size_t>(direction)]; }
  const Cell& front_cell() const { return at(front()); }
  bool carries() const { return carrying.kind != Kind::kEmpty; }
};

// --- playing ------------------------------------------------------------------------------------

struct Outcome {
  double reward = 0;
  bool terminated = false;  // the task ended
  bool truncated = false;   // step_count reached max_steps; both may be
};

/// One step by the rules that all levels share. Throws std::invalid_argument for an action that
/// does not exist.
Outcome step_base(World& world, int action);

/// The reward of a success at this moment: 1 - 0.9 step_count / max_steps, in that order.
double success_reward(const World& world);

/// Ends the episode with success, as many levels do.
void succeed(const World& world, Outcome& outcome);

// --- building -----------------------------------------------------------------------------------

/// An empty world of that size, all that an earlier one left behind cleared but the generator and
/// the task.
void clear(World& world, int width, int height);

/// An object that can be told from all others of its look; boxes are made empty.
Cell new_object(World& world, Kind kind, Color color, std::uint8_t state = 0);
Cell new_door(World& world, Color color, DoorState state);

/// Where the object with that id lies in the grid.
std::optional<Point> find_object(const World& world, int id);

void horizontal_wall(World& world, Point from, int length, Cell cell = kWallCell);
void vertical_wall(World& world, Point from, int length, Cell cell = kWallCell);
/// The outline of an area.
void wall_around(World& world, Area area);

/// A limit of rejected draws was reached: the world under construction must be given up.
struct PlacementError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr int kNoLimit = std::numeric_limits<int>::max();
using Reject = std::function<bool(Point)>;

/// Draws x and y in the area until the cell is empty, not under the agent and not rejected.
/// Nothing after max_tries + 1 draws that were.
std::optional<Point> draw_free_cell(World& world, Area area, int max_tries = kNoLimit,
                                    const Reject& reject = {});

/// Puts the object there. Throws PlacementError when no place is found.
Point place_object(World& world, Cell object, Area area, int max_tries = kNoLimit,
                   const Reject& reject = {});

/// Puts the agent on an empty cell and turns it at random.
void place_agent(World& world, Area area, int max_tries = kNoLimit);

// --- seeing -------------------------------------------------------------------------------------

inline constexpr int kView = 7;  // cells along a side of the agent's view

/// What the agent sees: [column][row][object, colour, state]; it stands in the middle of the last
/// row and looks towards row 0.
using Image = std::array<std::uint8_t, kView * kView * 3>;

void observe(const World& world, Image& image);

// --- words --------------------------------------------------------------------------------------

const char* name_of(Kind kind);
const char* name_of(Color color);

/// "red ball"
std::string look_of(Cell object);

}  // namespace flowscope::minigrid
