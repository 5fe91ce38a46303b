// Every key that does not belong to an environment, and the table of objectives.
#include "core/run/schema.h"

namespace flowscope {
namespace {

std::vector<std::string> environment_names() {
  std::vector<std::string> names;
  for (const EnvironmentEntry& e : environments()) names.push_back(e.name);
  return names;
}

std::vector<std::string> objective_names() {
  std::vector<std::string> names;
  for (const ObjectiveEntry& o : objectives()) names.push_back(o.name);
  return names;
}

std::vector<ParamSpec> run_schema() {
  return {
      {.key = "environment.name", .label = "World", .kind = ParamKind::kChoice,
       .default_value = std::string("hypergrid"), .choices = environment_names(),
       .help = "The world in which objects are built.", .live = false, .basic = true},
      {.key = "objective.name", .label = "Objective", .kind = ParamKind::kChoice,
       .default_value = std::string("tb"), .choices = objective_names(),
       .help = "The training objective.", .live = false, .basic = true},
  };
}

std::vector<ParamSpec> rest_schema() {
  using I = std::int64_t;
  return {
      {.key = "batch", .label = "Batch", .kind = ParamKind::kInteger, .default_value = I{16},
       .min = 1, .max = 65536, .unit = "trajectories", .help = "Trajectories in one step.",
       .logarithmic = true, .basic = true},
      {.key = "steps", .label = "Run length", .kind = ParamKind::kInteger, .default_value = I{0},
       .min = 0, .max = 1e12, .unit = "steps",
       .help = "Steps in the run; 0 leaves the end open and the learning rate constant."},
      {.key = "log_z.start", .label = "Start of log Z", .kind = ParamKind::kChoice,
       .default_value = std::string("estimate"), .choices = {"estimate", "value"},
       .help = "Where log Z starts: the first batch's own estimate, or log_z.initial.",
       .live = false},
      {.key = "log_z.initial", .label = "Initial log Z", .kind = ParamKind::kReal,
       .default_value = 0.0, .min = -1e6, .max = 1e6, .unit = "nats",
       .help = "log Z before the first step, under log_z.start = value.", .live = false},
      {.key = "seed", .label = "Seed", .kind = ParamKind::kInteger, .default_value = I{0}, .min = 0,
       .max = 9007199254740991.0, .help = "Seed of the weights and of all sampling.",
       .live = false, .basic = true},
      {.key = "threads", .label = "Threads", .kind = ParamKind::kInteger, .default_value = I{1},
       .min = 0, .max = 256,
       .help = "Threads that share a step; 0 measures what pays. The numbers do not depend on it.",
       .live = false},
      {.key = "statistics.every", .label = "Gradient statistics", .kind = ParamKind::kInteger,
       .default_value = I{0}, .min = 0, .max = 1e9, .unit = "steps",
       .help = "Steps between two measurements of the gradient's variance, from four micro-batches; 0: none."},
      {.key = "exact.states", .label = "Exact up to", .kind = ParamKind::kInteger,
       .default_value = I{2'000'000}, .min = 0, .max = 1e8, .unit = "states",
       .help = "Largest state graph that is enumerated.", .live = false, .logarithmic = true,
       .worlds = Worlds::kDiscrete},
      {.key = "exact.share", .label = "Time for truth", .kind = ParamKind::kReal,
       .default_value = 0.2, .min = 0, .max = 0.95, .unit = "of the time",
       .help = "Largest share of training time that exact sweeps may take while running."},
  };
}

}  // namespace

const std::vector<ParamSpec>& base_schema() {
  static const std::vector<ParamSpec> schema = [] {
    std::vector<ParamSpec> all;
    for (const auto& part : {run_schema(), policy_schema(), exploration_schema(), conditional_schema(),
                             optimizer_schema(), rest_schema()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return schema;
}

std::span<const ObjectiveEntry> objectives() {
  static const ParamSpec shape = {
      .key = "objective.shape", .label = "Loss shape", .kind = ParamKind::kChoice,
      .default_value = std::string("squared"),
      .choices = {"squared", "half_squared", "huber", "log_cosh", "shifted_cosh", "linex"},
      .help = "How a residual becomes a loss."};
  static const ParamSpec alpha = {
      .key = "objective.alpha", .label = "Lean of linex", .kind = ParamKind::kReal, .default_value = 1.0,
      .min = 1e-3, .max = 10,
      .help = "Under shape = linex: how much worse too much flow is than too little."};
  static const ParamSpec weighting = {
      .key = "objective.weighting", .label = "Weighting", .kind = ParamKind::kChoice,
      .default_value = std::string("geometric_within"),
      .choices = {"geometric_within", "geometric", "equal_within", "equal", "tb", "db", "mdb"},
      .help = "How sub-trajectories of different length count."};
  static const ParamSpec lambda = {
      .key = "objective.lambda", .label = "Lambda", .kind = ParamKind::kReal, .default_value = 0.9,
      .min = 1e-3, .max = 10, .help = "Ratio of the weights of sub-trajectories that differ by one step.",
      .basic = true};
  static const ParamSpec baseline = {
      .key = "objective.baseline", .label = "Baseline", .kind = ParamKind::kChoice,
      .default_value = std::string("weighted"), .choices = {"weighted", "global", "local", "none"},
      .help = "Subtracted in score-function gradients. weighted: log Z for P_F, for P_B the mean under the weights "
              "that it learns from; as published: global, log Z for both; local, the batch's mean; or nothing."};
  static const ParamSpec flow_price = {
      .key = "objective.flow_price", .label = "Price of flow", .kind = ParamKind::kReal,
      .default_value = 1e-4, .min = 0, .max = 1,
      .help = "Lambda, added times F(s) at every visit: short trajectories win, at a small bias.",
      .logarithmic = true, .basic = true};
  static const ParamSpec epsilon = {
      .key = "objective.epsilon", .label = "Epsilon", .kind = ParamKind::kReal, .default_value = 1.0,
      .min = 1e-6, .max = 1e6, .help = "Scale of the squared residual in log(1 + epsilon r^2).",
      .logarithmic = true};
  static const ParamSpec eta = {
      .key = "objective.eta", .label = "Eta", .kind = ParamKind::kReal, .default_value = 1e-3,
      .min = 0, .max = 1e3, .help = "How much more a mismatch counts where much flows.",
      .logarithmic = true};
  static const ParamSpec rollout = {
      .key = "objective.rollout", .label = "Rollout", .kind = ParamKind::kInteger,
      .default_value = std::int64_t{4}, .min = 1, .max = 1e6, .unit = "steps",
      .help = "Steps in a stretch that is made consistent; 1 is detailed balance.", .basic = true};
  static const ParamSpec path_reward = {
      .key = "objective.path_reward", .label = "A step pays", .kind = ParamKind::kChoice,
      .default_value = std::string("log_pb"), .choices = {"log_pb", "none"},
      .help = "log P_B gives R/Z; none favours objects with many ways to them.", .basic = true};
  static const ParamSpec entropy = {
      .key = "objective.entropy", .label = "Entropy bonus", .kind = ParamKind::kReal,
      .default_value = 1.0, .min = 0, .max = 100,
      .help = "What an action's surprise is worth; 1 makes the target R/Z.", .basic = true};
  static const ParamSpec clip = {
      .key = "objective.clip", .label = "Clip ratio", .kind = ParamKind::kReal, .default_value = 0.2,
      .min = 1e-3, .max = 10,
      .help = "How far an action's probability may move, as a share, before it stops counting."};
  static const ParamSpec epochs = {
      .key = "objective.epochs", .label = "Epochs", .kind = ParamKind::kInteger,
      .default_value = std::int64_t{4}, .min = 1, .max = 100,
      .help = "Steps of the optimiser on each batch; its schedules count them all."};
  static const ParamSpec moves = {
      .key = "objective.moves", .label = "Moves", .kind = ParamKind::kInteger,
      .default_value = std::int64_t{1}, .min = 1, .max = 1e6,
      .help = "Moves of a chain between two objects that count.", .live = false, .basic = true};
  static const ParamSpec replicas = {
      .key = "objective.replicas", .label = "Replicas", .kind = ParamKind::kInteger,
      .default_value = std::int64_t{8}, .min = 2, .max = 256,
      .help = "Copies of each chain at rising temperatures.", .live = false, .basic = true};
  static const ParamSpec hottest = {
      .key = "objective.hottest", .label = "Hottest", .kind = ParamKind::kReal,
      .default_value = 0.1, .min = 0, .max = 1,
      .help = "Power of R that the hottest replica samples; those between fall off geometrically.",
      .live = false, .basic = true};
  static const ParamSpec stride = {
      .key = "objective.step", .label = "Step", .kind = ParamKind::kReal, .default_value = 0.05,
      .min = 1e-6, .max = 10, .unit = "of the range",
      .help = "Size of a move, as a share of each coordinate's range.", .live = false,
      .logarithmic = true, .worlds = Worlds::kContinuous, .basic = true};
  static const ParamSpec leaps = {
      .key = "objective.leaps", .label = "Leaps", .kind = ParamKind::kInteger,
      .default_value = std::int64_t{10}, .min = 1, .max = 1000,
      .help = "Leapfrog steps in a move; 1 makes it Langevin's.", .live = false, .basic = true};
  static const ParamSpec temperatures = {
      .key = "objective.temperatures", .label = "Temperatures", .kind = ParamKind::kInteger,
      .default_value = std::int64_t{64}, .min = 1, .max = 10000,
      .help = "Steps from the start density to the target.", .live = false, .basic = true};
  static const ParamSpec prior = {
      .key = "objective.prior", .label = "Prior", .kind = ParamKind::kText,
      .default_value = std::string("uniform"),
      .help = "The policy that the reward corrects: uniform, the random walk; or the file of a run that "
              "learned one in the same world.", .live = false, .basic = true};
  static const std::vector<ObjectiveEntry> table = {
      {.name = "tb", .title = "Trajectory balance",
       .about = "One equation for a whole trajectory, with log Z learned", .params = {shape, alpha},
       .learns_log_z = true},
      {.name = "db", .title = "Detailed balance",
       .about = "One equation a transition, with a learned flow for every state",
       .params = {shape, alpha}, .needs_flow = true, .incomplete = true},
      {.name = "subtb", .title = "Sub-trajectory balance",
       .about = "Every piece of a trajectory balances, weighted by length",
       .params = {weighting, lambda, shape, alpha}, .needs_flow = true, .incomplete = true},
      {.name = "fm", .title = "Flow matching",
       .about = "What flows into a state flows out of it, over all parents and children",
       .params = {shape, alpha}, .needs_flow = true, .needs_inflows = true},
      {.name = "mdb", .title = "Modified detailed balance",
       .about = "Detailed balance without flows, where every state may stop", .params = {shape, alpha},
       .needs_stop = true},
      {.name = "vargrad", .title = "Log-partition variance",
       .about = "Trajectory balance with the batch's own log Z (VarGrad)", .params = {shape, alpha}},
      {.name = "fldb", .title = "Forward-looking detailed balance",
       .about = "Detailed balance with the energy of unfinished objects in the flow",
       .params = {shape, alpha}, .needs_flow = true, .forward_looking = true, .incomplete = true},
      {.name = "flsubtb", .title = "Forward-looking sub-trajectory balance",
       .about = "Sub-trajectory balance with the energy of unfinished objects in the flow",
       .params = {weighting, lambda, shape, alpha}, .needs_flow = true, .forward_looking = true, .incomplete = true},
      {.name = "reverse_kl", .title = "Reverse KL",
       .about = "Variational inference by the score function: KL(P_F || P_B)",
       .params = {baseline}, .learns_log_z = true},
      {.name = "forward_kl", .title = "Forward KL",
       .about = "KL(P_B || P_F) by self-normalised importance weights", .params = {baseline},
       .learns_log_z = true},
      {.name = "ws", .title = "Wake-sleep",
       .about = "P_F by forward KL, P_B by reverse KL", .params = {baseline},
       .learns_log_z = true},
      {.name = "rws", .title = "Reverse wake-sleep",
       .about = "P_F by reverse KL, P_B by forward KL", .params = {baseline},
       .learns_log_z = true},
      {.name = "symmetric_kl", .title = "Symmetric KL",
       .about = "Reverse and forward KL together, for both policies", .params = {baseline},
       .learns_log_z = true},
      {.name = "rtb", .title = "Relative trajectory balance",
       .about = "The posterior of a prior policy under the reward as a likelihood",
       .params = {prior, shape, alpha}, .learns_log_z = true, .relative = true},
      {.name = "pcl", .title = "Path consistency",
       .about = "Entropy-regularised reinforcement learning in which a step pays log P_B",
       .params = {rollout, path_reward, shape, alpha}, .needs_flow = true},
      {.name = "nadb", .title = "Non-acyclic detailed balance",
       .about = "Detailed balance with a price on flow, for worlds with cycles",
       .params = {flow_price, shape, alpha}, .needs_flow = true},
      {.name = "sdb", .title = "Stable detailed balance",
       .about = "Detailed balance that grows slowly with a mismatch, with a price on flow",
       .params = {flow_price, epsilon, eta}, .needs_flow = true},
      {.name = "softq", .title = "Soft Q-learning",
       .about = "Baseline: detailed balance whose gradient looks at the earlier side alone",
       .params = {path_reward}, .needs_flow = true},
      {.name = "ppo", .title = "Proximal policy optimisation",
       .about = "Baseline: clipped policy gradient with a critic and a bonus for entropy",
       .params = {path_reward, entropy, clip, epochs}, .needs_flow = true},
      {.name = "mh", .title = "Metropolis-Hastings",
       .about = "Baseline: chains that walk among objects; judged by their last 16,384, not exactly",
       .params = {moves, stride}, .chain = true},
      {.name = "pt", .title = "Parallel tempering",
       .about = "Baseline: Metropolis-Hastings with hotter replicas that swap places",
       .params = {moves, replicas, hottest}, .chain = true, .worlds = Worlds::kDiscrete},
      {.name = "random", .title = "Random policy",
       .about = "Baseline: any legal action, always", .params = {}, .chain = true,
       .worlds = Worlds::kDiscrete},
      {.name = "hmc", .title = "Hamiltonian Monte Carlo",
       .about = "Baseline: chains that glide along the reward's gradient; Langevin's with one leap",
       .params = {moves, stride, leaps}, .chain = true, .worlds = Worlds::kContinuous},
      {.name = "smc", .title = "Sequential Monte Carlo",
       .about = "Baseline: particles annealed from a simple density to the target, with an estimate of log Z",
       .params = {moves, stride, temperatures}, .chain = true, .worlds = Worlds::kContinuous},
  };
  return table;
}

const ObjectiveEntry* find_objective(std::string_view name) {
  for (const ObjectiveEntry& entry : objectives()) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

}  // namespace flowscope
