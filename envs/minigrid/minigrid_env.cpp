#include "envs/minigrid/minigrid_env.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace flowscope {
namespace {

using minigrid::kNumMoves;
using minigrid::LevelGraph;
using minigrid::Point;

constexpr int kSituationBudget = 300'000;
constexpr std::array kHeadings{"right", "down", "left", "up"};

/// Fewest actions from every situation to one that solves the task; -1 where there is no way.
std::vector<int> distances(const LevelGraph& graph) {
  std::vector<int> distance(static_cast<size_t>(graph.size()), -1);
  std::vector<std::int32_t> queue;
  for (int id = 0; id < graph.size(); ++id) {
    if (!graph.solved(id)) continue;
    distance[static_cast<size_t>(id)] = 0;
    queue.push_back(id);
  }
  for (size_t head = 0; head < queue.size(); ++head) {
    for (const LevelGraph::Arrival& a : graph.arrivals_at(queue[head])) {
      int& there = distance[static_cast<size_t>(a.parent)];
      if (there >= 0) continue;
      there = distance[static_cast<size_t>(queue[head])] + 1;
      queue.push_back(a.parent);
    }
  }
  return distance;
}

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

}  // namespace

MinigridEnv::MinigridEnv(const minigrid::Level& level, std::uint64_t seed, int horizon,
                         bool stop_anywhere, Reward reward)
    : graph_(minigrid::explore(level, seed, horizon, kSituationBudget)),
      horizon_(horizon),
      stop_anywhere_(stop_anywhere),
      reward_(std::move(reward)) {
  if (!(reward_.r0 > 0)) {
    throw std::invalid_argument(
        "reward.r0 = 0 leaves endings with reward 0, whose log R is not finite; give reward.r0 a "
        "positive value, for example 1e-3");
  }
  check_painted(graph_.start, reward_.cells);
  find_reachable();
  number_backward_actions();
  weigh(distances(graph_));
  find_modes();
  spec_.state_length = 2;  // situation, time
  spec_.num_actions = kNumMoves + 1;
  spec_.max_length = horizon + 1;
  spec_.all_terminating = stop_anywhere;
  size_features();
}

// --- what is made once --------------------------------------------------------------------------

void MinigridEnv::find_reachable() {
  const auto n = static_cast<size_t>(graph_.size());
  reached_.assign(n * static_cast<size_t>(horizon_ + 1), false);
  reached_[0] = true;
  for (int t = 0; t < horizon_; ++t) {
    for (int id = 0; id < graph_.size(); ++id) {
      if (!reached(id, t)) continue;
      for (int a = 0; a < kNumMoves; ++a) {
        const int child = graph_.child(id, a);
        if (child < 0) continue;
        reached_[static_cast<size_t>(t + 1) * n + static_cast<size_t>(child)] = true;
      }
    }
  }
}

/// A backward action is a forward one and a rank: an open door, for one, may have been closed
/// before or locked. Only those that occur are numbered.
void MinigridEnv::number_backward_actions() {
  for (const Arrival& a : graph_.arrivals) {
    const auto key = static_cast<size_t>(a.rank * kNumMoves + a.action);
    if (key >= backward_actions_.size()) backward_actions_.resize(key + 1, -1);
    backward_actions_[key] = 0;
  }
  std::int16_t count = 0;
  for (std::int16_t& b : backward_actions_) {
    if (b == 0) b = count++;
  }
  spec_.num_backward_actions = count;
}

void MinigridEnv::weigh(const std::vector<int>& distance) {
  for (int id = 0; id < graph_.size(); ++id) {
    const auto situation = graph_.situation(id);
    const int d = distance[static_cast<size_t>(id)];
    const auto places = situation.subspan(3, graph_.things.size());
    const auto doors = situation.subspan(3 + graph_.things.size());
    double bonus = 0;
    if (graph_.solved(id)) bonus += reward_.success;
    if (d >= 0) bonus += reward_.near * std::exp(-d / reward_.reach);
    if (std::ranges::count(reward_.cells, graph_.agent(id))) bonus += reward_.painted;
    if (std::ranges::count(places, LevelGraph::kCarried)) bonus += reward_.carry;
    if (!doors.empty()) {
      bonus += reward_.doors * static_cast<double>(std::ranges::count(doors, minigrid::kOpen)) /
               static_cast<double>(doors.size());
    }
    bonus_.push_back(bonus);
  }
}

/// Modes are numbered among those that can be reached.
void MinigridEnv::find_modes() {
  const size_t solved = 0;  // before the painted cells
  std::vector<int> number(1 + reward_.cells.size(), -1);
  for (int id = 0; id < graph_.size(); ++id) {
    const auto painted = std::ranges::find(reward_.cells, graph_.agent(id));
    int key = -1;
    if (reward_.painted > 0 && painted != reward_.cells.end()) {
      key = 1 + static_cast<int>(painted - reward_.cells.begin());
    }
    if (reward_.success > 0 && graph_.solved(id)) key = static_cast<int>(solved);
    mode_.push_back(key);
    if (key >= 0) number[static_cast<size_t>(key)] = 0;
  }
  for (int& n : number) {
    if (n == 0) n = num_modes_++;
  }
  for (std::int32_t& mode : mode_) {
    if (mode >= 0) mode = number[static_cast<size_t>(mode)];
  }
}

/// One of cell and heading, cell, time, ending; of every thing its place; of every door its state.
void MinigridEnv::size_features() {
  const int cells = graph_.start.width * graph_.start.height;
  const auto things = static_cast<int>(graph_.things.size());
  const auto doors = static_cast<int>(graph_.doors.size());
  spec_.num_features = 5 * cells + horizon_ + 1 + 3 + things * (cells + 2) + doors * 3;
  spec_.num_active = 4 + things + doors;
}

// --- the process --------------------------------------------------------------------------------

bool MinigridEnv::reached(int situation, int time) const {
  return reached_[static_cast<size_t>(time) * static_cast<size_t>(graph_.size()) +
                  static_cast<size_t>(situation)];
}

bool MinigridEnv::over(StateView state) const {
  return state[1] == horizon_ || graph_.ending(state[0]) != LevelGraph::Ending::kNone;
}

void MinigridEnv::reset(MutableState state) const { state[0] = state[1] = 0; }

void MinigridEnv::apply(MutableState state, int action) const {
  state[0] = graph_.child(state[0], action);
  ++state[1];
}

int MinigridEnv::backward_action(const Arrival& a) const {
  return backward_actions_[static_cast<size_t>(a.rank * kNumMoves + a.action)];
}

const MinigridEnv::Arrival& MinigridEnv::arrival(int situation, int wanted) const {
  return *std::ranges::find_if(graph_.arrivals_at(situation), [&](const Arrival& a) {
    return backward_action(a) == wanted;
  });
}

int MinigridEnv::undo(MutableState state, int backward_action) const {
  const Arrival& a = arrival(state[0], backward_action);
  state[0] = a.parent;
  --state[1];
  return a.action;
}

int MinigridEnv::backward_of(StateView state, int action) const {
  const auto arrivals = graph_.arrivals_at(graph_.child(state[0], action));
  return backward_action(*std::ranges::find_if(arrivals, [&](const Arrival& a) {
    return a.parent == state[0] && a.action == action;
  }));
}

void MinigridEnv::forward_actions(StateView state, std::span<std::uint8_t> legal) const {
  const bool ends = over(state);
  for (int a = 0; a < kNumMoves; ++a) {
    legal[static_cast<size_t>(a)] = !ends && graph_.child(state[0], a) >= 0;
  }
  legal[kNumMoves] = ends || stop_anywhere_;
}

void MinigridEnv::backward_actions(StateView state, std::span<std::uint8_t> legal) const {
  std::ranges::fill(legal, std::uint8_t{0});
  if (state[1] == 0) return;
  for (const Arrival& a : graph_.arrivals_at(state[0])) {
    if (reached(a.parent, state[1] - 1)) legal[static_cast<size_t>(backward_action(a))] = 1;
  }
}

double MinigridEnv::log_reward(StateView state) const {
  const double left = 1 - reward_.time * state[1] / horizon_;
  return std::log(reward_.r0 + left * bonus_[static_cast<size_t>(state[0])]);
}

int MinigridEnv::mode_of(StateView state) const { return mode_[static_cast<size_t>(state[0])]; }

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
  one_of(horizon_ + 1, state[1]);
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
                     kHeadings[static_cast<size_t>(situation[1])] + ", t " +
                     std::to_string(state[1]);
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

minigrid::World MinigridEnv::world(StateView state) const {
  minigrid::World world = graph_.world(state[0]);
  world.step_count = state[1];
  return world;
}

}  // namespace flowscope
