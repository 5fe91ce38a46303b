// What the networks of a policy see of a state: the ones of its features, and beside them a few real
// numbers, the condition and the energy. Of a table that is the entries of the state.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "core/learn/mlp.h"
#include "core/learn/rows.h"

namespace flowscope {

/// Where P_B comes from: a network of its own, a second head on P_F's network, the same for all
/// parents, the share of a parent in the paths to a state (which maximises the entropy of
/// trajectories; Mohammadpour et al. 2024, arXiv 2312.14331), or a network that is never trained.
enum class BackwardKind { kLearned, kTied, kUniform, kMaximumEntropy, kFrozen };

/// What a part of the condition varies over; networks see where in the range it is, from -1 to 1.
struct ConditionRange {
  double low = 1, high = 1;

  bool varies() const { return low < high; }
  /// A draw from the range, given a uniform one from [0, 1): by the arcsine law, which makes up for the ends' lack
  /// of neighbours on one side.
  double at(double u) const { return low + (high - low) * (1 - std::cos(std::numbers::pi * u)) / 2; }
  double seen(double value) const { return 2 * (value - low) / (high - low) - 1; }
};

struct PolicyShape {
  bool tabular = false;  // a logit for every state and action, in place of networks
  int knots = 9;         // of a table under conditions, along the range of each: in between it is interpolated
  int width = 256, layers = 2;
  Activation activation = Activation::kRelu;
  bool layer_norm = false;
  bool fan_in = false;        // of MlpShape
  bool shared_torso = false;  // one network with a head for each of P_F, learned P_B and log F
  BackwardKind backward = BackwardKind::kLearned;
  bool flow = false;          // log F(s) is learned
  bool flow_at_source = false;  // of s0 alone: log Z as a function of the condition
  bool flow_energy = false;   // the network of log F sees E(s) too; not with tables or a shared torso

  // The conditions that trajectories are drawn at; where they differ, networks see theirs.
  ConditionRange beta, weight;
  bool one_condition = false;  // a batch shares one draw
  bool conditional() const { return beta.varies() || weight.varies(); }

  // Heads of P_F on its torso, each with a share of a random network that is never trained (its prior); 0: a
  // single one without. A row speaks by its own head, or by the mean of the logits of all.
  int heads = 0;
  double prior = 0;

  /// Whether the policy can only be made on an enumerated state graph.
  bool needs_graph() const { return tabular || backward == BackwardKind::kMaximumEntropy; }
};

/// Inputs of networks, row by row, as indices and, where not all of them are ones, values.
template <class Real>
class PolicyInput {
 public:
  /// `num_states` counts the rows of a table under one condition.
  PolicyInput(const EnvironmentSpec& spec, const PolicyShape& shape, int num_states);

  /// Completes the shape of a network: what goes in, whether E(s) is part of it, and for tables all but the
  /// outputs.
  MlpShape shape_of(MlpShape net, bool energy) const;

  /// Adds the input of a row, whose state has the number `id` in a table. E(s) is part of it if `energies`
  /// is given.
  void append(const Rows& rows, int row, std::int32_t id, const Environment* energies,
              std::vector<std::int32_t>& active, std::vector<Real>& values) const;

 private:
  int conditions() const { return shape_.beta.varies() + shape_.weight.varies(); }
  void append_corners(const Condition& condition, std::int32_t id, std::vector<std::int32_t>& active,
                      std::vector<Real>& values) const;

  EnvironmentSpec spec_;
  PolicyShape shape_;
  int num_states_;
};

}  // namespace flowscope
