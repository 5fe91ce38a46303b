#include <algorithm>
#include <cmath>

#include "core/learn/objectives/objective.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

/// Weight of a sub-trajectory by its length in transitions, for a trajectory of `n` transitions, so
/// that the loss is the sum over the batch of weight times g(r).
class Weights {
 public:
  Weights(const Batch& batch, const ObjectiveSettings& settings)
      : weighting_(settings.weighting), lambda_(settings.lambda), size_(batch.size()) {
    int longest = 0;
    for (int i = 0; i < size_; ++i) longest = std::max(longest, length(batch, i));
    of_length_.assign(sz(longest) + 1, 0);  // how many sub-trajectories have each length
    for (int i = 0; i < size_; ++i) {
      const int n = length(batch, i);
      for (int l = 1; l <= n; ++l) of_length_[sz(l)] += n - l + 1;
      transitions_ += n;
      all_ += 0.5 * n * (n + 1);
    }
    if (weighting_ == Weighting::kGeometric) {
      // (1 - lambda) / (1 - lambda^T) lambda^(l-1): normalised over lengths, also at lambda = 1.
      double total = 0;
      for (int l = 1; l <= longest; ++l) total += std::pow(lambda_, l - 1);
      geometric_.assign(sz(longest) + 1, 0);
      for (int l = 1; l <= longest; ++l) {
        geometric_[sz(l)] = std::pow(lambda_, l - 1) / total / of_length_[sz(l)];
      }
    }
  }

  static int length(const Batch& batch, int i) {
    return batch.begin[sz(i) + 1] - batch.begin[sz(i)];
  }

  /// Whether they fall by the same factor from each length to the next.
  bool geometric() const {
    return weighting_ == Weighting::kGeometricWithin || weighting_ == Weighting::kEqualWithin || weighting_ == Weighting::kEqual;
  }
  double factor() const { return weighting_ == Weighting::kGeometricWithin ? lambda_ : 1; }

  /// [n + 1] the weights of sub-trajectories by their length, for a trajectory of n transitions. Good until
  /// the next call.
  const double* of_trajectory(int n) {
    if (n == n_) return of_.data();
    n_ = n;
    of_.assign(sz(n) + 1, 0);
    switch (weighting_) {
      case Weighting::kGeometricWithin: set_geometric(n); break;
      case Weighting::kGeometric: std::copy_n(geometric_.begin(), sz(n) + 1, of_.begin()); break;
      case Weighting::kEqualWithin: std::ranges::fill(of_, 2.0 / (static_cast<double>(n) * (n + 1)) / size_); break;
      case Weighting::kEqual: std::ranges::fill(of_, 1 / all_); break;
      case Weighting::kTb: of_[sz(n)] = 1.0 / size_; break;
      case Weighting::kDb: of_[1] = 1 / transitions_; break;
      case Weighting::kModifiedDb: of_[1] = 1.0 / n / size_; break;
    }
    return of_.data();
  }

 private:
  void set_geometric(int n) {
    double total = 0, power = 1;
    for (int l = 1; l <= n; ++l, power *= lambda_) {
      of_[sz(l)] = power;
      total += power * (n - l + 1);
    }
    for (double& w : of_) w /= total * size_;
  }

  Weighting weighting_;
  double lambda_;
  int size_, n_ = 0;
  double transitions_ = 0, all_ = 0;
  std::vector<double> of_length_, geometric_, of_;
};

/// What the pieces that begin at one state add up to.
struct Sums {
  double loss = 0, slope = 0;  // of w g(r), of w g'(r)
};

/// The pieces from a state with value `start` to the next ones, up to `count` of them, with values end[] and
/// weights weight[]; takes each one's w g'(r) off `slopes`.
template <class Shape>
Sums sum_of_pieces(double start, const double* end, const double* weight, int count, double* slopes, Shape shape_of) {
  Sums sums;
  for (int j = 0; j < count; ++j) {
    const ShapedLoss g = shape_of(start - end[j]);
    const double slope = weight[j] * g.slope;
    sums.loss += weight[j] * g.value;
    sums.slope += slope;
    slopes[j] -= slope;
  }
  return sums;
}

/// The same for r^2 and its half, in a loop without calls.
Sums sum_of_squares(double start, const double* end, const double* weight, int count, double curvature, double* slopes) {
  double loss = 0, slope = 0;
  for (int j = 0; j < count; ++j) {
    const double r = start - end[j], weighted = curvature * weight[j] * r;
    loss += weighted * r;
    slope += weighted;
    slopes[j] -= weighted;
  }
  return {loss / 2, slope};
}

Sums sum_of_pieces(const LossShape& shape, double start, const double* end, const double* weight, int count,
                   double* slopes) {
  switch (shape.kind) {
    case LossShape::kSquared: return sum_of_squares(start, end, weight, count, 2, slopes);
    case LossShape::kHalfSquared: return sum_of_squares(start, end, weight, count, 1, slopes);
    default:
      return sum_of_pieces(start, end, weight, count, slopes, [&](double r) { return shaped(shape, r); });
  }
}

/// A trajectory of n transitions: the values of its states where pieces begin and where they end, and the sums
/// of slopes of those that do.
struct Nodes {
  int n = 0;
  std::vector<double> begin, end;           // [n + 1]
  std::vector<double> of_begins, of_ends;   // [n + 1]

  void reset(int transitions) {
    n = transitions;
    for (auto* numbers : {&begin, &end, &of_begins, &of_ends}) numbers->assign(sz(n) + 1, 0);
  }
};

/// Pieces of a trajectory that begin at one state: those of `first` to `last` transitions, each with its
/// weight at weight[length].
struct Pieces {
  int first, last;
  const double* weight;
};

/// Piece by piece, in time O(n^2); pieces_of(a) tells which begin at a.
template <class PiecesOf>
double sum_one_by_one(const LossShape& shape, PiecesOf pieces_of, Nodes& nodes) {
  double loss = 0;
  for (int a = 0; a < nodes.n; ++a) {
    const Pieces pieces = pieces_of(a);
    const size_t from = sz(a + pieces.first);
    const Sums sums = sum_of_pieces(shape, nodes.begin[sz(a)], nodes.end.data() + from, pieces.weight + pieces.first,
                                    pieces.last - pieces.first + 1, nodes.of_ends.data() + from);
    loss += sums.loss;
    nodes.of_begins[sz(a)] = sums.slope;
  }
  return loss;
}

/// All pieces in time O(n), where g is r^2 times curvature / 2 and weights are weight * factor^(length - 1): the
/// sum over the ends of pieces from one state follows from that of the next state, and that over their
/// beginnings from that of the one before. Relative to the first value, so that small residuals keep their digits.
double sum_in_one_go(double curvature, double weight, double factor, Nodes& nodes) {
  const int n = nodes.n;
  const double *v = nodes.begin.data(), *end = nodes.end.data(), slope = curvature * weight, first = v[0];
  double later = 0, earlier = 0, all = 0, loss = 0;  // weighted sums: of ends, of beginnings; of weights alone
  for (int t = 1; t <= n; ++t) {
    const int a = n - t;
    all = 1 + factor * all;
    later = (end[a + 1] - first) + factor * later;
    earlier = (v[t - 1] - first) + factor * earlier;
    nodes.of_begins[sz(a)] = slope * (all * (v[a] - first) - later);
    nodes.of_ends[sz(t)] = slope * (all * (end[t] - first) - earlier);
  }
  for (int t = 0; t <= n; ++t) {
    loss += (v[t] - first) * nodes.of_begins[sz(t)] + (end[t] - first) * nodes.of_ends[sz(t)];
  }
  return loss / 2;
}

/// The sum over pieces i < j of each trajectory of weight g(r_ij), for n transitions:
///   r_ij = log F(s_i) + sum log P_F - log F(s_j) - share * sum log P_B,
/// where the last node stands for the stop, with flow R(x). In prefix sums V_i = log F(s_i) - P_i,
/// r_ij = V_i - V_j. `share` is 1, or 0 to leave P_B out. sum(nodes) gives a trajectory's part.
template <class Sum>
double sum_over_pieces(const Batch& batch, double share, Evaluation& e, Residuals& residuals, Sum sum) {
  residuals.per_transition.assign(batch.transitions.size(), 0);
  // A target network, where there is one, gives the flow at which a piece ends, and no gradient
  // passes into it.
  const bool target = !e.log_flow_target.empty();
  const std::vector<double>& end_flow = target ? e.log_flow_target : e.log_flow;
  const double into_end = target ? 0 : 1;
  Nodes nodes;
  double loss = 0;
  for (int i = 0; i < batch.size(); ++i) {
    const int n = Weights::length(batch, i);
    const size_t first = sz(batch.begin[sz(i)]);
    nodes.reset(n);
    double prefix = 0;
    for (int t = 0; t < n; ++t) {
      const size_t k = first + sz(t), row = sz(batch.transitions[k].row);
      nodes.begin[sz(t)] = e.log_flow[row] - prefix;
      nodes.end[sz(t)] = end_flow[row] - prefix;
      prefix += e.log_pf[k] - share * e.log_pb[k];
    }
    const std::int32_t beyond = batch.transitions[first + sz(n) - 1].next;  // of an unfinished one
    nodes.end[sz(n)] = (beyond >= 0 ? end_flow[sz(beyond)] : batch.log_reward[sz(i)]) - prefix;
    loss += sum(nodes);
    const std::vector<double>&begins = nodes.of_begins, &ends = nodes.of_ends;
    if (beyond >= 0) e.d_log_flow[sz(beyond)] += into_end * ends[sz(n)];
    // V_t holds -P_t, and P_t holds the terms before t: a term's derivative is the sum of those
    // after it, with the sign turned.
    double after = -ends[sz(n)];
    for (int t = n - 1; t >= 0; --t) {
      const size_t k = first + sz(t);
      e.d_log_pf[k] += after;
      e.d_log_pb[k] -= share * after;
      e.d_log_flow[sz(batch.transitions[k].row)] += begins[sz(t)] + into_end * ends[sz(t)];
      after -= begins[sz(t)] + ends[sz(t)];
      residuals.per_transition[k] = nodes.begin[sz(t)] - nodes.end[sz(t) + 1];
    }
  }
  e.estimated_log_z = e.log_flow[sz(batch.transitions[0].row)];
  return loss;
}

}  // namespace

/// Sub-trajectory balance (Madan et al. 2023, arXiv 2209.12782): every piece of a trajectory
/// balances, weighted by its length. The flow of s0 stands for Z.
double sub_trajectory_balance(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                              Residuals& residuals) {
  Weights weights(batch, settings);
  const bool whole = settings.weighting == Weighting::kTb;
  const bool single = settings.weighting == Weighting::kDb || settings.weighting == Weighting::kModifiedDb;
  const bool squares = settings.shape.kind == LossShape::kSquared || settings.shape.kind == LossShape::kHalfSquared;
  const double curvature = settings.shape.kind == LossShape::kSquared ? 2 : 1;
  return sum_over_pieces(batch, 1, e, residuals, [&](Nodes& nodes) {
    const int n = nodes.n;
    const double* weight = weights.of_trajectory(n);
    if (squares && weights.geometric()) return sum_in_one_go(curvature, weight[1], weights.factor(), nodes);
    return sum_one_by_one(settings.shape, [&](int a) -> Pieces {
      if (whole) return {a == 0 ? n : 1, a == 0 ? n : 0, weight};
      return {1, single ? 1 : n - a, weight};
    }, nodes);
  });
}

/// Path consistency learning (Nachum et al. 2017, arXiv 1702.08892), the entropy-regularised
/// reinforcement learning that a GFlowNet is (Tiapkin et al. 2024, arXiv 2310.12934). With a reward
/// of r_t = log P_B(s_t | s_t+1) for a step, log R(x) for the stop, a soft value V and a policy pi,
/// every stretch of d steps has
///   C = -V(s_i) + V(s_i+d) + sum_t (r_t - log pi(a_t | s_t)),   V = 0 after the stop,
/// which for V = log F and pi = P_F is C = -r_ij of sub-trajectory balance: d = 1 is detailed
/// balance, d beyond the longest trajectory balances every end piece. The mean of g over all
/// stretches of d steps and the shorter ones at the end of each trajectory.
///
/// With path_reward none, steps pay nothing: the optimum is then n(x) R(x), n the number of paths to
/// x, which is why a GFlowNet is not just a soft reinforcement learner.
double path_consistency(const Batch& batch, const ObjectiveSettings& settings, Evaluation& e,
                        Residuals& residuals) {
  int longest = 0;
  for (int i = 0; i < batch.size(); ++i) longest = std::max(longest, Weights::length(batch, i));
  // One starts at each transition, and all weigh the same.
  const std::vector<double> weight(sz(longest) + 1, 1 / static_cast<double>(batch.transitions.size()));
  return sum_over_pieces(batch, settings.path_reward ? 1 : 0, e, residuals, [&](Nodes& nodes) {
    return sum_one_by_one(settings.shape, [&](int a) -> Pieces {
      const int length = std::min(settings.rollout, nodes.n - a);
      return {length, length, weight.data()};
    }, nodes);
  });
}

}  // namespace flowscope
