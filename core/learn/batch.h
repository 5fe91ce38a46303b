// A batch of trajectories as objectives see it: the rows and actions that each passes through, and
// what networks say of them. A row stands for a state, discrete or continuous; here it is a number
// only, so every objective serves both engines.
#pragma once

#include <cstdint>
#include <vector>

namespace flowscope {

/// One transition: an action at a row; the stop leads nowhere (next = -1).
struct Transition {
  std::int32_t row, action;
  std::int32_t next = -1, backward_action = -1;
};

/// An edge of the state graph into a visited row; the parent may be a row that nobody visited.
struct Inflow {
  std::int32_t row, parent, action;
};

/// Trajectories i = 0 .. n-1; transitions begin[i] .. begin[i+1]-1, the last one the stop unless the
/// trajectory was left unfinished.
struct Batch {
  std::vector<std::int32_t> begin = {0};  // [n + 1]
  std::vector<Transition> transitions;   // [K]
  std::vector<double> log_reward;        // [n] log R(x); 0 for an unfinished trajectory
  std::vector<Inflow> inflows;           // [I] all edges into visited rows, grouped by row; if asked
  int repeated = 0;                      // of the last ones: others once more, for other heads of P_F

  int size() const { return static_cast<int>(begin.size()) - 1; }
  int distinct() const { return size() - repeated; }
  bool ended(int i) const { return transitions[static_cast<size_t>(begin[static_cast<size_t>(i) + 1] - 1)].next < 0; }
  int last_row(int i) const { return transitions[static_cast<size_t>(begin[static_cast<size_t>(i) + 1] - 1)].row; }
};

/// What the networks say of a batch, and, after the objective, what it answers: the derivative of
/// the loss by each of these numbers.
struct Evaluation {
  std::vector<double> log_pf;    // [K]
  std::vector<double> log_pb;    // [K] 0 for the stop; or log prior, for objectives relative to one
  double log_z = 0;
  std::vector<double> log_z_beyond;  // [n] log Z of each trajectory's condition beyond that, if there are any

  // Filled in for objectives that ask for them (ObjectiveEntry), otherwise empty.
  std::vector<double> log_flow;        // [N] learned log F(s)
  std::vector<double> log_flow_target; // [N] log F(s) by the target network, if there is one
  std::vector<double> log_stop;        // [N] log P_F(stop | s)
  std::vector<double> row_log_reward;  // [N] log R(s)
  std::vector<double> log_inflow_pf;   // [I] log P_F of the edges in batch.inflows

  std::vector<double> sampled_log_pf, sampled_log_flow;  // as they were when the batch was new

  std::vector<double> d_log_pf, d_log_pb, d_log_flow, d_log_stop, d_log_inflow_pf;  // as above
  double d_log_z = 0;
  std::vector<double> d_log_z_beyond;

  /// Zero derivatives for every number that there is.
  void clear_derivatives() {
    d_log_pf.assign(log_pf.size(), 0);
    d_log_pb.assign(log_pb.size(), 0);
    d_log_flow.assign(log_flow.size(), 0);
    d_log_stop.assign(log_stop.size(), 0);
    d_log_inflow_pf.assign(log_inflow_pf.size(), 0);
    d_log_z = 0;
    d_log_z_beyond.assign(log_z_beyond.size(), 0);
  }

  double estimated_log_z = 0;  // what the batch says, for objectives without log Z as a parameter
};

}  // namespace flowscope
