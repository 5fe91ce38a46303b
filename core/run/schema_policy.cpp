// Keys of the networks.
#include "core/run/schema.h"

namespace flowscope {

std::vector<ParamSpec> policy_schema() {
  using I = std::int64_t;
  return {
      {.key = "policy.kind", .label = "Policy", .kind = ParamKind::kChoice,
       .default_value = std::string("mlp"), .choices = {"mlp", "tabular"},
       .help = "A network, or a table with a logit for every state and action.", .live = false,
       .worlds = Worlds::kDiscrete,
       .implies = {{"tabular", {{"optimizer.lr", 0.05}}}}},
      {.key = "policy.knots", .label = "Knots of a table", .kind = ParamKind::kInteger,
       .default_value = I{9}, .min = 2, .max = 129, .unit = "knots",
       .help = "Under conditions a table has logits at so many points of each one's range; in between they are "
               "interpolated.",
       .live = false, .worlds = Worlds::kDiscrete},
      {.key = "policy.backward", .label = "Backward policy", .kind = ParamKind::kChoice,
       .default_value = std::string("learned"),
       .choices = {"learned", "uniform", "tied", "maxent", "frozen"},
       .help = "P_B: learned by a network of its own, uniform over parents, a second head on P_F's "
               "network, in proportion to the paths to each parent (in circles: the short ones above all), or a "
               "network that stays as it began.",
       .live = false, .basic = true},
      {.key = "policy.torso", .label = "Torso", .kind = ParamKind::kChoice,
       .default_value = std::string("separate"), .choices = {"separate", "shared"},
       .help = "A network each for P_F, P_B and log F, or one with a head for each.", .live = false,
       .worlds = Worlds::kDiscrete},
      {.key = "policy.flow_energy", .label = "Flow sees energy", .kind = ParamKind::kBoolean,
       .default_value = false,
       .help = "The network of log F sees the energy of the state too, for objectives with a state flow.",
       .live = false, .worlds = Worlds::kDiscrete},
      {.key = "policy.langevin", .label = "Langevin drift", .kind = ParamKind::kBoolean,
       .default_value = false,
       .help = "Diffusion: the drift leans on the reward's slope, as far as the network says.",
       .live = false, .worlds = Worlds::kContinuous},
      {.key = "policy.hidden", .label = "Hidden width", .kind = ParamKind::kInteger,
       .default_value = I{256}, .min = 1, .max = 4096, .unit = "units",
       .help = "Units in each hidden layer.", .live = false},
      {.key = "policy.layers", .label = "Hidden layers", .kind = ParamKind::kInteger,
       .default_value = I{2}, .min = 0, .max = 8, .help = "Hidden layers of each network.",
       .live = false},
      {.key = "policy.activation", .label = "Activation", .kind = ParamKind::kChoice,
       .default_value = std::string("relu"), .choices = {"relu", "leaky_relu", "elu", "tanh"},
       .help = "What hidden units do to their sums.", .live = false},
      {.key = "policy.layer_norm", .label = "Layer norm", .kind = ParamKind::kBoolean,
       .default_value = false, .help = "Normalises the sums of every hidden layer.", .live = false,
       .worlds = Worlds::kDiscrete},
      {.key = "policy.start", .label = "First weights", .kind = ParamKind::kChoice,
       .default_value = std::string("scaled"), .choices = {"scaled", "fan_in"},
       .help = "Scaled to the few ones of an input, so that states differ at once; or within 1 / sqrt(inputs) as "
               "PyTorch begins, so that what is learned at one state holds at its neighbours too.",
       .live = false, .worlds = Worlds::kDiscrete},
  };
}

}  // namespace flowscope
