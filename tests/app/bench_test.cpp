#include <nlohmann/json.hpp>

#include "tests/app/process.h"
#include "tests/catch.h"

using namespace flowscope;

TEST_CASE("bench counts what it measures, case by case", "[cli]") {
  const Outcome outcome = flowscope_run({"bench", "--filter", "bits-8 db 16", "--seconds", "0.2", "--json"});
  REQUIRE(outcome.code == 0);
  const auto cases = nlohmann::json::parse(outcome.out);
  REQUIRE(cases.size() == 1);
  const auto& c = cases[0];
  CHECK(c["preset"] == "bits-8");
  CHECK(c["objective"] == "db");
  CHECK(c["batch"] == 16);
  CHECK(c["visits_per_iteration"] == Approx(16 * 9));  // eight bits and the stop
  CHECK(c["states_per_iteration"] <= c["visits_per_iteration"]);
  for (const char* key : {"iterations_per_second", "flops_per_iteration", "peak_gflops",
                          "fraction_of_floor", "sampling_seconds", "backward_seconds",
                          "optimiser_seconds", "exact_sweep_seconds"}) {
    CHECK(c[key] > 0);
  }
}

TEST_CASE("bench counts the steps of Minigrid's worlds", "[cli]") {
  const Outcome outcome = flowscope_run({"bench", "--filter", "minigrid MiniGrid-", "--seconds", "0.1", "--json"});
  REQUIRE(outcome.code == 0);
  const auto cases = nlohmann::json::parse(outcome.out);
  REQUIRE(cases.size() == 3);
  for (const auto& c : cases) {
    CHECK(c["world"].get<std::string>().starts_with("MiniGrid-"));
    CHECK(c["steps_per_second"] > 0);
    CHECK(c["python_steps_per_second"] > 0);
  }
}

TEST_CASE("bench refuses a filter that leaves nothing, in one line", "[cli]") {
  const Outcome outcome = flowscope_run({"bench", "--filter", "nothing like this"});
  CHECK(outcome.code == 2);
  CHECK(outcome.err.find("'nothing like this'") != std::string::npos);
}
