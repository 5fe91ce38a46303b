// The box with a picture for its reward, from a file or painted.
#include <cmath>
#include <filesystem>
#include <fstream>

#include "core/learn/continuous/position_draws.h"
#include "core/run/config.h"
#include "core/run/errors.h"
#include "envs/continuous/painting.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

/// A file with these bytes, for as long as it lives.
struct Written {
  explicit Written(const std::string& bytes)
      : name((std::filesystem::temp_directory_path() / ("flowscope-grey-" + std::to_string(std::hash<std::string>()(bytes)))).string()) {
    std::ofstream(name, std::ios::binary) << bytes;
  }
  ~Written() { std::filesystem::remove(name); }
  std::string name;
};

std::shared_ptr<const ContinuousEnvironment> box_with(const std::vector<std::string>& values) {
  Config config;
  config.set("environment.name", std::string("box"));
  config.set_all(values);
  return config.make_space();
}

std::shared_ptr<const ContinuousEnvironment> box_of(const std::string& file) {
  return box_with({"reward.name=image", "reward.file=" + file});
}

std::shared_ptr<const ContinuousEnvironment> box_painted(const std::string& strokes) {
  return box_with({"reward.name=painted", "reward.strokes=" + strokes});
}

/// What refuses a world, in its one line; "" if it was made.
template <class Make>
std::string refusal(Make make) {
  try {
    make();
  } catch (const UsageError& e) {
    return e.what();
  }
  return "";
}

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
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

TEST_CASE("a PNG picture counts like a PGM one, colours by luminance and what is transparent as black") {
  // Two by two, grey 0 51 above 204 255; and one row, white and transparent white.
  const Written grey(bytes_of(
    "89504e470d0a1a0a0000000d494844520000000200000002080000000057dd52f80000000e4944415478da6360306638"
    "f31f00036901ff1da7d16b0000000049454e44ae426082"));
  const Written colour(bytes_of(
    "89504e470d0a1a0a0000000d4948445200000002000000010806000000f4227f8a0000000c4944415478da63f80f010c"
    "0022e606fa3607d18b0000000049454e44ae426082"));
  const auto space = box_of(grey.name);
  CHECK(reward_at(*space, 0.25, 0.9) == Approx(0.1 + 0));
  CHECK(reward_at(*space, 0.75, 0.9) == Approx(0.1 + 0.2));
  CHECK(reward_at(*space, 0.25, 0.1) == Approx(0.1 + 0.8));
  CHECK(reward_at(*space, 0.75, 0.1) == Approx(0.1 + 1));
  CHECK(reward_at(*box_of(colour.name), 0.25, 0.5) == Approx(0.1 + 1));
  CHECK(reward_at(*box_of(colour.name), 0.75, 0.5) == Approx(0.1));
}

TEST_CASE("a picture that is none is refused in one line that names the key and the file") {
  const Written other("JFIF"), cut("P2 2 2 1  1 0"), huge("P2 99999 2 1  1 0"), bright("P2 1 1 3  4"),
      broken("\x89PNG\r\n\x1a\n and then nothing");
  const std::string directory = std::filesystem::temp_directory_path().string();
  for (const std::string& file : {other.name, cut.name, huge.name, bright.name, broken.name, directory,
                                  std::string("/nowhere/x.pgm"), std::string()}) {
    CAPTURE(file);
    const std::string words = refusal([&] { box_of(file); });
    CHECK(words.starts_with("reward.file: "));
    CHECK(words.find(file) != std::string::npos);
    CHECK(words.find('\n') == std::string::npos);
  }
}

TEST_CASE("strokes of a brush are the reward: full in the middle, nothing beyond the radius, the last on top") {
  const auto space = box_painted("1 0.2 0.3,0.5 0.6,0.5; 0 0.05 0.5,0.5");
  CHECK(reward_at(*space, 0.4, 0.5) == Approx(1.1).epsilon(0.01));
  CHECK(reward_at(*space, 0.4, 0.6) == Approx(0.1 + std::pow(1 - 0.25, 2)).epsilon(0.02));
  CHECK(reward_at(*space, 0.4, 0.71) == Approx(0.1));
  CHECK(reward_at(*space, 0.5, 0.5) == Approx(0.1).margin(0.01));  // half a pixel off
  // Without the second stroke, by the integral of the brush over its path and its two round ends.
  const double ends = 3.14159265 * 0.2 * 0.2 / 3, path = 0.3 * 0.2 * 16 / 15;
  CHECK(*box_painted("1 0.2 0.3,0.5 0.6,0.5")->log_partition() == Approx(std::log(0.1 + ends + path)).margin(1e-3));
  CHECK(*box_painted("")->log_partition() == Approx(std::log(0.1)));
}

TEST_CASE("strokes are written as they are read") {
  const std::string text = "1 0.1 0.3,0.7 0.4,0.75; 0.25 0.05 0.35,0.7";
  CHECK(to_text(parse_strokes("reward.strokes", text)) == text);
  CHECK(parse_strokes("reward.strokes", " ; ;").empty());
}

TEST_CASE("a stroke that is none is refused in one line that says what is allowed") {
  for (const char* text : {"1", "1 0.1", "1 0.1 0.3", "2 0.1 0.3,0.3", "1 0 0.3,0.3", "1 0.1 0.3,1.3", "1 0.1 0.3,0.3 x",
                           "raise 0.1 0.3,0.3", "1 nan 0.3,0.3"}) {
    CAPTURE(text);
    const std::string words = refusal([&] { box_painted(std::string("1 0.1 0.5,0.5; ") + text); });
    CHECK(words.starts_with("reward.strokes: '" + std::string(text) + "' "));
    CHECK(words.find("GREY RADIUS") != std::string::npos);
    CHECK(words.find('\n') == std::string::npos);
  }
}

TEST_CASE("the ring and the moons know their log Z") {
  // A ridge of deviation 0.04 along a circle of radius 0.3, on a floor of 0.01.
  const double ring = 0.01 + 2 * 3.14159265 * 0.3 * 0.04 * std::sqrt(2 * 3.14159265);
  CHECK(*box_with({"reward.name=ring"})->log_partition() == Approx(std::log(ring)).margin(1e-4));
  CHECK(*box_with({"reward.name=moons"})->log_partition() < *box_with({"reward.name=ring"})->log_partition());
}
