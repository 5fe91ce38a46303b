#include "envs/set.h"

#include <stdexcept>

#include "core/graph/exact_flow.h"
#include "core/graph/state_graph.h"
#include "core/run/config.h"
#include "tests/catch.h"

namespace flowscope {

TEST_CASE("log Z of the published set tasks equals the exact count of 20, 60 and 80 elements") {
  const auto log_z = [](const char* preset) {
    return Config::from_preset(preset).make_environment()->log_partition().value();
  };
  CHECK(log_z("set-small") == Approx(11.892389).margin(5e-7));
  CHECK(log_z("set-medium") == Approx(45.378950).margin(5e-7));
  CHECK(log_z("set-large") == Approx(48.391947).margin(5e-7));
}

TEST_CASE("closed-form inclusion probabilities equal sums over all sets") {
  const Set set({0.3, -0.7, 1.1, 0, 2.5, -0.2, 0.9}, 3);
  const auto graph = StateGraph::enumerate(set).value();
  CHECK(graph.num_terminating() == 35);
  const Target target = exact_target(graph, set);
  for (int i = 0; i < 7; ++i) {
    double sum = 0;
    for (int s = 0; s < graph.num_states(); ++s) {
      if (graph.state(s)[static_cast<size_t>(i)]) sum += target.probability[static_cast<size_t>(s)];
    }
    CHECK(set.inclusion(i) == Approx(sum).epsilon(1e-12));
  }
}

TEST_CASE("inclusion probabilities of the largest set task sum to the size of a set") {
  const auto environment = Config::from_preset("set-large").make_environment();
  const auto& set = dynamic_cast<const Set&>(*environment);
  double sum = 0;
  for (int i = 0; i < 100; ++i) {
    CHECK(set.inclusion(i) == Approx(set.inclusion(i % 10)).epsilon(1e-10));  // ten copies
    sum += set.inclusion(i);
  }
  CHECK(sum == Approx(80).epsilon(1e-10));
}

TEST_CASE("the energy of a set is paid element by element") {
  const Set set({0.5, -0.25, 2}, 2);
  CHECK(set.energy(std::vector<std::int32_t>{0, 0, 0}) == 0);
  CHECK(set.energy(std::vector<std::int32_t>{0, 1, 0}) == -0.25);
  CHECK(set.energy(std::vector<std::int32_t>{1, 1, 0}) == 0.25);
  CHECK(set.log_reward(std::vector<std::int32_t>{0, 1, 1}) == -1.75);
}

TEST_CASE("a set larger than its elements is an error that says so") {
  CHECK_THROWS_AS(Set({1, 2}, 3), std::invalid_argument);
}

}  // namespace flowscope
