#include "app/panels/world_flow.h"

#include <algorithm>
#include <numbers>

namespace flowscope {
namespace {

// Both number their first actions in the same way.
static_assert(static_cast<int>(minigrid::kForward) == static_cast<int>(miniworld::kForward));
static_assert(static_cast<int>(minigrid::kLeft) == static_cast<int>(miniworld::kTurnLeft));

size_t deed_of(int action) {
  constexpr std::array kDeeds{kDeedLeft, kDeedRight, kDeedAhead};
  return action < 3 ? kDeeds[static_cast<size_t>(action)] : kDeedOther;
}

WorldPlaces places_of(const MinigridEnv& env) {
  WorldPlaces places;
  const minigrid::LevelGraph& level = env.graph();
  for (int y = 0; y < level.start.height; ++y) {
    for (int x = 0; x < level.start.width; ++x) {
      places.at.push_back({static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f});
    }
  }
  for (int d = 0; d < 4; ++d) {
    places.angles.push_back(std::numbers::pi_v<float> / 2 * static_cast<float>(d));
  }
  for (int id = 0; id < level.size(); ++id) {
    places.of.push_back(4 * level.situation(id)[0] + level.situation(id)[1]);
  }
  return places;
}

WorldPlaces places_of(const MiniworldEnv& env) {
  WorldPlaces places;
  const miniworld::PoseGraph& level = env.graph();
  places.step = static_cast<float>(level.start.forward_step);
  for (const miniworld::Point p : level.places) {
    places.at.push_back({static_cast<float>(p.x), static_cast<float>(p.z)});
  }
  for (int h = 0; h < level.turns; ++h) {
    places.angles.push_back(-static_cast<float>(level.direction_of(h)));
  }
  for (const auto& s : level.situations) places.of.push_back(s.place * level.turns + s.heading);
  return places;
}

}  // namespace

Stance stance_of(const AnyWorld& world) {
  if (const auto* grid = std::get_if<minigrid::World>(&world)) {
    return {{static_cast<float>(grid->agent.x) + 0.5f, static_cast<float>(grid->agent.y) + 0.5f},
            std::numbers::pi_v<float> / 2 * static_cast<float>(grid->direction)};
  }
  const miniworld::Entity& agent = std::get<miniworld::World>(world).body();
  return {{static_cast<float>(agent.position.x), static_cast<float>(agent.position.z)},
          -static_cast<float>(agent.direction)};
}

AnyWorld world_in(const TimedEnvironment& environment, StateView state) {
  if (const auto* grid = dynamic_cast<const MinigridEnv*>(&environment)) return grid->world(state);
  return dynamic_cast<const MiniworldEnv&>(environment).world(state);
}

void update_world_flow(const Snapshot& s, WorldFlow& flow) {
  if (flow.exact_key == s.exact) return;
  const StateGraph& graph = *s.run->graph;
  if (flow.run_key != s.run) {
    const Environment& env = *s.run->environment;
    const auto* grid = dynamic_cast<const MinigridEnv*>(&env);
    flow.places = grid ? places_of(*grid) : places_of(dynamic_cast<const MiniworldEnv&>(env));
    flow.places.poses = flow.places.of;
    std::ranges::sort(flow.places.poses);
    const auto twice = std::ranges::unique(flow.places.poses);
    flow.places.poses.erase(twice.begin(), twice.end());
    flow.run_key = s.run;
  }
  const WorldPlaces& places = flow.places;
  const auto pose = [&](int state) {
    return static_cast<size_t>(places.of[static_cast<size_t>(graph.state(state)[0])]);
  };
  flow.visits.assign(places.at.size() * places.angles.size(), 0);
  flow.moves.assign(flow.visits.size(), 0);
  flow.ends.assign(flow.visits.size(), 0);
  flow.deeds.assign(flow.visits.size(), {});
  for (int state = 0; state < graph.num_states(); ++state) {
    const size_t from = pose(state);
    flow.visits[from] += static_cast<float>(s.exact->forward.visit[static_cast<size_t>(state)]);
    flow.ends[from] +=
        static_cast<float>(s.exact->forward.terminating[static_cast<size_t>(state)]);
    for (auto e = graph.child_begin(state); e < graph.child_end(state); ++e) {
      flow.deeds[from][deed_of(graph.action(e))] +=
          static_cast<float>(s.exact->forward.edge[static_cast<size_t>(e)]);
      if (graph.action(e) != miniworld::kForward || pose(graph.child(e)) == from) continue;
      flow.moves[from] += static_cast<float>(s.exact->forward.edge[static_cast<size_t>(e)]);
    }
    flow.deeds[from][kDeedStop] = flow.ends[from];
  }
  flow.most_visits = std::ranges::max(flow.visits);
  flow.most_moves = std::ranges::max(flow.moves);
  flow.most_ends = std::ranges::max(flow.ends);
  flow.exact_key = s.exact;
}

}  // namespace flowscope
