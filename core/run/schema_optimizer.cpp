// Keys of the optimiser and of its schedules.
#include "core/run/schema.h"

namespace flowscope {

std::vector<ParamSpec> optimizer_schema() {
  using I = std::int64_t;
  return {
      {.key = "optimizer.method", .label = "Optimiser", .kind = ParamKind::kChoice,
       .default_value = std::string("adam"), .choices = {"adam", "adamw", "sgd"},
       .help = "Adam, Adam with decoupled weight decay, or SGD with momentum."},
      {.key = "optimizer.lr", .label = "Learning rate", .kind = ParamKind::kReal,
       .default_value = 1e-3, .min = 0, .max = 1000, .help = "The optimiser's step for P_F.",
       .logarithmic = true, .basic = true},
      {.key = "optimizer.lr_backward", .label = "Learning rate, P_B", .kind = ParamKind::kReal,
       .default_value = 0.0, .min = 0, .max = 1000,
       .help = "The optimiser's step for a learned P_B; 0 takes optimizer.lr."},
      {.key = "optimizer.lr_flow", .label = "Learning rate, log F", .kind = ParamKind::kReal,
       .default_value = 0.0, .min = 0, .max = 1000,
       .help = "The optimiser's step for the state flow; 0 takes optimizer.lr."},
      {.key = "optimizer.lr_log_z", .label = "Learning rate, log Z", .kind = ParamKind::kReal,
       .default_value = 0.1, .min = 0, .max = 100, .help = "The optimiser's step for log Z.",
       .logarithmic = true, .basic = true},
      {.key = "optimizer.weight_decay", .label = "Weight decay", .kind = ParamKind::kReal,
       .default_value = 0.01, .min = 0, .max = 10,
       .help = "Under adamw: the share of every weight that a step takes away, times the rate."},
      {.key = "optimizer.momentum", .label = "Momentum", .kind = ParamKind::kReal,
       .default_value = 0.9, .min = 0, .max = 0.9999,
       .help = "Under sgd: the share of the last step's velocity that is kept."},
      {.key = "optimizer.clip", .label = "Clip gradients", .kind = ParamKind::kChoice,
       .default_value = std::string("none"), .choices = {"none", "norm", "value"},
       .help = "Bounds the gradient: its Euclidean norm, or every component."},
      {.key = "optimizer.clip_at", .label = "Clip at", .kind = ParamKind::kReal,
       .default_value = 10.0, .min = 1e-9, .max = 1e9, .help = "The bound of optimizer.clip.",
       .logarithmic = true},
      {.key = "optimizer.schedule", .label = "Schedule", .kind = ParamKind::kChoice,
       .default_value = std::string("cosine"), .choices = {"cosine", "constant", "step", "plateau"},
       .help = "How all rates change: a cosine over a run of known length, never, by a factor "
               "every so many steps, or by a factor when the loss no longer falls."},
      {.key = "optimizer.warmup", .label = "Warm-up", .kind = ParamKind::kInteger,
       .default_value = I{0}, .min = 0, .max = 1e9, .unit = "steps",
       .help = "Steps over which rates rise linearly from 0."},
      {.key = "optimizer.decay_from", .label = "Decay from", .kind = ParamKind::kReal,
       .default_value = 0.2, .min = 0, .max = 1, .unit = "of the run",
       .help = "Share of the run at full learning rate before the cosine decay starts."},
      {.key = "optimizer.decay_after", .label = "No decay before", .kind = ParamKind::kInteger,
       .default_value = I{1000}, .min = 0, .max = 1e9, .unit = "steps",
       .help = "Steps at full learning rate, whatever the share: a short run needs them all."},
      {.key = "optimizer.decay_to", .label = "Decay to", .kind = ParamKind::kReal,
       .default_value = 1e-3, .min = 0, .max = 1, .unit = "of the rate",
       .help = "Share of the learning rate that is left at the end of the run.",
       .logarithmic = true},
      {.key = "optimizer.factor", .label = "Schedule factor", .kind = ParamKind::kReal,
       .default_value = 0.5, .min = 1e-6, .max = 1,
       .help = "What step and plateau schedules multiply the rates by."},
      {.key = "optimizer.step_every", .label = "Schedule step", .kind = ParamKind::kInteger,
       .default_value = I{2500}, .min = 1, .max = 1e12, .unit = "steps",
       .help = "Steps between two changes of the step schedule."},
      {.key = "optimizer.patience", .label = "Patience", .kind = ParamKind::kInteger,
       .default_value = I{300}, .min = 0, .max = 1e9, .unit = "steps",
       .help = "Steps without a better loss before the plateau schedule acts."},
      {.key = "optimizer.threshold", .label = "Plateau threshold", .kind = ParamKind::kReal,
       .default_value = 1e-3, .min = 0, .max = 1,
       .help = "Relative improvement of the loss that counts as better."},
      {.key = "target.rate", .label = "Target network", .kind = ParamKind::kReal,
       .default_value = 0.0, .min = 0, .max = 1,
       .help = "Share by which a second log F follows each step and stands in where a transition or "
               "piece ends (Polyak averaging); 0: no target network.", .worlds = Worlds::kDiscrete},
  };
}

}  // namespace flowscope
