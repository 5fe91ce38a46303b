// Keys of the behaviour policy: how training data differ from samples of P_F.
#include "core/run/schema.h"

namespace flowscope {

std::vector<ParamSpec> exploration_schema() {
  using I = std::int64_t;
  return {
      {.key = "exploration.epsilon", .label = "Exploration", .kind = ParamKind::kReal,
       .default_value = 0.0, .min = 0, .max = 1,
       .help = "Probability of a uniformly random legal action in training trajectories.",
       .basic = true},
      {.key = "exploration.epsilon_steps", .label = "Exploration fades over",
       .kind = ParamKind::kInteger, .default_value = I{0}, .min = 0, .max = 1e9, .unit = "steps",
       .help = "Steps over which epsilon falls linearly to 0; 0 keeps it constant."},
  };
}

}  // namespace flowscope
