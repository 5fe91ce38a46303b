// Continuous worlds and their engine: steps and their inverses, gradients, the carried density.
#include <cmath>
#include <numbers>

#include "core/learn/continuous/cell_window.h"
#include "core/learn/continuous/density_sampler.h"
#include "core/learn/continuous/density_trainer.h"
#include "core/learn/continuous/position_draws.h"
#include "core/learn/continuous/quadrature.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

Config config_of(const std::string& environment, const std::vector<std::string>& values = {}) {
  Config config;
  config.set("environment.name", environment);
  config.set_all(std::vector<std::string>{"policy.hidden=16", "policy.activation=elu", "batch=8"});
  config.set_all(values);
  return config;
}

const std::vector<std::string> kSpaces = {"box", "line", "torus", "diffusion", "hybrid"};

/// A policy that is far from uniform everywhere, and a batch of its trajectories.
struct Sampled {
  explicit Sampled(const Config& config, int n = 40, bool flow = false)
      : space(config.make_space()),
        policy(*space, {.width = 16, .layers = 1, .activation = Activation::kElu, .flow = flow},
               Rng(3, Stream::kWeights)),
        batch(*space) {
    for (double& p : policy.parameters()) p *= 2;
    sample_forward(*space, policy, n, {}, Rng(5, Stream::kEvaluation), 0, batch, sweep);
  }
  double loss(const Objective& objective, double log_z) {
    sweep.clear();
    policy.extend_forward(*space, batch, sweep);
    policy.evaluate(*space, batch, sweep, evaluation);
    evaluation.log_z = log_z;
    if (!evaluation.log_flow.empty()) evaluation.log_flow[0] = log_z;
    evaluation.clear_derivatives();
    return objective(batch, {}, evaluation, residuals);
  }
  std::shared_ptr<const ContinuousEnvironment> space;
  DensityPolicy<double> policy;
  PointBatch batch;
  DensityPolicy<double>::Sweep sweep;
  Evaluation evaluation;
  Residuals residuals;
};

/// The share of points in each of 10 x 10 blocks (or 20 stretches of a line) of a density's grid.
std::vector<double> coarse(const DensityGrid& grid) {
  const int across = grid.height == 1 ? 20 : 10, up = grid.height == 1 ? 1 : 10;
  std::vector<double> out(sz(across) * sz(up), 0);
  for (int j = 0; j < grid.height; ++j) {
    for (int i = 0; i < grid.width; ++i) {
      out[sz(j * up / grid.height) * sz(across) + sz(i * across / grid.width)] +=
          grid.mass[sz(j) * sz(grid.width) + sz(i)];
    }
  }
  return out;
}

/// L1 distance between the carried density and n samples, beyond what their number explains.
double excess(const Config& config, int n) {
  Sampled s(config, n);
  DensityGrid carried;
  const std::atomic<bool> cancel = false;
  carry_density(*s.space, s.policy, cancel, carried);
  std::vector<float> x, y;
  for (int i = 0; i < n; ++i) {
    double at_x = 0, at_y = 0;
    s.space->map_point(s.batch.state(s.batch.last_row(i)), at_x, at_y);
    x.push_back(static_cast<float>(at_x));
    y.push_back(static_cast<float>(at_y));
  }
  const std::vector<double> p = coarse(carried), q = coarse(histogram(*s.space, x, y));
  double l1 = 0, noise = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    l1 += std::abs(p[i] - q[i]);
    noise += std::sqrt(2 * p[i] * (1 - p[i]) / (3.14159265 * n));  // the mean of |p - q|
  }
  return l1 - 1.5 * noise;
}

}  // namespace

TEST_CASE("coordinates of a step name the state it leads to, forwards and backwards") {
  for (const std::string& name : kSpaces) {
    Sampled s(config_of(name));
    std::vector<double> u(s.batch.width), state(s.batch.length);
    for (const Transition& t : s.batch.transitions) {
      if (t.next < 0) continue;
      CAPTURE(name, t.row, t.next);
      const DensitySpec& density = s.policy.forward_density(t.row);
      const MutablePoint of_step(u.data(), sz(density.coordinates));
      const double stretch = s.space->forward_coordinates(s.batch.state(t.row), s.batch.state(t.next), of_step);
      CHECK(stretch == Approx(s.batch.log_stretch[sz(t.next)]).margin(1e-6));
      for (size_t j = 0; j < of_step.size(); ++j) {
        CHECK(std::remainder(of_step[j] - s.batch.coordinates[sz(t.next) * s.batch.width + j], 2 * 3.14159265358979) ==
              Approx(0).margin(1e-6));
      }
      if (!s.space->one_parent(s.batch.state(t.next))) {
        s.space->backward_coordinates(s.batch.state(t.next), s.batch.state(t.row), of_step);
      }
      s.space->retreat(s.batch.state(t.next), of_step, state);
      for (size_t d = 0; d < state.size(); ++d) {
        CHECK(std::remainder(state[d] - s.batch.state(t.row)[d], 2 * 3.14159265358979) == Approx(0).margin(1e-6));
      }
    }
  }
}

TEST_CASE("objectives of continuous worlds have the gradient of finite differences") {
  for (const std::string& name : kSpaces) {
    for (const char* objective : {"tb", "db", "subtb"}) {
      const Objective function = find_objective_function(objective);
      Sampled s(config_of(name), 6, std::string(objective) != "tb");
      s.loss(function, 0.3);
      s.policy.backward(s.batch, s.sweep, s.evaluation);
      const std::vector<double> gradient(s.policy.gradient().begin(), s.policy.gradient().end());
      double top = 0;
      for (const double g : gradient) top = std::max(top, std::abs(g));
      for (size_t i = 0; i < gradient.size(); i += gradient.size() / 23) {
        double& parameter = s.policy.parameters()[i];
        const double x = parameter, step = 1e-5;
        parameter = x + step;
        const double above = s.loss(function, 0.3);
        parameter = x - step;
        const double below = s.loss(function, 0.3);
        parameter = x;
        CAPTURE(name, objective, i);
        CHECK(gradient[i] == Approx((above - below) / (2 * step)).epsilon(1e-4).margin(1e-6 * top));
      }
    }
  }
}

TEST_CASE("every objective of continuous worlds whose gradient is that of its loss has it") {
  for (const std::string name : {"box", "line"}) {
    for (const char* objective : {"vargrad", "mdb", "fldb", "flsubtb", "pcl", "nadb", "sdb", "ppo"}) {
      const bool everywhere = std::string_view("mdb fldb flsubtb").find(objective) != std::string_view::npos;
      if (name != "box" && everywhere) continue;  // no stop in every state
      // What a step pays counts as given, so that P_B must not be learned where it is paid.
      const Config config = config_of(name, {std::string("objective.name=") + objective, "policy.layers=1", "log_z.start=value",
                                             std::string(objective) == "ppo" ? "policy.backward=uniform"
                                                                             : "policy.backward=learned"});
      DensityTrainer<double> trainer(config, config.make_space());
      for (double& p : trainer.policy().parameters()) p *= 2;
      trainer.sample();
      trainer.evaluate();
      trainer.backward();
      const std::vector<double> gradient(trainer.policy().gradient().begin(), trainer.policy().gradient().end());
      double top = 0;
      for (const double g : gradient) top = std::max(top, std::abs(g));
      CAPTURE(name, objective, top);
      CHECK(top > 1e-3);
      for (size_t i = 0; i < gradient.size(); i += gradient.size() / 23) {
        double& parameter = trainer.policy().parameters()[i];
        const double x = parameter, step = 1e-5;
        const auto loss_at = [&](double value) {
          parameter = value;
          trainer.look_again();
          return trainer.evaluate();
        };
        const double slope = (loss_at(x + step) - loss_at(x - step)) / (2 * step);
        parameter = x;
        CHECK(gradient[i] == Approx(slope).epsilon(1e-4).margin(1e-6 * top));
      }
    }
  }
}

TEST_CASE("proximal policy optimisation learns from a batch as often as it is told") {
  const Config config = config_of("line", {"objective.name=ppo", "objective.epochs=3", "batch=32"});
  DensityTrainer<float> often(config, config.make_space());
  Config once_config = config;
  once_config.set_text("objective.epochs", "1");
  DensityTrainer<float> once(once_config, config.make_space());
  often.step();
  once.step();
  CHECK(often.steps() == 1);
  const auto moved = [&](const DensityTrainer<float>& trainer) {
    const DensityTrainer<float> fresh(config, config.make_space());
    double sum = 0;
    for (size_t i = 0; i < fresh.policy().parameters().size(); ++i) {
      sum += std::abs(trainer.policy().parameters()[i] - fresh.policy().parameters()[i]);
    }
    return sum;
  };
  CHECK(moved(often) > 2 * moved(once));
}

TEST_CASE("the carried density is that of samples") {
  CHECK(excess(config_of("box"), 20'000) < 0.005);
  CHECK(excess(config_of("box", {"environment.delta=0.1"}), 20'000) < 0.005);
  CHECK(excess(config_of("line"), 20'000) < 0.005);
  CHECK(excess(config_of("torus"), 20'000) < 0.005);
}

TEST_CASE("the carried density is that of a million samples", "[.long]") {
  CHECK(excess(config_of("box"), 1'000'000) < 0.003);
  CHECK(excess(config_of("box", {"environment.delta=0.1"}), 1'000'000) < 0.003);
  CHECK(excess(config_of("line"), 1'000'000) < 0.003);
}

TEST_CASE("objects counted as they come lie where all of the window lie when counted at once, on every map") {
  for (const char* preset : {"box", "line", "torus", "diffusion"}) {
    const auto space = config_of(preset).make_space();
    const MapRegion map = space->map();
    CellWindow window(*space);
    CHECK(window.shares().mass.front() == 0);
    std::vector<float> x, y;
    const Rng rng(5, Stream::kEvaluation);
    for (int i = 0; i < 20'000; ++i) {  // some beyond the map, the first ones pushed out
      const double u = 1.2 * rng.uniform(0, i) - 0.1, v = 1.2 * rng.uniform(1, i) - 0.1;
      x.push_back(static_cast<float>(map.x0 + u * (map.x1 - map.x0)));
      y.push_back(static_cast<float>(map.y0 + v * (map.y1 - map.y0)));
      window.add(x.back(), y.back());
    }
    const size_t gone = x.size() - CellWindow::kObjects;
    const auto last = [&](const std::vector<float>& of) { return std::span(of).subspan(gone); };
    const DensityGrid all = coarsened(histogram(*space, last(x), last(y)));
    const auto check = [&](const DensityGrid& seen) {
      CHECK(seen.width == all.width);
      REQUIRE(seen.mass.size() == all.mass.size());
      double worst = 0;
      for (size_t c = 0; c < all.mass.size(); ++c) worst = std::max(worst, std::abs(seen.mass[c] - all.mass[c]));
      CHECK(worst < 1e-12);
    };
    CAPTURE(preset);
    CHECK(window.objects() == CellWindow::kObjects);
    check(window.shares());
    window.move_to(*space);
    check(window.shares());
  }
}

TEST_CASE("the target's density on a map that leaves coordinates out is that of exact objects") {
  for (const std::string target : {"funnel", "manywell", "hybrid"}) {
    const auto space = target == "hybrid" ? config_of("hybrid").make_space()
                                          : config_of("diffusion", {"reward.name=" + target}).make_space();
    constexpr int kObjects = 50'000;
    std::vector<double> state(sz(space->spec().state_length));
    std::vector<float> x, y;
    const Rng rng(3, Stream::kEvaluation);
    for (int i = 0; i < kObjects; ++i) {
      PositionDraws draws(rng, 0, i, 0);
      REQUIRE(space->sample_target(draws, state));
      double at_x = 0, at_y = 0;
      space->map_point(state, at_x, at_y);
      x.push_back(static_cast<float>(at_x));
      y.push_back(static_cast<float>(at_y));
    }
    const DensityGrid exact = target_density(*space), seen = histogram(*space, x, y);
    CAPTURE(target);
    REQUIRE(exact.mass.size() == seen.mass.size());
    double inside = 0, squares = 0;
    int cells = 0;
    for (size_t c = 0; c < exact.mass.size(); ++c) {
      inside += exact.mass[c];
      if (kObjects * exact.mass[c] < 20) continue;  // chi-squared holds where some are expected
      squares += std::pow(seen.mass[c] - exact.mass[c], 2) * kObjects / exact.mass[c];
      ++cells;
    }
    CHECK(inside > 0.9);
    CHECK(inside < 1 + 1e-6);
    CHECK(squares / cells == Approx(1).margin(5 * std::sqrt(2.0 / cells)));
    CHECK_FALSE(exact.sampled);
  }
}

TEST_CASE("waves of a diffusion's coordinates are sines and cosines of its multiples") {
  const auto plain = config_of("diffusion", {"density.waves=0"}).make_space();
  const auto waves = config_of("diffusion", {"density.waves=3"}).make_space();
  const double state[] = {1.7, -6.2, 40};
  std::vector<float> without(sz(plain->spec().num_features)), with(sz(waves->spec().num_features));
  plain->features(state, without);
  waves->features(state, with);
  REQUIRE(with.size() == without.size() + 12);
  CHECK(std::equal(without.begin(), without.end(), with.begin()));
  for (size_t i = 0; i < 2; ++i) {
    for (size_t k = 1; k <= 3; ++k) {
      const double angle = static_cast<double>(k) * std::numbers::pi / 2 * state[i] / 5;  // sigma is 5
      CHECK(with[without.size() + 6 * i + 2 * k - 2] == Approx(std::sin(angle)).margin(1e-6));
      CHECK(with[without.size() + 6 * i + 2 * k - 1] == Approx(std::cos(angle)).margin(1e-6));
    }
  }
}

TEST_CASE("trajectories back from exact objects begin at s0 and bound log Z from above") {
  for (const std::string& name : kSpaces) {
    Sampled s(config_of(name));
    REQUIRE(sample_backward(*s.space, s.policy, 200, Rng(7, Stream::kBackward), 0, s.batch, s.sweep));
    s.policy.evaluate(*s.space, s.batch, s.sweep, s.evaluation);
    double mean = 0;
    for (int i = 0; i < s.batch.size(); ++i) {
      CHECK(s.batch.transitions[sz(s.batch.begin[sz(i)])].row == 0);
      double weight = s.batch.log_reward[sz(i)];
      for (auto k = sz(s.batch.begin[sz(i)]); k < sz(s.batch.begin[sz(i) + 1]); ++k) {
        weight += s.evaluation.log_pb[k] - s.evaluation.log_pf[k];
      }
      mean += weight / s.batch.size();
    }
    CAPTURE(name);
    CHECK(mean > *s.space->log_partition());
  }
}

TEST_CASE("measuring gradient statistics does not change a run in a continuous world") {
  for (const std::string objective : {"tb", "db", "subtb", "mdb", "forward_kl"}) {
    const std::vector<std::string> plain = {"objective.name=" + objective};
    const std::vector<std::string> measured = {"objective.name=" + objective, "statistics.every=2"};
    const auto space = config_of("box").make_space();
    DensityTrainer<float> a(config_of("box", plain), space), b(config_of("box", measured), space);
    for (int i = 0; i < 4; ++i) {
      CAPTURE(objective, i);
      const StepReport ra = a.step(), rb = b.step();
      CHECK(ra.loss == rb.loss);
      REQUIRE(rb.gradients.has_value() == (i % 2 == 0));
      // Objectives whose loss is a mean over trajectories: the mean over the parts is the whole.
      if (rb.gradients && objective == "tb") CHECK(rb.gradients->norm == Approx(rb.gradient_norm).epsilon(1e-4));
      if (rb.gradients) CHECK(rb.gradients->variance > 0);
    }
    CHECK(std::ranges::equal(a.policy().parameters(), b.policy().parameters()));
  }
}

TEST_CASE("training in a continuous world is repeatable, resumes bit for bit and learns") {
  const Config config = config_of("line", {"batch=64", "policy.hidden=32", "exploration.step_noise=1"});
  const auto space = config.make_space();
  DensityTrainer<float> a(config, space), b(config, space);
  double first = 0, last = 0;
  for (int i = 0; i < 300; ++i) {
    const double loss = a.step().loss;
    if (i >= 10 && i < 20) first += loss;
    if (i >= 290) last += loss;
  }
  CHECK(last < 0.5 * first);
  for (int i = 0; i < 150; ++i) b.step();
  std::vector<std::uint8_t> saved;
  b.save(saved);
  DensityTrainer<float> c(config, space);
  CHECK(c.restore(saved) == saved.size());
  for (int i = 0; i < 150; ++i) c.step();
  CHECK(std::ranges::equal(a.policy().parameters(), c.policy().parameters()));
  CHECK(a.log_z() == c.log_z());
}
