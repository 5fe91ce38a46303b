#include "envs/miniworld/miniworld_env.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <optional>
#include <stdexcept>

namespace flowscope {
namespace {

using miniworld::Entity;
using miniworld::Point;
using miniworld::PoseGraph;

constexpr int kSituationBudget = 100'000;
constexpr double kSame = 1e-6;  // metres: places nearer than this are one

std::string at_text(Point p) {
  char text[48];
  std::snprintf(text, sizeof text, "(%.2f, %.2f)", p.x, p.z);
  return text;
}

void check_spots(const miniworld::World& world, const std::vector<Point>& spots) {
  for (const Point p : spots) {
    const auto inside = [p](const miniworld::Room& room) { return is_inside(room, p); };
    if (std::ranges::any_of(world.rooms, inside)) continue;
    const auto bounds = bounds_of(world.rooms.front());
    throw std::invalid_argument(
        "reward.spots: " + at_text(p) +
        " is in no room; spots are x,z in metres, the first room's " + "middle is " +
        at_text({(bounds.min_x + bounds.max_x) / 2, (bounds.min_z + bounds.max_z) / 2}));
  }
}

bool same_place(const Entity& a, const Entity& b) {
  return std::abs(a.position.x - b.position.x) < kSame &&
         std::abs(a.position.z - b.position.z) < kSame && look_of(a) == look_of(b);
}

/// Where thing i of the start stands among a situation's entities; nowhere if it is gone.
std::optional<size_t> thing_in(const PoseGraph::Situation& s, const std::vector<Entity>& before,
                               size_t i) {
  if (s.entities.size() == before.size()) return i;
  // Where things vanish, all others are where they were.
  const auto found = std::ranges::find_if(
      s.entities, [&](const Entity& other) { return same_place(before[i], other); });
  if (found == s.entities.end()) return {};
  return static_cast<size_t>(found - s.entities.begin());
}

/// What differs from the start, thing by thing.
std::string changes_of(const PoseGraph& graph, const PoseGraph::Situation& s) {
  std::string text;
  const std::vector<Entity>& before = graph.start.entities;
  for (size_t i = 0; i < s.entities.size(); ++i) {
    const Entity& e = s.entities[i];
    const auto stands_still = [&](const Entity& other) { return same_place(e, other); };
    if (s.carried == i) {
      text += ", " + look_of(e) + " carried";
    } else if (i != s.agent && std::ranges::none_of(before, stands_still)) {
      text += ", " + look_of(e) + " at " + at_text(e.position.on_floor());
    }
  }
  if (s.entities.size() == before.size()) return text;
  for (size_t i = 0; i < before.size(); ++i) {
    if (i == graph.start.agent || thing_in(s, before, i)) continue;
    text += ", " + look_of(before[i]) + " of " + at_text(before[i].position.on_floor()) + " gone";
  }
  return text;
}

}  // namespace

MiniworldEnv::MiniworldEnv(const miniworld::Level& level, std::uint64_t seed,
                           const miniworld::Stride& stride, int horizon, bool stop_anywhere,
                           Reward reward)
    : TimedEnvironment({horizon, stop_anywhere, reward.r0, reward.time}),
      level_(level),
      randomized_(stride.randomized),
      graph_(miniworld::explore(level, seed, stride, horizon, kSituationBudget)),
      reward_(std::move(reward)) {
  check_spots(graph_.start, reward_.spots);
  weigh();
  size_map();
  describe_things();
  size_features();
}

/// Modes are the solution, 0, before the painted spots.
MiniworldEnv::Worth MiniworldEnv::worth_of(int id, int distance) const {
  const PoseGraph::Situation& s = graph_.at(id);
  const Point here = s.entities[s.agent].position.on_floor();
  const auto spot = std::ranges::find_if(
      reward_.spots, [&](Point p) { return length(p - here) <= reward_.radius; });
  Worth worth{.ended = s.ending != PoseGraph::Ending::kNone};
  if (graph_.solved(id)) worth.bonus += reward_.success;
  if (distance >= 0) worth.bonus += reward_.near * std::exp(-distance / reward_.reach);
  if (spot != reward_.spots.end()) worth.bonus += reward_.painted;
  if (s.carried) worth.bonus += reward_.carry;
  if (spot != reward_.spots.end() && reward_.painted > 0) {
    worth.mode = 1 + static_cast<int>(spot - reward_.spots.begin());
  }
  if (graph_.solved(id) && reward_.success > 0) worth.mode = 0;
  return worth;
}

void MiniworldEnv::size_map() {
  const auto [min_x, max_x] = std::ranges::minmax(graph_.places, {}, &Point::x);
  const auto [min_z, max_z] = std::ranges::minmax(graph_.places, {}, &Point::z);
  bounds_ = {min_x.x, max_x.x, min_z.z, max_z.z};
  map_width_ = column_of(bounds_.max_x) + 1;
  map_height_ = row_of(bounds_.max_z) + 1;
  coarse_width_ = static_cast<int>(bounds_.max_x - bounds_.min_x) + 1;
  coarse_height_ = static_cast<int>(bounds_.max_z - bounds_.min_z) + 1;
}

void MiniworldEnv::describe_things() {
  if (graph_.arrangements == 1) return;
  const std::vector<Entity>& before = graph_.start.entities;
  things_ = static_cast<int>(before.size()) - 1;
  const auto width = static_cast<size_t>(3 * things_);
  thing_features_.assign(static_cast<size_t>(graph_.arrangements) * width, 0);
  for (const PoseGraph::Situation& s : graph_.situations) {
    auto entry = thing_features_.begin() + static_cast<std::ptrdiff_t>(s.things * 3 * things_);
    for (size_t i = 0; i < before.size(); ++i) {
      if (i == graph_.start.agent) continue;
      const auto found = thing_in(s, before, i);
      const bool lies = found && s.carried != found;
      *entry++ = lies ? 0 : found ? 1 : 2;
      const Point p = lies ? s.entities[*found].position.on_floor() : Point{};
      *entry++ = lies ? coarse_column(p.x) : coarse_width_;
      *entry++ = lies ? coarse_row(p.z) : coarse_height_;
    }
  }
}

int MiniworldEnv::coarse_column(double x) const {
  return std::clamp(static_cast<int>(x - bounds_.min_x), 0, coarse_width_ - 1);
}

int MiniworldEnv::coarse_row(double z) const {
  return std::clamp(static_cast<int>(z - bounds_.min_z), 0, coarse_height_ - 1);
}

/// One of place and heading, place, heading, column and row of a metre, time, ending, arrangement
/// of the things; of every thing how it lies, its column and its row.
void MiniworldEnv::size_features() {
  const auto places = static_cast<int>(graph_.places.size());
  spec_.num_features = places * (graph_.turns + 1) + graph_.turns + coarse_width_ + coarse_height_ +
                       last_time() + 1 + 3 + graph_.arrangements +
                       things_ * (3 + coarse_width_ + 1 + coarse_height_ + 1);
  spec_.num_active = 8 + 3 * things_;
}

void MiniworldEnv::features(StateView state, std::span<std::int32_t> active) const {
  const PoseGraph::Situation& s = graph_.at(state[0]);
  const Point p = graph_.places[static_cast<size_t>(s.place)];
  const auto places = static_cast<int>(graph_.places.size());
  size_t next = 0;
  int offset = 0;
  const auto one_of = [&](int count, int index) {
    active[next++] = offset + index;
    offset += count;
  };
  one_of(places * graph_.turns, s.place * graph_.turns + s.heading);
  one_of(places, s.place);
  one_of(graph_.turns, s.heading);
  one_of(coarse_width_, coarse_column(p.x));
  one_of(coarse_height_, coarse_row(p.z));
  one_of(last_time() + 1, state[1]);
  one_of(3, static_cast<int>(s.ending));
  one_of(graph_.arrangements, s.things);
  auto entry = thing_features_.begin() + static_cast<std::ptrdiff_t>(s.things * 3 * things_);
  for (int i = 0; i < things_; ++i) {
    one_of(3, *entry++);
    one_of(coarse_width_ + 1, *entry++);
    one_of(coarse_height_ + 1, *entry++);
  }
}

// --- pictures and words -------------------------------------------------------------------------

/// Cells are a step wide and begin where the places do; half steps are far from their borders.
int MiniworldEnv::column_of(double x) const {
  return static_cast<int>(std::floor((x - bounds_.min_x) / graph_.start.forward_step + 0.25));
}

int MiniworldEnv::row_of(double z) const {
  return static_cast<int>(std::floor((z - bounds_.min_z) / graph_.start.forward_step + 0.25));
}

std::vector<MapView> MiniworldEnv::maps() const {
  return {{.name = "position",
           .width = map_width_,
           .height = map_height_,
           .x_label = "steps to the right",
           .y_label = "steps up",
           .gaps = true}};
}

int MiniworldEnv::map_cell(int, StateView state) const {
  const Point p = graph_.places[static_cast<size_t>(graph_.at(state[0]).place)];
  return (map_height_ - 1 - row_of(p.z)) * map_width_ + column_of(p.x);
}

std::string MiniworldEnv::label(StateView state) const {
  const PoseGraph::Situation& s = graph_.at(state[0]);
  const double degrees = graph_.direction_of(s.heading) * 180 / std::numbers::pi;
  const auto whole = static_cast<int>(std::lround(degrees));
  constexpr std::array kEndings{"", ", failed", ", solved"};
  return at_text(graph_.places[static_cast<size_t>(s.place)]) + " " +
         std::to_string(((whole % 360) + 360) % 360) + "°, t " + std::to_string(state[1]) +
         changes_of(graph_, s) + kEndings[static_cast<size_t>(s.ending)];
}

std::string MiniworldEnv::action_name(int action) const {
  if (action == spec_.stop_action()) return "stop";
  constexpr std::array kNames{"left", "right", "forward", "back", "pick up", "drop"};
  return kNames[static_cast<size_t>(action)];
}

std::vector<MiniworldEnv::Spot> MiniworldEnv::painted() const {
  std::vector<Spot> spots;
  for (const Point p : reward_.spots) spots.push_back({p.x, p.z, reward_.radius});
  return spots;
}

std::string MiniworldEnv::carried(int situation) const {
  const PoseGraph::Situation& s = graph_.at(situation);
  return s.carried ? look_of(s.entities[*s.carried]) : "";
}

miniworld::World MiniworldEnv::world(StateView state) const {
  miniworld::World world = graph_.world(state[0]);
  world.step_count = state[1];
  return world;
}

miniworld::World MiniworldEnv::free_world(StateView state) const {
  miniworld::World world = graph_.world(state[0]);
  world.forward_step = graph_.original.forward_step;
  world.max_forward_step = graph_.original.max_forward_step;
  world.turn_step = graph_.original.turn_step;
  return world;
}

miniworld::Outcome MiniworldEnv::free_step(miniworld::World& world, int action) const {
  if (randomized_) vary_steps(world, graph_.original);
  return level_.rules(world, action);
}

}  // namespace flowscope
