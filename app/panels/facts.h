// What a person asks of one state, read from a snapshot. No drawing here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/run/snapshot.h"

namespace flowscope {

/// Probabilities are shares of all trajectories; flows are in units of reward, held as logarithms.
struct StateFacts {
  bool terminating = false;
  double log_reward = 0;    // where terminating
  double target = 0;        // R(x)/Z
  double learned = 0;       // P_T(x)
  double visit = 0;         // P(a trajectory passes here)
  double log_arriving = 0;  // log of learned Z times visit
  double log_demand = 0;    // log of the flow that the rewards beyond ask for

  /// log(arriving / asked for): 0 in balance, positive where too much flow arrives.
  double imbalance() const { return log_arriving - log_demand; }
};

/// Nothing without an exact view or for an id that is not in the graph.
std::optional<StateFacts> facts_of(const Snapshot& snapshot, int state);

/// Larger imbalances than this are shown as warnings, in nats: about 10 %.
inline constexpr double kBalanceTolerance = 0.1;

/// How learned stands to target: "too rarely x0.66", "too often x1.52", "about right", "never".
std::string ratio_words(double learned, double target);

/// One term of the trajectory-balance equation of a path.
struct PathBalance {
  std::vector<int> states;  // s0 .. x
  double log_z = 0, log_pf = 0, log_reward = 0, log_pb = 0;
  double residual() const { return log_z + log_pf - log_reward - log_pb; }
};

/// The likeliest trajectory through a state: back by the largest learned edge flow, and on to a
/// stop by the likeliest action where the state is no object.
std::optional<PathBalance> likeliest_path(const Snapshot& snapshot, int state);

/// The state's name in its environment, "" if there is none.
std::string state_label(const Snapshot& snapshot, int state);

/// Share of the demanded flow on an edge: P_B(parent|child) F(child) / Z.
double demanded_edge(const Snapshot& snapshot, std::int64_t edge);

/// How far the sampler is from the target: exactly, or as far as `samples` objects tell, of which
/// perfect ones would show more than 0.
struct ShownDistance {
  std::optional<double> tv, l1, jsd, kl;
  std::int64_t samples = 0;  // 0: exact, or unknown
};
ShownDistance shown_distance(const Snapshot& s);

/// The learned log Z; nothing for a baseline that does not learn one.
std::optional<double> learned_log_z(const Snapshot& s);

}  // namespace flowscope
