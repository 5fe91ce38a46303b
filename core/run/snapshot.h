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
#include "envs/environment.h"

namespace flowscope {

/// What stays the same until a reset or a change of the reward.
struct RunInfo {
  Config config;
  std::shared_ptr<const Environment> environment;
  std::shared_ptr<const StateGraph> graph;  // null if there are too many states to enumerate
  Target target;                            // empty without a graph
  std::vector<double> backward;             // [E] P_B of the target's flow; empty: as learned
  std::optional<double> log_z_true;         // from the graph, or in closed form
  std::vector<double> mode_target;          // [modes] share of R/Z in each mode; empty without graph
};

/// How much a step's gradient can be trusted, from its micro-batches.
struct GradientStatistics {
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
  std::shared_ptr<const BehaviourView> behaviour;
  std::shared_ptr<const History> history;
  std::vector<RunEvent> events;
  int threads = 1;
};

/// The exact view belongs to this very step.
inline bool exact_is_current(const Snapshot& s) {
  return s.exact && s.exact->step == s.metrics.step;
}

}  // namespace flowscope
