#include "core/learn/exploration.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <numbers>
#include <string>

#include "core/run/errors.h"
#include "envs/environment.h"

namespace flowscope {
namespace {

/// The numbers of a line, separated by blanks or commas; false if there is anything else.
bool parse_numbers(const std::string& line, std::vector<std::int32_t>& numbers) {
  const char *at = line.data(), *end = at + line.size();
  while (at != end) {
    if (*at == ' ' || *at == ',' || *at == '\t' || *at == '\r') {
      ++at;
      continue;
    }
    std::int32_t value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc()) return false;
    numbers.push_back(value);
    at = next;
  }
  return true;
}

/// Whether a state can be taken apart down to s0 by backward actions, each of which a legal forward
/// action redoes, so that it is one of the world's.
bool reachable(const Environment& world, std::vector<std::int32_t> state) {
  std::vector<std::int32_t> start(state.size());
  std::vector<std::uint8_t> back(static_cast<size_t>(world.spec().num_backward_actions));
  std::vector<std::uint8_t> forward(static_cast<size_t>(world.spec().num_actions));
  world.reset(start);
  for (int n = 0; n <= world.spec().max_length; ++n) {
    if (state == start) return true;
    world.backward_actions(state, back);
    const auto undone = std::ranges::find(back, 1);
    if (undone == back.end()) return false;
    const int action = world.undo(state, static_cast<int>(undone - back.begin()));
    world.forward_actions(state, forward);
    if (!forward[static_cast<size_t>(action)]) return false;
  }
  return false;
}

}  // namespace

double faded(std::int64_t step, std::int64_t steps, bool cosine) {
  if (steps == 0) return 1;
  const double t = std::min(1.0, static_cast<double>(step) / static_cast<double>(steps));
  return cosine ? (1 + std::cos(std::numbers::pi * t)) / 2 : 1 - t;
}

ExplorationSchedule::ExplorationSchedule(const Config& config)
    : full_{.epsilon = config.real("exploration.epsilon"),
            .temperature = config.real("exploration.temperature"),
            .stop_bias = config.real("exploration.stop_bias"),
            .noise = config.real("exploration.noise"),
            .break_off = config.real("exploration.break_off")},
      epsilon_steps_(config.integer("exploration.epsilon_steps")),
      fade_steps_(config.integer("exploration.fade_steps")),
      cosine_(config.text("exploration.fade") == "cosine") {}

Exploration ExplorationSchedule::at(std::int64_t step) const {
  Exploration now = full_;
  const double left = faded(step, fade_steps_, cosine_);
  now.epsilon *= faded(step, epsilon_steps_, cosine_);
  now.temperature = 1 + (full_.temperature - 1) * left;
  now.stop_bias *= left;
  now.noise *= left;
  return now;
}

DataSources::DataSources(const Config& config)
    : replay_share(config.real("replay.share")),
      offline_share(config.text("offline.file").empty() ? 0 : config.real("offline.share")),
      replay_capacity(config.integer("replay.capacity")),
      by_reward(config.text("replay.pick") == "reward"),
      by_backward(config.text("replay.path") == "backward"),
      search{.rounds = static_cast<int>(config.integer("local_search.rounds")),
             .depth = config.real("local_search.depth"),
             .metropolis = config.text("local_search.accept") == "metropolis"},
      thompson_share(config.real("exploration.thompson_share")) {
  if (replay_share + offline_share > 1) {
    throw UsageError("replay.share and offline.share: together they may not exceed 1, the whole batch");
  }
}

std::vector<std::vector<std::int32_t>> read_objects(const Config& config) {
  const std::string name = config.text("offline.file");
  std::vector<std::vector<std::int32_t>> objects;
  if (name.empty()) return objects;
  std::ifstream file(name);
  if (!file) throw UsageError("offline.file: cannot read '" + name + "'");
  const auto world = config.make_environment();
  const EnvironmentSpec& spec = world->spec();
  std::vector<std::uint8_t> legal(static_cast<size_t>(spec.num_actions));
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const auto where = "offline.file: line " + std::to_string(number) + " of '" + name + "' ";
    std::vector<std::int32_t> state;
    if (!parse_numbers(line, state)) throw UsageError(where + "is not a row of whole numbers");
    if (state.empty()) continue;
    if (state.size() != static_cast<size_t>(spec.state_length)) {
      throw UsageError(where + "has " + std::to_string(state.size()) + " numbers; a state of this world has " +
                       std::to_string(spec.state_length));
    }
    if (!reachable(*world, state)) throw UsageError(where + "is no state of this world");
    world->forward_actions(state, legal);
    if (!legal[static_cast<size_t>(spec.stop_action())]) {
      throw UsageError(where + "is a state at which this world cannot stop");
    }
    objects.push_back(std::move(state));
  }
  if (objects.empty()) throw UsageError("offline.file: '" + name + "' holds no object");
  return objects;
}

}  // namespace flowscope
