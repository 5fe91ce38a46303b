// Episodes of Miniworld: floor plan, entities and generator after the reset, then every step.
#include <array>
#include <cmath>

#include "app/golden/golden.h"
#include "envs/miniworld/levels.h"

namespace flowscope::golden {
namespace {

using miniworld::Entity;
using miniworld::Kind;
using miniworld::Room;
using miniworld::World;
using nlohmann::json;

constexpr double kTolerance = 1e-6;  // metres and radians; steps are recorded to 9 decimals

/// Equal in shape and texts, and in numbers as far as they were recorded.
bool is_close(const json& a, const json& b) {
  if (a.is_number() && b.is_number()) {
    return std::abs(a.get<double>() - b.get<double>()) <= kTolerance;
  }
  if (!a.is_structured() || a.type() != b.type() || a.size() != b.size()) return a == b;
  if (a.is_array()) return std::equal(a.begin(), a.end(), b.begin(), is_close);
  return std::ranges::all_of(a.items(), [&b](const auto& item) {
    return b.contains(item.key()) && is_close(item.value(), b.at(item.key()));
  });
}

void expect_close(int step, const std::string& field, const json& here, const json& recorded) {
  if (!is_close(here, recorded)) expect_same(step, field.c_str(), here, recorded);
}

/// Each of a list by itself, so that a difference is short.
void expect_list(const std::string& field, const json& here, const json& recorded) {
  expect_same(0, (field + " (how many)").c_str(), here.size(), recorded.size());
  for (std::size_t i = 0; i < here.size(); ++i) {
    expect_close(0, field + "[" + std::to_string(i) + "]", here[i], recorded[i]);
  }
}

json described(const Room& room) {
  json outline = json::array(), portals = json::array();
  for (const auto p : room.outline) outline.push_back({p.x, p.z});
  for (const auto& wall : room.portals) {
    json here = json::array();
    for (const auto& p : wall) {
      here.push_back(
          {{"start_pos", p.start}, {"end_pos", p.end}, {"min_y", p.min_y}, {"max_y", p.max_y}});
    }
    portals.push_back(here);
  }
  const auto [floor, wall, ceiling] = room.materials;
  return {{"outline", outline},
          {"h", room.wall_height},
          {"ceil", room.has_ceiling},
          {"tex", {floor, wall, ceiling}},
          {"portals", portals}};
}

/// What Miniworld calls its kinds of things.
const char* type_of(Kind kind) {
  switch (kind) {
    case Kind::kAgent:
      return "Agent";
    case Kind::kBox:
      return "Box";
    case Kind::kBall:
      return "Ball";
    case Kind::kKey:
      return "Key";
    case Kind::kBigKey:
      return "BigKey";
    case Kind::kPicture:
      return "ImageFrame";
    case Kind::kSign:
      return "TextFrame";
    default:
      return "MeshEnt";
  }
}

json described(const Entity& entity) {
  const auto [x, y, z] = entity.position;
  json all{{"t", type_of(entity.kind)},
           {"pos", {x, y, z}},
           {"dir", entity.direction},
           {"r", entity.radius},
           {"h", entity.height}};
  if (entity.kind == Kind::kBox) {
    static constexpr std::array kNames{"blue", "green", "grey", "purple", "red", "yellow"};
    all["color"] = kNames[static_cast<std::size_t>(entity.color)];
    all["size"] = {entity.height, entity.height, entity.height};
  }
  return all;
}

template <class T>
json described(const std::vector<T>& list) {
  json all = json::array();
  for (const T& item : list) all.push_back(described(item));
  return all;
}

std::string rng_text(const minigrid::Rng& rng) {
  return hex(rng.state_high(), 16) + hex(rng.state_low(), 16) + (rng.has_half() ? ":1" : ":0");
}

void expect_start(const json& line, const miniworld::Level& level, const World& world) {
  expect_same(0, "n_actions", json(level.num_actions), line.at("n_actions"));
  expect_same(0, "max", world.max_steps > 0 ? json(world.max_steps) : json(), line.at("max"));
  // The rooms are null where they are those of an earlier line.
  if (!line.at("rooms").is_null()) expect_list("rooms", described(world.rooms), line.at("rooms"));
  expect_same(0, "walls", json(world.walls.size()), line.at("walls"));
  expect_list("ents", described(world.entities), line.at("ents"));
  expect_same(0, "rng", json(rng_text(world.rng)), line.at("rng"));
}

}  // namespace

void replay_miniworld(const json& line) {
  const auto id = line.at("id").get<std::string>();
  const miniworld::Level* level = miniworld::find_level(id);
  if (!level)
    throw std::invalid_argument("id: '" + id + "' is not a level of flowscope's Miniworld");
  World world = make_world(*level, seed_of(line));
  expect_start(line, *level, world);
  int at = 0;
  for (const json& recorded : line.at("steps")) {
    const auto outcome = step(*level, world, recorded.at(0).get<int>());
    const auto [x, y, z] = world.body().position;
    ++at;
    expect_close(at, "position and direction", {x, z, world.body().direction},
                 {recorded.at(1), recorded.at(2), recorded.at(3)});
    expect_same(at, "reward", outcome.reward, recorded.at(4).get<double>());
    expect_same(at, "terminated", static_cast<int>(outcome.terminated), recorded.at(5).get<int>());
    expect_same(at, "truncated", static_cast<int>(outcome.truncated), recorded.at(6).get<int>());
    expect_same(at, "carried", world.carried ? json(*world.carried) : json(), recorded.at(7));
  }
}

}  // namespace flowscope::golden
