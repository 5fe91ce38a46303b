// Objectives in continuous worlds: each that applies is trained in each world and measured, and each
// other one is refused in one line that says why.
#include <cmath>
#include <cstdio>
#include <fstream>

#include "core/learn/continuous/density_run.h"
#include "core/learn/continuous/density_view.h"
#include "core/run/errors.h"
#include "tests/catch.h"
#include "tests/learn/baselines.h"

using namespace flowscope;

namespace {

/// A world with how it is trained, and how far off a trained policy may be: in total variation by
/// quadrature where there is one, else by the importance-weighted estimate of log Z.
struct World {
  std::string name, preset;
  std::vector<std::string> values;
  double bound;
};

const std::vector<World> kWorlds = {
    {"line", "line", {"batch=128", "steps=1500", "optimizer.lr=0.003", "exploration.step_noise=1",
                      "exploration.epsilon_steps=750", "optimizer.clip=norm", "optimizer.lr_flow=0.01"}, 0.03},
    {"box", "box-0.25", {"policy.hidden=64", "policy.layers=2", "batch=64", "steps=1000",
                         "exploration.epsilon_steps=500"}, 0.2},
    {"torus", "torus", {"policy.hidden=64", "density.start=4", "batch=64", "steps=1500",
                         "optimizer.lr=0.003", "optimizer.lr_log_z=0.05"}, 0.15},
    {"diffusion", "diffusion-gmm9", {"environment.steps=10", "policy.langevin=true", "density.waves=0",
                                     "density.deviation=fixed", "batch=128", "steps=500",
                                     "exploration.epsilon_steps=250"}, 0.15},
    {"hybrid", "hybrid", {"policy.hidden=64", "steps=2000", "exploration.epsilon_steps=1000"}, 0.1}};

const char* const kWeightings[] = {"geometric_within", "geometric", "equal_within", "equal", "tb", "db", "mdb"};

/// An objective, with a weighting of sub-trajectories where it has them.
struct Row {
  std::string objective, weighting;
  std::string title() const { return weighting.empty() ? objective : objective + ", " + weighting; }
};

std::vector<Row> rows() {
  std::vector<Row> all;
  for (const ObjectiveEntry& entry : objectives()) {
    if (is_baseline(entry)) continue;
    if (entry.name != "subtb") {
      all.push_back({entry.name, ""});
      continue;
    }
    for (const char* weighting : kWeightings) all.push_back({entry.name, weighting});
  }
  return all;
}

/// Objectives that weigh trajectories by importance: larger batches against the noise of the weights.
bool weighs(const std::string& objective) {
  return objective == "forward_kl" || objective == "ws" || objective == "rws" || objective == "symmetric_kl";
}

/// Objectives that look at one transition at a time.
bool local(const Row& row) {
  return row.objective == "db" || row.objective == "nadb" || row.objective == "sdb" || row.weighting == "db" ||
         row.weighting == "mdb";
}

Config config_of(const World& world, const Row& row) {
  Config config = Config::from_preset(world.preset);
  config.set("objective.name", row.objective);
  if (!row.weighting.empty()) config.set("objective.weighting", row.weighting);
  config.set_all(world.values);
  config.set_all(std::vector<std::string>{"optimizer.decay_after=0", "optimizer.decay_from=0.5"});
  if (weighs(row.objective)) config.set("batch", std::int64_t{256});
  const bool priced = row.objective == "nadb" || row.objective == "sdb";
  if (priced) config.set("objective.flow_price", 1e-5);  // its bias grows with it
  if (world.name == "diffusion" && local(row)) {
    config.set("optimizer.lr", 0.003);  // at the preset's rate their flows grow without bound
    if (row.objective != "sdb") config.set("objective.shape", std::string("huber"));
  }
  if (world.name == "hybrid" && (local(row) || weighs(row.objective))) {
    // A shape that looks poor at first is chosen no more.
    config.set_all(std::vector<std::string>{"exploration.epsilon=0.1", "exploration.step_noise=2"});
  }
  if (world.name == "hybrid" && local(row)) {
    config.set("optimizer.lr_flow", 0.03);  // log R of most points is below -100
    if (row.objective != "sdb") config.set("objective.shape", std::string("log_cosh"));
  }
  const bool forward = row.objective == "forward_kl" || row.objective == "symmetric_kl";
  if ((row.objective == "rws" && world.name != "torus") || (forward && world.name == "line")) {
    // P_B learned by the weights of P_F's own samples runs away with it, off the target.
    config.set("policy.backward", std::string("uniform"));
  }
  return config;
}

/// Cells that so short a training leaves beyond the bound.
bool unfinished(const World& world, const Row& row) {
  // Every length has its share of the loss, and in the box few trajectories are long.
  if (world.name == "box") return row.weighting == "geometric";
  // A logarithm of the imbalance forgives what is far off.
  return (world.name == "hybrid" || world.name == "diffusion") && row.objective == "sdb";
}

/// What the trainer says of a combination that it does not take; "" of one that it takes.
std::string refusal(const Config& config) {
  try {
    DensityTrainer<float>(config, config.make_space());
  } catch (const UsageError& e) {
    return e.what();
  }
  return "";
}

/// Whether a combination should be taken.
bool applies(const ObjectiveEntry& entry, const ContinuousEnvironment& space) {
  if (entry.needs_inflows || entry.relative) return false;
  return space.spec().all_terminating || (!entry.needs_stop && !entry.forward_looking);
}

/// Trains one cell; how far off the policy is, NaN if training could not go on.
double distance(const Config& config) {
  const auto space = config.make_space();
  DensityTrainer<float> trainer(config, space);
  for (std::int64_t i = 0; i < config.integer("steps"); ++i) {
    if (!trainer.step().trouble.empty()) return NAN;
  }
  const auto run = make_space_run(config, space);
  const auto view = make_density_view(trainer.policy(), *run, trainer.log_z(), trainer.steps(), false);
  return view->exact ? view->tv : std::abs(view->log_z - *run->log_z_true);
}

}  // namespace

TEST_CASE("every objective trains in every continuous world or is refused in one line") {
  for (const World& world : kWorlds) {
    for (const Row& row : rows()) {
      Config config = config_of(world, row);
      config.set_all(std::vector<std::string>{"policy.hidden=8", "batch=4"});
      const auto space = config.make_space();
      const std::string said = refusal(config);
      CAPTURE(world.name, row.title(), said);
      REQUIRE(said.empty() == applies(*find_objective(row.objective), *space));
      if (!said.empty()) {
        CHECK(said.find("objective.name: '" + row.objective + "' needs ") == 0);
        CHECK(said.find("environment.name = " + config.text("environment.name")) != std::string::npos);
        CHECK(said.find('\n') == std::string::npos);
        continue;
      }
      DensityTrainer<float> trainer(config, space);
      const std::vector<float> before(trainer.policy().parameters().begin(), trainer.policy().parameters().end());
      for (int i = 0; i < 3; ++i) REQUIRE(trainer.step().trouble.empty());
      CHECK_FALSE(std::ranges::equal(before, trainer.policy().parameters()));
    }
  }
}

TEST_CASE("four kinds of objective learn the hybrid world") {
  for (const char* objective : {"tb", "subtb", "vargrad", "rws"}) {
    Config config = config_of(kWorlds.back(), {objective, ""});
    config.set_all(std::vector<std::string>{"steps=800", "batch=128", "exploration.epsilon_steps=400"});
    CAPTURE(objective);
    CHECK(distance(config) < 0.1);
  }
}

TEST_CASE("the matrix of continuous worlds", "[.long]") {
  std::ofstream file(FLOWSCOPE_BINARY_DIR "/exactness-spaces.md");
  const auto print = [&](const std::string& text) {
    file << text << std::flush;
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
  };
  std::string head = "| objective |", rule = "|---|";
  for (const World& world : kWorlds) {
    head += " " + world.name + " |";
    rule += "---|";
  }
  print(head + "\n" + rule + "\n");
  for (const Row& row : rows()) {
    if (row.objective == "fm" || row.objective == "rtb") continue;  // nowhere
    std::string line = "| " + row.title() + " |";
    for (const World& world : kWorlds) {
      const Config config = config_of(world, row);
      if (!applies(*find_objective(row.objective), *config.make_space())) {
        line += " - |";
        continue;
      }
      const double off = distance(config);
      char text[32];
      std::snprintf(text, sizeof text, " %.4f%s |", off, off <= world.bound ? "" : " *");
      line += text;
      CAPTURE(row.title(), world.name, off);
      CHECK((off <= world.bound || unfinished(world, row)));
    }
    print(line + "\n");
  }
}
