#include "envs/minigrid/level_graph.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>

namespace flowscope::minigrid {
namespace {

using Situation = std::vector<std::int32_t>;

struct SituationHash {
  std::size_t operator()(const Situation& situation) const {
    std::uint64_t h = 0xcbf29ce484222325ull;
    for (const std::int32_t v : situation) {
      h = (h ^ static_cast<std::uint32_t>(v)) * 0x9e3779b97f4a7c15ull;
      h ^= h >> 29;
    }
    return h;
  }
};

int index_of(const World& world, Point p) { return p.y * world.width + p.x; }

/// What can be carried, in the grid and in boxes, and the doors.
void list_things(LevelGraph& graph) {
  const World& world = graph.start;
  for (int y = 0; y < world.height; ++y) {
    for (int x = 0; x < world.width; ++x) {
      const Cell cell = world.at({x, y});
      if (cell.kind == Kind::kDoor) graph.doors.push_back({x, y});
      if (can_pick_up(cell)) graph.things.push_back(cell);
    }
  }
  if (world.carries()) graph.things.push_back(world.carrying);
  for (const Cell hidden : world.contents) {
    if (can_pick_up(hidden)) graph.things.push_back(hidden);
  }
}

Situation read(const LevelGraph& graph, const World& world, LevelGraph::Ending ending) {
  std::array<std::int32_t, 256> place;  // by the id of an object
  place.fill(LevelGraph::kGone);
  for (std::size_t i = 0; i < world.cells.size(); ++i) {
    place[world.cells[i].id] = static_cast<std::int32_t>(i);
  }
  if (world.carries()) place[world.carrying.id] = LevelGraph::kCarried;
  Situation s{index_of(world, world.agent), world.direction, static_cast<std::int32_t>(ending)};
  for (const Cell thing : graph.things) s.push_back(place[thing.id]);
  for (const Point door : graph.doors) s.push_back(world.at(door).state);
  return s;
}

/// Makes the world what the situation says; only what can change is touched.
void write(const LevelGraph& graph, std::span<const std::int32_t> s, World& world) {
  world.cells = graph.start.cells;
  for (Cell& cell : world.cells) {
    if (can_pick_up(cell)) cell = kEmptyCell;
  }
  world.agent = {s[0] % world.width, s[0] / world.width};
  world.direction = s[1];
  world.carrying = kEmptyCell;
  std::size_t k = 3;
  for (const Cell thing : graph.things) {
    const int place = s[k++];
    if (place == LevelGraph::kCarried) world.carrying = thing;
    if (place >= 0) world.cells[static_cast<std::size_t>(place)] = thing;
  }
  for (const Point door : graph.doors) world.at(door).state = static_cast<std::uint8_t>(s[k++]);
}

LevelGraph::Ending ending_of(const Outcome& outcome) {
  if (!outcome.terminated) return LevelGraph::Ending::kNone;
  return outcome.reward > 0 ? LevelGraph::Ending::kSuccess : LevelGraph::Ending::kFailure;
}

/// The search, situation after situation in the order of their distance.
class Search {
 public:
  Search(const Level& level, LevelGraph& graph, int budget)
      : level_(level), graph_(graph), budget_(budget), world_(graph.start) {
    world_.max_steps = std::numeric_limits<int>::max();
  }

  void run(int depth) {
    find(read(graph_, graph_.start, LevelGraph::Ending::kNone));
    int layer_end = 1;
    for (int id = 0, distance = 0; id < count_; ++id) {
      if (id == layer_end) {
        layer_end = count_;
        ++distance;
      }
      expand(id, distance < depth);
    }
  }

 private:
  /// The id of a situation, a new one if it was not known.
  int find(const Situation& s) {
    const auto [entry, fresh] = ids_.try_emplace(s, count_);
    if (!fresh) return entry->second;
    if (++count_ > budget_) {
      throw std::invalid_argument("environment.level = " + std::string(level_.id) +
                                  " has more than " + std::to_string(budget_) +
                                  " situations within environment.horizon; give a smaller horizon");
    }
    graph_.situations.insert(graph_.situations.end(), s.begin(), s.end());
    return entry->second;
  }

  void expand(int id, bool further) {
    const auto view = graph_.situation(id);
    const Situation here(view.begin(), view.end());  // find() may move the storage
    const bool over = graph_.ending(id) != LevelGraph::Ending::kNone;
    graph_.done_succeeds.push_back(!over && play(here, kDone).reward > 0);
    for (int action = 0; action < kNumMoves; ++action) {
      int child = -1;
      if (!over && further) {
        const Outcome outcome = play(here, action);
        const Situation next = read(graph_, world_, ending_of(outcome));
        if (next != here) child = find(next);
      }
      graph_.children.push_back(child);
    }
  }

  Outcome play(const Situation& here, int action) {
    write(graph_, here, world_);
    if (graph_.start.task.has_value()) world_.task = graph_.start.task;  // nothing is remembered
    world_.step_count = 0;
    return level_.at_rest ? level_.at_rest(world_, action) : step(level_, world_, action);
  }

  const Level& level_;
  LevelGraph& graph_;
  int budget_;
  World world_;
  std::unordered_map<Situation, int, SituationHash> ids_;
  int count_ = 0;
};

}  // namespace

World LevelGraph::world(int id) const {
  World at = start;
  write(*this, situation(id), at);
  return at;
}

bool explorable(const Level& level) {
  // Put-next looks at what was carried before; orders of tasks, and grammars that may draw one,
  // at which are done.
  constexpr std::array kMore{"PutNext", "MoveTwo", "TwoDoors", "OpenRedBlue",
                             "Order",   "Seq",     "Synth",    "Boss"};
  return std::ranges::none_of(kMore, [&](std::string_view more) {
    return level.id.find(more) != std::string_view::npos;
  });
}

LevelGraph explore(const Level& level, std::uint64_t seed, int depth, int budget) {
  LevelGraph graph;
  graph.num_moves = kNumMoves;
  graph.start = make_world(level, seed);
  list_things(graph);
  Search(level, graph, budget).run(depth);
  graph.list_arrivals();
  return graph;
}

}  // namespace flowscope::minigrid
