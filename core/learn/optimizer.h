// From gradients to parameters: Adam, AdamW or SGD over one flat buffer, with a rate for each group of
// parameters and for log Z, clipping, and the schedules that change the rates over a run.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "core/learn/large_vector.h"
#include "core/learn/workers.h"
#include "core/run/config.h"

namespace flowscope {

/// Who owns a stretch of the flat buffer; each has a learning rate of its own.
enum class Role { kForward, kBackward, kFlow, kFrozen };
struct ParameterGroup {
  std::size_t begin = 0, end = 0;
  Role role = Role::kForward;
  bool reached = true;  // a gradient has gone there once; until then a step changes nothing and is left out
};

/// How rates change over a run; keys optimizer.schedule and what belongs to it.
struct Schedule {
  enum class Kind { kConstant, kCosine, kStep, kPlateau };
  Kind kind = Kind::kConstant;
  std::int64_t warmup = 0;                        // steps from 0 to the full rate
  std::int64_t run_length = 0;                    // 0: open end
  double decay_from = 0, decay_to = 1;            // cosine
  std::int64_t decay_after = 0;                   // cosine
  std::int64_t step_every = 0, patience = 0;      // step; plateau
  double factor = 1, threshold = 0;               // step and plateau; plateau
  std::string watch = "loss";                     // plateau; anything else is a distance that it is told

  bool watches_loss() const { return watch == "loss"; }
};

/// What the plateau schedule remembers: the best value so far and the factor that it has come to.
struct Plateau {
  double best = std::numeric_limits<double>::infinity();
  double waited = 0;  // steps since the value was best
  double factor = 1;
};

/// The factor on all rates at a step (0 = the first).
double schedule_factor(const Schedule& schedule, const Plateau& plateau, std::int64_t step);

/// Tells the plateau schedule what it watches, once a step: after `patience` steps without an improvement by
/// `threshold` (relative), rates are multiplied by `factor`. A value that is looked at now and then counts in
/// every step until the next look, as in PyTorch's ReduceLROnPlateau.
void observe(const Schedule& schedule, double value, Plateau& plateau);

template <class Real>
class Optimizer {
 public:
  /// For n parameters; configure() before the first step.
  explicit Optimizer(std::size_t n) : m_(n, 0), v_(n, 0) {}

  /// Takes over optimizer.* and the run's length. The plateau schedule watches the loss, or the distance of that
  /// name that watch() tells; with another thing to watch it forgets the best value of the old one.
  void configure(const Config& config, int steps_per_batch = 1, const std::string& watch = "loss");

  /// The rate of a role at the coming step, after the schedule.
  double rate(Role role) const;
  double log_z_rate() const { return lr_log_z_ * factor(); }

  /// The buffers that a step works on; the gradient is left clipped.
  struct Buffers {
    std::span<Real> parameters, gradient;
    Workers& workers;
  };

  /// A step begins with collect() for every group whose gradient is complete, in any order. Where parameters are many
  /// the group moves at once, while its numbers are in the cache; else, and where clipping needs the norm of all,
  /// groups move in finish(). One whose gradient is not finite does not move.
  void collect(const ParameterGroup& group, const Buffers& buffers);

  /// The end of a step, with all groups; those that were not reached were not collected. `loss` is what the plateau
  /// schedule watches unless it watches a distance. Returns the Euclidean norm of the gradient before it was
  /// clipped; if that is not finite, the step does not count.
  double finish(double loss, std::span<const ParameterGroup> groups, const Buffers& buffers);

  /// Both at once.
  double step(double loss, std::span<const ParameterGroup> groups, const Buffers& buffers);

  /// One step on log Z, after finish(): plain SGD under SGD, otherwise Adam.
  void step_log_z(double d, double& log_z);

  /// The distance that the plateau schedule watches, from here on.
  void watch(double distance) { watched_ = distance; }

  /// Whether any moment of parameters [begin, end) differs from 0.
  bool has_moved(std::size_t begin, std::size_t end) const;

  std::int64_t steps() const { return scalars_.steps; }

  /// Moments and counters, for checkpoints; restore() throws DamagedFile.
  void save(std::vector<std::uint8_t>& bytes) const;
  void restore(std::span<const std::uint8_t>& bytes);

 private:
  enum class Method { kAdam, kAdamW, kSgd };
  enum class Clip { kNone, kNorm, kValue };

  static constexpr std::size_t kFew = 160'000;  // with gradient and moments about as much as a second cache holds

  struct Scalars {
    double log_z_m = 0, log_z_v = 0;
    Plateau plateau;
    std::int64_t steps = 0;
  };

  double factor() const { return schedule_factor(schedule_, scalars_.plateau, scalars_.steps); }
  bool waits() const { return clip_ == Clip::kNorm || m_.size() <= kFew; }
  void clip(std::span<Real> gradient) const;
  void move(const ParameterGroup& group, const Buffers& buffers);

  Method method_ = Method::kAdam;
  Clip clip_ = Clip::kNone;
  double clip_at_ = 0, weight_decay_ = 0, momentum_ = 0;
  double lr_ = 0, lr_backward_ = 0, lr_flow_ = 0, lr_log_z_ = 0;
  Schedule schedule_;
  LargeVector<Real> m_, v_;  // [n] first and second moments; SGD uses the first as its velocity
  Scalars scalars_;
  double squares_ = 0, norm_ = 0;  // of the gradient: of groups collected so far; of all, where they wait for it
  double watched_ = std::numeric_limits<double>::infinity();
};

}  // namespace flowscope
