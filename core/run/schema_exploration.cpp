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
       .help = "Steps over which epsilon falls to 0; 0 keeps it constant."},
      {.key = "exploration.fade", .label = "Fade", .kind = ParamKind::kChoice,
       .default_value = std::string("linear"), .choices = {"linear", "cosine"},
       .help = "The shape in which exploration fades."},
      {.key = "exploration.temperature", .label = "Temperature", .kind = ParamKind::kReal,
       .default_value = 1.0, .min = 0.01, .max = 100,
       .help = "What P_F's logits are divided by in training trajectories.", .logarithmic = true,
       .worlds = Worlds::kDiscrete},
      {.key = "exploration.stop_bias", .label = "Stop bias", .kind = ParamKind::kReal,
       .default_value = 0.0, .min = -50, .max = 50,
       .help = "Taken off the stop's logit in training trajectories: more makes them longer.",
       .worlds = Worlds::kDiscrete},
      {.key = "exploration.noise", .label = "Parameter noise", .kind = ParamKind::kReal,
       .default_value = 0.0, .min = 0, .max = 10,
       .help = "Gaussian noise on P_F's parameters while a batch is sampled, in units of their root "
               "mean square.", .worlds = Worlds::kDiscrete},
      {.key = "exploration.thompson", .label = "Thompson heads", .kind = ParamKind::kInteger,
       .default_value = I{0}, .min = 0, .max = 64, .unit = "heads",
       .help = "Heads of P_F on one torso, of which every training trajectory draws one to follow; the mean "
               "of their logits is the policy. 0: a single one.",
       .live = false, .worlds = Worlds::kDiscrete},
      {.key = "exploration.thompson_share", .label = "Heads share", .kind = ParamKind::kReal,
       .default_value = 0.5, .min = 0, .max = 1,
       .help = "Probability that a head learns from a trajectory that another one drew.",
       .worlds = Worlds::kDiscrete},
      {.key = "exploration.thompson_prior", .label = "Heads' prior", .kind = ParamKind::kReal,
       .default_value = 1.0, .min = 0, .max = 100,
       .help = "Weight of a random network that is never trained in the logits of each head.",
       .live = false, .worlds = Worlds::kDiscrete},
      {.key = "exploration.fade_steps", .label = "The others fade over",
       .kind = ParamKind::kInteger, .default_value = I{0}, .min = 0, .max = 1e9, .unit = "steps",
       .help = "Steps over which temperature, stop bias and noise fade; 0 keeps them.",
       .worlds = Worlds::kDiscrete},
      {.key = "exploration.break_off", .label = "Break off", .kind = ParamKind::kReal,
       .default_value = 0.0, .min = 0, .max = 0.99,
       .help = "Probability, after every action, that a training trajectory is left unfinished. For "
               "objectives with a state flow.", .worlds = Worlds::kDiscrete},
      {.key = "exploration.step_noise", .label = "Step noise", .kind = ParamKind::kReal,
       .default_value = 0.0, .min = 0, .max = 100,
       .help = "Gaussian steps of continuous spaces: deviation of noise on top, in units of the "
               "step's coordinates; fades with epsilon.", .worlds = Worlds::kContinuous},
      {.key = "local_search.rounds", .label = "Local search", .kind = ParamKind::kInteger,
       .default_value = I{0}, .min = 0, .max = 100, .unit = "rounds",
       .help = "How often each object is taken apart by P_B and rebuilt by P_F in a step."},
      {.key = "local_search.depth", .label = "Search depth", .kind = ParamKind::kReal,
       .default_value = 0.5, .min = 0.01, .max = 1, .unit = "of the object",
       .help = "Share of an object's actions that a round of local search undoes."},
      {.key = "local_search.accept", .label = "Search accepts", .kind = ParamKind::kChoice,
       .default_value = std::string("greedy"), .choices = {"greedy", "metropolis"},
       .help = "A new object when its reward is no lower, or by Metropolis-Hastings."},
      {.key = "replay.share", .label = "Replay", .kind = ParamKind::kReal, .default_value = 0.0,
       .min = 0, .max = 1, .unit = "of the batch",
       .help = "Share of a batch that comes from trajectories seen before."},
      {.key = "replay.capacity", .label = "Replay capacity", .kind = ParamKind::kInteger,
       .default_value = I{1000}, .min = 1, .max = 1e6, .unit = "trajectories",
       .help = "Trajectories that the replay buffer keeps."},
      {.key = "replay.pick", .label = "Replay picks", .kind = ParamKind::kChoice,
       .default_value = std::string("uniform"), .choices = {"uniform", "reward"},
       .help = "All alike, or half from the tenth with the best rewards."},
      {.key = "replay.path", .label = "Replayed path", .kind = ParamKind::kChoice,
       .default_value = std::string("stored"), .choices = {"stored", "backward"},
       .help = "The trajectory as it was, or a new one to the same object drawn from P_B, as always in continuous spaces.",
       .worlds = Worlds::kDiscrete},
      {.key = "offline.file", .label = "Given objects", .kind = ParamKind::kText,
       .default_value = std::string(), .help = "A file of objects, one a line, as the numbers of "
       "their states; trajectories to them are drawn from P_B.", .live = false,
       .worlds = Worlds::kDiscrete},
      {.key = "offline.share", .label = "Given share", .kind = ParamKind::kReal,
       .default_value = 0.5, .min = 0, .max = 1, .unit = "of the batch",
       .help = "Share of a batch that comes from the given objects.", .worlds = Worlds::kDiscrete},
  };
}

}  // namespace flowscope
