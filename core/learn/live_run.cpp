#include "core/learn/live_run.h"

#include <algorithm>
#include <cstring>

#include "core/learn/estimate_view.h"
#include "core/learn/exact_view.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

constexpr size_t kWindow = 16384;       // objects in the behaviour distribution
constexpr size_t kRecent = 16;          // trajectories shown of the last batch
constexpr double kExactInterval = 1.0 / 30;  // seconds: no view is drawn more often
constexpr double kFastView = 1.0 / 30, kSlowView = 1.0 / 4;  // seconds between copies of big arrays
constexpr size_t kLargeGraph = 20'000;  // states, from where copies are made slowly

size_t sz(std::int64_t n) { return static_cast<size_t>(n); }

std::shared_ptr<const StateGraph> enumerate(const Config& config) {
  const auto environment = config.make_environment();
  auto graph = StateGraph::enumerate(*environment, config.integer("exact.states"));
  return graph ? std::make_shared<const StateGraph>(std::move(*graph)) : nullptr;
}

}  // namespace

std::shared_ptr<const RunInfo> LiveRun::make_run(const Config& config,
                                                 std::shared_ptr<const StateGraph> graph) const {
  auto run = std::make_shared<RunInfo>();
  run->config = config;
  run->environment = config.make_environment();
  run->graph = std::move(graph);
  const bool relative = find_objective(config.text("objective.name"))->relative;
  if (run->graph) {
    run->target = exact_target(*run->graph, *run->environment);
    if (relative) {
      GraphPolicy prior = random_walk(*run->graph);
      run->target = relative_target(*run->graph, run->target, prior);
      run->backward = std::move(prior.backward);
    }
    run->log_z_true = run->target.log_z;
    run->mode_target = mass_per_mode(*run->environment, *run->graph, run->target.probability);
  } else if (!relative) {
    run->log_z_true = run->environment->log_partition();
  }
  return run;
}

LiveRun::LiveRun(const Config& config, const Checkpoint* from)
    : run_(make_run(config, enumerate(config))), trainer_(config, run_->environment, run_->graph) {
  trainer_.set_threads(choose_threads(config, run_->environment));
  chain_ = find_objective(config.text("objective.name"))->chain;
  metrics_.modes_total = run_->environment->num_modes();
  mode_found_.assign(sz(metrics_.modes_total), false);
  if (run_->graph) counts_.assign(sz(run_->graph->num_states()), 0);
  if (from) {
    // The trainer's own bytes, then the counters that metrics need, then the modes found.
    const std::span<const std::uint8_t> bytes(from->state);
    size_t at = trainer_.restore(bytes);
    const auto take = [&](void* to, size_t n) {
      if (bytes.size() - at < n) throw DamagedFile("the checkpoint ends too early");
      std::memcpy(to, bytes.data() + at, n);
      at += n;
    };
    take(&metrics_.trajectories, sizeof metrics_.trajectories);
    take(&metrics_.states_visited, sizeof metrics_.states_visited);
    take(&metrics_.seconds, sizeof metrics_.seconds);
    double loss = 0;
    take(&loss, sizeof loss);
    take(&metrics_.mean_length, sizeof metrics_.mean_length);
    take(&metrics_.gradient_norm, sizeof metrics_.gradient_norm);
    if (trainer_.steps() > 0 && !chain_) metrics_.loss = loss;
    for (size_t m = 0; m < mode_found_.size(); ++m) {
      std::uint8_t found = 0;
      take(&found, 1);
      mode_found_[m] = found != 0;
      metrics_.modes_found += found;
    }
    if (chain_) {
      auto rest = bytes.subspan(at);
      chained_.restore(rest, sz(run_->environment->spec().state_length));
    }
  }
  metrics_.step = trainer_.steps();
  metrics_.log_z = trainer_.log_z();
  metrics_.learning_rate = config.real("optimizer.lr");
  metrics_.epsilon = config.real("exploration.epsilon");
}

Checkpoint LiveRun::checkpoint() const {
  Checkpoint saved;
  saved.step = steps();
  saved.config_json = config().to_json();
  trainer_.save(saved.state);
  const auto put = [&](const void* from, size_t n) {
    const auto* bytes = static_cast<const std::uint8_t*>(from);
    saved.state.insert(saved.state.end(), bytes, bytes + n);
  };
  const double loss = metrics_.loss.value_or(0);
  put(&metrics_.trajectories, sizeof metrics_.trajectories);
  put(&metrics_.states_visited, sizeof metrics_.states_visited);
  put(&metrics_.seconds, sizeof metrics_.seconds);
  put(&loss, sizeof loss);
  put(&metrics_.mean_length, sizeof metrics_.mean_length);
  put(&metrics_.gradient_norm, sizeof metrics_.gradient_norm);
  for (const bool found : mode_found_) saved.state.push_back(found);
  if (chain_) chained_.save(saved.state);
  return saved;
}

bool LiveRun::step() {
  const auto start = Clock::now();
  const StepReport report = trainer_.step();
  if (!report.trouble.empty()) {
    trouble_ = report.trouble + " at step " + std::to_string(steps() + 1);
    if (events_.empty()) {
      trouble_ += " (no setting was changed before; optimizer.lr is " +
                  to_text(config().get("optimizer.lr")) + ")";
    } else {
      trouble_ += " (last change: " + events_.back().text + " at step " +
                  std::to_string(events_.back().step) + ")";
    }
    return false;
  }
  remember(report);
  metrics_.seconds += std::chrono::duration<double>(Clock::now() - start).count();
  return true;
}

void LiveRun::remember(const StepReport& report) {
  const RowBatch& batch = trainer_.batch();
  metrics_.step = steps();
  metrics_.trajectories += batch.size();
  metrics_.states_visited += report.visits;
  if (!chain_) metrics_.loss = report.loss;
  metrics_.log_z = trainer_.log_z();
  metrics_.mean_length = report.mean_length;
  metrics_.gradient_norm = report.gradient_norm;
  metrics_.learning_rate = report.learning_rate;
  metrics_.epsilon = report.epsilon;
  if (report.gradients) metrics_.gradients = report.gradients;
  if (!chain_) {
    history_.loss.add(metrics_.step, report.loss);
    history_.log_z.add(metrics_.step, metrics_.log_z);
  }
  history_.mean_length.add(metrics_.step, report.mean_length);
  for (int i = 0; i < batch.size(); ++i) {
    if (!batch.ended(i)) continue;
    const StateView x = batch.rows.state(batch.last_row(i));
    if (metrics_.modes_found < metrics_.modes_total) {
      const int mode = run_->environment->mode_of(x);
      if (mode >= 0 && !mode_found_[sz(mode)]) {
        mode_found_[sz(mode)] = true;
        ++metrics_.modes_found;
      }
    }
    if (chain_) chained_.add(x);
    if (!run_->graph) continue;
    const int id = run_->graph->find(x);
    if (window_.size() < kWindow) {
      window_.push_back(id);
    } else {
      --counts_[sz(window_[window_next_])];
      window_[window_next_] = id;
      window_next_ = (window_next_ + 1) % kWindow;
    }
    ++counts_[sz(id)];
  }
}

void LiveRun::reconfigure(const Config& config, const std::string& event) {
  run_ = make_run(config, run_->graph);
  trainer_.set_environment(run_->environment);
  trainer_.configure(config);
  add_event(event);
  reward_changed_ = true;
}

bool LiveRun::exact_stale() const {
  return !has_exact() || (exact_ ? exact_->step : estimate_->step) != steps() || reward_changed_;
}

bool LiveRun::exact_due() const {
  if (!exact_stale()) return false;
  if (!has_exact()) return true;
  const double share = config().real("exact.share");
  const double cost = exact_ ? exact_->sweep_seconds : estimate_->seconds;
  const double pause = share > 0 ? cost * (1 - share) / share : 1e300;
  const double since = std::chrono::duration<double>(Clock::now() - exact_end_).count();
  return since >= std::max(kExactInterval, pause);
}

void LiveRun::refresh_exact(const std::atomic<bool>& cancel) {
  run_->graph && !chain_ ? sweep_graph(cancel) : take_samples(cancel);
}

void LiveRun::take_samples(const std::atomic<bool>& cancel) {
  const auto start = Clock::now();
  const Rng rng(static_cast<std::uint64_t>(config().integer("seed")), Stream::kEvaluation);
  auto view = chain_ ? std::make_shared<EstimateView>()
                     : make_estimate_view(trainer_.policy(), *run_, rng, steps(), cancel);
  exact_end_ = Clock::now();
  if (!view) return;
  if (chain_) {
    view->step = steps();
    if (steps() > 0) {
      describe_objects(count_objects(*run_->environment, chained_.objects()), run_->log_z_true, *view);
    }
  }
  view->seconds = std::chrono::duration<double>(exact_end_ - start).count();
  if (view->tv) {
    history_.tv.add(view->step, *view->tv);
    history_.l1.add(view->step, *view->l1);
    history_.jsd.add(view->step, *view->jsd);
  }
  reward_changed_ = false;
  estimate_ = view;
}

void LiveRun::sweep_graph(const std::atomic<bool>& cancel) {
  const auto start = Clock::now();
  const std::shared_ptr<ExactView> view = make_exact_view(trainer_.policy(), *run_, cancel);
  exact_end_ = Clock::now();
  if (!view) return;
  view->step = steps();
  view->when = exact_end_;
  view->sweep_seconds = std::chrono::duration<double>(exact_end_ - start).count();
  history_.tv.add(view->step, view->tv);
  history_.l1.add(view->step, view->l1);
  history_.jsd.add(view->step, view->jsd);
  history_.kl.add(view->step, view->kl);
  reward_changed_ = false;
  exact_ = view;
}

std::shared_ptr<const BehaviourView> LiveRun::behaviour() const {
  auto view = std::make_shared<BehaviourView>();
  view->objects = static_cast<std::int64_t>(window_.size());
  view->counts = counts_;
  const RowBatch& batch = trainer_.batch();
  const Evaluation& e = trainer_.evaluation();
  if (!run_->graph || steps() == 0 || e.log_pf.size() != batch.transitions.size()) return view;
  for (size_t i = 0; i < std::min(kRecent, sz(batch.size())); ++i) {
    TrajectoryView path;
    for (auto k = sz(batch.begin[i]); k < sz(batch.begin[i + 1]); ++k) {
      const Transition& t = batch.transitions[k];
      path.states.push_back(run_->graph->find(batch.rows.state(t.row)));
      path.actions.push_back(t.action);
      path.log_pf += e.log_pf[k];
      path.log_pb += e.log_pb[k];
    }
    path.log_reward = batch.log_reward[i];
    path.residual = e.log_z + path.log_pf - path.log_pb - path.log_reward;
    view->recent.push_back(std::move(path));
  }
  return view;
}

void LiveRun::describe(Snapshot& snapshot, bool running) {
  const double age = std::chrono::duration<double>(Clock::now() - shown_at_).count();
  const bool large = counts_.size() > kLargeGraph;
  if (!running || !shown_history_ || age > (large ? kSlowView : kFastView)) {
    shown_history_ = std::make_shared<const History>(history_);
    shown_behaviour_ = behaviour();
    shown_at_ = Clock::now();
  }
  snapshot.run = run_;
  snapshot.threads = trainer_.threads();
  snapshot.metrics = metrics_;
  snapshot.exact = exact_;
  snapshot.estimate = estimate_;
  snapshot.history = shown_history_;
  snapshot.behaviour = shown_behaviour_;
  snapshot.events = events_;
}

}  // namespace flowscope
