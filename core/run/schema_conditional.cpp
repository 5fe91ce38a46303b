// Keys of a policy that is told which reward it is asked for: a power of it, a mixture with another.
#include "core/run/schema.h"

namespace flowscope {

std::vector<ParamSpec> conditional_schema() {
  const auto real = [](const char* key, const char* label, double value, double most, const char* help,
                       bool live) {
    return ParamSpec{.key = key, .label = label, .kind = ParamKind::kReal, .default_value = value,
                     .min = 0, .max = most, .help = help, .live = live, .worlds = Worlds::kDiscrete};
  };
  return {
      real("conditional.low", "Lowest beta", 1, 100,
           "Power to which rewards are raised, R^beta. Below conditional.high every trajectory draws "
           "its own from the range, and the networks see it.", false),
      real("conditional.high", "Highest beta", 1, 100,
           "The range's upper end; equal ends fix the power.", false),
      real("conditional.shown", "Shown beta", 1, 100,
           "The beta of the range at which target and learned policy are compared.", true),
      {.key = "conditional.second", .label = "Second reward", .kind = ParamKind::kText,
       .default_value = std::string(),
       .help = "Keys of the world's reward, as in reward.r1=2; reward.r2=0. Every trajectory draws a weight w, "
               "the networks see it, and the reward is R1^w R2^(1-w).", .live = false,
       .worlds = Worlds::kDiscrete},
      real("conditional.weight_low", "Lowest weight", 0, 1,
           "Of the first reward beside the second: the range from which trajectories draw theirs.", false),
      real("conditional.weight_high", "Highest weight", 1, 1,
           "The range's upper end; equal ends fix the mixture.", false),
      real("conditional.weight_shown", "Shown weight", 0.5, 1,
           "The weight of the range at which target and learned policy are compared.", true),
  };
}

}  // namespace flowscope
