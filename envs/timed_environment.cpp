#include "envs/timed_environment.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

namespace flowscope {

// --- the graph ----------------------------------------------------------------------------------

void SituationGraph::list_arrivals() {
  const std::size_t n = children.size() / static_cast<std::size_t>(num_moves);
  std::vector<std::vector<Arrival>> lists(n);
  for (std::size_t edge = 0; edge < children.size(); ++edge) {
    if (children[edge] < 0) continue;
    auto& list = lists[static_cast<std::size_t>(children[edge])];
    const auto moves = static_cast<std::size_t>(num_moves);
    const auto action = static_cast<std::int16_t>(edge % moves);
    const auto rank = std::ranges::count(list, action, &Arrival::action);
    list.push_back({static_cast<std::int32_t>(edge / moves), action,
                    static_cast<std::int16_t>(rank)});
  }
  arrival_begin = {0};
  arrivals.clear();
  for (const auto& list : lists) {
    arrivals.insert(arrivals.end(), list.begin(), list.end());
    arrival_begin.push_back(static_cast<std::int32_t>(arrivals.size()));
  }
}

std::vector<int> distances_to(const SituationGraph& graph, const std::vector<bool>& goals) {
  std::vector<int> distance(goals.size(), -1);
  std::vector<std::int32_t> queue;
  for (int id = 0; id < graph.size(); ++id) {
    if (!goals[static_cast<size_t>(id)]) continue;
    distance[static_cast<size_t>(id)] = 0;
    queue.push_back(id);
  }
  for (size_t head = 0; head < queue.size(); ++head) {
    for (const SituationGraph::Arrival& a : graph.arrivals_at(queue[head])) {
      int& there = distance[static_cast<size_t>(a.parent)];
      if (there >= 0) continue;
      there = distance[static_cast<size_t>(queue[head])] + 1;
      queue.push_back(a.parent);
    }
  }
  return distance;
}

// --- what is made once --------------------------------------------------------------------------

TimedEnvironment::TimedEnvironment(const Rules& rules) : rules_(rules) {
  if (!(rules.r0 > 0)) {
    throw std::invalid_argument(
        "reward.r0 = 0 leaves endings with reward 0, whose log R is not finite; give reward.r0 a "
        "positive value, for example 1e-3");
  }
  if (rules.time > 0 && !rules.clock) {
    throw std::invalid_argument(
        "reward.time > 0 needs states that know the time: environment.time = true, or reward.time = 0");
  }
}

void TimedEnvironment::weigh() {
  list_worths();
  number_modes();
  spec_.state_length = 2;  // situation, time
  spec_.num_actions = situations().num_moves + 1;
  spec_.all_terminating = rules_.stop_anywhere;
  if (!rules_.clock && !rules_.stop_anywhere) check_endings();
  find_reachable();
  number_backward_actions();
}

void TimedEnvironment::list_worths() {
  std::vector<bool> is_solved;
  for (int id = 0; id < situations().size(); ++id) is_solved.push_back(solved(id));
  const std::vector<int> distance = distances_to(situations(), is_solved);
  for (int id = 0; id < situations().size(); ++id) {
    worths_.push_back(worth_of(id, distance[static_cast<size_t>(id)]));
  }
}

void TimedEnvironment::number_modes() {
  std::set<int> modes;
  for (const Worth& worth : worths_) {
    if (worth.mode >= 0) modes.insert(worth.mode);
  }
  for (Worth& worth : worths_) {
    if (worth.mode < 0) continue;
    worth.mode = static_cast<int>(std::distance(modes.begin(), modes.find(worth.mode)));
  }
  num_modes_ = static_cast<int>(modes.size());
}

void TimedEnvironment::check_endings() const {
  std::vector<bool> ended;
  for (const Worth& worth : worths_) ended.push_back(worth.ended);
  const auto left = distances_to(situations(), ended);
  const auto stuck = std::ranges::count(left, -1);
  if (stuck == 0) return;
  throw std::invalid_argument("environment.stop = end: no ending can be reached from " +
                              std::to_string(stuck) + " of " + std::to_string(left.size()) +
                              " situations, where paths without time would never stop; any is allowed");
}

/// Without a clock all who arrive do so at time 1.
void TimedEnvironment::find_reachable() {
  const SituationGraph& graph = situations();
  const auto n = static_cast<size_t>(graph.size());
  reached_.assign(n * static_cast<size_t>(last_time() + 1), false);
  reached_[0] = true;
  if (!rules_.clock) {
    spec_.max_length = rules_.horizon + 1;
    for (size_t id = 0; id < n; ++id) {
      reached_[n + id] = !graph.arrivals_at(static_cast<int>(id)).empty();
    }
    return;
  }
  for (int t = 0; t <= rules_.horizon; ++t) {
    for (int id = 0; id < graph.size(); ++id) {
      if (!reached(id, t)) continue;
      spec_.max_length = t + 1;  // the stop included
      if (t == rules_.horizon) continue;
      for (int a = 0; a < graph.num_moves; ++a) {
        const int child = graph.child(id, a);
        if (child < 0) continue;
        reached_[static_cast<size_t>(t + 1) * n + static_cast<size_t>(child)] = true;
      }
    }
  }
}

/// A backward action is a forward one and a rank: an open door, for one, may have been closed
/// before or locked. Only those that occur are numbered.
void TimedEnvironment::number_backward_actions() {
  const SituationGraph& graph = situations();
  for (const Arrival& a : graph.arrivals) {
    const auto key = static_cast<size_t>(a.rank * graph.num_moves + a.action);
    if (key >= backward_actions_.size()) backward_actions_.resize(key + 1, -1);
    backward_actions_[key] = 0;
  }
  std::int16_t count = 0;
  for (std::int16_t& b : backward_actions_) {
    if (b == 0) b = count++;
  }
  num_arrivals_ = count;
  spec_.num_backward_actions = count + (rules_.clock ? 0 : graph.num_moves);
}

// --- the process --------------------------------------------------------------------------------

bool TimedEnvironment::reached(int situation, int time) const {
  return reached_[static_cast<size_t>(time) * worths_.size() + static_cast<size_t>(situation)];
}

bool TimedEnvironment::over(StateView state) const {
  return (rules_.clock && state[1] == rules_.horizon) ||
         worths_[static_cast<size_t>(state[0])].ended;
}

void TimedEnvironment::reset(MutableState state) const { state[0] = state[1] = 0; }

void TimedEnvironment::apply(MutableState state, int action) const {
  state[0] = situations().child(state[0], action);
  state[1] = std::min(state[1] + 1, last_time());
}

int TimedEnvironment::backward_action(const Arrival& a) const {
  return backward_actions_[static_cast<size_t>(a.rank * situations().num_moves + a.action)];
}

const SituationGraph::Arrival& TimedEnvironment::arrival(int situation, int wanted) const {
  return *std::ranges::find_if(situations().arrivals_at(situation), [&](const Arrival& a) {
    return backward_action(a) == wanted;
  });
}

int TimedEnvironment::undo(MutableState state, int backward_action) const {
  if (backward_action >= num_arrivals_) {
    state[0] = state[1] = 0;
    return backward_action - num_arrivals_;
  }
  const Arrival& a = arrival(state[0], backward_action);
  state[0] = a.parent;
  if (rules_.clock) --state[1];
  return a.action;
}

int TimedEnvironment::backward_of(StateView state, int action) const {
  if (!rules_.clock && state[1] == 0) return num_arrivals_ + action;
  const auto arrivals = situations().arrivals_at(situations().child(state[0], action));
  return backward_action(*std::ranges::find_if(arrivals, [&](const Arrival& a) {
    return a.parent == state[0] && a.action == action;
  }));
}

void TimedEnvironment::forward_actions(StateView state, std::span<std::uint8_t> legal) const {
  const SituationGraph& graph = situations();
  const bool ends = over(state);
  for (int a = 0; a < graph.num_moves; ++a) {
    legal[static_cast<size_t>(a)] = !ends && graph.child(state[0], a) >= 0;
  }
  legal[static_cast<size_t>(graph.num_moves)] = ends || rules_.stop_anywhere;
}

void TimedEnvironment::backward_actions(StateView state, std::span<std::uint8_t> legal) const {
  std::ranges::fill(legal, std::uint8_t{0});
  if (state[1] == 0) return;
  const int before = rules_.clock ? state[1] - 1 : 1;
  for (const Arrival& a : situations().arrivals_at(state[0])) {
    if (reached(a.parent, before)) legal[static_cast<size_t>(backward_action(a))] = 1;
    if (!rules_.clock && a.parent == 0) legal[static_cast<size_t>(num_arrivals_ + a.action)] = 1;
  }
}

double TimedEnvironment::log_reward(StateView state) const {
  const double left = 1 - rules_.time * state[1] / rules_.horizon;
  return std::log(rules_.r0 + left * worths_[static_cast<size_t>(state[0])].bonus);
}

int TimedEnvironment::mode_of(StateView state) const {
  return worths_[static_cast<size_t>(state[0])].mode;
}

}  // namespace flowscope
