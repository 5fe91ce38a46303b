// What every environment in the table must obey, whatever its parameters: a battery over all of
// them. A new environment needs no line here.
#include "envs/environment.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "core/graph/exact_flow.h"
#include "core/graph/state_graph.h"
#include "core/run/config.h"
#include "envs/registry.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

struct Case {
  std::string name;
  std::shared_ptr<const Environment> environment;
  StateGraph graph;
};

/// The environment with its defaults and with every integer at either end of its range or near it
/// and every choice taken, one at a time, as far as the result can be enumerated.
std::vector<Case> battery() {
  std::vector<Case> cases;
  const auto add = [&](const std::string& name, const Config& config) {
    std::shared_ptr<const Environment> environment;
    try {
      environment = config.make_environment();
    } catch (const std::exception&) {
      return;  // values that do not go together
    }
    auto graph = StateGraph::enumerate(*environment, 20'000);
    if (graph) cases.push_back({name, environment, std::move(*graph)});
  };
  for (const EnvironmentEntry& entry : environments()) {
    if (!entry.make) continue;  // real-valued states have a test of their own
    Config base;
    base.set("environment.name", entry.name);
    add(entry.name, base);
    for (const ParamSpec& spec : entry.params) {
      std::vector<ParamValue> values;
      if (spec.kind == ParamKind::kInteger) {
        const auto low = static_cast<std::int64_t>(spec.min), high = static_cast<std::int64_t>(spec.max);
        for (const std::int64_t v : {low, low + 1, low + 2, low + 3, low + 5, high}) {
          if (v <= high) values.emplace_back(v);
        }
      } else if (spec.kind == ParamKind::kReal) {
        for (const double v : {spec.min, spec.min + 0.37, spec.max}) {
          if (std::isfinite(v)) values.emplace_back(v);
        }
      } else if (spec.kind == ParamKind::kChoice) {
        values.assign(spec.choices.begin(), spec.choices.end());
      } else if (spec.kind == ParamKind::kBoolean) {
        values = {false, true};
      }
      for (const ParamValue& value : values) {
        Config config = base;
        config.set(spec.key, value);
        add(entry.name + " " + spec.key + "=" + to_text(value), config);
      }
    }
  }
  return cases;
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all = battery();
  return all;
}

using State = std::vector<std::int32_t>;
State copy(StateView s) { return {s.begin(), s.end()}; }

std::vector<std::uint8_t> forward_mask(const Environment& environment, StateView state) {
  std::vector<std::uint8_t> legal(static_cast<size_t>(environment.spec().num_actions), 7);
  environment.forward_actions(state, legal);
  return legal;
}

std::vector<std::uint8_t> backward_mask(const Environment& environment, StateView state) {
  std::vector<std::uint8_t> legal(static_cast<size_t>(environment.spec().num_backward_actions), 7);
  environment.backward_actions(state, legal);
  return legal;
}

}  // namespace

TEST_CASE("the battery covers every environment with several parameter settings") {
  for (const EnvironmentEntry& entry : environments()) {
    if (!entry.make) continue;
    CAPTURE(entry.name);
    CHECK(std::ranges::count_if(cases(), [&](const Case& c) {
            return c.name == entry.name || c.name.starts_with(entry.name + " ");
          }) >= 6);
  }
}

TEST_CASE("undoing an action gives back the state and names the action") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    bool good = true;
    for (std::int64_t e = 0; e < c.graph.num_edges() && good; ++e) {
      State state = copy(c.graph.state(c.graph.parent(e)));
      const int backward = c.environment->backward_of(state, c.graph.action(e));
      c.environment->apply(state, c.graph.action(e));
      good = state == copy(c.graph.state(c.graph.child(e))) &&
             backward == c.graph.backward_action(e) &&
             c.environment->undo(state, backward) == c.graph.action(e) &&
             state == copy(c.graph.state(c.graph.parent(e)));
    }
    CHECK(good);
  }
}

TEST_CASE("forward and backward masks describe the same edges") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    bool good = true;
    for (int s = 0; s < c.graph.num_states() && good; ++s) {
      const auto legal = backward_mask(*c.environment, c.graph.state(s));
      std::multiset<int> from_mask, from_edges;
      for (size_t b = 0; b < legal.size(); ++b) {
        good = good && legal[b] <= 1;
        if (legal[b]) from_mask.insert(static_cast<int>(b));
      }
      for (const auto e : c.graph.edges_in(s)) from_edges.insert(c.graph.backward_action(e));
      good = good && from_mask == from_edges && from_mask.empty() == (s == 0);
    }
    CHECK(good);
  }
}

TEST_CASE("every state has a way on, and trajectories are no longer than they say") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    const EnvironmentSpec& spec = c.environment->spec();
    std::vector<int> longest(static_cast<size_t>(c.graph.num_states()), 0);
    bool good = true;
    int most = 0;
    for (int s = 0; s < c.graph.num_states(); ++s) {
      const auto legal = forward_mask(*c.environment, c.graph.state(s));
      good = good && std::ranges::all_of(legal, [](int l) { return l <= 1; }) &&
             std::ranges::count(legal, 1) >= 1 &&
             (legal[static_cast<size_t>(spec.stop_action())] == 1) == c.graph.terminating(s);
      const int here = longest[static_cast<size_t>(s)];
      if (c.graph.terminating(s)) most = std::max(most, here + 1);
      for (auto e = c.graph.child_begin(s); e < c.graph.child_end(s); ++e) {
        int& there = longest[static_cast<size_t>(c.graph.child(e))];
        there = std::max(there, here + 1);
      }
    }
    CHECK(good);
    if (c.graph.acyclic()) CHECK(most == spec.max_length);
  }
}

TEST_CASE("features lie in range and tell all states apart") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    const EnvironmentSpec& spec = c.environment->spec();
    std::set<State> seen;
    bool in_range = true, distinct_within = true;
    for (int s = 0; s < c.graph.num_states(); ++s) {
      State active(static_cast<size_t>(spec.num_active), -1);
      c.environment->features(c.graph.state(s), active);
      std::ranges::sort(active);
      in_range = in_range && active.front() >= 0 && active.back() < spec.num_features;
      distinct_within = distinct_within && std::ranges::adjacent_find(active) == active.end();
      seen.insert(active);
    }
    CHECK(in_range);
    CHECK(distinct_within);
    CHECK(seen.size() == static_cast<size_t>(c.graph.num_states()));
  }
}

TEST_CASE("the exact flow of the rewards, taken as a policy, gives back R/Z") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    const Target target = exact_target(c.graph, *c.environment);
    const auto backward = uniform_backward(c.graph);
    const RewardFlow flow = reward_flow(c.graph, target.log_reward, backward);
    const GraphPolicy policy = policy_of(c.graph, flow, target.log_reward, backward);
    const ForwardFlow learned = forward_flow(c.graph, policy.forward, policy.stop);
    double total = 0, worst = 0;
    for (size_t s = 0; s < target.probability.size(); ++s) {
      total += target.probability[s];
      worst = std::max(worst, std::abs(learned.terminating[s] - target.probability[s]));
    }
    CHECK(std::abs(total - 1) < 1e-12);
    CHECK(worst < 1e-12);
    CHECK(flow.log_z == Approx(target.log_z).epsilon(1e-12).margin(1e-12));
    if (const auto closed = c.environment->log_partition()) {
      CHECK(*closed == Approx(target.log_z).epsilon(1e-11).margin(1e-11));
    }
  }
}

TEST_CASE("objects drawn from the target come as often as it says") {
  for (const Case& c : cases()) {
    constexpr int kDraws = 4000;
    std::mt19937 random(5);
    const auto uniform = [&] { return static_cast<double>(random()) / 4294967296.0; };
    State state(static_cast<size_t>(c.environment->spec().state_length));
    if (!c.environment->draw_target(state, uniform)) continue;
    CAPTURE(c.name);
    std::vector<double> frequency(static_cast<size_t>(c.graph.num_states()), 0);
    for (int i = 0; i < kDraws; ++i) {
      REQUIRE(c.environment->draw_target(state, uniform));
      const int id = c.graph.find(state);
      REQUIRE(id >= 0);
      REQUIRE(c.graph.terminating(id));
      frequency[static_cast<size_t>(id)] += 1.0 / kDraws;
    }
    // The mean of |frequency - q| is sqrt(2 q (1 - q) / (pi n)) if all is well.
    const Target target = exact_target(c.graph, *c.environment);
    double distance = 0, expected = 0;
    for (size_t s = 0; s < frequency.size(); ++s) {
      const double q = target.probability[s];
      distance += std::abs(frequency[s] - q);
      expected += std::sqrt(2 * q * (1 - q) / (3.14159265 * kDraws));
    }
    CHECK(distance < 1.25 * expected + 0.02);
  }
}

TEST_CASE("rewards are finite, and modes are numbered from 0 and all exist") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    std::set<int> modes;
    bool finite = true;
    for (int s = 0; s < c.graph.num_states(); ++s) {
      if (!c.graph.terminating(s)) continue;
      finite = finite && std::isfinite(c.environment->log_reward(c.graph.state(s)));
      const int mode = c.environment->mode_of(c.graph.state(s));
      if (mode != -1) modes.insert(mode);
    }
    CHECK(finite);
    CHECK(static_cast<int>(modes.size()) == c.environment->num_modes());
    if (modes.empty()) continue;
    CHECK(*modes.begin() == 0);
    CHECK(*modes.rbegin() == c.environment->num_modes() - 1);
  }
}

TEST_CASE("states and actions have names, and no two the same") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    std::set<std::string> states, actions;
    for (int s = 0; s < c.graph.num_states(); ++s) {
      states.insert(c.environment->label(c.graph.state(s)));
    }
    for (int a = 0; a < c.environment->spec().num_actions; ++a) {
      actions.insert(c.environment->action_name(a));
    }
    CHECK(states.size() == static_cast<size_t>(c.graph.num_states()));
    CHECK(actions.size() == static_cast<size_t>(c.environment->spec().num_actions));
    CHECK_FALSE(states.contains(""));
    CHECK_FALSE(actions.contains(""));
  }
}

TEST_CASE("every state falls into a cell of every map, and a map without gaps is filled") {
  for (const Case& c : cases()) {
    const auto maps = c.environment->maps();
    for (size_t m = 0; m < maps.size(); ++m) {
      CAPTURE(c.name, maps[m].name);
      const int cells = maps[m].width * maps[m].height;
      std::set<int> used;
      for (int s = 0; s < c.graph.num_states(); ++s) {
        const int cell = c.environment->map_cell(static_cast<int>(m), c.graph.state(s));
        if (cell >= 0 || c.graph.terminating(s)) used.insert(cell);  // objects have a place
      }
      CHECK(*used.begin() >= 0);
      CHECK(*used.rbegin() < cells);
      CHECK((maps[m].gaps || static_cast<int>(used.size()) == cells));
      CHECK_FALSE(maps[m].name.empty());
      CHECK_FALSE(maps[m].x_label.empty());
    }
  }
}

}  // namespace flowscope
