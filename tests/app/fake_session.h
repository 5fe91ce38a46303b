// A run without a trainer: true worlds, graphs and sweeps with a policy of chosen quality, so that
// the window can be tested without torch and gives the same picture every time.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/graph/exact_flow.h"
#include "core/run/config.h"
#include "core/run/session.h"
#include "core/run/snapshot.h"

namespace flowscope {

/// The legal probability 1/n on every edge and stop of the graph.
inline GraphPolicy uniform_policy(const StateGraph& graph) {
  GraphPolicy policy;
  policy.forward.resize(static_cast<size_t>(graph.num_edges()));
  policy.stop.resize(static_cast<size_t>(graph.num_states()));
  policy.backward = uniform_backward(graph);
  for (int s = 0; s < graph.num_states(); ++s) {
    const auto children = graph.child_end(s) - graph.child_begin(s);
    const double p = 1.0 / static_cast<double>(children + graph.terminating(s));
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
      policy.forward[static_cast<size_t>(e)] = p;
    }
    policy.stop[static_cast<size_t>(s)] = graph.terminating(s) ? p : 0;
  }
  return policy;
}

/// Towards the perfect policy: 0 leaves `from` as it is, 1 gives `to`. Every state lags behind by
/// an amount of its own (`unevenness`, fixed by its number), as in training.
inline GraphPolicy mix(const StateGraph& graph, GraphPolicy from, const GraphPolicy& to,
                       double quality) {
  std::mt19937 random(7);
  for (int s = 0; s < graph.num_states(); ++s) {
    const double lag = static_cast<double>(random()) / 4294967296.0;
    const double w = std::clamp(quality + (lag - 0.5) * quality * (1 - quality), 0.0, 1.0);
    const auto blend = [&](double& a, double b) { a += w * (b - a); };
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
      blend(from.forward[static_cast<size_t>(e)], to.forward[static_cast<size_t>(e)]);
    }
    blend(from.stop[static_cast<size_t>(s)], to.stop[static_cast<size_t>(s)]);
  }
  return from;
}

/// What stays the same during the run; the graph is enumerated if it is within the budget.
inline std::shared_ptr<const RunInfo> make_fake_run(const Config& config) {
  auto run = std::make_shared<RunInfo>();
  run->config = config;
  run->space = config.make_space();
  if (run->space) {  // its densities are left out: panels say so
    run->log_z_true = run->space->log_partition();
    return run;
  }
  run->environment = config.make_environment();
  run->log_z_true = run->environment->log_partition();
  const auto budget = config.integer("exact.states");
  if (auto graph = StateGraph::enumerate(*run->environment, budget)) {
    run->graph = std::make_shared<StateGraph>(std::move(*graph));
    run->target = exact_target(*run->graph, *run->environment);
    run->log_z_true = run->target.log_z;
    run->mode_target.assign(static_cast<size_t>(run->environment->num_modes()), 0);
    for (int s = 0; s < run->graph->num_states(); ++s) {
      const int mode = run->environment->mode_of(run->graph->state(s));
      if (mode >= 0) {
        run->mode_target[static_cast<size_t>(mode)] +=
            run->target.probability[static_cast<size_t>(s)];
      }
    }
  }
  return run;
}

/// The exact view of a policy of that quality. `run` must have a graph.
inline std::shared_ptr<const ExactView> make_fake_exact(const RunInfo& run, double quality,
                                                        std::int64_t step) {
  const StateGraph& graph = *run.graph;
  auto view = std::make_shared<ExactView>();
  const GraphPolicy uniform = uniform_policy(graph);
  const RewardFlow flow = reward_flow(graph, run.target.log_reward, uniform.backward);
  const GraphPolicy perfect = policy_of(graph, flow, run.target.log_reward, uniform.backward);
  view->policy = mix(graph, uniform, perfect, quality);
  view->forward = forward_flow(graph, view->policy.forward, view->policy.stop);
  const RewardFlow demand = reward_flow(graph, run.target.log_reward, view->policy.backward);
  static_cast<PolicyMeasures&>(*view) =
      measure(graph, view->policy, view->forward, demand, run.target);
  view->step = step;
  view->when = std::chrono::steady_clock::now();
  view->expected_length = view->forward.expected_length;
  view->log_demand = demand.log_state;
  view->sweep_seconds = 4e-4;
  view->mode_mass.assign(run.mode_target.size(), 0);
  for (int s = 0; s < graph.num_states(); ++s) {
    const int mode = run.environment->mode_of(graph.state(s));
    if (mode >= 0) {
      view->mode_mass[static_cast<size_t>(mode)] +=
          view->forward.terminating[static_cast<size_t>(s)];
    }
  }
  return view;
}

/// One trajectory of the policy, with its terms of trajectory balance.
inline TrajectoryView sample_trajectory(const RunInfo& run, const GraphPolicy& policy,
                                        double log_z, std::mt19937& random) {
  const StateGraph& graph = *run.graph;
  TrajectoryView t;
  int s = 0;
  t.states.push_back(s);
  for (;;) {
    double u = static_cast<double>(random()) / 4294967296.0;
    std::int64_t chosen = -1;
    for (auto e = graph.child_begin(s); e < graph.child_end(s); ++e) {
      chosen = e;
      u -= policy.forward[static_cast<size_t>(e)];
      if (u < 0) break;
    }
    if (u >= 0 && graph.terminating(s)) chosen = -1;
    if (chosen < 0) break;
    t.log_pf += std::log(policy.forward[static_cast<size_t>(chosen)]);
    t.log_pb += std::log(policy.backward[static_cast<size_t>(chosen)]);
    t.actions.push_back(graph.action(chosen));
    s = graph.child(chosen);
    t.states.push_back(s);
  }
  t.log_pf += std::log(policy.stop[static_cast<size_t>(s)]);
  t.actions.push_back(run.environment->spec().stop_action());
  t.log_reward = run.target.log_reward[static_cast<size_t>(s)];
  t.residual = log_z + t.log_pf - t.log_reward - t.log_pb;
  return t;
}

/// What a policy with some exploration would have sampled.
inline std::shared_ptr<const BehaviourView> make_fake_behaviour(const RunInfo& run,
                                                                const GraphPolicy& policy,
                                                                double log_z) {
  constexpr int kObjects = 2000, kRecent = 12;
  auto view = std::make_shared<BehaviourView>();
  std::mt19937 random(11);
  view->objects = kObjects;
  view->counts.assign(static_cast<size_t>(run.graph->num_states()), 0);
  for (int i = 0; i < kObjects; ++i) {
    TrajectoryView t = sample_trajectory(run, policy, log_z, random);
    ++view->counts[static_cast<size_t>(t.states.back())];
    if (i < kRecent) view->recent.push_back(std::move(t));
  }
  return view;
}

/// Curves of a run that went well: they end at the given metrics and distances.
inline std::shared_ptr<const History> make_fake_history(const Metrics& end, const ExactView* exact,
                                                        double log_z_true) {
  auto history = std::make_shared<History>();
  std::mt19937 random(3);
  const auto noise = [&] { return static_cast<double>(random()) / 2147483648.0 - 1; };
  const auto last = static_cast<double>(std::max<std::int64_t>(end.step, 1));
  for (std::int64_t step = 1; step <= end.step; ++step) {
    const double t = static_cast<double>(step) / last;
    history->add("loss", step, 12 * std::exp(-7 * t) * std::exp(0.8 * noise()) + 2e-3);
    history->add("log_z", step, log_z_true * (1 - std::exp(-9 * t)) + 0.02 * noise() * (1 - t));
    history->add("mean_length", step, end.mean_length * (0.6 + 0.4 * t) + 0.3 * noise());
    history->add("gradient_norm", step, 20 * std::exp(-4 * t) * std::exp(0.6 * noise()));
    if (!exact || step % 20 != 0) continue;
    const double fade = std::exp(-6 * t) * (1 + 0.1 * noise());
    history->add("tv", step, exact->tv + 0.6 * fade);
    history->add("l1", step, exact->l1 + 1.2 * fade);
    history->add("jsd", step, exact->jsd + 0.3 * fade);
    history->add("kl", step, exact->kl + 1.5 * fade);
  }
  return history;
}

/// A whole snapshot. quality 0: the uniform policy; 1: the perfect one. Without a graph (see
/// exact.states) it has no exact view, as in a real run.
inline std::shared_ptr<Snapshot> make_fake_snapshot(std::shared_ptr<const RunInfo> run,
                                                    double quality, std::int64_t step = 4218) {
  auto s = std::make_shared<Snapshot>();
  s->state = RunState::kPaused;
  s->run = std::move(run);
  const double log_z_true = s->run->log_z_true.value_or(3);
  Metrics& m = s->metrics;
  m.step = step;
  m.trajectories = step * s->run->config.integer("batch");
  m.seconds = static_cast<double>(step) / 1180;
  m.iterations_per_second = step > 0 ? 1180 : 0;
  m.log_z = step > 0 ? log_z_true * (1 - 0.1 * (1 - quality)) : 0;
  m.modes_total = s->run->space ? s->run->space->num_modes() : s->run->environment->num_modes();
  m.modes_found = step > 0 ? m.modes_total : 0;
  m.learning_rate = 1e-3;
  if (step > 0) m.loss = 0.0031;
  if (s->run->graph) {
    s->exact = make_fake_exact(*s->run, quality, step);
    m.mean_length = s->exact->expected_length;
    if (step > 0) s->behaviour = make_fake_behaviour(*s->run, s->exact->policy, m.log_z);
  } else {
    m.mean_length = (s->run->space ? s->run->space->spec().max_length
                                   : s->run->environment->spec().max_length) / 2.0;
  }
  m.states_visited =
      static_cast<std::int64_t>(m.mean_length * static_cast<double>(m.trajectories));
  s->history = make_fake_history(m, s->exact.get(), log_z_true);
  if (step > 1500) s->events.push_back({1500, "optimizer.lr = 0.001"});
  return s;
}

inline std::shared_ptr<Snapshot> make_fake_snapshot(const Config& config, double quality,
                                                    std::int64_t step = 4218) {
  return make_fake_snapshot(make_fake_run(config), quality, step);
}

/// Obeys commands at once, on the caller's thread, and keeps them for the test to read. Nothing
/// moves by itself: a test calls advance().
class FakeSession : public Session {
 public:
  explicit FakeSession(const Config& config) : run_(make_fake_run(config)) { publish(); }

  void send(Command command) override {
    std::visit([this](const auto& c) { obey(c); }, command);
    sent.push_back(std::move(command));
    publish();
  }
  std::shared_ptr<const Snapshot> latest() const override { return snapshot_; }
  std::shared_ptr<const Checkpoint> checkpoint() override { return nullptr; }

  void advance(std::int64_t steps) {
    step_ += steps;
    publish();
  }

  std::vector<Command> sent;

 private:
  void obey(const Play&) { state_ = RunState::kRunning; }
  void obey(const Pause&) { state_ = RunState::kPaused; }
  void obey(const StepBy& c) { step_ += c.steps; }
  void obey(const StepTo& c) {
    step_ = std::max(step_, c.step);
    state_ = RunState::kPaused;
  }
  void obey(const RunUntil& c) {
    step_ = std::max(step_, c.step);
    state_ = RunState::kFinished;
  }
  void obey(const Reset&) { step_ = 0; }
  void obey(const Restart& c) { restart(c.config); }
  void obey(const SetSpeed& c) { rate_ = c.steps_per_second; }
  void obey(const JoinClock&) {}
  void obey(const KeepTimeline&) {}
  void obey(const SetParam& c) {
    Config config = run_->config;
    config.set(c.key, c.value);
    restart(config);
  }
  void obey(const UnsetParam& c) {
    Config config = run_->config;
    config.unset(c.key);
    restart(config);
  }

  void restart(const Config& config) { run_ = make_fake_run(config); }

  void publish() {
    const double quality = 1 - std::exp(-static_cast<double>(step_) / 900);
    auto next = make_fake_snapshot(run_, quality, step_);
    next->state = state_;
    next->asked_rate = rate_;
    snapshot_ = std::move(next);
  }

  std::shared_ptr<const RunInfo> run_;
  std::shared_ptr<const Snapshot> snapshot_;
  RunState state_ = RunState::kPaused;
  std::int64_t step_ = 0;
  double rate_ = 0;
};

}  // namespace flowscope
