// Keys of the networks.
#include "core/run/schema.h"

namespace flowscope {

std::vector<ParamSpec> policy_schema() {
  using I = std::int64_t;
  return {
      {.key = "policy.backward", .label = "Backward policy", .kind = ParamKind::kChoice,
       .default_value = std::string("learned"), .choices = {"learned", "uniform"},
       .help = "P_B: learned by a network of its own, or uniform over parents.", .live = false,
       .basic = true},
      {.key = "policy.hidden", .label = "Hidden width", .kind = ParamKind::kInteger,
       .default_value = I{256}, .min = 1, .max = 4096, .unit = "units",
       .help = "Units in each hidden layer.", .live = false},
      {.key = "policy.layers", .label = "Hidden layers", .kind = ParamKind::kInteger,
       .default_value = I{2}, .min = 0, .max = 8, .help = "Hidden layers of each network.",
       .live = false},
  };
}

}  // namespace flowscope
