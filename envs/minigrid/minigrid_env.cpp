#include "envs/minigrid/minigrid_env.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace flowscope {
namespace {

using minigrid::kNumMoves;
using minigrid::LevelGraph;
using minigrid::look_of;
using minigrid::name_of;
using minigrid::Point;

constexpr int kSituationBudget = 300'000;
constexpr std::array kHeadings{"right", "down", "left", "up"};

std::string at_text(Point p) {
  return "(" + std::to_string(p.x) + ", " + std::to_string(p.y) + ")";
}

void check_painted(const minigrid::World& world, const std::vector<Point>& cells) {
  for (const Point p : cells) {
    if (!world.inside(p) || world.at(p).kind == minigrid::Kind::kWall) {
      throw std::invalid_argument("reward.cells: " + at_text(p) +
                                  " is no floor; cells are x,y inside the walls of a world of " +
                                  std::to_string(world.width) + " by " +
                                  std::to_string(world.height));
    }
  }
}

bool looks_like(const MinigridEnv::Goal& goal, minigrid::Cell cell) {
  return cell.kind == goal.kind && (!goal.color || cell.color == *goal.color);
}

void check_goals(const LevelGraph& graph, const std::vector<MinigridEnv::Goal>& goals) {
  std::vector<minigrid::Cell> there = graph.things;
  for (const Point door : graph.doors) there.push_back(graph.start.at(door));
  std::string looks;
  for (const minigrid::Cell cell : there) looks += (looks.empty() ? "" : ", ") + look_of(cell);
  for (const MinigridEnv::Goal& goal : goals) {
    const auto fits = [&](minigrid::Cell cell) { return looks_like(goal, cell); };
    if (std::ranges::any_of(there, fits)) continue;
    throw std::invalid_argument("reward.goals: no " +
                                (goal.color ? look_of({goal.kind, *goal.color})
                                            : std::string(name_of(goal.kind))) +
                                " is in this world; " +
                                (looks.empty() ? "there is nothing" : "there are " + looks));
  }
}

}  // namespace

MinigridEnv::MinigridEnv(const minigrid::Level& level, std::uint64_t seed, Episode episode,
                         Reward reward)
    : TimedEnvironment({episode.horizon, episode.stop_anywhere, reward.r0, reward.time, episode.time}),
      level_(level),
      graph_(minigrid::explore(level, seed, episode.time ? episode.horizon : minigrid::kNoLimit,
                               kSituationBudget)),
      reward_(std::move(reward)),
      time_(episode.time) {
  check_painted(graph_.start, reward_.cells);
  check_goals(graph_, reward_.goals);
  weigh();
  size_features();
}

/// In the hands, or if it is a door in front.
bool MinigridEnv::reached(const Goal& goal, int id) const {
  const auto situation = graph_.situation(id);
  const auto places = situation.subspan(3, graph_.things.size());
  for (size_t k = 0; k < places.size(); ++k) {
    if (places[k] == LevelGraph::kCarried && looks_like(goal, graph_.things[k])) return true;
  }
  const Point front = graph_.agent(id) + minigrid::kSteps[static_cast<size_t>(situation[1])];
  return goal.kind == minigrid::Kind::kDoor && looks_like(goal, graph_.start.at(front));
}

/// Modes are the solution, 0, before the painted cells and the goals.
MinigridEnv::Worth MinigridEnv::worth_of(int id, int distance) const {
  const auto situation = graph_.situation(id);
  const auto places = situation.subspan(3, graph_.things.size());
  const auto doors = situation.subspan(3 + graph_.things.size());
  const auto painted = std::ranges::find(reward_.cells, graph_.agent(id));
  const bool on_paint = painted != reward_.cells.end();
  Worth worth{.ended = graph_.ending(id) != LevelGraph::Ending::kNone};
  if (graph_.solved(id)) worth.bonus += reward_.success;
  if (distance >= 0) worth.bonus += reward_.near * std::exp(-distance / reward_.reach);
  if (on_paint) worth.bonus += reward_.painted;
  if (std::ranges::count(places, LevelGraph::kCarried)) worth.bonus += reward_.carry;
  if (!doors.empty()) {
    worth.bonus += reward_.doors * static_cast<double>(std::ranges::count(doors, minigrid::kOpen)) /
                   static_cast<double>(doors.size());
  }
  if (on_paint && reward_.painted > 0) {
    worth.mode = 1 + static_cast<int>(painted - reward_.cells.begin());
  }
  for (size_t g = reward_.goals.size(); g-- > 0;) {
    if (!reached(reward_.goals[g], id)) continue;
    worth.bonus += reward_.reached;
    if (reward_.reached > 0) worth.mode = 1 + static_cast<int>(reward_.cells.size() + g);
  }
  if (graph_.solved(id) && reward_.success > 0) worth.mode = 0;
  return worth;
}

/// One of cell and heading, cell, time, ending; of every thing its place; of every door its state.
void MinigridEnv::size_features() {
  const int cells = graph_.start.width * graph_.start.height;
  const auto things = static_cast<int>(graph_.things.size());
  const auto doors = static_cast<int>(graph_.doors.size());
  spec_.num_features = 5 * cells + last_time() + 1 + 3 + things * (cells + 2) + doors * 3;
  spec_.num_active = 4 + things + doors;
}

void MinigridEnv::features(StateView state, std::span<std::int32_t> active) const {
  const auto situation = graph_.situation(state[0]);
  const int cells = graph_.start.width * graph_.start.height;
  size_t next = 0;
  int offset = 0;
  const auto one_of = [&](int count, int index) {
    active[next++] = offset + index;
    offset += count;
  };
  one_of(4 * cells, 4 * situation[0] + situation[1]);
  one_of(cells, situation[0]);
  one_of(last_time() + 1, state[1]);
  one_of(3, situation[2]);
  const size_t doors = 3 + graph_.things.size();
  for (size_t k = 3; k < doors; ++k) one_of(cells + 2, situation[k] - LevelGraph::kGone);
  for (size_t k = doors; k < situation.size(); ++k) one_of(3, situation[k]);
}

// --- pictures and words -------------------------------------------------------------------------

std::vector<MapView> MinigridEnv::maps() const {
  // Without the outer walls.
  const int width = graph_.start.width - 2, height = graph_.start.height - 2;
  const MapView position{.name = "position", .width = width, .height = height,
                         .x_label = "column", .y_label = "row from below", .gaps = true};
  MapView heading = position;
  heading.name = "position and heading";
  heading.width *= 2;
  heading.height *= 2;
  heading.block = 2;
  return {position, heading};
}

int MinigridEnv::map_cell(int map, StateView state) const {
  const Point p = graph_.agent(state[0]);
  const int width = graph_.start.width - 2, height = graph_.start.height - 2;
  const int x = p.x - 1, y = height - p.y;  // y upwards
  if (map == 0) return y * width + x;
  // Up and right above, left and down below.
  constexpr std::array<Point, 4> kCorner{Point{1, 1}, {1, 0}, {0, 0}, {0, 1}};
  const Point corner = kCorner[static_cast<size_t>(graph_.situation(state[0])[1])];
  return (2 * y + corner.y) * 2 * width + 2 * x + corner.x;
}

std::string MinigridEnv::label(StateView state) const {
  const auto situation = graph_.situation(state[0]);
  std::string text = at_text(graph_.agent(state[0])) + " " +
                     kHeadings[static_cast<size_t>(situation[1])];
  if (time_) text += ", t " + std::to_string(state[1]);
  if (!time_ && state[1] == 0) text += ", at first";
  size_t k = 3;
  for (const minigrid::Cell thing : graph_.things) {
    const int place = situation[k++];
    const int width = graph_.start.width;
    text += ", " + look_of(thing) +
            (place == LevelGraph::kCarried ? " carried"
             : place == LevelGraph::kGone  ? " out of sight"
                                           : " at " + at_text({place % width, place / width}));
  }
  constexpr std::array kStates{"open", "closed", "locked"};
  for (const Point door : graph_.doors) {
    text += ", door " + at_text(door) + " " + kStates[static_cast<size_t>(situation[k++])];
  }
  constexpr std::array kEndings{"", ", failed", ", solved"};
  return text + kEndings[static_cast<size_t>(graph_.ending(state[0]))];
}

std::string MinigridEnv::action_name(int action) const {
  constexpr std::array kNames{"left", "right", "forward", "pick up", "drop", "toggle", "stop"};
  return kNames[static_cast<size_t>(action)];
}

std::vector<MinigridEnv::Spot> MinigridEnv::painted() const {
  std::vector<Spot> spots;
  for (const Point p : reward_.cells) spots.push_back({p.x + 0.5, p.y + 0.5, 0.5});
  return spots;
}

std::string MinigridEnv::carried(int situation) const {
  const minigrid::World world = graph_.world(situation);
  return world.carries() ? look_of(world.carrying) : "";
}

minigrid::World MinigridEnv::world(StateView state) const {
  minigrid::World world = graph_.world(state[0]);
  if (time_) world.step_count = state[1];
  return world;
}

}  // namespace flowscope
