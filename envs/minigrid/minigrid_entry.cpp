// The schema of the minigrid environment.
#include <array>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "envs/minigrid/minigrid_env.h"
#include "envs/pairs.h"

namespace flowscope {
namespace {

using minigrid::Kind;
using minigrid::Level;
using minigrid::Point;

/// Levels that can be listed, flowscope's own first.
std::vector<std::string> level_names() {
  std::vector<std::string> names;
  for (const char* beginning : {"Flowscope-", "MiniGrid-", "BabyAI-"}) {
    for (const Level& level : minigrid::levels()) {
      if (level.id.starts_with(beginning) && explorable(level)) names.emplace_back(level.id);
    }
  }
  return names;
}

/// "1,1 7,1"
std::vector<Point> parse_cells(const std::string& text) {
  const auto pairs = parse_pairs<int>(text);
  if (!pairs) {
    throw std::invalid_argument("reward.cells = '" + text +
                                "' is not allowed; give cells as x,y with blanks between them, for "
                                "example '1,1 7,1'");
  }
  std::vector<Point> cells;
  for (const auto& [x, y] : *pairs) cells.push_back({x, y});
  return cells;
}

template <class Value, class Values>
std::optional<Value> named(std::string_view word, const Values& values) {
  for (const Value value : values) {
    if (word == minigrid::name_of(value)) return value;
  }
  return std::nullopt;
}

/// "red key" or "door"
MinigridEnv::Goal parse_goal(std::string_view look) {
  constexpr std::array kKinds{Kind::kKey, Kind::kBall, Kind::kBox, Kind::kDoor};
  const auto blank = look.find(' ');
  const auto kind = named<Kind>(blank == look.npos ? look : look.substr(blank + 1), kKinds);
  const auto color = named<minigrid::Color>(look.substr(0, blank), minigrid::kColors);
  if (!kind || (blank != look.npos && !color)) {
    throw std::invalid_argument("reward.goals: '" + std::string(look) +
                                "' is not allowed; a goal is a key, ball, box or door, perhaps with a "
                                "colour, for example 'red key, door'");
  }
  return {*kind, blank == look.npos ? std::nullopt : color};
}

/// "red key, door"
std::vector<MinigridEnv::Goal> parse_goals(std::string_view text) {
  std::vector<MinigridEnv::Goal> goals;
  while (!text.empty()) {
    const auto comma = text.find(',');
    std::string_view look = text.substr(0, comma);
    while (look.starts_with(' ')) look.remove_prefix(1);
    while (look.ends_with(' ')) look.remove_suffix(1);
    goals.push_back(parse_goal(look));
    text = comma == text.npos ? std::string_view() : text.substr(comma + 1);
  }
  return goals;
}

ParamSpec weight(const char* key, const char* label, double default_value, const char* help) {
  return {.key = key, .label = label, .default_value = default_value, .min = 0, .max = 1e6,
          .help = help};
}

std::shared_ptr<const Environment> make(const Params& p) {
  const auto real = [&p](const char* key) { return param<double>(p, key); };
  MinigridEnv::Reward reward{.r0 = real("reward.r0"), .success = real("reward.success"),
                             .near = real("reward.near"), .reach = real("reward.reach"),
                             .painted = real("reward.painted"), .reached = real("reward.reached"),
                             .carry = real("reward.carry"), .doors = real("reward.doors"),
                             .time = real("reward.time"),
                             .cells = parse_cells(param<std::string>(p, "reward.cells")),
                             .goals = parse_goals(param<std::string>(p, "reward.goals"))};
  return std::make_shared<MinigridEnv>(
      *minigrid::find_level(param<std::string>(p, "environment.level")),
      static_cast<std::uint64_t>(param<std::int64_t>(p, "environment.seed")),
      MinigridEnv::Episode{.horizon = static_cast<int>(param<std::int64_t>(p, "environment.horizon")),
                           .time = param<bool>(p, "environment.time"),
                           .stop_anywhere = param<std::string>(p, "environment.stop") == "any"},
      std::move(reward));
}

}  // namespace

EnvironmentEntry minigrid_entry() {
  EnvironmentEntry entry;
  entry.name = "minigrid";
  entry.title = "Minigrid";
  entry.about = "Walk, carry and open doors; the reward is on where and how it ends";
  entry.params = {
      {.key = "environment.level", .label = "Level", .kind = ParamKind::kChoice,
       .default_value = std::string("MiniGrid-Empty-5x5-v0"), .choices = level_names(),
       .help = "The world and its rules. Not BabyAI's levels of several tasks, as no state tells which are "
               "done; obstacles that move are at rest.",
       .live = false, .basic = true},
      {.key = "environment.seed", .label = "Layout seed", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{0}, .min = 0, .max = 1e9,
       .help = "The same seed gives the same world as in Minigrid.", .live = false, .basic = true},
      {.key = "environment.horizon", .label = "Horizon", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{12}, .min = 1, .max = 200, .unit = "actions",
       .help = "Most actions before the stop; without time, where a sampled path must stop.",
       .live = false, .basic = true},
      {.key = "environment.time", .label = "Time in states", .kind = ParamKind::kBoolean,
       .default_value = true,
       .help = "Without it paths go in circles, and nadb or sdb with their price on flow are for that.",
       .live = false},
      {.key = "environment.stop", .label = "Stop", .kind = ParamKind::kChoice,
       .default_value = std::string("any"), .choices = {"any", "end"},
       .help = "Anywhere, or only where the episode is over or the horizon is reached.",
       .live = false, .basic = true},
      {.key = "reward.r0", .label = "R0, floor", .default_value = 0.05, .min = 0, .max = 1e6,
       .help = "Reward of any ending; the smaller, the harder the rest is to find.",
       .logarithmic = true, .basic = true},
      {.key = "reward.success", .label = "Task solved", .default_value = 1.0, .min = 0, .max = 1e6,
       .help = "Added where the level's own task is solved.", .basic = true},
      weight("reward.near", "Near a solution", 0,
             "Added in full at a solution and falling with the actions that it is away."),
      {.key = "reward.reach", .label = "Reach", .default_value = 3.0, .min = 0.1, .max = 1000,
       .unit = "actions", .help = "How far away the reward for being near falls to 1/e."},
      {.key = "reward.cells", .label = "Painted cells", .kind = ParamKind::kText,
       .default_value = std::string(),
       .help = "Cells with a reward of their own, as x,y with blanks between them.", .basic = true},
      weight("reward.painted", "On painted cells", 1, "Added where it ends on a painted cell."),
      {.key = "reward.goals", .label = "Named goals", .kind = ParamKind::kText,
       .default_value = std::string(),
       .help = "Things to hold and doors to stand before at the end, for example: red key, door.",
       .basic = true},
      weight("reward.reached", "A goal reached", 1, "Added for each named goal that is reached at the end."),
      weight("reward.carry", "Carrying", 0, "Added where it ends with something in the hands."),
      weight("reward.doors", "Doors open", 0, "Added in proportion to the doors left open."),
      {.key = "reward.time", .label = "Haste", .default_value = 0.0, .min = 0, .max = 1,
       .help = "Share of what is added that is lost by the horizon; Minigrid's reward loses 0.9."},
  };
  entry.make = make;
  return entry;
}

}  // namespace flowscope
