// Objectives on fixed trajectories: against torchgfn's numbers, and against finite differences.
#include "core/learn/objectives/objective.h"

#include <array>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/learn/rows.h"
#include "envs/hypergrid.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

/// The tabular policy of the golden file: closed-form logits on the 8x8 grid, state s = 8 x0 + x1.
struct Tabular {
  Hypergrid grid{2, 8, 0.1, 0.5, 2};
  RowBatch batch{grid};
  Evaluation e;

  static double forward_logit(int s, int a) { return 0.5 * std::sin(1.3 * s + 0.7 * a); }
  static double backward_logit(int s, int a) { return 0.5 * std::cos(0.9 * s + 1.1 * a); }
  int id(int row) const { return 8 * batch.rows.state(row)[0] + batch.rows.state(row)[1]; }

  double log_p(int row, int action, bool forward) const {
    const std::uint8_t* legal = forward ? batch.rows.forward_legal(row) : batch.rows.backward_legal(row);
    double total = 0;
    for (int a = 0; a < (forward ? 3 : 2); ++a) {
      if (legal[a]) total += std::exp(forward ? forward_logit(id(row), a) : backward_logit(id(row), a));
    }
    return (forward ? forward_logit(id(row), action) : backward_logit(id(row), action)) - std::log(total);
  }

  explicit Tabular(const nlohmann::json& actions) {
    batch.begin.assign(1, 0);
    const std::vector<std::int32_t> start{0, 0};
    for (const auto& path : actions) {
      int row = batch.rows.insert(grid, start);
      for (const int a : path) {
        Transition t{row, a};
        if (a < 2) {
          const Rows::Step step = batch.rows.child(grid, row, a);
          t.next = step.row;
          t.backward_action = step.backward_action;
        }
        batch.transitions.push_back(t);
        if (t.next >= 0) row = t.next;
      }
      batch.begin.push_back(static_cast<std::int32_t>(batch.transitions.size()));
      batch.log_reward.push_back(grid.log_reward(batch.rows.state(row)));
    }
    e.log_z = 0.8;
    for (const Transition& t : batch.transitions) {
      e.log_pf.push_back(log_p(t.row, t.action, true));
      e.log_pb.push_back(t.next < 0 ? 0 : log_p(t.next, t.backward_action, false));
    }
    for (int r = 0; r < batch.rows.size(); ++r) {
      e.log_flow.push_back(1 + 0.3 * std::sin(0.5 * id(r)));
      e.log_stop.push_back(log_p(r, 2, true));
      e.row_log_reward.push_back(grid.log_reward(batch.rows.state(r)));
    }
    collect_inflows(grid, batch);
    for (const Inflow& in : batch.inflows) e.log_inflow_pf.push_back(log_p(in.parent, in.action, true));
    for (int r = static_cast<int>(e.log_flow.size()); r < batch.rows.size(); ++r) {
      e.log_flow.push_back(1 + 0.3 * std::sin(0.5 * id(r)));  // parents that nobody visited
      e.log_stop.push_back(log_p(r, 2, true));
      e.row_log_reward.push_back(grid.log_reward(batch.rows.state(r)));
    }
    clear();
  }

  void clear() {
    e.d_log_pf.assign(e.log_pf.size(), 0);
    e.d_log_pb.assign(e.log_pb.size(), 0);
    e.d_log_flow.assign(e.log_flow.size(), 0);
    e.d_log_stop.assign(e.log_stop.size(), 0);
    e.d_log_inflow_pf.assign(e.log_inflow_pf.size(), 0);
    e.d_log_z = 0;
  }

  double loss(std::string_view name, const ObjectiveSettings& settings) {
    clear();
    Residuals residuals;
    return find_objective_function(name)(batch, settings, e, residuals);
  }

  /// Derivatives by the tabular logits [64 x 3] or [64 x 2], through the softmax.
  std::vector<double> by_logits(bool forward) const {
    const int actions = forward ? 3 : 2;
    std::vector<double> g(sz(64 * actions), 0);
    const auto add = [&](int row, int action, double d) {
      const std::uint8_t* legal = forward ? batch.rows.forward_legal(row) : batch.rows.backward_legal(row);
      for (int a = 0; a < actions; ++a) {
        if (legal[a]) g[sz(id(row) * actions + a)] += d * ((a == action) - std::exp(log_p(row, a, forward)));
      }
    };
    for (size_t k = 0; k < batch.transitions.size(); ++k) {
      const Transition& t = batch.transitions[k];
      if (forward) {
        add(t.row, t.action, e.d_log_pf[k]);
      } else if (t.next >= 0) {
        add(t.next, t.backward_action, e.d_log_pb[k]);
      }
    }
    for (int r = 0; forward && r < batch.rows.size(); ++r) add(r, 2, e.d_log_stop[sz(r)]);
    return g;
  }
};

nlohmann::json golden() {
  std::ifstream in(FLOWSCOPE_SOURCE_DIR "/tests/golden/torchgfn_objectives.json");
  return nlohmann::json::parse(in);
}

void check_gradient(const nlohmann::json& expected, const std::vector<double>& g) {
  double square = 0, sum = 0;
  for (const double x : g) {
    square += x * x;
    sum += x;
  }
  CHECK(std::sqrt(square) == Approx(expected["l2"].get<double>()).epsilon(1e-9));
  CHECK(sum == Approx(expected["sum"].get<double>()).epsilon(1e-9).margin(1e-11));
  for (size_t i = 0; i < expected["first"].size(); ++i) {
    CHECK(g[i] == Approx(expected["first"][i].get<double>()).epsilon(1e-9).margin(1e-12));
  }
}

}  // namespace

TEST_CASE("losses and gradients equal torchgfn's to 1e-9, objective by objective") {
  const nlohmann::json file = golden();
  Tabular t(file["actions"]);
  struct Entry {
    const char* golden;
    const char* objective;
    ObjectiveSettings settings;
  };
  const auto weighted = [](Weighting w) {
    ObjectiveSettings s;
    s.weighting = w;
    return s;
  };
  const auto with_shape = [](LossShape shape) {
    ObjectiveSettings s;
    s.shape = shape;
    return s;
  };
  const std::vector<Entry> entries = {
      {"TB", "tb", {}},
      {"TB_shifted_cosh", "tb", with_shape(LossShape::kShiftedCosh)},
      {"TB_linex1", "tb", with_shape(LossShape::kLinex)},
      {"TB_linex0.5", "tb", with_shape({LossShape::kLinex, 0.5})},
      {"TB_half_sq", "tb", with_shape(LossShape::kHalfSquared)},
      {"ZVar", "vargrad", {}},
      {"DB", "db", {}},
      {"DB_forward_looking", "fldb", {}},
      {"ModifiedDB", "mdb", {}},
      {"SubTB_DB", "subtb", weighted(Weighting::kDb)},
      {"SubTB_ModifiedDB", "subtb", weighted(Weighting::kModifiedDb)},
      {"SubTB_TB", "subtb", weighted(Weighting::kTb)},
      {"SubTB_geometric", "subtb", weighted(Weighting::kGeometric)},
      {"SubTB_equal", "subtb", weighted(Weighting::kEqual)},
      {"SubTB_geometric_within", "subtb", weighted(Weighting::kGeometricWithin)},
      {"SubTB_equal_within", "subtb", weighted(Weighting::kEqualWithin)},
  };
  const std::vector<double> plain_flow = t.e.log_flow;
  for (const Entry& entry : entries) {
    INFO(entry.golden);
    const nlohmann::json& expected = file["losses"][entry.golden];
    t.e.log_flow = plain_flow;
    if (std::string_view(entry.objective) == "fldb") {
      for (int r = 0; r < t.batch.rows.size(); ++r) t.e.log_flow[sz(r)] -= t.grid.energy(t.batch.rows.state(r));
    }
    CHECK(t.loss(entry.objective, entry.settings) == Approx(expected["loss"].get<double>()).epsilon(1e-9));
    check_gradient(expected["grad_pf"], t.by_logits(true));
    check_gradient(expected["grad_pb"], t.by_logits(false));
    if (expected.contains("grad_logZ")) CHECK(t.e.d_log_z == Approx(expected["grad_logZ"].get<double>()).epsilon(1e-9));
    if (expected.contains("grad_logF")) {
      std::vector<double> by_state(64, 0);
      for (int r = 0; r < t.batch.rows.size(); ++r) by_state[sz(t.id(r))] += t.e.d_log_flow[sz(r)];
      check_gradient(expected["grad_logF"], by_state);
    }
  }
}

TEST_CASE("every balance objective's derivatives equal finite differences, for every loss shape") {
  Tabular t(golden()["actions"]);
  for (const char* name : {"tb", "vargrad", "db", "fm", "mdb", "subtb", "pcl", "nadb", "sdb"}) {
    for (const LossShape& shape : std::vector<LossShape>{
             LossShape::kSquared, LossShape::kHalfSquared, LossShape::kHuber, LossShape::kLogCosh,
             LossShape::kShiftedCosh, LossShape::kLinex, {LossShape::kLinex, 0.5}}) {
      INFO(name << ", shape " << shape.kind << ", alpha " << shape.alpha);
      ObjectiveSettings settings;
      settings.shape = shape;
      const auto check = [&](std::vector<double>& values, std::vector<double> Evaluation::*derivative) {
        for (size_t i = 0; i < values.size(); i += 5) {
          t.loss(name, settings);
          const double analytic = (t.e.*derivative)[i], at = values[i], h = 1e-5;
          values[i] = at + h;
          const double up = t.loss(name, settings);
          values[i] = at - h;
          const double down = t.loss(name, settings);
          values[i] = at;
          CHECK(analytic == Approx((up - down) / (2 * h)).epsilon(1e-6).margin(1e-7));
        }
      };
      check(t.e.log_pf, &Evaluation::d_log_pf);
      check(t.e.log_pb, &Evaluation::d_log_pb);
      check(t.e.log_flow, &Evaluation::d_log_flow);
      check(t.e.log_stop, &Evaluation::d_log_stop);
      check(t.e.log_inflow_pf, &Evaluation::d_log_inflow_pf);
    }
  }
}

TEST_CASE("sub-trajectory balance keeps its digits on long trajectories with small residuals") {
  constexpr int kLong = 400;
  constexpr double kFlow = 300, kResidual = 1e-7;
  Batch batch;
  Evaluation e;
  std::vector<double> value;  // of a state beyond what was paid on the way there: what pieces compare
  double paid = 0;
  for (int t = 0; t < kLong; ++t) {
    batch.transitions.push_back({t, t % 2, t + 1 < kLong ? t + 1 : -1, 0});
    value.push_back(kFlow + kResidual * std::sin(t * t));
    e.log_flow.push_back(value.back() + paid);
    e.log_pf.push_back(-1 - 0.5 * std::cos(t));
    e.log_pb.push_back(t + 1 < kLong ? -0.7 : 0);
    paid += e.log_pf.back() - e.log_pb.back();
  }
  value.push_back(kFlow + 3 * kResidual);
  batch.begin.push_back(kLong);
  batch.log_reward.push_back(value.back() + paid);
  for (const Weighting weighting : {Weighting::kGeometricWithin, Weighting::kEqualWithin, Weighting::kEqual}) {
    ObjectiveSettings settings;
    settings.weighting = weighting;
    const double factor = weighting == Weighting::kGeometricWithin ? settings.lambda : 1;
    double total = 0, loss = 0;
    std::vector<double> by_flow(kLong, 0);
    for (int i = 0; i < kLong; ++i) {
      for (int j = i + 1; j <= kLong; ++j) {
        const double weight = std::pow(factor, j - i - 1), r = value[sz(i)] - value[sz(j)];
        total += weight;
        loss += weight * r * r;
        by_flow[sz(i)] += 2 * weight * r;
        if (j < kLong) by_flow[sz(j)] -= 2 * weight * r;
      }
    }
    e.clear_derivatives();
    Residuals residuals;
    CHECK(sub_trajectory_balance(batch, settings, e, residuals) == Approx(loss / total).epsilon(1e-5));
    for (int t = 0; t < kLong; ++t) CHECK(e.d_log_flow[sz(t)] == Approx(by_flow[sz(t)] / total).epsilon(1e-4).margin(kResidual * 1e-6));
  }
}

TEST_CASE("reverse KL pushes along half the gradient of trajectory balance when its baseline is -log Z") {
  // With b = -log Z both are (c + log Z) grad log P_F, a sample at a time (Malkin et al. 2023).
  Tabular t(golden()["actions"]);
  t.loss("tb", {});
  const std::vector<double> tb = t.e.d_log_pf;
  t.loss("reverse_kl", {});
  for (size_t k = 0; k < tb.size(); ++k) CHECK(t.e.d_log_pf[k] == Approx(tb[k] / 2).epsilon(1e-12));
}

TEST_CASE("flow matching equals torchgfn's to 1e-9 on a table of edge flows") {
  const nlohmann::json file = golden();
  Tabular t(file["actions"]);
  // Its edge flows are free numbers; here they are F(s) P_F(a | s), so F sums them and P_F shares.
  const auto edge_flow = [](int s, int a) { return 0.4 * std::sin(0.6 * s + 0.8 * a); };
  std::vector<std::array<double, 3>> log_p(64);
  std::vector<double> log_flow(64);
  for (int row = 0; row < t.batch.rows.size(); ++row) {
    const int s = t.id(row);
    double total = 0;
    for (int a = 0; a < 3; ++a) total += t.batch.rows.forward_legal(row)[a] ? std::exp(edge_flow(s, a)) : 0;
    log_flow[sz(s)] = t.e.log_flow[sz(row)] = std::log(total);
    for (int a = 0; a < 3; ++a) log_p[sz(s)][sz(a)] = edge_flow(s, a) - std::log(total);
  }
  for (size_t k = 0; k < t.batch.transitions.size(); ++k) {
    t.e.log_pf[k] = log_p[sz(t.id(t.batch.transitions[k].row))][sz(t.batch.transitions[k].action)];
  }
  for (size_t i = 0; i < t.batch.inflows.size(); ++i) {
    t.e.log_inflow_pf[i] = log_p[sz(t.id(t.batch.inflows[i].parent))][sz(t.batch.inflows[i].action)];
  }
  CHECK(t.loss("fm", {}) == Approx(file["losses"]["FM"]["loss"].get<double>()).epsilon(1e-9));

  std::vector<double> gradient(64 * 3, 0);
  const auto add = [&](int row, int action, double by_flow, double by_log_p) {
    for (int a = 0; a < 3; ++a) {
      if (!t.batch.rows.forward_legal(row)[a]) continue;
      const double share = std::exp(log_p[sz(t.id(row))][sz(a)]);
      gradient[sz(t.id(row) * 3 + a)] += by_flow * share + by_log_p * ((a == action) - share);
    }
  };
  for (int row = 0; row < t.batch.rows.size(); ++row) add(row, 0, t.e.d_log_flow[sz(row)], 0);
  for (size_t k = 0; k < t.batch.transitions.size(); ++k) {
    add(t.batch.transitions[k].row, t.batch.transitions[k].action, 0, t.e.d_log_pf[k]);
  }
  for (size_t i = 0; i < t.batch.inflows.size(); ++i) {
    add(t.batch.inflows[i].parent, t.batch.inflows[i].action, 0, t.e.d_log_inflow_pf[i]);
  }
  check_gradient(file["losses"]["FM"]["grad_fe"], gradient);
}
