#include "envs/miniworld/pose_graph.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <stdexcept>
#include <utility>

namespace flowscope::miniworld {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr std::string_view kPrefix = "MiniWorld-", kSuffix = "-v0";

/// Micrometres: lengths that agree to so much are equal.
std::int64_t grain(double meters) { return std::llround(meters * 1e6); }

PoseGraph::Ending ending_of(const Outcome& outcome) {
  if (!outcome.terminated) return PoseGraph::Ending::kNone;
  return outcome.reward > 0 ? PoseGraph::Ending::kSuccess : PoseGraph::Ending::kFailure;
}

/// What cannot be told from where the agent stands: for every thing its place, for the carried one
/// only that it is carried. Things that vanished are not in the list.
std::vector<std::int64_t> arrangement_of(const World& world) {
  std::vector<std::int64_t> key;
  for (std::size_t i = 0; i < world.entities.size(); ++i) {
    if (i == world.agent) continue;
    const Entity& e = world.entities[i];
    const bool carried = world.carried == i;
    const std::int64_t kind = static_cast<int>(e.kind) * kNumColors + static_cast<int>(e.color);
    key.insert(key.end(), {kind, carried, carried ? 0 : grain(e.position.x),
                           carried ? 0 : grain(e.position.z)});
  }
  return key;
}

void write(const PoseGraph::Situation& s, World& world) {
  world.entities = s.entities;
  world.agent = s.agent;
  world.carried = s.carried;
}

/// The search, situation after situation in the order of their distance.
class Search {
 public:
  Search(const Level& level, PoseGraph& graph, int budget)
      : level_(level), graph_(graph), budget_(budget), world_(graph.start) {}

  void run(int depth) {
    find(PoseGraph::Ending::kNone);
    std::size_t layer_end = 1;
    int distance = 0;
    for (std::size_t id = 0; id < graph_.situations.size(); ++id) {
      if (id == layer_end) {
        layer_end = graph_.situations.size();
        ++distance;
      }
      expand(static_cast<int>(id), distance < depth);
    }
    graph_.arrangements = static_cast<int>(arrangements_.size());
  }

 private:
  int heading() const {
    const double turned = (world_.body().direction - graph_.direction_of(0)) / (2 * kPi);
    const auto turns = static_cast<int>(std::llround(turned * graph_.turns));
    return ((turns % graph_.turns) + graph_.turns) % graph_.turns;
  }

  int place() {
    const Point p = world_.body().position.on_floor();
    const auto [entry, fresh] =
        places_.try_emplace({grain(p.x), grain(p.z)}, static_cast<int>(graph_.places.size()));
    if (fresh) graph_.places.push_back(p);
    return entry->second;
  }

  /// The id of the world's situation, a new one if it was not known.
  int find(PoseGraph::Ending ending) {
    const int things =
        arrangements_.try_emplace(arrangement_of(world_), static_cast<int>(arrangements_.size()))
            .first->second;
    PoseGraph::Situation s{world_.entities, world_.agent, world_.carried, ending,
                           place(),         heading(),    things};
    const int count = static_cast<int>(graph_.situations.size());
    const auto [entry, fresh] =
        ids_.try_emplace({s.place, s.heading, s.things, static_cast<int>(ending)}, count);
    if (!fresh) return entry->second;
    if (count == budget_) {
      throw std::invalid_argument("environment.level = " + std::string(level_.id) +
                                  " has more than " + std::to_string(budget_) +
                                  " situations within environment.horizon; give a smaller horizon, "
                                  "or turns of 90 or 60 degrees");
    }
    graph_.situations.push_back(std::move(s));
    return count;
  }

  void expand(int id, bool further) {
    const bool over = graph_.at(id).ending != PoseGraph::Ending::kNone;
    for (int action = 0; action < graph_.num_moves; ++action) {
      int child = -1;
      if (!over && further) {
        write(graph_.at(id), world_);
        world_.step_count = 0;
        const auto rules = level_.at_rest ? level_.at_rest : level_.rules;
        child = find(ending_of(rules(world_, action)));
      }
      graph_.children.push_back(child == id ? -1 : child);
    }
  }

  const Level& level_;
  PoseGraph& graph_;
  int budget_;
  World world_;
  std::map<std::pair<std::int64_t, std::int64_t>, int> places_;
  std::map<std::vector<std::int64_t>, int> arrangements_;
  std::map<std::array<int, 4>, int> ids_;
};

}  // namespace

double PoseGraph::direction_of(int heading) const {
  return start.body().direction + 2 * kPi * heading / turns;
}

World PoseGraph::world(int id) const {
  World at_id = start;
  write(at(id), at_id);
  return at_id;
}

int num_moves(const Level& level) { return std::min<int>(level.num_actions, kToggle); }

std::vector<std::string> short_names() {
  std::vector<std::string> names;
  for (const Level& level : levels()) {
    const std::size_t length = level.id.size() - kPrefix.size() - kSuffix.size();
    names.emplace_back(level.id.substr(kPrefix.size(), length));
  }
  return names;
}

const Level& level_of(const std::string& short_name) {
  return *find_level(std::string(kPrefix) + short_name + std::string(kSuffix));
}

Stride randomize(const Stride& stride, std::uint64_t seed) {
  constexpr std::uint64_t kStream = 0x5eed;  // not the numbers that the layout is made of
  Rng rng(seed ^ kStream);
  Stride drawn = stride;
  drawn.forward = std::min(stride.forward * rng.uniform(0.12, 0.17) / 0.15, kLongestStep);
  std::vector<int> turns;
  for (int turn = 1; turn <= 180; ++turn) {
    if (360 % turn == 0 && 3 * turn >= 2 * stride.turn && 3 * turn <= 4 * stride.turn) {
      turns.push_back(turn);
    }
  }
  drawn.turn = rng.element(turns);
  return drawn;
}

PoseGraph explore(const Level& level, std::uint64_t seed, const Stride& asked, int depth,
                  int budget) {
  const Stride stride = asked.randomized ? randomize(asked, seed) : asked;
  if (stride.turn <= 0 || 360 % stride.turn != 0) {
    throw std::invalid_argument("environment.turn_step = " + std::to_string(stride.turn) +
                                " is not allowed; it must divide a full turn of 360 degrees, for "
                                "example 15, 30, 45, 60 or 90");
  }
  PoseGraph graph;
  graph.num_moves = num_moves(level);
  graph.turns = 360 / stride.turn;
  graph.original = make_world(level, seed);
  if (stride.randomized) graph.original.looks = draw_looks(seed);
  graph.start = graph.original;
  World& world = graph.start;
  world.forward_step = world.max_forward_step = stride.forward;
  world.turn_step = stride.turn;
  if (stride.aligned) {
    const double turn = stride.turn * kPi / 180;
    world.body().direction = turn * std::round(world.body().direction / turn);
  }
  Search(level, graph, budget).run(depth);
  graph.list_arrivals();
  return graph;
}

}  // namespace flowscope::miniworld
