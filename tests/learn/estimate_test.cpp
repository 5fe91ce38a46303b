#include "core/learn/estimate_view.h"

#include <cmath>
#include <numeric>

#include "core/learn/exact_view.h"
#include "core/learn/walks.h"
#include "core/run/config.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

const std::atomic<bool> never = false;

/// A world with its graph and an untrained policy of some shape.
struct World {
  explicit World(const std::string& preset) {
    const Config config = Config::from_preset(preset);
    run.config = config;
    run.environment = config.make_environment();
    run.graph = std::make_shared<StateGraph>(*StateGraph::enumerate(*run.environment));
    run.target = exact_target(*run.graph, *run.environment);
    run.log_z_true = run.target.log_z;
    policy.emplace(*run.environment, PolicyShape{.width = 32}, Rng(3, Stream::kWeights));
  }
  RunInfo run;
  std::optional<Policy<double>> policy;
};

void check_within(const std::optional<Estimate>& estimate, double exact) {
  REQUIRE(estimate);
  CAPTURE(estimate->value, estimate->error, exact);
  CHECK(estimate->error > 0);
  CHECK(std::abs(estimate->value - exact) < 4 * estimate->error);
}

}  // namespace

TEST_CASE("a mean has the standard error of its sample") {
  const auto e = mean_of(std::array{1.0, 2.0, 4.0, 5.0});
  REQUIRE(e);
  CHECK(e->value == 3);
  CHECK(e->error == Approx(std::sqrt(10.0 / 3 / 4)));
  CHECK_FALSE(mean_of(std::array{1.0}));
}

TEST_CASE("the logarithm of a mean of exponentials does not overflow") {
  CHECK(log_mean_exp(std::array{0.0, std::log(3.0)}) == Approx(std::log(2.0)));
  CHECK(log_mean_exp(std::array{1000.0, 1000.0}) == Approx(1000));
}

TEST_CASE("estimates lie within their errors of the exact measures") {
  const World world("hypergrid-8x8");
  const auto exact = make_exact_view(*world.policy, world.run, never);
  const auto view = make_estimate_view(*world.policy, world.run, Rng(1, Stream::kEvaluation), 7, never);
  REQUIRE(view);
  CHECK(view->step == 7);
  check_within(view->elbo, exact->elbo);
  check_within(view->entropy, exact->entropy);
  check_within(view->length, exact->expected_length);
  check_within(view->eubo, exact->eubo);
  check_within(view->log_likelihood, exact->log_likelihood);
  REQUIRE(view->tv);
  CHECK(std::abs(*view->tv - exact->tv) < 0.1);
  CHECK(*view->l1 == Approx(2 * *view->tv));
  REQUIRE(view->spearman);
}

TEST_CASE("the mean of P_F / P_B over paths back from an object is its exact probability") {
  const World world("hypergrid-8x8");
  const auto exact = make_exact_view(*world.policy, world.run, never);
  const std::vector<std::int32_t> object = {3, 2};
  const auto walks = walks_to(*world.run.environment, *world.policy, Rng(2, Stream::kEvaluation),
                                   0, std::vector(4000, object), never);
  std::vector<double> weight;
  for (const Walk& walk : walks) {
    CHECK(walk.object == object);
    CHECK(walk.length == 6);
    weight.push_back(std::exp(walk.log_pf - walk.log_pb));
  }
  check_within(mean_of(weight), exact->forward.terminating[static_cast<size_t>(world.run.graph->find(object))]);
}

TEST_CASE("estimates depend on the seed and the step alone") {
  const World world("hypergrid-8x8");
  const auto make = [&](std::uint64_t seed, std::int64_t step) {
    return make_estimate_view(*world.policy, world.run, Rng(seed, Stream::kEvaluation), step, never)->elbo->value;
  };
  CHECK(make(1, 7) == make(1, 7));
  CHECK(make(1, 7) != make(1, 8));
  CHECK(make(1, 7) != make(2, 7));
}

TEST_CASE("the best objects count once each, and differ by the share of their entries") {
  EstimateView view;
  describe_objects({{{0, 0}, {0, 1}, {1, 1}}, {5, 2, 1}, {-1.0, 0.0, 4.0}}, std::nullopt, view);
  CHECK(view.objects == 8);
  CHECK(view.top_log_reward == Approx(1));
  REQUIRE(view.top_diversity);
  CHECK(*view.top_diversity == Approx((0.5 + 1 + 0.5) / 3));
  CHECK_FALSE(view.tv);
}

TEST_CASE("a cancelled estimate is none") {
  const World world("hypergrid-8x8");
  const std::atomic<bool> cancelled = true;
  CHECK_FALSE(make_estimate_view(*world.policy, world.run, Rng(1, Stream::kEvaluation), 0, cancelled));
}
