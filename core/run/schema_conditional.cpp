// Keys of a policy that is told at which inverse temperature it is asked for.
#include "core/run/schema.h"

namespace flowscope {

std::vector<ParamSpec> conditional_schema() {
  const auto beta = [](const char* key, const char* label, const char* help, bool live) {
    return ParamSpec{.key = key, .label = label, .kind = ParamKind::kReal, .default_value = 1.0,
                     .min = 0, .max = 100, .help = help, .live = live, .worlds = Worlds::kDiscrete};
  };
  return {
      beta("conditional.low", "Lowest beta",
           "Power to which rewards are raised, R^beta. Below conditional.high every trajectory draws "
           "its own from the range, and the networks see it.", false),
      beta("conditional.high", "Highest beta", "The range's upper end; equal ends fix the power.",
           false),
      beta("conditional.shown", "Shown beta",
           "The beta of the range at which target and learned policy are compared.", true),
  };
}

}  // namespace flowscope
