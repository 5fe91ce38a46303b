#include "core/learn/sampler.h"

#include <atomic>
#include <cmath>
#include <set>
#include <utility>

#include "core/graph/exact_flow.h"
#include "core/learn/exact_view.h"
#include "core/learn/policy_settings.h"
#include "core/learn/trainer.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

Trainer<float> trainer_of(const char* preset, std::vector<std::string> settings) {
  Config config = Config::from_preset(preset);
  config.set_all(settings);
  return Trainer<float>(config, config.make_environment());
}

}  // namespace

TEST_CASE("samples follow the exact terminating distribution of the policy") {
  for (const char* preset : {"hypergrid-8x8", "bits-8"}) {
    const Config config = Config::from_preset(preset);
    const auto environment = config.make_environment();
    Trainer<float> trainer = trainer_of(preset, {"batch=1000"});
    for (int i = 0; i < 20; ++i) trainer.step();  // some policy other than the first
    const auto graph = StateGraph::enumerate(*environment);
    GraphPolicy policy;
    const std::atomic<bool> cancel = false;
    REQUIRE(policy_on_graph(trainer.policy(), *environment, *graph, cancel, policy));
    const ForwardFlow flow = forward_flow(*graph, policy.forward, policy.stop);

    RowBatch batch(*environment);
    Policy<float>::Sweep sweep;
    std::vector<double> count(static_cast<size_t>(graph->num_states()), 0);
    const int batches = 200, n = 1000;
    for (int b = 0; b < batches; ++b) {
      sample_forward(*environment, trainer.policy(), std::as_const(trainer).policy().parameters(), n, {}, Rng(5, Stream::kEvaluation), b, batch, sweep);
      for (int i = 0; i < n; ++i) {
        ++count[static_cast<size_t>(graph->find(batch.rows.state(batch.last_row(i))))];
      }
    }
    // Chi-squared over the objects, against its mean and standard deviation.
    double chi = 0;
    int cells = 0;
    for (int s = 0; s < graph->num_states(); ++s) {
      const double expected = flow.terminating[static_cast<size_t>(s)] * batches * n;
      if (expected < 5) continue;
      chi += std::pow(count[static_cast<size_t>(s)] - expected, 2) / expected;
      ++cells;
    }
    INFO(preset << ": chi-squared " << chi << " over " << cells);
    CHECK(std::abs(chi - cells) < 4 * std::sqrt(2.0 * cells));
  }
}

TEST_CASE("a batch holds each distinct state once, and every transition joins two of its rows") {
  Trainer<float> trainer = trainer_of("hypergrid-8^4", {"batch=64"});
  trainer.sample();
  const RowBatch& batch = trainer.batch();
  const auto environment = Config::from_preset("hypergrid-8^4").make_environment();
  std::set<std::vector<std::int32_t>> seen;
  for (int r = 0; r < batch.rows.size(); ++r) {
    const StateView s = batch.rows.state(r);
    CHECK(seen.emplace(s.begin(), s.end()).second);
  }
  for (const Transition& t : batch.transitions) {
    if (t.next < 0) {
      CHECK(t.action == environment->spec().stop_action());
      continue;
    }
    std::vector<std::int32_t> state(batch.rows.state(t.row).begin(), batch.rows.state(t.row).end());
    environment->apply(state, t.action);
    CHECK(std::equal(state.begin(), state.end(), batch.rows.state(t.next).begin()));
    CHECK(environment->undo(state, t.backward_action) == t.action);
  }
}

TEST_CASE("with epsilon 1 every legal action is equally likely, whatever the policy") {
  Trainer<float> trainer = trainer_of("hypergrid-8x8", {"batch=20000", "exploration.epsilon=1"});
  for (int i = 0; i < 3; ++i) trainer.step();
  trainer.sample();
  int actions[3] = {};
  for (const Transition& t : trainer.batch().transitions) {
    if (t.row == 0) ++actions[t.action];
  }
  for (const int count : actions) CHECK(std::abs(count - 20000 / 3.0) < 4 * std::sqrt(20000 * 2 / 9.0));
}

TEST_CASE("what is drawn for a trajectory does not depend on the size of the batch") {
  Trainer<float> few = trainer_of("hypergrid-16x16", {"batch=3"});
  Trainer<float> many = trainer_of("hypergrid-16x16", {"batch=50"});
  few.sample();
  many.sample();
  for (int i = 0; i < 3; ++i) {
    const StateView a = few.batch().rows.state(few.batch().last_row(i));
    const StateView b = many.batch().rows.state(many.batch().last_row(i));
    CHECK(std::equal(a.begin(), a.end(), b.begin()));
  }
}

// Where trajectories are many, all states of a small world are evaluated before the first is drawn, and those
// that nobody visits are left out again.
TEST_CASE("in small worlds a batch holds what trajectories visit and no more, as it does in large ones") {
  const std::string world = GENERATE("hypergrid-8x8", "set-6-3", "hypergrid-cyclic-7x7", "minigrid-empty-cyclic", "hypergrid-conditional");
  const std::string policy = GENERATE("mlp", "tabular");
  Config config = Config::from_preset(world);
  config.set_text("policy.kind", policy);
  if (world == "hypergrid-conditional") config.set_text("objective.name", "vargrad");  // one condition for a batch
  const auto environment = config.make_environment();
  const auto graph = std::make_shared<const StateGraph>(*StateGraph::enumerate(*environment));
  const Policy<double> learned(*environment, policy_shape(config), Rng(3, Stream::kWeights), graph);
  RowBatch many(*environment), few(*environment);
  REQUIRE(many.few_states == graph->num_states());
  const int n = 2 * many.few_states;  // the least that has all states evaluated
  Policy<double>::Sweep of_many, of_few;
  bool left_out = false;
  for (int step = 0; step < 10; ++step) {
    const auto sample = [&](int trajectories, RowBatch& batch, Policy<double>::Sweep& sweep) {
      sample_forward(*environment, learned, learned.parameters(), trajectories, {}, Rng(5, Stream::kForward), step, batch, sweep);
    };
    sample(n, many, of_many);
    sample(n - 1, few, of_few);

    // The same trajectories.
    for (size_t k = 0; k < few.transitions.size(); ++k) {
      const Transition &a = many.transitions[k], &b = few.transitions[k];
      REQUIRE(std::ranges::equal(many.rows.state(a.row), few.rows.state(b.row)));
      REQUIRE((a.action == b.action && a.backward_action == b.backward_action && (a.next < 0) == (b.next < 0)));
      if (a.next >= 0) REQUIRE(std::ranges::equal(many.rows.state(a.next), few.rows.state(b.next)));
    }
    CHECK(std::equal(few.log_reward.begin(), few.log_reward.end(), many.log_reward.begin()));

    // Rows are what they visit, and what is known of them is what a look at these alone gives.
    std::set<std::int32_t> visited;
    for (const Transition& t : many.transitions) visited.insert(t.row);
    CHECK(static_cast<int>(visited.size()) == many.rows.size());
    left_out |= many.rows.size() < many.few_states;
    Policy<double>::Sweep again;
    learned.extend_forward(many.rows, again);
    CHECK(learned.flops(of_many) == learned.flops(again));
    const auto numbers = static_cast<long>(many.rows.size()) * environment->spec().num_actions;
    for (long i = 0; i < numbers; ++i) {
      REQUIRE(of_many.p_f[static_cast<size_t>(i)] == Approx(again.p_f[static_cast<size_t>(i)]).epsilon(1e-12));
    }
    for (int r = 0, rows = many.rows.size(); r < rows; ++r) {
      CHECK(many.rows.insert(*environment, many.rows.state(r)) == r);
      for (int a = 0; a + 1 < environment->spec().num_actions; ++a) {
        if (!many.rows.forward_legal(r)[a]) continue;
        std::vector<std::int32_t> state(many.rows.state(r).begin(), many.rows.state(r).end());
        environment->apply(state, a);
        const int next = many.rows.child(*environment, r, a).row;
        CHECK(std::ranges::equal(many.rows.state(next), state));
      }
    }
  }
  CHECK((left_out || world != "hypergrid-8x8"));
}

TEST_CASE("the gradient of a batch whose unvisited states were left out is that of its trajectories") {
  Config config = Config::from_preset("hypergrid-8x8");
  const auto environment = config.make_environment();
  Policy<double> policy(*environment, policy_shape(config), Rng(3, Stream::kWeights));
  RowBatch batch(*environment);
  Policy<double>::Sweep sweep, again;
  for (int step = 0; step < 20; ++step) {
    sample_forward(*environment, policy, std::as_const(policy).parameters(), 130, {}, Rng(5, Stream::kForward), step, batch, sweep);
    if (batch.rows.size() < 60) break;
  }
  REQUIRE(batch.rows.size() < 60);
  policy.evaluate_rest(*environment, batch.rows, sweep);
  policy.extend_forward(batch.rows, again);
  policy.evaluate_rest(*environment, batch.rows, again);
  Evaluation e;
  for (size_t k = 0; k < batch.transitions.size(); ++k) {
    e.d_log_pf.push_back(std::sin(static_cast<double>(k)));
    e.d_log_pb.push_back(std::cos(static_cast<double>(k)));
  }
  policy.backward(batch, sweep, e);
  const std::vector<double> gradient(policy.gradient().begin(), policy.gradient().end());
  policy.backward(batch, again, e);
  for (size_t i = 0; i < gradient.size(); ++i) REQUIRE(gradient[i] == Approx(policy.gradient()[i]).epsilon(1e-9).margin(1e-12));
}
