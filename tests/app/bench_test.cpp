#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "app/window/png.h"
#include "app/window/theme.h"
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

TEST_CASE("bench draws how costs grow", "[cli]") {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / ("growth-" + std::to_string(getpid()) + ".png");
  const Outcome outcome = flowscope_run({"bench", "--growth", "--filter", "width tb 32", "--seconds", "0.1", "--json", "-o", file.string()});
  REQUIRE(outcome.code == 0);
  const auto cases = nlohmann::json::parse(outcome.out);
  REQUIRE(cases.size() == 1);
  CHECK(cases[0]["x"] == 32);
  CHECK(cases[0]["milliseconds"] > 0);
  const Image image = read_png(file.string());
  std::filesystem::remove(file);
  CHECK(image.width == 1400);
  int marked = 0;  // pixels of the line's colour, run A's
  const std::uint32_t wanted = light_palette().run[0];
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const std::uint8_t* p = image.at(x, y);
      marked += (p[0] | p[1] << 8 | p[2] << 16) == static_cast<int>(wanted & 0xffffff);
    }
  }
  CHECK(marked > 20);
}

TEST_CASE("bench refuses a picture of what is not drawn", "[cli]") {
  const Outcome outcome = flowscope_run({"bench", "-o", "a.png"});
  CHECK(outcome.code == 2);
  CHECK(outcome.err.find("--growth") != std::string::npos);
}
