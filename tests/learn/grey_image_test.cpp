// The box with a picture for its reward.
#include <cmath>
#include <filesystem>
#include <fstream>

#include "core/learn/continuous/position_draws.h"
#include "core/run/config.h"
#include "core/run/errors.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

/// A file with these bytes, for as long as it lives.
struct Written {
  explicit Written(const std::string& bytes)
      : name((std::filesystem::temp_directory_path() / ("flowscope-grey-" + std::to_string(std::hash<std::string>()(bytes)) + ".pgm")).string()) {
    std::ofstream(name, std::ios::binary) << bytes;
  }
  ~Written() { std::filesystem::remove(name); }
  std::string name;
};

std::shared_ptr<const ContinuousEnvironment> box_of(const std::string& file) {
  Config config;
  config.set("environment.name", std::string("box"));
  config.set_all(std::vector<std::string>{"reward.name=image", "reward.file=" + file});
  return config.make_space();
}

double reward_at(const ContinuousEnvironment& space, double x, double y) {
  const double state[] = {x, y};
  return std::exp(space.log_reward(state));
}

}  // namespace

TEST_CASE("a picture's brightness is the reward, its first row on top, plain and binary alike") {
  const Written plain("P2\n# two by three\n2 3\n4\n0 1\n2 3\n4 0\n");
  const Written binary(std::string("P5 2 3 4\n") + '\0' + '\1' + '\2' + '\3' + '\4' + '\0');
  for (const std::string& file : {plain.name, binary.name}) {
    const auto space = box_of(file);
    CHECK(reward_at(*space, 0.25, 0.9) == Approx(0.1 + 0));
    CHECK(reward_at(*space, 0.75, 0.9) == Approx(0.1 + 0.25));
    CHECK(reward_at(*space, 0.25, 0.5) == Approx(0.1 + 0.5));
    CHECK(reward_at(*space, 0.25, 0.1) == Approx(0.1 + 1));
    CHECK(reward_at(*space, 1, 0) == Approx(0.1));
    CHECK(*space->log_partition() == Approx(std::log(0.1 + 10.0 / 24)));
  }
}

TEST_CASE("exact samples of a picture lie where it is bright") {
  const Written file("P2 2 2 1  1 0  0 1\n");
  const auto space = box_of(file.name);
  const Rng rng(3, Stream::kEvaluation);
  int bright = 0;
  constexpr int kObjects = 2000;
  double state[2];
  for (int i = 0; i < kObjects; ++i) {
    PositionDraws draws(rng, 0, i, 0);
    REQUIRE(space->sample_target(draws, state));
    bright += (state[0] < 0.5) == (state[1] > 0.5);
  }
  CHECK(bright / static_cast<double>(kObjects) == Approx(1.1 / 1.2).margin(0.025));
}

TEST_CASE("a picture that is none is refused in one line that names the key and the file") {
  const Written other("JFIF"), cut("P2 2 2 1  1 0"), huge("P2 99999 2 1  1 0"), bright("P2 1 1 3  4");
  for (const std::string& file : {other.name, cut.name, huge.name, bright.name, std::string("/nowhere/x.pgm"), std::string()}) {
    CAPTURE(file);
    try {
      box_of(file);
      FAIL("it was taken");
    } catch (const UsageError& e) {
      const std::string words = e.what();
      CHECK(words.starts_with("reward.file: "));
      CHECK(words.find(file) != std::string::npos);
      CHECK(words.find('\n') == std::string::npos);
    }
  }
}
