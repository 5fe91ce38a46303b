// What the literature proves of the objectives' gradients, checked with expectations that are sums
// over every trajectory of a small world, in double precision, to 1e-8 relative.
#include <algorithm>

#include "envs/bits.h"
#include "envs/dag.h"
#include "envs/hypergrid.h"
#include "envs/set.h"
#include "tests/catch.h"
#include "tests/learn/exact_world.h"

using namespace flowscope;

namespace {

std::vector<ExactWorld> worlds() {
  std::vector<ExactWorld> list;
  list.emplace_back(Hypergrid(2, 3, 0.1, 0.5, 2));
  list.emplace_back(Bits(3, 2, 1));
  list.emplace_back(Set({-0.4, 0.3, 0.9, -0.1}, 2));
  list.emplace_back(Dag(2, 4, 3, 0.5, 2));
  return list;
}

using Field = std::vector<double> Tables::*;

/// KL(P_F || P_B) or KL(P_B || P_F) by its definition, P_B(trajectory) = R(x) P_B(. | x) / Z.
double divergence_of(const ExactWorld& world, const Tables& tables, bool reverse) {
  const Tables log_p = world.log_probabilities(tables);
  double sum = 0;
  for (const Trajectory& path : world.paths) {
    const double forward = world.log_pf(path, log_p);
    const double backward = world.log_pb(path, log_p) +
                            world.target.log_reward[static_cast<size_t>(path.last)] - world.target.log_z;
    sum += reverse ? std::exp(forward) * (forward - backward) : std::exp(backward) * (backward - forward);
  }
  return sum;
}

std::vector<double> gradient_of(const ExactWorld& world, Field field, bool reverse) {
  Tables tables = world.some_tables();
  std::vector<double> gradient;
  for (double& x : tables.*field) {
    gradient.push_back(derivative(x, [&] { return divergence_of(world, tables, reverse); }));
  }
  return gradient;
}

/// Largest difference between a and scale * b, relative to the largest entry.
double gap(const std::vector<double>& a, const std::vector<double>& b, double scale = 1) {
  double largest = 0, worst = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(a[i]));
    worst = std::max(worst, std::abs(a[i] - scale * b[i]));
  }
  return largest > 0 ? worst / largest : worst;
}

/// Over all four arrays and log Z.
double gap(const Tables& a, const Tables& b) {
  return std::max({gap(a.forward, b.forward), gap(a.backward, b.backward),
                   gap(a.stop, b.stop), gap(a.log_flow, b.log_flow),
                   std::abs(a.log_z - b.log_z)});
}

std::vector<double> sum_of(std::vector<double> a, const std::vector<double>& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

constexpr double kSame = 1e-8;

}  // namespace

TEST_CASE("on policy, trajectory balance descends twice KL(P_F || P_B) whatever log Z") {
  for (const ExactWorld& world : worlds()) {
    const auto list = world.on_policy();
    Tables tables = world.some_tables();
    for (const double log_z : {-3.0, 0.0, world.target.log_z, 7.5}) {
      CAPTURE(world.graph.num_states(), log_z);
      tables.log_z = log_z;
      const auto tb = world.apply("tb", {}, tables, list).gradient;
      CHECK(gap(tb.forward, gradient_of(world, &Tables::forward, true), 2) < kSame);
      CHECK(gap(tb.stop, gradient_of(world, &Tables::stop, true), 2) < kSame);
    }
  }
}

TEST_CASE("under P_B, trajectory balance descends twice KL(P_B || P_F) in the backward policy") {
  for (const ExactWorld& world : worlds()) {
    CAPTURE(world.graph.num_states());
    const Tables tables = world.some_tables(), log_p = world.log_probabilities(tables);
    std::vector<double> expected(tables.backward.size());
    for (const Trajectory& path : world.paths) {
      const double p = std::exp(world.log_pb(path, log_p) - world.target.log_z +
                                world.target.log_reward[static_cast<size_t>(path.last)]);
      const auto g = world.apply("tb", {}, tables, std::span(&path, 1)).gradient.backward;
      for (size_t i = 0; i < g.size(); ++i) expected[i] += p * g[i];
    }
    CHECK(gap(expected, gradient_of(world, &Tables::backward, false), 2) < kSame);
  }
}

TEST_CASE("the variational objectives descend exactly the divergences they name, with any baseline") {
  // Which divergence the forward and the backward policy descend: reverse, forward.
  struct Case {
    const char* name;
    std::vector<bool> forward, backward;  // true: KL(P_F || P_B)
  };
  const std::vector<Case> cases = {{"reverse_kl", {true}, {true}},
                                   {"forward_kl", {false}, {false}},
                                   {"ws", {false}, {true}},
                                   {"rws", {true}, {false}},
                                   {"symmetric_kl", {true, false}, {true, false}}};
  for (const ExactWorld& world : worlds()) {
    const auto list = world.on_policy();
    const auto expected = [&](Field field, const std::vector<bool>& parts) {
      auto sum = gradient_of(world, field, parts[0]);
      return parts.size() > 1 ? sum_of(sum, gradient_of(world, field, parts[1])) : sum;
    };
    for (const Case& c : cases) {
      for (const Baseline baseline : {Baseline::kGlobal, Baseline::kLocal, Baseline::kNone, Baseline::kWeighted}) {
        CAPTURE(world.graph.num_states(), c.name, static_cast<int>(baseline));
        ObjectiveSettings settings;
        settings.baseline = baseline;
        const auto g = world.apply(c.name, settings, world.some_tables(), list).gradient;
        CHECK(gap(g.forward, expected(&Tables::forward, c.forward)) < kSame);
        CHECK(gap(g.stop, expected(&Tables::stop, c.forward)) < kSame);
        CHECK(gap(g.backward, expected(&Tables::backward, c.backward)) < kSame);
      }
    }
  }
}

TEST_CASE("VarGrad is trajectory balance at the log Z that suits the batch best") {
  for (const ExactWorld& world : worlds()) {
    CAPTURE(world.graph.num_states());
    Tables tables = world.some_tables();
    const auto vargrad = world.apply("vargrad", {}, tables, world.paths);
    tables.log_z = 0;
    const auto at_zero = world.apply("tb", {}, tables, world.paths);
    tables.log_z = -at_zero.gradient.log_z / 2;  // the loss is a parabola in log Z
    const auto tb = world.apply("tb", {}, tables, world.paths);
    CHECK(vargrad.loss == Approx(tb.loss).epsilon(1e-12));
    CHECK(gap(tb.gradient, vargrad.gradient) < kSame);
  }
}

TEST_CASE("sub-trajectory balance becomes detailed and trajectory balance at its limits") {
  for (const ExactWorld& world : worlds()) {
    CAPTURE(world.graph.num_states());
    Tables tables = world.some_tables();
    ObjectiveSettings settings;
    settings.weighting = Weighting::kGeometric;
    settings.lambda = 1e-11;
    const auto short_pieces = world.apply("subtb", settings, tables, world.paths);
    const auto db = world.apply("db", {}, tables, world.paths);
    CHECK(short_pieces.loss == Approx(db.loss).epsilon(kSame));
    CHECK(gap(db.gradient, short_pieces.gradient) < kSame);

    settings.weighting = Weighting::kGeometricWithin;
    settings.lambda = 1e11;
    auto whole = world.apply("subtb", settings, tables, world.paths);
    tables.log_z = tables.log_flow[0];
    auto tb = world.apply("tb", {}, tables, world.paths);
    CHECK(whole.loss == Approx(tb.loss).epsilon(kSame));
    CHECK(whole.gradient.log_flow[0] == Approx(tb.gradient.log_z).epsilon(kSame));
    CHECK(gap(tb.gradient.forward, whole.gradient.forward) < kSame);
    CHECK(gap(tb.gradient.stop, whole.gradient.stop) < kSame);
    CHECK(gap(tb.gradient.backward, whole.gradient.backward) < kSame);
  }
}

TEST_CASE("path consistency with log P_B as reward is detailed balance, or SubTB of longer pieces") {
  for (const ExactWorld& world : worlds()) {
    CAPTURE(world.graph.num_states());
    const Tables tables = world.some_tables(), log_p = world.log_probabilities(tables);
    ObjectiveSettings settings;
    settings.rollout = 1;
    const auto pcl = world.apply("pcl", settings, tables, world.paths);
    const auto db = world.apply("db", {}, tables, world.paths);
    CHECK(pcl.loss == Approx(db.loss).epsilon(1e-12));
    CHECK(gap(db.gradient, pcl.gradient) < kSame);

    // In the words of reinforcement learning: values, rewards, and what a choice costs.
    settings.rollout = 3;
    double sum = 0;
    int stretches = 0;
    for (const Trajectory& path : world.paths) {
      std::vector<double> value, reward, log_pi;
      for (const auto e : path.edges) {
        value.push_back(tables.log_flow[world.at(world.graph.parent(e))]);
        reward.push_back(log_p.backward[world.at(e)]);
        log_pi.push_back(log_p.forward[world.at(e)]);
      }
      value.push_back(tables.log_flow[world.at(path.last)]);
      value.push_back(0);  // after the stop
      reward.push_back(world.target.log_reward[world.at(path.last)]);
      log_pi.push_back(log_p.stop[world.at(path.last)]);
      for (size_t i = 0; i < reward.size(); ++i, ++stretches) {
        const size_t j = std::min(i + 3, reward.size());
        double c = value[j] - value[i];
        for (size_t t = i; t < j; ++t) c += reward[t] - log_pi[t];
        sum += c * c;
      }
    }
    CHECK(world.apply("pcl", settings, tables, world.paths).loss == Approx(sum / stretches).epsilon(1e-12));
  }
}

TEST_CASE("the objectives for cycles are detailed balance where flow is free") {
  for (const ExactWorld& world : worlds()) {
    CAPTURE(world.graph.num_states());
    const Tables tables = world.some_tables();
    const auto db = world.apply("db", {}, tables, world.paths);
    ObjectiveSettings settings;
    settings.flow_price = 0;
    CHECK(gap(db.gradient, world.apply("nadb", settings, tables, world.paths).gradient) < 1e-14);
    settings.eta = 0;
    settings.epsilon = 1e-10;  // log(1 + epsilon r^2) / epsilon -> r^2
    auto sdb = world.apply("sdb", settings, tables, world.paths).gradient;
    for (Field field : {&Tables::forward, &Tables::backward, &Tables::stop, &Tables::log_flow}) {
      for (double& x : sdb.*field) x /= settings.epsilon;
    }
    CHECK(gap(db.gradient, sdb) < kSame);
  }
}

namespace {

/// Objectives whose loss is a sum of squared imbalances, and what each of them reads.
struct Balance {
  const char* name;
  bool backward, flow, log_z;
  Weighting weighting = Weighting::kGeometricWithin;
};
const std::vector<Balance> kBalances = {
    {"tb", true, false, true},     {"vargrad", true, false, false},
    {"db", true, true, false},     {"fm", false, true, false},
    {"mdb", true, false, false},   {"subtb", true, true, false},
    {"subtb", true, true, false, Weighting::kGeometric},
    {"subtb", true, true, false, Weighting::kEqual},
    {"subtb", true, true, false, Weighting::kEqualWithin},
    {"subtb", true, true, false, Weighting::kDb},
    {"subtb", true, true, false, Weighting::kModifiedDb},
    {"rtb", false, false, true},   {"pcl", true, true, false},
    {"nadb", true, true, false},   {"sdb", true, true, false}};

}  // namespace

TEST_CASE("the loss of a balance objective is zero at the exact flows, and nowhere near them") {
  for (const ExactWorld& world : worlds()) {
    for (const Balance& balance : kBalances) {
      if (std::string_view(balance.name) == "mdb" &&
          world.graph.num_terminating() < world.graph.num_states()) {
        continue;  // needs a world in which every state may stop
      }
      ObjectiveSettings settings;
      settings.weighting = balance.weighting;
      settings.flow_price = 0;
      Tables t = world.balanced(world.some_tables(), find_objective(balance.name)->relative);
      const auto loss = [&] { return world.apply(balance.name, settings, t, world.paths).loss; };
      CAPTURE(world.graph.num_states(), balance.name, static_cast<int>(balance.weighting));
      CHECK(loss() < 1e-26);
      double least = 1;
      const auto move = [&](double& x) {
        const double here = x;
        x += 0.1;
        least = std::min(least, loss());
        x = here;
      };
      for (int s = 0; s < world.graph.num_states(); ++s) {
        const auto edges = world.graph.child_end(s) - world.graph.child_begin(s);
        if (edges + world.graph.terminating(s) < 2) continue;  // one way on: nothing to learn
        for (auto e = world.graph.child_begin(s); e < world.graph.child_end(s); ++e) move(t.forward[world.at(e)]);
        if (world.graph.terminating(s)) move(t.stop[world.at(s)]);
      }
      for (int s = 0; balance.backward && s < world.graph.num_states(); ++s) {
        if (world.graph.edges_in(s).size() < 2) continue;
        for (const auto e : world.graph.edges_in(s)) move(t.backward[world.at(e)]);
      }
      for (double& x : t.log_flow) {
        if (balance.flow) move(x);
      }
      if (balance.log_z) move(t.log_z);
      CHECK(least > 1e-6);
    }
  }
}
