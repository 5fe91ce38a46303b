#include "envs/cyclic_grid.h"

#include <algorithm>
#include <utility>

namespace flowscope {
namespace {

constexpr int kMostVisits = 100;  // steps per coordinate value after which a trajectory must stop

}  // namespace

CyclicGrid::CyclicGrid(int dims, int side, double r0, double r1, double r2)
    : dims_(dims), side_(side), grid_(dims, side, r0, r1, r2) {
  spec_.state_length = dims;
  spec_.num_actions = side + 2 * dims + 1;
  spec_.num_backward_actions = 2 * dims + 1;
  spec_.num_features = dims * (side + 1);
  spec_.num_active = dims;
  spec_.max_length = dims + kMostVisits * dims * side;
}

int CyclicGrid::placed(StateView state) const {
  return static_cast<int>(std::find(state.begin(), state.end(), kUnset) - state.begin());
}

void CyclicGrid::reset(MutableState state) const { std::fill(state.begin(), state.end(), kUnset); }

void CyclicGrid::apply(MutableState state, int action) const {
  if (action < side_) {
    state[static_cast<size_t>(placed(state))] = action;
  } else {
    state[static_cast<size_t>((action - side_) / 2)] += (action - side_) % 2 == 0 ? 1 : -1;
  }
}

int CyclicGrid::undo(MutableState state, int backward_action) const {
  if (backward_action == 2 * dims_) {
    std::int32_t& last = state[static_cast<size_t>(placed(state) - 1)];
    return std::exchange(last, kUnset);
  }
  state[static_cast<size_t>(backward_action / 2)] += backward_action % 2 == 0 ? -1 : 1;
  return side_ + backward_action;
}

int CyclicGrid::backward_of(StateView, int action) const {
  return action < side_ ? 2 * dims_ : action - side_;
}

void CyclicGrid::forward_actions(StateView state, std::span<std::uint8_t> legal) const {
  const bool complete = !drawn(state);
  std::fill_n(legal.begin(), side_, !complete);
  for (size_t d = 0; d < state.size(); ++d) {
    const size_t up = static_cast<size_t>(side_) + 2 * d;
    legal[up] = complete && state[d] < side_ - 1;
    legal[up + 1] = complete && state[d] > 0;
  }
  legal[static_cast<size_t>(spec_.stop_action())] = complete;
}

void CyclicGrid::backward_actions(StateView state, std::span<std::uint8_t> legal) const {
  const bool complete = !drawn(state);
  for (size_t d = 0; d < state.size(); ++d) {
    legal[2 * d] = complete && state[d] > 0;
    legal[2 * d + 1] = complete && state[d] < side_ - 1;
  }
  legal[2 * state.size()] = placed(state) > 0;
}

void CyclicGrid::features(StateView state, std::span<std::int32_t> active) const {
  for (size_t d = 0; d < state.size(); ++d) {
    active[d] = static_cast<std::int32_t>(d) * (side_ + 1) + state[d] + 1;
  }
}

int CyclicGrid::mode_of(StateView state) const { return drawn(state) ? -1 : grid_.mode_of(state); }

int CyclicGrid::map_cell(int map, StateView state) const {
  return drawn(state) ? -1 : grid_.map_cell(map, state);
}

std::string CyclicGrid::label(StateView state) const {
  std::string text = "(";
  for (size_t d = 0; d < state.size(); ++d) {
    text += (d ? ", " : "") + (state[d] == kUnset ? std::string("_") : std::to_string(state[d]));
  }
  return text + ")";
}

std::string CyclicGrid::action_name(int action) const {
  if (action == spec_.stop_action()) return "stop";
  if (action < side_) return "start at " + std::to_string(action);
  const int move = action - side_;
  return "x" + std::to_string(move / 2 + 1) + (move % 2 == 0 ? " + 1" : " - 1");
}

EnvironmentEntry cyclic_grid_entry() {
  EnvironmentEntry entry = hypergrid_entry();
  entry.name = "hypergrid-cyclic";
  entry.title = "Hypergrid with ways back";
  entry.about = "Walk a grid in all directions from a random point: the state graph has cycles";
  entry.make = [](const Params& p) -> std::shared_ptr<const Environment> {
    return std::make_shared<CyclicGrid>(static_cast<int>(param<std::int64_t>(p, "environment.dims")),
                                        static_cast<int>(param<std::int64_t>(p, "environment.side")),
                                        param<double>(p, "reward.r0"), param<double>(p, "reward.r1"),
                                        param<double>(p, "reward.r2"));
  };
  return entry;
}

}  // namespace flowscope
