// The schema of the miniworld environment.
#include <stdexcept>

#include "envs/miniworld/miniworld_env.h"
#include "envs/pairs.h"

namespace flowscope {
namespace {

using miniworld::Point;

/// "2.5,1 8,8"
std::vector<Point> parse_spots(const std::string& text) {
  const auto pairs = parse_pairs<double>(text);
  if (!pairs) {
    throw std::invalid_argument("reward.spots = '" + text +
                                "' is not allowed; give spots as x,z in metres with blanks between "
                                "them, for example '2.5,1 8,8'");
  }
  std::vector<Point> spots;
  for (const auto& [x, z] : *pairs) spots.push_back({x, z});
  return spots;
}

ParamSpec weight(const char* key, const char* label, double default_value, const char* help) {
  return {.key = key, .label = label, .default_value = default_value, .min = 0, .max = 1e6,
          .help = help};
}

std::shared_ptr<const Environment> make(const Params& p) {
  const auto real = [&p](const char* key) { return param<double>(p, key); };
  const auto whole = [&p](const char* key) {
    return static_cast<int>(param<std::int64_t>(p, key));
  };
  MiniworldEnv::Reward reward{.r0 = real("reward.r0"), .success = real("reward.success"),
                              .near = real("reward.near"), .reach = real("reward.reach"),
                              .painted = real("reward.painted"), .radius = real("reward.radius"),
                              .carry = real("reward.carry"), .time = real("reward.time"),
                              .spots = parse_spots(param<std::string>(p, "reward.spots"))};
  const miniworld::Stride stride{.forward = real("environment.forward_step"),
                                 .turn = whole("environment.turn_step"),
                                 .aligned = param<bool>(p, "environment.align"),
                                 .randomized = param<bool>(p, "environment.randomize")};
  return std::make_shared<MiniworldEnv>(
      miniworld::level_of(param<std::string>(p, "environment.level")),
      static_cast<std::uint64_t>(param<std::int64_t>(p, "environment.seed")), stride,
      whole("environment.horizon"), param<std::string>(p, "environment.stop") == "any",
      std::move(reward));
}

}  // namespace

EnvironmentEntry miniworld_entry() {
  EnvironmentEntry entry;
  entry.name = "miniworld";
  entry.title = "Miniworld";
  entry.about = "Walk through rooms in three dimensions; the reward is on where and how it ends";
  entry.params = {
      {.key = "environment.level", .label = "Level", .kind = ParamKind::kChoice,
       .default_value = std::string("OneRoom"), .choices = miniworld::short_names(),
       .help = "The rooms and their rules. CollectHealth ends with the first medkit, as the next one's place "
               "would be drawn.",
       .live = false, .basic = true},
      {.key = "environment.seed", .label = "Layout seed", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{0}, .min = 0, .max = 1e9,
       .help = "The same seed gives the same world as in Miniworld.", .live = false, .basic = true},
      {.key = "environment.horizon", .label = "Horizon", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{20}, .min = 1, .max = 200, .unit = "actions",
       .help = "Most actions before the stop.", .live = false, .basic = true},
      {.key = "environment.stop", .label = "Stop", .kind = ParamKind::kChoice,
       .default_value = std::string("any"), .choices = {"any", "end"},
       .help = "Anywhere, or only where the episode is over or the horizon is reached.",
       .live = false, .basic = true},
      {.key = "environment.forward_step", .label = "Step", .default_value = 0.7, .min = 0.05,
       .max = miniworld::kLongestStep, .unit = "m",
       .help = "How far the agent walks: 0.15 in Miniworld, 0.7 in its Fast levels. Longer steps "
               "would lead through walls.",
       .live = false, .basic = true},
      {.key = "environment.turn_step", .label = "Turn", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{90}, .min = 1, .max = 180, .unit = "degrees",
       .help = "How far the agent turns, a divisor of 360; 90 and 60 keep the places few.",
       .live = false, .basic = true},
      {.key = "environment.align", .label = "Align", .kind = ParamKind::kBoolean,
       .default_value = true, .help = "Rounds the first heading to a whole number of turns.",
       .live = false},
      {.key = "environment.randomize", .label = "Randomise", .kind = ParamKind::kBoolean,
       .default_value = false,
       .help = "Draws step, turn, light, colours and camera from the layout's seed, as far about their "
               "values as Miniworld's domain randomisation goes; a free walk's every step, too.",
       .live = false},
      {.key = "reward.r0", .label = "R0, floor", .default_value = 0.05, .min = 0, .max = 1e6,
       .help = "Reward of any ending; the smaller, the harder the rest is to find.",
       .logarithmic = true, .basic = true},
      {.key = "reward.success", .label = "Task solved", .default_value = 1.0, .min = 0, .max = 1e6,
       .help = "Added where the level's own task is solved.", .basic = true},
      weight("reward.near", "Near a solution", 0,
             "Added in full at a solution and falling with the actions that it is away."),
      {.key = "reward.reach", .label = "Reach", .default_value = 3.0, .min = 0.1, .max = 1000,
       .unit = "actions", .help = "How far away the reward for being near falls to 1/e."},
      {.key = "reward.spots", .label = "Painted spots", .kind = ParamKind::kText,
       .default_value = std::string(),
       .help = "Spots with a reward of their own, as x,z in metres with blanks between them.",
       .basic = true},
      weight("reward.painted", "On painted spots", 1, "Added where it ends on a painted spot."),
      {.key = "reward.radius", .label = "Spot radius", .default_value = 1.0, .min = 0.05, .max = 20,
       .unit = "m", .help = "How far from its middle a painted spot reaches."},
      weight("reward.carry", "Carrying", 0, "Added where it ends with something in the hands."),
      {.key = "reward.time", .label = "Haste", .default_value = 0.0, .min = 0, .max = 1,
       .help = "Share of what is added that is lost by the horizon; Miniworld's reward loses 0.2."},
  };
  entry.make = make;
  return entry;
}

}  // namespace flowscope
