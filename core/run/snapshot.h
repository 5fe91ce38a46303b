// What a run shows of itself: immutable values, published by the trainer thread and read by
// anybody. Big arrays are shared, never copied.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/graph/exact_flow.h"
#include "core/graph/policy_measures.h"
#include "core/graph/state_graph.h"
#include "core/run/config.h"
#include "core/run/history.h"
#include "envs/continuous/continuous_environment.h"
#include "envs/environment.h"

namespace flowscope {

/// Masses on the map of a continuous space: cells of equal size over its frame, x fastest, y upwards.
struct DensityGrid {
  int width = 0, height = 0;
  std::vector<double> mass;  // [width * height] sums to 1
  bool sampled = false;      // shares of samples, with their noise
};

/// What stays the same until a reset or a change of the reward.
struct RunInfo {
  Config config;
  std::shared_ptr<const Environment> environment;       // null where states are real-valued
  std::shared_ptr<const ContinuousEnvironment> space;    // null where they are not
  std::shared_ptr<const StateGraph> graph;  // null if there are too many states to enumerate
  Target target;                            // empty without a graph
  std::vector<double> backward;             // [E] P_B of the target's flow; empty: as learned
  std::optional<double> log_z_true;         // from the graph, or in closed form
  DensityGrid density;                      // R/Z of a continuous space on its map
  std::vector<float> target_objects;        // [n, axes] exact ones; empty where none can be drawn
  std::vector<double> mode_target;          // [modes] share of R/Z in each mode; empty without graph
};

/// How much a step's gradient can be trusted, from its micro-batches.
struct GradientStatistics {
  static constexpr int kParts = 4;  // micro-batches
  double norm = 0;             // of the mean gradient
  double variance = 0;         // of one micro-batch's gradient, summed over parameters
  double cosine = 0;           // mean over pairs of micro-batches
  double signal_to_noise = 0;  // |mean|^2 over the variance of the mean
};

/// Numbers of one moment. Everything but seconds and iterations_per_second depends on the
/// configuration, the seed and the step alone.
struct Metrics {
  std::int64_t step = 0;
  std::int64_t trajectories = 0;
  std::int64_t states_visited = 0;
  double seconds = 0;                 // spent training
  double iterations_per_second = 0;   // while running: of late; otherwise step / seconds
  std::optional<double> loss;         // of the last step; none before the first
  double log_z = 0;                   // learned
  double mean_length = 0;             // actions per trajectory in the last batch, stop included
  double gradient_norm = 0;           // of all networks, in the last step
  std::int64_t modes_found = 0;       // modes where a training trajectory has ended
  std::int64_t modes_total = 0;
  double learning_rate = 0;           // of the policy, after the schedule
  double epsilon = 0;                 // exploration, after the schedule
  std::optional<GradientStatistics> gradients;  // the last ones measured
};

/// The truth about the policy at one step, from a sweep over the whole graph.
struct ExactView : PolicyMeasures {
  std::int64_t step = 0;
  std::chrono::steady_clock::time_point when;
  double expected_length = 0;
  GraphPolicy policy;                      // P_F, P_B on every edge
  ForwardFlow forward;                     // visits, edge probabilities, P_T: the learned side
  std::vector<double> log_demand;          // [S] log F(s) that rewards ask for through P_B
  std::vector<double> mode_mass;           // [modes] P_T in each mode
  double sweep_seconds = 0;                // what this view cost the trainer
};

/// A mean over samples, and its standard error.
struct Estimate {
  double value = 0, error = 0;
};

/// What can be said without a sweep over the graph, from fresh samples of the policy itself: never
/// from what training sampled. Nothing where a quantity cannot be had in this world.
struct EstimateView {
  std::int64_t step = 0;
  std::int64_t objects = 0;                // fresh samples behind it
  std::optional<double> tv, l1, jsd;       // of the samples' frequencies; perfect samples give more than 0
  std::optional<Estimate> elbo, entropy;   // as in PolicyMeasures
  std::optional<Estimate> length;          // actions per trajectory, the stop included
  std::optional<Estimate> eubo;            // over objects drawn from the target
  std::optional<Estimate> log_likelihood;  // log P_T of objects drawn from the target
  std::optional<double> pearson, spearman; // of log P_T and log R over test objects
  double top_log_reward = 0;               // mean log R of the best distinct samples, kTopObjects at most
  std::optional<double> top_diversity;     // their mean distance: share of differing state entries
  double seconds = 0;                      // what this view cost the trainer

  static constexpr int kTopObjects = 100;
};

/// What P_F does next at the middles of the cells of a coarse square grid over the map, x fastest, at
/// some times of the process. Empty, with a reason, where the map cannot show it.
struct PolicyField {
  std::string refusal;
  int side = 0;            // nodes along each axis
  int directions = 0;      // of a rose, from angle 0 on, anticlockwise
  std::vector<int> times;  // 0 alone where the process has no time
  std::vector<float> stop;    // [times, side, side]
  std::vector<float> entropy;  // [times, side, side] of the next state, in nats; none where it is not known
  std::vector<float> dx, dy;  // [times, side, side] mean of a step, in units of the map
  std::vector<float> rose;    // [times, side, side, directions] a step's direction: density per radian

  size_t node(size_t time, int x, int y) const {
    return (time * static_cast<size_t>(side) + static_cast<size_t>(y)) * static_cast<size_t>(side) +
           static_cast<size_t>(x);
  }
};

/// A trajectory through a continuous space, on its map.
struct PathView {
  std::vector<float> x, y;  // from s0 to the object
  double log_pf = 0, log_pb = 0, log_reward = 0;
  double residual = 0;      // log Z + log_pf - log_reward - log_pb
};

/// What is known about a continuous policy at one step: its density by quadrature where the space has
/// few dimensions, and estimates from fresh samples of P_F.
struct DensityView {
  std::int64_t step = 0;
  std::chrono::steady_clock::time_point when;
  bool exact = false;  // there is a learned density, and so are the next ones, over the cells of the map
  double tv = 0, l1 = 0, jsd = 0, kl = 0, kl_reverse = 0;  // learned against target
  double pearson = 0, spearman = 0;  // of log densities
  double log_likelihood = 0;         // mean log density of the policy's objects over the target's
  DensityGrid learned;
  std::int64_t samples = 0;    // that the estimates come from
  std::optional<Estimate> elbo;  // mean of log R + log P_B - log P_F: a lower bound of log Z
  std::optional<Estimate> entropy, length;  // of trajectories: -log P_F, and actions
  double log_z = 0;            // importance-weighted: log of the mean of the exponentials
  double effective = 0;        // effective sample size, as a share of the samples
  std::optional<Estimate> eubo;  // the first mean under P_B from exact objects: an upper bound
  std::optional<double> jsd_kde;  // the published metric, when it was asked for
  std::vector<float> x, y;     // [samples] where the sampled objects lie on the map
  std::vector<PathView> recent;  // a few of the sampled trajectories
  // As tv and jsd, of the samples' shares of coarser cells; perfect samples show more than 0 too.
  std::optional<double> sampled_tv, sampled_jsd;
  bool policy = true;          // false: samples of a baseline that has none
  std::vector<float> objects;  // [samples, axes] the coordinates of the sampled objects
  int times = 0;               // of the cloud: 0 .. the most steps that a trajectory takes
  std::vector<float> cloud;    // [times, samples, 2] on the map, after so many steps; the stopped stay
  PolicyField field;
  double sweep_seconds = 0;    // what this view cost the trainer
};

/// One finished trajectory of the last batch, for the eye.
struct TrajectoryView {
  std::vector<std::int32_t> states;  // graph ids from s0 to x
  std::vector<std::int32_t> actions;  // forward actions, the stop included
  double log_pf = 0, log_pb = 0, log_reward = 0;
  double residual = 0;               // log Z + log_pf - log_reward - log_pb
};

/// What training has sampled lately, exploration included: the behaviour distribution.
struct BehaviourView {
  std::int64_t objects = 0;           // in the window
  std::vector<std::int32_t> counts;   // [S] how often each ended a trajectory; empty without graph
  std::vector<TrajectoryView> recent;  // a few of the last batch; empty without graph
  DensityGrid density;                 // of the objects of a continuous space, on coarse cells
  std::vector<PathView> paths;         // a few of the last batch in such a space
};

/// A change made while running, at the step at which it took effect.
struct RunEvent {
  std::int64_t step = 0;
  std::string text;  // "optimizer.lr = 0.01"
};

enum class RunState { kLoading, kPaused, kRunning, kFinished, kDiverged, kFailed };

struct Snapshot {
  RunState state = RunState::kLoading;
  std::string message;                          // why it diverged or failed; "" otherwise
  std::shared_ptr<const RunInfo> run;           // null while loading
  Metrics metrics;
  double asked_rate = 0;                        // steps per second, 0 = as fast as possible
  std::int64_t run_until = 0;                   // step at which it pauses, 0 = open end
  std::shared_ptr<const ExactView> exact;       // null without graph or before the first sweep
  std::shared_ptr<const EstimateView> estimate;  // null where exact is not, or before the first
  std::shared_ptr<const DensityView> density;   // null in discrete worlds or before the first sweep
  std::shared_ptr<const BehaviourView> behaviour;
  std::shared_ptr<const History> history;
  std::vector<RunEvent> events;
  int threads = 1;
};

/// The exact view belongs to this very step.
inline bool exact_is_current(const Snapshot& s) {
  return s.exact && s.exact->step == s.metrics.step;
}
inline bool density_is_current(const Snapshot& s) {
  return s.density && s.density->exact && s.density->step == s.metrics.step;
}

}  // namespace flowscope
