#include "envs/dag.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace flowscope {
namespace {

constexpr int kMostParents = 3, kMostChildren = 5;

enum class Draw : std::uint64_t { kParents, kParent, kStop, kReward };

/// A uniform number in [0, 1) that depends on its arguments alone (the finaliser of SplitMix64).
double uniform(std::uint64_t graph, Draw what, std::uint64_t i, std::uint64_t j = 0) {
  std::uint64_t x = graph;
  for (const std::uint64_t part : {static_cast<std::uint64_t>(what), i, j}) {
    x += 0x9E3779B97F4A7C15ull + part;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    x ^= x >> 31;
  }
  return static_cast<double>(x >> 11) * 0x1.0p-53;
}

int index_of(const std::vector<std::int32_t>& list, std::int32_t wanted) {
  return static_cast<int>(std::find(list.begin(), list.end(), wanted) - list.begin());
}

}  // namespace

Dag::Dag(int width, int rows, std::uint64_t graph, double stopping, double decades)
    : width_(width), nodes_(static_cast<size_t>(width) * static_cast<size_t>(rows)) {
  draw_edges(graph);
  std::vector<int> longest(nodes_.size(), 0);  // most actions from s0
  for (size_t i = 0; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    node.may_stop = node.children.empty() || uniform(graph, Draw::kStop, i) < stopping;
    node.log_reward = -decades * std::numbers::ln10 * uniform(graph, Draw::kReward, i);
    for (const std::int32_t c : node.children) {
      int& there = longest[static_cast<size_t>(c)];
      there = std::max(there, longest[i] + 1);
    }
  }
  const int count = static_cast<int>(nodes_.size());
  spec_.state_length = 1;
  spec_.num_actions = kMostChildren + 1;
  spec_.num_backward_actions = kMostParents;
  spec_.num_features = count;
  spec_.num_active = 1;
  spec_.max_length = *std::max_element(longest.begin(), longest.end()) + 1;  // the last has no child
  spec_.all_terminating =
      std::all_of(nodes_.begin(), nodes_.end(), [](const Node& node) { return node.may_stop; });
}

/// The state before the drawing one has no child yet, so that there is always a parent to be had.
void Dag::draw_edges(std::uint64_t graph) {
  for (size_t i = 1; i < nodes_.size(); ++i) {
    const size_t reach = std::min(i, 2 * static_cast<size_t>(width_));
    const double wanted = 1 + std::floor(kMostParents * uniform(graph, Draw::kParents, i));
    for (size_t j = 0; static_cast<double>(j) < wanted; ++j) {
      const double u = uniform(graph, Draw::kParent, i, j);
      size_t parent = i - 1 - static_cast<size_t>(u * static_cast<double>(reach));
      if (j == 0 && nodes_[parent].children.size() == kMostChildren) parent = i - 1;
      std::vector<std::int32_t>& children = nodes_[parent].children;
      const auto child = static_cast<std::int32_t>(i);
      if (children.size() == kMostChildren || (!children.empty() && children.back() == child)) continue;
      children.push_back(child);
      nodes_[i].parents.push_back(static_cast<std::int32_t>(parent));
    }
  }
}

void Dag::reset(MutableState state) const { state[0] = 0; }

void Dag::apply(MutableState state, int action) const {
  state[0] = at(state).children[static_cast<size_t>(action)];
}

int Dag::undo(MutableState state, int backward_action) const {
  const std::int32_t child = state[0];
  state[0] = at(state).parents[static_cast<size_t>(backward_action)];
  return index_of(at(state).children, child);
}

int Dag::backward_of(StateView state, int action) const {
  const auto child = static_cast<size_t>(at(state).children[static_cast<size_t>(action)]);
  return index_of(nodes_[child].parents, state[0]);
}

void Dag::forward_actions(StateView state, std::span<std::uint8_t> legal) const {
  for (size_t a = 0; a < kMostChildren; ++a) legal[a] = a < at(state).children.size();
  legal[kMostChildren] = at(state).may_stop;
}

void Dag::backward_actions(StateView state, std::span<std::uint8_t> legal) const {
  for (size_t b = 0; b < kMostParents; ++b) legal[b] = b < at(state).parents.size();
}

double Dag::log_reward(StateView state) const { return at(state).log_reward; }

void Dag::features(StateView state, std::span<std::int32_t> active) const { active[0] = state[0]; }

std::vector<MapView> Dag::maps() const {
  return {{"states in rows", width_, static_cast<int>(nodes_.size()) / width_, "place in the row",
           "row", 0}};
}

int Dag::map_cell(int, StateView state) const { return state[0]; }

std::string Dag::label(StateView state) const { return "state " + std::to_string(state[0]); }

std::string Dag::action_name(int action) const {
  return action == spec_.stop_action() ? "stop" : "child " + std::to_string(action + 1);
}

EnvironmentEntry dag_entry() {
  EnvironmentEntry entry;
  entry.name = "dag";
  entry.title = "Random graph";
  entry.about = "Walk along a random acyclic graph: no geometry, several parents, uneven paths";
  entry.params = {
      {.key = "environment.width", .label = "Width", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{10}, .min = 1, .max = 100, .unit = "states",
       .help = "States in a row; edges span at most two rows.", .live = false, .basic = true},
      {.key = "environment.rows", .label = "Rows", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{20}, .min = 1, .max = 100, .help = "Rows of states.",
       .live = false, .basic = true},
      {.key = "environment.graph", .label = "Graph", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{0}, .min = 0, .max = 1e9,
       .help = "Seed of the graph and of its rewards.", .live = false, .basic = true},
      {.key = "environment.stopping", .label = "May stop", .default_value = 0.5, .min = 0, .max = 1,
       .unit = "of states", .help = "Share of inner states in which the walk may stop.",
       .live = false},
      {.key = "reward.decades", .label = "Reward spread", .default_value = 3.0, .min = 0, .max = 12,
       .unit = "decades", .help = "Orders of magnitude between the smallest and largest reward.",
       .basic = true},
  };
  entry.make = [](const Params& p) -> std::shared_ptr<const Environment> {
    const auto integer = [&](const char* key) { return param<std::int64_t>(p, key); };
    return std::make_shared<Dag>(static_cast<int>(integer("environment.width")),
                                 static_cast<int>(integer("environment.rows")),
                                 static_cast<std::uint64_t>(integer("environment.graph")),
                                 param<double>(p, "environment.stopping"),
                                 param<double>(p, "reward.decades"));
  };
  return entry;
}

}  // namespace flowscope
