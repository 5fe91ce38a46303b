// The gradient of every objective through every kind of policy, against finite differences of its
// loss along random directions in parameter space.
#include <cmath>
#include <random>

#include "core/learn/trainer.h"
#include "tests/catch.h"
#include "tests/learn/baselines.h"

using namespace flowscope;

namespace {

using Settings = std::vector<std::string>;

const std::vector<std::pair<const char*, Settings>> kWorlds = {
    {"hypergrid-8x8", {"environment.side=4"}}, {"set-6-3", {}}, {"dag-200", {"environment.rows=4"}},
    {"hypergrid-cyclic-7x7", {"environment.side=3"}}};

const std::vector<Settings> kPolicies = {
    {"policy.kind=tabular"},
    {"policy.hidden=9", "policy.layers=1"},
    {"policy.hidden=16", "policy.layers=2", "policy.activation=tanh"},
    {"policy.hidden=16", "policy.layers=3", "policy.activation=elu", "policy.layer_norm=true"},
    {"policy.hidden=12", "policy.torso=shared", "policy.activation=tanh"},
    {"policy.hidden=12", "policy.backward=uniform"},
    {"policy.hidden=12", "policy.backward=tied"},
    {"policy.hidden=12", "policy.flow_energy=true"},
    {"policy.hidden=12", "exploration.thompson=3", "exploration.thompson_prior=0"},
    {"policy.torso=shared", "exploration.thompson=2", "exploration.thompson_prior=0", "policy.hidden=8"}};

bool is_variational(const std::string& name) {
  return name.ends_with("_kl") || name == "ws" || name == "rws";
}

/// The loss on the trainer's batch; for objectives that follow a score-function gradient, whose loss
/// is a report and not what they descend, the sum of log-probabilities weighted as `fixed` says.
double loss_of(Trainer<double>& trainer, const Evaluation* fixed) {
  trainer.sample();  // the same random numbers as long as no step is taken
  const double loss = trainer.evaluate();
  if (!fixed) return loss;
  double sum = 0;
  for (size_t k = 0; k < fixed->d_log_pf.size(); ++k) {
    sum += fixed->d_log_pf[k] * trainer.evaluation().log_pf[k] +
           fixed->d_log_pb[k] * trainer.evaluation().log_pb[k];
  }
  return sum;
}

/// Largest difference between slope and finite difference over a few directions, relative.
double worst_error(const Config& config, int* directions) {
  Trainer<double> trainer(config, config.make_environment());
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  for (double& x : trainer.policy().parameters()) x += 0.1 * normal(random);  // off a table's zeros
  trainer.sample();
  trainer.evaluate();
  trainer.backward();
  const Evaluation here = trainer.evaluation();
  const std::vector<double> gradient(trainer.policy().gradient().begin(), trainer.policy().gradient().end());
  const Evaluation* fixed = is_variational(config.text("objective.name")) ? &here : nullptr;

  double worst = 0;
  for (int i = 0; i < 3; ++i) {
    std::vector<double> direction(gradient.size());
    double slope = 0;
    for (size_t j = 0; j < gradient.size(); ++j) {
      direction[j] = normal(random);
      slope += gradient[j] * direction[j];
    }
    const auto at = [&](double h) {
      for (size_t j = 0; j < direction.size(); ++j) trainer.policy().parameters()[j] += h * direction[j];
      const double loss = loss_of(trainer, fixed);
      for (size_t j = 0; j < direction.size(); ++j) trainer.policy().parameters()[j] -= h * direction[j];
      return loss;
    };
    const double h = 1e-6, difference = (at(h) - at(-h)) / (2 * h);
    worst = std::max(worst, std::abs(slope - difference) / (1 + std::abs(slope)));
    *directions += slope != 0;
  }
  return worst;
}

}  // namespace

TEST_CASE("every objective's gradient equals finite differences through every kind of policy") {
  for (const ObjectiveEntry& objective : objectives()) {
    if (is_baseline(objective)) continue;
    for (const auto& [preset, settings] : kWorlds) {
      if (objective.needs_stop && std::string_view(preset) != "hypergrid-8x8") continue;
      for (const Settings& policy : kPolicies) {
        Config config = Config::from_preset(preset);
        config.set_all(settings);
        config.set("objective.name", objective.name);
        config.set_all(policy);
        if (config.boolean("policy.flow_energy") && !objective.needs_flow) continue;
        if (is_variational(objective.name) && config.integer("exploration.thompson") > 0) continue;
        config.set_all(Settings{"batch=6", "seed=2", "log_z.start=value", "log_z.initial=1.5"});
        CAPTURE(objective.name, preset, policy[0], policy.size() > 1 ? policy[1] : "");
        int directions = 0;
        CHECK(worst_error(config, &directions) < 1e-6);
        CHECK(directions == 3);  // a gradient of zero would agree with anything
      }
    }
  }
}

TEST_CASE("forward-looking detailed balance is detailed balance where there are no energies") {
  const auto train = [](const char* objective) {
    Config config = Config::from_preset("set-6-3");
    config.set_all(Settings{std::string("objective.name=") + objective, "reward.beta=0", "seed=4"});
    Trainer<double> trainer(config, config.make_environment());
    trainer.sample();
    const double loss = trainer.evaluate();
    trainer.backward();
    return std::make_pair(loss, std::vector<double>(trainer.policy().gradient().begin(),
                                                    trainer.policy().gradient().end()));
  };
  for (const auto& [plain, forward] : {std::pair("db", "fldb"), std::pair("subtb", "flsubtb")}) {
    const auto [loss, gradient] = train(plain);
    const auto [fl_loss, fl_gradient] = train(forward);
    CHECK(fl_loss == loss);
    CHECK(fl_gradient == gradient);
  }
}
