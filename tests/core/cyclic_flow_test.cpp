// Exact flows on graphs with cycles, against closed forms and against plain iteration.
#include <cmath>

#include "core/graph/exact_flow.h"
#include "core/graph/path_counts.h"
#include "core/graph/visits.h"
#include "envs/cyclic_grid.h"
#include "envs/minigrid/minigrid_env.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// s0 -> c <-> b, where only b may stop: every visit to b comes back with some probability.
class Loop final : public Environment {
 public:
  Loop() { spec_ = {1, 3, 3, 3, 1, 1000}; }
  void reset(MutableState state) const override { state[0] = 0; }
  void apply(MutableState state, int) const override { state[0] = state[0] == 1 ? 2 : 1; }
  int undo(MutableState state, int backward) const override {
    state[0] = backward;
    return 0;
  }
  int backward_of(StateView state, int) const override { return state[0]; }
  void forward_actions(StateView state, std::span<std::uint8_t> legal) const override {
    legal[0] = 1;
    legal[1] = 0;
    legal[2] = state[0] == 2;
  }
  void backward_actions(StateView state, std::span<std::uint8_t> legal) const override {
    legal[0] = state[0] == 1;
    legal[1] = state[0] == 2;
    legal[2] = state[0] == 1;
  }
  double log_reward(StateView) const override { return 0; }
  void features(StateView state, std::span<std::int32_t> active) const override { active[0] = state[0]; }
  std::string label(StateView state) const override { return std::to_string(state[0]); }
  std::string action_name(int action) const override { return std::to_string(action); }
};

}  // namespace

// Every step makes a path 4 times less likely, as no state has more than 2 parents: with n(c) = (1 +
// n(b)) / 4 and n(b) = n(c) / 4, n(c) = 4/15.
TEST_CASE("paths that go in circles are counted in closed form") {
  const auto graph = StateGraph::enumerate(Loop());
  const std::vector<double> log_pb = log_path_backward(*graph);
  for (std::int64_t e = 0; e < graph->num_edges(); ++e) {
    const int from = graph->parent(e), to = graph->child(e);
    const double share = graph->edges_in(to).size() == 1 ? 1 : from == 0 ? 15.0 / 16 : 1.0 / 16;
    CHECK(std::exp(log_pb[at(e)]) == Approx(share).epsilon(1e-12));
  }
}

TEST_CASE("a backward policy by path counts makes trajectories short where a uniform one goes in circles") {
  const MinigridEnv world(*minigrid::find_level("MiniGrid-DoorKey-5x5-v0"), 0,
                          {.horizon = 100, .time = false}, {.r0 = 0.01});
  const auto graph = StateGraph::enumerate(world);
  const Target target = exact_target(*graph, world);
  std::vector<double> backward = log_path_backward(*graph);
  for (double& p : backward) p = std::exp(p);
  for (int s = 1; s < graph->num_states(); ++s) {
    double sum = 0;
    for (const std::int32_t e : graph->edges_in(s)) sum += backward[at(e)];
    CHECK(sum == Approx(1).epsilon(1e-10));
  }
  const auto length = [&](const std::vector<double>& pb) {
    const RewardFlow flow = reward_flow(*graph, target.log_reward, pb);
    CHECK(flow.log_z == Approx(target.log_z).margin(1e-9));
    double visits = 0;
    for (const double log_flow : flow.log_state) visits += std::exp(log_flow - flow.log_z);
    return visits;
  };
  CHECK(length(backward) == Approx(17.9).margin(0.05));
  CHECK(length(uniform_backward(*graph)) == Approx(1211.9).margin(0.5));
}

TEST_CASE("a loop taken with probability 1/2 is passed twice, the geometric series") {
  const auto graph = StateGraph::enumerate(Loop()).value();
  REQUIRE_FALSE(graph.acyclic());
  const std::vector<double> forward = {1, 1, 0.5}, stop = {0, 0, 0.5};
  const ForwardFlow flow = forward_flow(graph, forward, stop);
  CHECK(flow.visit[1] == Approx(2).epsilon(1e-15));
  CHECK(flow.visit[2] == Approx(2).epsilon(1e-15));
  CHECK(flow.terminating[2] == Approx(1).epsilon(1e-15));
  CHECK(flow.expected_length == Approx(5).epsilon(1e-15));  // s0, then c and b twice each
}

TEST_CASE("a loop that is hardly ever left loses no digits") {
  const auto graph = StateGraph::enumerate(Loop()).value();
  const double leave = 1e-13;
  const std::vector<double> forward = {1, 1, 1 - leave}, stop = {0, 0, leave};
  const ForwardFlow flow = forward_flow(graph, forward, stop);
  CHECK(flow.visit[1] == Approx(1 / leave).epsilon(1e-14));
  CHECK(flow.terminating[2] == Approx(1).epsilon(1e-14));
}

TEST_CASE("elimination solves v = start + K^T v on an arbitrary chain") {
  constexpr int kStates = 23;
  std::vector<ChainStep> steps;
  std::vector<double> leak(kStates), start(kStates), out(kStates, 0);
  for (int i = 0; i < kStates; ++i) {
    leak[at(i)] = 0.2 + 0.1 * std::sin(i);
    start[at(i)] = 1 + std::cos(3 * i);
    for (int j = 0; j < kStates; ++j) {
      if ((i * 7 + j * 3) % 5 == 0) steps.push_back({i, j, 1 + std::sin(i + 2 * j) / 2});  // i itself too
    }
  }
  for (const ChainStep& s : steps) out[at(s.from)] += s.probability;
  for (ChainStep& s : steps) s.probability *= (1 - leak[at(s.from)]) / out[at(s.from)];
  const auto visits = expected_visits(steps, leak, start);
  std::vector<double> right = start;
  for (const ChainStep& s : steps) right[at(s.to)] += visits[at(s.from)] * s.probability;
  double ended = 0, begun = 0;
  for (size_t i = 0; i < kStates; ++i) {
    CHECK(visits[i] == Approx(right[i]).epsilon(1e-13));
    ended += visits[i] * leak[i];
    begun += start[i];
  }
  CHECK(ended == Approx(begun).epsilon(1e-13));
}

TEST_CASE("on a grid with ways back, expected length is the sum of flows over Z") {
  const CyclicGrid grid(2, 7, 1e-3, 0.5, 2);
  const auto graph = StateGraph::enumerate(grid).value();
  CHECK(graph.num_states() == 1 + 7 + 49);
  const Target target = exact_target(graph, grid);
  CHECK(target.log_z == Approx(2.77565).margin(5e-6));
  const auto backward = uniform_backward(graph);
  const RewardFlow flow = reward_flow(graph, target.log_reward, backward);
  CHECK(flow.log_z == Approx(target.log_z).epsilon(1e-13));
  double sum = 0;
  for (const double log_flow : flow.log_state) sum += std::exp(log_flow - flow.log_z);
  const GraphPolicy policy = policy_of(graph, flow, target.log_reward, backward);
  const ForwardFlow forward = forward_flow(graph, policy.forward, policy.stop);
  CHECK(forward.expected_length == Approx(sum).epsilon(1e-11));
  CHECK(sum > 6);  // uniform parents walk about
  for (int s = 0; s < graph.num_states(); ++s) {
    CHECK(forward.visit[at(s)] == Approx(std::exp(flow.log_state[at(s)] - flow.log_z)).epsilon(1e-11));
    CHECK(forward.terminating[at(s)] == Approx(target.probability[at(s)]).margin(1e-12));
  }
}

TEST_CASE("levels without time are graphs with cycles of as many states as situations, and s0") {
  for (const char* level : {"MiniGrid-DoorKey-5x5-v0", "MiniGrid-MultiRoom-N2-S4-v0"}) {
    for (const bool anywhere : {true, false}) {
      CAPTURE(level, anywhere);
      const MinigridEnv timeless(*minigrid::find_level(level), 0,
                                 {.horizon = 9, .time = false, .stop_anywhere = anywhere}, {});
      const auto graph = StateGraph::enumerate(timeless).value();
      CHECK_FALSE(graph.acyclic());
      CHECK(graph.num_states() == timeless.graph().size() + 1);
      const Target target = exact_target(graph, timeless);
      const auto backward = uniform_backward(graph);
      const RewardFlow flow = reward_flow(graph, target.log_reward, backward);
      CHECK(flow.log_z == Approx(target.log_z).epsilon(1e-11));
      const GraphPolicy policy = policy_of(graph, flow, target.log_reward, backward);
      const ForwardFlow forward = forward_flow(graph, policy.forward, policy.stop);
      double worst = 0;
      for (size_t s = 0; s < target.probability.size(); ++s) {
        worst = std::max(worst, std::abs(forward.terminating[s] - target.probability[s]));
      }
      CHECK(worst < 1e-12);
    }
  }
}

}  // namespace flowscope
