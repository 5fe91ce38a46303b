// Episodes: everything that can be told of every step.
#include "app/golden/golden.h"

namespace flowscope::golden {
namespace {

using minigrid::Cell;
using minigrid::Image;
using minigrid::Kind;
using minigrid::Outcome;
using minigrid::World;
using nlohmann::json;

int number(auto value) { return static_cast<int>(value); }

/// Three hexadecimal digits a cell, row by row.
std::string grid_text(const World& world) {
  std::string text;
  for (const Cell cell : world.cells) {
    text += hex(
        static_cast<unsigned>(number(cell.kind) << 8 | number(cell.color) << 4 | cell.state), 3);
  }
  return text;
}

std::string text_hash(const std::string& text) {
  return hex(hash_of({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}), 16);
}

std::string rng_text(const minigrid::Rng& rng) {
  return hex(rng.state_high(), 16) + hex(rng.state_low(), 16) + (rng.has_half() ? ":1:" : ":0:") +
         hex(rng.half(), 8);
}

/// The contents of boxes that hold something: [[x, y, kind, colour], ...].
json hidden_text(const World& world) {
  json all = json::array();
  for (std::size_t i = 0; i < world.cells.size(); ++i) {
    if (world.cells[i].kind != Kind::kBox) continue;
    const Cell inside = world.contents[world.cells[i].id];
    if (inside.kind == Kind::kEmpty) continue;
    const int index = number(i);
    all.push_back(
        {index % world.width, index / world.width, number(inside.kind), number(inside.color)});
  }
  return all;
}

json carried(const World& world) {
  if (!world.carries()) return nullptr;
  return {number(world.carrying.kind), number(world.carrying.color)};
}

std::string image_hash(const Image& image) { return hex(hash_of(image), 16); }

/// Both halves of a hash laid over each other.
std::string folded(const Image& image) {
  const std::uint64_t h = hash_of(image);
  return hex(h >> 32 ^ (h & 0xffffffff), 8);
}

void expect_start(const json& line, const World& world, const Image& first_image) {
  expect_same(0, "w", json(world.width), line.at("w"));
  expect_same(0, "h", json(world.height), line.at("h"));
  expect_same(0, "max", json(world.max_steps), line.at("max"));
  expect_same(0, "stw", json(number(world.see_through_walls)), line.at("stw"));
  expect_same(0, "agent", json{world.agent.x, world.agent.y, world.direction}, line.at("agent"));
  expect_same(0, "mission", json(world.mission), line.at("mission"));
  expect_same(0, "carry", carried(world), line.at("carry"));
  const std::string grid = grid_text(world);
  if (line.contains("grid")) expect_same(0, "grid", json(grid), line.at("grid"));
  expect_same(0, "gridh", json(text_hash(grid)), line.at("gridh"));
  expect_same(0, "box", hidden_text(world), line.at("box"));
  expect_same(0, "rng", json(rng_text(world.rng)), line.at("rng"));
  expect_same(0, "obs0", json(image_hash(first_image)), line.at("obs0"));
}

/// A list of changes, [[step, what...], ...], read one step after the other.
class Changes {
 public:
  Changes(const json& line, const char* field) : list_(line.at(field)) {}

  /// What changed at that step, without the step; null if nothing did.
  json at(int step) {
    if (next_ == list_.size() || list_[next_].at(0) != step) return nullptr;
    json change = list_[next_++];
    change.erase(0);
    return change;
  }

 private:
  const json& list_;
  std::size_t next_ = 0;
};

/// The digit of a string at a step, counted from 1.
int digit_at(const json& line, const char* field, int step) {
  const auto& text = line.at(field).get_ref<const std::string&>();
  const auto index = static_cast<std::size_t>(step - 1);
  if (index >= text.size()) {
    throw std::invalid_argument(std::string(field) + " ends before step " + std::to_string(step));
  }
  return text[index] - '0';
}

/// The recorded observation hashes, one a step, with '.' for "as before" resolved.
std::vector<std::string> recorded_hashes(const json& line, const Image& first_image) {
  const auto& text = line.at("oh").get_ref<const std::string&>();
  std::vector<std::string> hashes{folded(first_image)};
  for (std::size_t i = 0; i < text.size(); i += text[i] == '.' ? 1 : 8) {
    hashes.push_back(text[i] == '.' ? hashes.back() : text.substr(i, 8));
  }
  return hashes;
}

void play(const json& line, const minigrid::Level& level, World& world, const Image& first_image) {
  const std::vector<int> actions = actions_of(line);
  const std::vector<std::string> hashes = recorded_hashes(line, first_image);
  if (hashes.size() != actions.size() + 1) {
    throw std::invalid_argument("oh holds " + std::to_string(hashes.size() - 1) + " hashes for " +
                                std::to_string(actions.size()) + " actions");
  }
  Changes moves(line, "pos"), hands(line, "car"), rewards(line, "rew");
  Outcome outcome;
  int at = 0;
  for (const int action : actions) {
    const minigrid::Point before = world.agent;
    const json held = carried(world);
    outcome = step(level, world, action);
    Image image;
    observe(world, image);
    ++at;
    expect_same(at, "oh", json(folded(image)), json(hashes[static_cast<std::size_t>(at)]));
    expect_same(at, "dirs", world.direction, digit_at(line, "dirs", at));
    const json move = world.agent == before ? json() : json{world.agent.x, world.agent.y};
    expect_same(at, "pos", move, moves.at(at));
    const json now = carried(world);
    const json taken = now.is_null() ? json::array() : now;
    expect_same(at, "car", now == held ? json() : taken, hands.at(at));
    const json reward = rewards.at(at);
    expect_same(at, "rew", outcome.reward,
                reward.is_null() ? 0 : std::stod(reward.at(0).get<std::string>()));
  }
  expect_same(at, "end", json{at, number(outcome.terminated), number(outcome.truncated)},
              line.at("end"));
}

/// The episode after a reset without a seed.
void expect_again(const json& line, const minigrid::Level& level, World& world, int steps) {
  Image image;
  reset(level, world, &image);
  const json here{world.agent.x, world.agent.y,     world.direction,    text_hash(grid_text(world)),
                  world.mission, image_hash(image), rng_text(world.rng)};
  expect_same(steps, "again", here, line.at("again"));
}

}  // namespace

void replay_trace(const json& line) {
  const minigrid::Level& level = level_of(line);
  Image first_image;
  World world = make_world(level, seed_of(line), &first_image);
  expect_start(line, world, first_image);
  play(line, level, world, first_image);
  const int steps = number(line.at("acts").get_ref<const std::string&>().size());
  expect_same(steps, "gridN", json(text_hash(grid_text(world))), line.at("gridN"));
  expect_same(steps, "rngN", json(rng_text(world.rng)), line.at("rngN"));
  if (line.contains("again")) expect_again(line, level, world, steps);
}

}  // namespace flowscope::golden
