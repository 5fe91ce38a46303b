#include "app/panels/walk.h"

#include <algorithm>
#include <cmath>

namespace flowscope {
namespace {

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

std::string refusal(const Snapshot& s, int state, int action) {
  const Environment& env = *s.run->environment;
  const StateGraph& graph = *s.run->graph;
  if (action == env.spec().stop_action()) return "The walk cannot end here.";
  if (graph.child_begin(state) == graph.child_end(state)) {
    return "Nothing is left to do here but to stop: Enter.";
  }
  return "\"" + env.action_name(action) + "\" changes nothing here.";
}

}  // namespace

Walk& walk_of(PanelContext& context) {
  std::shared_ptr<Walk>& walk = context.ui.walk;
  if (!walk || walk->run != context.snapshot.run) {
    walk = std::make_shared<Walk>(Walk{.run = context.snapshot.run});
  }
  return *walk;
}

void restart(Walk& walk) {
  if (walk.free) {
    walk.free = begin_free_walk(*walked_world(*walk.run), walk.run->graph->state(0));
  } else {
    walk = Walk{.run = walk.run};
  }
}

void toggle_free_walk(Walk& walk) {
  walk.stepped_at = -1e9;
  walk.note.clear();
  if (walk.free) {
    walk.free.reset();
  } else {
    walk.free = begin_free_walk(*walked_world(*walk.run), walk.run->graph->state(walk.state()));
  }
}

double stride_of(const Walk& walk) { return walk.free ? stride_of(*walk.free) : kStride; }

void take(Walk& walk, const Snapshot& s, int action) {
  walk.note.clear();
  if (walk.ended()) {
    walk.note = "The walk is over: Backspace begins another.";
    return;
  }
  const StateGraph& graph = *s.run->graph;
  const int state = walk.state();
  if (action == s.run->environment->spec().stop_action() && graph.terminating(state)) {
    walk.actions.push_back(action);
    return;
  }
  for (auto e = graph.child_begin(state); e < graph.child_end(state); ++e) {
    if (graph.action(e) != action) continue;
    walk.actions.push_back(action);
    walk.states.push_back(graph.child(e));
    return;
  }
  walk.note = refusal(s, state, action);
}

void take(Walk& walk, const Snapshot& s, std::string_view action) {
  if (walk.free) return step_freely(*walk.free, *walked_world(*walk.run), action);
  const Environment& env = *s.run->environment;
  for (int a = 0; a < env.spec().num_actions; ++a) {
    if (env.action_name(a) == action) return take(walk, s, a);
  }
}

std::string_view key_of_action(std::string_view action) {
  constexpr std::pair<std::string_view, std::string_view> kKeys[] = {
      {"left", "Left"},  {"right", "Right"}, {"forward", "Up"},   {"back", "Down"},
      {"pick up", "PgUp"}, {"drop", "PgDn"}, {"toggle", "Space"}, {"stop", "Enter"}};
  return std::ranges::find(kKeys, action, &std::pair<std::string_view, std::string_view>::first)
      ->second;
}

std::vector<Choice> choices_at(const Snapshot& s, int state) {
  const StateGraph& graph = *s.run->graph;
  std::vector<Choice> choices;
  for (auto e = graph.child_begin(state); e < graph.child_end(state); ++e) {
    choices.push_back({graph.action(e), s.exact->policy.forward[at(e)], graph.child(e)});
  }
  if (graph.terminating(state)) {
    choices.push_back({s.run->environment->spec().stop_action(), s.exact->policy.stop[at(state)]});
  }
  return choices;
}

Choice favourite_at(const Snapshot& s, int state) {
  const std::vector<Choice> choices = choices_at(s, state);
  return *std::ranges::max_element(choices, {}, &Choice::probability);
}

PathWorth worth_of(const Walk& walk, const Snapshot& s) {
  PathWorth worth;
  for (size_t i = 0; i < walk.actions.size(); ++i) {
    const std::vector<Choice> choices = choices_at(s, walk.states[i]);
    worth.log_pf +=
        std::log(std::ranges::find(choices, walk.actions[i], &Choice::action)->probability);
  }
  worth.moves = static_cast<int>(walk.states.size()) - 1;
  if (walk.ended()) worth.log_reward = s.run->target.log_reward[at(walk.state())];
  return worth;
}

Walk likeliest_walk(const Snapshot& s, int from, int steps) {
  Walk walk{.run = s.run, .states = {from}};
  while (!walk.ended() && static_cast<int>(walk.actions.size()) < steps) {
    const Choice best = favourite_at(s, walk.state());
    walk.actions.push_back(best.action);
    if (best.child >= 0) walk.states.push_back(best.child);
  }
  return walk;
}

}  // namespace flowscope
