#include "core/graph/exact_flow.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "core/graph/divergence.h"
#include "core/graph/state_graph.h"
#include "envs/bits.h"
#include "envs/dag.h"
#include "envs/hypergrid.h"
#include "tests/catch.h"
#include "tests/core/golden.h"

namespace flowscope {
namespace {

size_t at(std::int64_t i) { return static_cast<size_t>(i); }

/// A policy with arbitrary but fixed logits per state and action.
GraphPolicy some_policy(const StateGraph& graph, int stop_action) {
  const auto weight = [](double s, double a) { return std::exp(0.5 * std::sin(1.3 * s + 0.7 * a)); };
  GraphPolicy policy;
  policy.forward.resize(at(graph.num_edges()));
  policy.stop.assign(at(graph.num_states()), 0);
  for (int s = 0; s < graph.num_states(); ++s) {
    double total = 0;
    if (graph.terminating(s)) total += policy.stop[at(s)] = weight(s, stop_action);
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
      total += policy.forward[at(e)] = weight(s, graph.action(e));
    }
    policy.stop[at(s)] /= total;
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) policy.forward[at(e)] /= total;
  }
  policy.backward = uniform_backward(graph);
  return policy;
}

/// Draws trajectories one by one; how often each state was the last.
std::vector<int> sample_terminating(const StateGraph& graph, const GraphPolicy& policy, int samples) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform;
  std::vector<int> counts(at(graph.num_states()), 0);
  for (int i = 0; i < samples; ++i) {
    int s = 0;
    for (bool stopped = false; !stopped;) {
      double u = uniform(random);
      auto e = graph.child_begin(s);
      while (e < graph.child_end(s) && u >= policy.forward[at(e)]) u -= policy.forward[at(e++)];
      stopped = e == graph.child_end(s);
      if (!stopped) s = graph.child(e);
    }
    ++counts[at(s)];
  }
  return counts;
}

void check_against_samples(const Environment& environment) {
  constexpr int kSamples = 1'000'000;
  const auto graph = StateGraph::enumerate(environment).value();
  const GraphPolicy policy = some_policy(graph, environment.spec().stop_action());
  const ForwardFlow flow = forward_flow(graph, policy.forward, policy.stop);
  const auto counts = sample_terminating(graph, policy, kSamples);
  // Pearson's statistic has mean k and variance 2k for k cells; beside it every single cell.
  double statistic = 0, mass = 0;
  int cells = 0, outside = 0;
  for (int s = 0; s < graph.num_states(); ++s) {
    const double p = flow.terminating[at(s)];
    mass += p;
    const double error = std::sqrt(p * (1 - p) / kSamples);
    if (p * kSamples < 10) continue;
    const double z = (counts[at(s)] / double(kSamples) - p) / error;
    statistic += z * z * (1 - p);
    ++cells;
    outside += std::abs(z) > 3;
  }
  CHECK(mass == Approx(1).epsilon(1e-12));
  CHECK(cells > 20);
  CHECK(std::abs(statistic - cells) < 3 * std::sqrt(2.0 * cells));
  CHECK(outside <= 1 + cells / 100);  // 0.27 % are expected
}

}  // namespace

TEST_CASE("a tabular policy's exact P_T agrees with torchgfn to 1e-9") {
  const auto golden = read_golden("torchgfn_hypergrid.json");
  const Hypergrid grid(2, 8, 0.1, 0.5, 2);
  const auto graph = StateGraph::enumerate(grid).value();
  const auto index = [&](int id) { return 8 * graph.state(id)[0] + graph.state(id)[1]; };
  GraphPolicy policy;
  policy.forward.resize(at(graph.num_edges()));
  policy.stop.resize(64);
  for (int s = 0; s < 64; ++s) {
    const auto weight = [&](int a) { return std::exp(0.5 * std::sin(1.3 * index(s) + 0.7 * a)); };
    double total = weight(2);
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) total += weight(graph.action(e));
    policy.stop[at(s)] = weight(2) / total;
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
      policy.forward[at(e)] = weight(graph.action(e)) / total;
    }
  }
  const ForwardFlow flow = forward_flow(graph, policy.forward, policy.stop);
  const auto& expected = golden.at("exact_PT");
  REQUIRE(expected.size() == 64);
  double worst = 0;
  for (int s = 0; s < 64; ++s) {
    worst = std::max(worst, std::abs(flow.terminating[at(s)] - expected[at(index(s))].get<double>()));
  }
  CHECK(worst < 1e-9);

  // Its target is in single precision, hence the wider margin.
  const Divergence d = divergence(flow.terminating, exact_target(graph, grid).probability);
  CHECK(d.l1 == Approx(golden.at("exact_l1_vs_true").get<double>()).epsilon(1e-6));
  CHECK(d.jsd == Approx(golden.at("exact_jsd_vs_true").get<double>()).epsilon(1e-6));
}

TEST_CASE("exact P_T agrees with a million samples of a grid's policy") {
  check_against_samples(Hypergrid(2, 8, 0.1, 0.5, 2));
}

TEST_CASE("exact P_T agrees with a million samples of a tree's policy") {
  check_against_samples(Bits(6, 4, 1));
}

TEST_CASE("flow is conserved at every state, and P_F follows from F") {
  const Hypergrid grid(3, 5, 0.1, 0.5, 2);
  const auto graph = StateGraph::enumerate(grid).value();
  const GraphPolicy policy = some_policy(graph, grid.spec().stop_action());
  const ForwardFlow flow = forward_flow(graph, policy.forward, policy.stop);
  double length = 0;
  for (int s = 0; s < graph.num_states(); ++s) {
    double in = s == 0 ? 1 : 0, out = flow.terminating[at(s)];
    for (const auto e : graph.edges_in(s)) in += flow.edge[at(e)];
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) out += flow.edge[at(e)];
    CHECK(in == Approx(flow.visit[at(s)]).epsilon(1e-12));
    CHECK(out == Approx(flow.visit[at(s)]).epsilon(1e-12));
    length += flow.terminating[at(s)] * (graph.depth(s) + 1);  // all paths to a cell are as long
  }
  CHECK(flow.expected_length == Approx(length).epsilon(1e-12));
}

TEST_CASE("a reward flow shares every reward backwards, by hand on three states") {
  // A line of three points has rewards r0 + r1 at its ends and r0 in the middle.
  const Hypergrid line(1, 3, 0.25, 0.5, 1);
  const auto graph = StateGraph::enumerate(line).value();
  const Target target = exact_target(graph, line);
  const RewardFlow flow = reward_flow(graph, target.log_reward, uniform_backward(graph));
  CHECK(std::exp(flow.log_state[2]) == Approx(0.75));
  CHECK(std::exp(flow.log_state[1]) == Approx(0.25 + 0.75));
  CHECK(std::exp(flow.log_state[0]) == Approx(0.75 + 1.0));
  CHECK(flow.log_z == Approx(std::log(1.75)));
  CHECK(target.probability[1] == Approx(0.25 / 1.75));
}

TEST_CASE("rewards of very different size are summed without overflow") {
  const Bits bits(8, 4, 100);  // log R down to -400
  const auto graph = StateGraph::enumerate(bits).value();
  const Target target = exact_target(graph, bits);
  CHECK(target.log_z == Approx(std::log(4.0)).epsilon(1e-12));
  const auto flow = reward_flow(graph, target.log_reward, uniform_backward(graph));
  for (const double log_flow : flow.log_state) CHECK(std::isfinite(log_flow));
}

TEST_CASE("a relative target is what the random walk reaches times the reward, by hand on two states") {
  // From the first of two points the walk stops or goes on with probability 1/2 each.
  const Hypergrid line(1, 2, 0.25, 0.5, 1);
  const auto graph = StateGraph::enumerate(line).value();
  Target rewards = exact_target(graph, line);
  rewards.log_reward = {std::log(3.0), std::log(1.0)};
  const Target target = relative_target(graph, rewards, random_walk(graph));
  CHECK(target.probability[0] == Approx(0.75).epsilon(1e-14));
  CHECK(target.probability[1] == Approx(0.25).epsilon(1e-14));
  CHECK(target.log_z == Approx(std::log(0.5 * 3 + 0.5 * 1)).epsilon(1e-14));
}

TEST_CASE("every trajectory of the posterior has the prior's probability times R/Z") {
  const Dag dag(5, 8, 1, 0.4, 3);
  const auto graph = StateGraph::enumerate(dag).value();
  const GraphPolicy prior = random_walk(graph);
  const Target rewards = exact_target(graph, dag), target = relative_target(graph, rewards, prior);
  const RewardFlow flow = reward_flow(graph, target.log_reward, prior.backward);
  const GraphPolicy posterior = policy_of(graph, flow, target.log_reward, prior.backward);
  std::mt19937_64 random(3);
  for (int i = 0; i < 200; ++i) {
    double log_prior = 0, log_posterior = 0;
    int s = 0;
    while (true) {
      const auto edges = graph.child_end(s) - graph.child_begin(s);
      const auto choice = static_cast<std::int64_t>(random() % at(edges + graph.terminating(s)));
      if (choice == edges) break;
      const auto e = graph.child_begin(s) + choice;
      log_prior += std::log(prior.forward[at(e)]);
      log_posterior += std::log(posterior.forward[at(e)]);
      s = graph.child(e);
    }
    log_prior += std::log(prior.stop[at(s)]);
    log_posterior += std::log(posterior.stop[at(s)]);
    CHECK(log_posterior == Approx(log_prior + rewards.log_reward[at(s)] - target.log_z).epsilon(1e-11));
  }
}

}  // namespace flowscope
