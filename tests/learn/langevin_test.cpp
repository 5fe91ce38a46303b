// A drift that leans on the reward's slope.
#include <algorithm>
#include <cmath>

#include "core/learn/continuous/density_sampler.h"
#include "core/learn/continuous/density_trainer.h"
#include "core/run/errors.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

Config config_of(const std::string& environment, const std::vector<std::string>& values = {}) {
  Config config;
  config.set("environment.name", environment);
  config.set_all(std::vector<std::string>{"policy.hidden=12", "policy.layers=1", "policy.activation=elu", "batch=4",
                                          "policy.langevin=true"});
  config.set_all(values);
  return config;
}

}  // namespace

TEST_CASE("the gradient through a leaning drift is that of finite differences") {
  for (const std::string target : {"gmm9", "funnel", "manywell"}) {
    const std::string deviation = target == "funnel" ? "learned" : "fixed";
    const auto space = config_of("diffusion", {"environment.steps=6", "reward.name=" + target,
                                               "density.deviation=" + deviation}).make_space();
    DensityPolicy<double> policy(*space, {.width = 12, .layers = 1, .activation = Activation::kElu, .langevin = true},
                                 Rng(3, Stream::kWeights));
    PointBatch batch(*space);
    DensityPolicy<double>::Sweep sweep;
    Evaluation evaluation;
    Residuals residuals;
    sample_forward(*space, policy, 4, {}, Rng(5, Stream::kForward), 0, batch, sweep);
    const Objective objective = find_objective_function("tb");
    const auto loss = [&] {
      sweep.clear();
      policy.extend_forward(*space, batch, sweep);
      policy.evaluate(*space, batch, sweep, evaluation);
      evaluation.clear_derivatives();
      return objective(batch, {}, evaluation, residuals);
    };
    loss();
    policy.backward(batch, sweep, evaluation);
    const auto gradient = policy.gradient();
    const double largest = std::abs(*std::ranges::max_element(gradient, {}, [](double g) { return std::abs(g); }));
    // Of every layer, the leaning's own output at the end among them.
    for (size_t i = 0; i < gradient.size(); i += i + 60 < gradient.size() ? 7 : 1) {
      constexpr double kStep = 1e-5;
      double& parameter = policy.parameters()[i];
      const double here = parameter;
      parameter = here + kStep;
      const double above = loss();
      parameter = here - kStep;
      const double below = loss();
      parameter = here;
      CAPTURE(target, i);
      CHECK(gradient[i] == Approx((above - below) / (2 * kStep)).epsilon(1e-4).margin(1e-6 * largest));
    }
  }
}

TEST_CASE("the drift at a state is the same alone and within a batch") {
  const Config config = config_of("diffusion", {"environment.steps=6"});
  const auto space = config.make_space();
  const DensityPolicy<double> policy(*space, {.width = 12, .layers = 1, .langevin = true}, Rng(3, Stream::kWeights));
  PointBatch batch(*space);
  DensityPolicy<double>::Sweep sweep;
  sample_forward(*space, policy, 5, {}, Rng(5, Stream::kForward), 0, batch, sweep);
  std::vector<double> raw;
  bool leans = false;
  for (int r = 0; r < batch.num_rows(); ++r) {
    if (space->must_stop(batch.state(r))) continue;
    policy.forward_raw_at(*space, batch.state(r), raw);
    REQUIRE(raw.size() == 2);
    for (size_t k = 0; k < 2; ++k) {
      CHECK(raw[k] == Approx(policy.forward_raw(sweep, r)[k]).margin(1e-12));
      leans = leans || sweep.slope[2 * static_cast<size_t>(sweep.forward.slot[static_cast<size_t>(r)]) + k] != 0;
    }
  }
  CHECK(leans);
}

TEST_CASE("a drift leans only where steps are single Gaussians") {
  for (const char* name : {"box", "torus", "line", "hybrid"}) {
    const Config config = config_of(name);
    CHECK_THROWS_AS(DensityTrainer<float>(config, config.make_space()), UsageError);
  }
}
