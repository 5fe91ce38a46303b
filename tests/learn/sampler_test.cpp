#include "core/learn/sampler.h"

#include <atomic>
#include <cmath>
#include <set>
#include <utility>

#include "core/graph/exact_flow.h"
#include "core/learn/exact_view.h"
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
