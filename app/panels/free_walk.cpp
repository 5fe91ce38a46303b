#include "app/panels/free_walk.h"

#include <algorithm>
#include <cmath>

namespace flowscope {
namespace {

constexpr double kPace = 2;          // metres a second
constexpr double kCellStride = 0.2;  // seconds for a cell

/// Both number their actions in this order; Minigrid has no step back.
constexpr std::string_view kMiniworldActions[] = {"left",    "right", "forward", "back",
                                                  "pick up", "drop",  "toggle",  "stop"};
constexpr std::string_view kMinigridActions[] = {"left", "right",  "forward", "pick up",
                                                 "drop", "toggle", "stop"};

template <class Names>
int action_of(const Names& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  return found == std::end(names) ? -1 : static_cast<int>(found - std::begin(names));
}

struct Step {
  double reward = 0;
  bool terminated = false, truncated = false;
  bool changed = false;  // more than where the agent stands
};

bool same_thing(const miniworld::Entity& a, const miniworld::Entity& b) {
  return a.position.x == b.position.x && a.position.y == b.position.y &&
         a.position.z == b.position.z;
}

/// Whether anything lies elsewhere, is gone, or was picked up or put down; what is carried moves along.
bool things_differ(const miniworld::World& a, const miniworld::World& b) {
  if (a.carried != b.carried || a.entities.size() != b.entities.size()) return true;
  for (size_t i = 0; i < a.entities.size(); ++i) {
    if (i == a.agent || a.carried == i) continue;
    if (!same_thing(a.entities[i], b.entities[i])) return true;
  }
  return false;
}

bool things_differ(const minigrid::World& a, const minigrid::World& b) {
  return a.carrying != b.carrying || a.cells != b.cells;
}

template <class Environment, class World>
Step played(const Environment& environment, World& world, int action) {
  const World before = world;
  const auto outcome = environment.free_step(world, action);
  return {outcome.reward, outcome.terminated, outcome.truncated, things_differ(before, world)};
}

std::string news_of(const Step& step) {
  if (step.terminated) {
    return step.reward > 0 ? "Solved by the level's rules." : "The level's rules have ended it.";
  }
  return step.truncated ? "The level's time is up." : "";
}

}  // namespace

FreeWalk begin_free_walk(const TimedEnvironment& environment, StateView state) {
  FreeWalk walk;
  if (const auto* grid = dynamic_cast<const MinigridEnv*>(&environment)) {
    walk.world = grid->free_world(state);
  } else {
    walk.world = dynamic_cast<const MiniworldEnv&>(environment).free_world(state);
  }
  walk.trace = {stance_of(walk.world).at};
  return walk;
}

void step_freely(FreeWalk& walk, const TimedEnvironment& environment, std::string_view action) {
  if (walk.over) return;
  Step step;
  if (auto* world = std::get_if<minigrid::World>(&walk.world)) {
    const int a = action_of(kMinigridActions, action);
    if (a < 0) return;
    step = played(dynamic_cast<const MinigridEnv&>(environment), *world, a);
  } else {
    step = played(dynamic_cast<const MiniworldEnv&>(environment),
                  std::get<miniworld::World>(walk.world), action_of(kMiniworldActions, action));
  }
  ++walk.steps;
  walk.changes += step.changed;
  walk.reward += step.reward;
  walk.over = step.terminated || step.truncated;
  walk.news = news_of(step);
  const ImVec2 at = stance_of(walk.world).at, last = walk.trace.back();
  if (at.x != last.x || at.y != last.y) walk.trace.push_back(at);
}

double stride_of(const FreeWalk& walk) {
  const auto* rooms = std::get_if<miniworld::World>(&walk.world);
  return rooms ? rooms->max_forward_step / kPace : kCellStride;
}

std::string carried_in(const AnyWorld& world) {
  if (const auto* grid = std::get_if<minigrid::World>(&world)) {
    return grid->carries() ? look_of(grid->carrying) : "";
  }
  const auto& rooms = std::get<miniworld::World>(world);
  return rooms.carried ? look_of(rooms.entities[*rooms.carried]) : "";
}

Clock clock_of(const AnyWorld& world) {
  return std::visit([](const auto& w) { return Clock{w.step_count, w.max_steps}; }, world);
}

NearestPose nearest_pose(const WorldPlaces& places, const Stance& stance) {
  const float turn = 6.2831853f / static_cast<float>(places.headings());
  NearestPose nearest;
  float least = 1e30f;
  for (const int pose : places.poses) {
    const Stance s = places.of_pose(pose);
    const float away = std::hypot(s.at.x - stance.at.x, s.at.y - stance.at.y);
    const float turned = std::remainder(s.angle - stance.angle, 6.2831853f);
    const float actions = away / places.step + std::abs(turned) / turn;
    if (actions >= least) continue;
    least = actions;
    nearest = {pose, away, turned};
  }
  return nearest;
}

PosePolicy policy_at(const Snapshot& s, const WorldPlaces& places, int pose,
                     const std::string& carried) {
  const StateGraph& graph = *s.run->graph;
  const TimedEnvironment& env = *walked_world(*s.run);
  const auto actions = static_cast<size_t>(env.spec().num_actions);
  PosePolicy policy;
  policy.shares.assign(actions, 0);
  for (int state = 0; state < graph.num_states(); ++state) {
    const int situation = graph.state(state)[0];
    if (places.of[static_cast<size_t>(situation)] != pose) continue;
    if (env.carried(situation) != carried) continue;
    const double visits = s.exact->forward.visit[static_cast<size_t>(state)];
    policy.visits += visits;
    policy.shares.back() += visits * s.exact->policy.stop[static_cast<size_t>(state)];
    for (auto e = graph.child_begin(state); e < graph.child_end(state); ++e) {
      policy.shares[static_cast<size_t>(graph.action(e))] +=
          s.exact->forward.edge[static_cast<size_t>(e)];
    }
  }
  for (double& share : policy.shares) share = policy.visits > 0 ? share / policy.visits : 0;
  return policy;
}

}  // namespace flowscope
