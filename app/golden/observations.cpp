// Frames, and what the observation wrappers make of an episode.
#include "app/golden/golden.h"
#include "envs/minigrid/tiles.h"
#include "envs/minigrid/wrappers.h"

namespace flowscope::golden {
namespace {

using Bytes = std::vector<std::uint8_t>;
using minigrid::World;
using nlohmann::json;

/// Symbolic observations are hashed as bytes: -1 becomes 255.
Bytes as_bytes(const std::vector<int>& values) { return {values.begin(), values.end()}; }

struct Wrapper {
  const char* name;
  Bytes (*observation)(const World& world);
};

constexpr Wrapper kWrappers[] = {
    {"full", minigrid::full_observation},
    {"symbolic", [](const World& w) { return as_bytes(minigrid::symbolic_observation(w)); }},
    {"onehot", minigrid::one_hot_observation},
    {"flat", minigrid::flat_observation},
    {"view3", [](const World& w) { return minigrid::view_observation(w, 3); }},
    {"view5", [](const World& w) { return minigrid::view_observation(w, 5); }},
    {"view9", [](const World& w) { return minigrid::view_observation(w, 9); }},
    {"view11", [](const World& w) { return minigrid::view_observation(w, 11); }},
    {"rgb8", [](const World& w) { return minigrid::TilePainter(8).full(w, true).pixels; }},
    {"rgbpartial8",
     [](const World& w) { return minigrid::TilePainter(8).point_of_view(w).pixels; }},
};

const Wrapper& wrapper_of(const json& line) {
  const auto name = line.at("wrapper").get<std::string>();
  for (const Wrapper& wrapper : kWrappers) {
    if (name == wrapper.name) return wrapper;
  }
  throw std::invalid_argument("wrapper: '" + name + "' is not one of flowscope's observations");
}

World start(const json& line) {
  return make_world(level_of(line), seed_of(line));
}

}  // namespace

void replay_wrapper(const json& line) {
  World world = start(line);
  const json& recorded = line.at("hash");
  if (line.at("wrapper") == "mission_idx") {
    return expect_same(0, "hash", json(minigrid::mission_words(world.mission)), recorded);
  }
  const Wrapper& wrapper = wrapper_of(line);
  const std::vector<int> actions = actions_of(line);
  const Bytes first = wrapper.observation(world);
  std::size_t size = 1;
  for (const json& extent : line.at("shape")) size *= extent.get<std::size_t>();
  expect_same(0, "shape", first.size(), size);
  expect_same(0, "hash", json(hex(hash_of(first), 16)), recorded.at(0));
  if (recorded.size() > actions.size() + 1) {
    throw std::invalid_argument("hash holds " + std::to_string(recorded.size()) + " entries for " +
                                std::to_string(actions.size()) + " actions");
  }
  for (std::size_t i = 1; i < recorded.size(); ++i) {
    step(level_of(line), world, actions[i - 1]);
    expect_same(static_cast<int>(i), "hash", json(hex(hash_of(wrapper.observation(world)), 16)),
                recorded[i]);
  }
}

void replay_frames(const json& line) {
  World world = start(line);
  for (const int action : actions_of(line)) step(level_of(line), world, action);
  const int at = world.step_count;
  minigrid::TilePainter large(32), small(8);
  const minigrid::Frame frame = large.full(world, true);
  const auto expect_frame = [&](const char* field, const minigrid::Frame& picture) {
    expect_same(at, field, json(hex(hash_of(picture.pixels), 16)), line.at(field));
  };
  expect_same(at, "shape", json{frame.height, frame.width, 3}, line.at("shape"));
  expect_frame("rgb32_highlight", frame);
  expect_frame("rgb8_plain", small.full(world, false));
  expect_frame("pov32", large.point_of_view(world));
}

}  // namespace flowscope::golden
