#include "core/graph/policy_measures.h"

#include <array>
#include <cmath>

#include "core/graph/correlation.h"
#include "envs/hypergrid.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

/// A line of two states, rewards 1 and 3: stop at s0 with probability `stop`, otherwise go on.
struct TwoStates {
  Hypergrid world{1, 2, 1.0, 2.0, 0.0};
  StateGraph graph = *StateGraph::enumerate(world);
  Target target = exact_target(graph, world);
};

PolicyMeasures measure_policy(const StateGraph& graph, const Target& target,
                              const GraphPolicy& policy) {
  return measure(graph, policy, forward_flow(graph, policy.forward, policy.stop),
                 reward_flow(graph, target.log_reward, policy.backward), target);
}

}  // namespace

TEST_CASE("correlations agree with cases worked out by hand") {
  const std::array x{1.0, 2.0, 3.0, 4.0}, y{1.0, 3.0, 2.0, 5.0};
  CHECK(pearson(x, y) == Approx(5.5 / std::sqrt(5 * 8.75)).epsilon(1e-14));
  CHECK(spearman(x, y) == Approx(0.8).epsilon(1e-14));  // 1 - 6 (0 + 1 + 1 + 0) / (4 (16 - 1))
  CHECK(pearson(x, std::array{-2.0, -4.0, -6.0, -8.0}) == Approx(-1).epsilon(1e-14));
  CHECK(spearman(x, std::array{1.0, 10.0, 100.0, 1e9}) == 1);
}

TEST_CASE("equal values share their mean rank") {
  // Ranks (0.5, 0.5, 2) and (0, 1, 2): covariance 1.5, variances 1.5 and 2.
  const double expected = 1.5 / std::sqrt(1.5 * 2);
  CHECK(spearman(std::array{7.0, 7.0, 9.0}, std::array{1.0, 2.0, 3.0}) == Approx(expected).epsilon(1e-14));
}

TEST_CASE("a constant list has no correlation") {
  CHECK(std::isnan(pearson(std::array{1.0, 1.0}, std::array{1.0, 2.0})));
  CHECK(std::isnan(spearman(std::array{1.0, 1.0}, std::array{1.0, 2.0})));
  const double none = -std::numeric_limits<double>::infinity();
  CHECK(std::isnan(pearson(std::array{none, 1.0, 2.0}, std::array{0.0, 1.0, 2.0})));
  CHECK(spearman(std::array{none, 1.0, 2.0}, std::array{0.0, 1.0, 2.0}) == 1);
}

TEST_CASE("measures of two states agree with a calculation by hand") {
  const TwoStates two;
  REQUIRE(two.target.log_z == Approx(std::log(2 * 3.0)));  // both ends of the line are outer cells
  GraphPolicy policy{{0.75}, {0.25, 1.0}, {1.0}};
  const PolicyMeasures m = measure_policy(two.graph, two.target, policy);
  const double log_r = std::log(3.0), entropy = -0.25 * std::log(0.25) - 0.75 * std::log(0.75);
  CHECK(m.tv == Approx(0.25));
  CHECK(m.kl == Approx(0.5 * std::log(2.0) + 0.5 * std::log(2.0 / 3)));
  CHECK(m.kl_reverse == Approx(std::log(2.0) - entropy));
  CHECK(m.entropy == Approx(entropy));
  CHECK(m.log_likelihood == Approx(0.5 * std::log(0.25) + 0.5 * std::log(0.75)));
  CHECK(m.elbo == Approx(log_r + entropy));
  CHECK(m.eubo == Approx(log_r - 0.5 * std::log(0.25) - 0.5 * std::log(0.75)));
}

TEST_CASE("a policy in balance closes the bounds on log Z and goes along with the reward") {
  const Hypergrid world(2, 8, 0.1, 0.5, 2);
  const StateGraph graph = *StateGraph::enumerate(world);
  const Target target = exact_target(graph, world);
  const auto backward = uniform_backward(graph);
  const RewardFlow flow = reward_flow(graph, target.log_reward, backward);
  GraphPolicy policy = policy_of(graph, flow, target.log_reward, backward);
  const PolicyMeasures best = measure_policy(graph, target, policy);
  CHECK(best.elbo == Approx(target.log_z).epsilon(1e-12));
  CHECK(best.eubo == Approx(target.log_z).epsilon(1e-12));
  CHECK(best.pearson == Approx(1).epsilon(1e-12));

  // Off balance the gaps are the KL divergences between trajectories: no less than those of objects.
  for (int s = 0; s < graph.num_states(); ++s) {
    const auto choices = static_cast<double>(graph.child_end(s) - graph.child_begin(s) + 1);
    policy.stop[static_cast<size_t>(s)] = 1 / choices;
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
      policy.forward[static_cast<size_t>(e)] = 1 / choices;
    }
  }
  const PolicyMeasures uniform = measure_policy(graph, target, policy);
  CHECK(target.log_z - uniform.elbo > uniform.kl_reverse);
  CHECK(uniform.eubo - target.log_z > uniform.kl);
}

TEST_CASE("a policy that misses an object has an infinite upper bound and no linear correlation") {
  const TwoStates two;
  const PolicyMeasures m = measure_policy(two.graph, two.target, {{0.0}, {1.0, 1.0}, {1.0}});
  CHECK(std::isinf(m.eubo));
  CHECK(m.elbo == Approx(std::log(3.0)));
  CHECK(m.entropy == 0);
  CHECK(std::isnan(m.pearson));
}

}  // namespace flowscope
