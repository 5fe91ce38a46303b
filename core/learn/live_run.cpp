#include "core/learn/live_run.h"

#include <algorithm>

#include "core/learn/bytes.h"
#include "core/learn/continuous/density_run.h"
#include "core/learn/continuous/point_run.h"
#include "core/learn/graph_run.h"
#include "core/run/errors.h"
#include "core/run/measures.h"

namespace flowscope {
namespace {

constexpr double kExactInterval = 1.0 / 30;  // seconds: no view is drawn more often
constexpr double kFastView = 1.0 / 30, kSlowView = 1.0 / 4;  // seconds between copies of big arrays

}  // namespace

std::unique_ptr<LiveRun> make_live_run(const Config& config, const Checkpoint* from) {
  const ObjectiveEntry& objective = *find_objective(config.text("objective.name"));
  auto space = config.make_space();
  if (objective.worlds == (space ? Worlds::kDiscrete : Worlds::kContinuous)) {
    throw UsageError("objective.name: '" + objective.name + "' is for " +
                     (space ? "discrete worlds" : "worlds with real-valued states") +
                     "; environment.name = " + config.text("environment.name") + " is none");
  }
  if (space && objective.chain) return std::make_unique<PointRun>(config, std::move(space), from);
  if (space) {
    return std::make_unique<DensityRun>(config, std::move(space), from);
  }
  return std::make_unique<GraphRun>(config, from);
}

void LiveRun::begin(const Checkpoint* from, std::int64_t modes) {
  metrics_.modes_total = modes;
  mode_found_.assign(static_cast<size_t>(modes), false);
  if (from) resume(*from);
  metrics_.step = steps();
  metrics_.log_z = log_z();
  metrics_.learning_rate = config().real("optimizer.lr");
  metrics_.epsilon = config().real("exploration.epsilon");
}

/// The trainer's own bytes, then the counters that metrics need, then the modes found.
void LiveRun::resume(const Checkpoint& from) {
  std::span<const std::uint8_t> bytes(from.state);
  bytes = bytes.subspan(restore(bytes));
  metrics_.trajectories = take<std::int64_t>(bytes);
  metrics_.states_visited = take<std::int64_t>(bytes);
  metrics_.seconds = take<double>(bytes);
  const double loss = take<double>(bytes);
  metrics_.mean_length = take<double>(bytes);
  metrics_.gradient_norm = take<double>(bytes);
  if (steps() > 0 && learns()) metrics_.loss = loss;
  for (size_t m = 0; m < mode_found_.size(); ++m) {
    const auto found = take<std::uint8_t>(bytes);
    mode_found_[m] = found != 0;
    metrics_.modes_found += found;
  }
  restore_objects(bytes);
}

Checkpoint LiveRun::checkpoint() const {
  Checkpoint saved;
  saved.step = steps();
  saved.config_json = config().to_json();
  save(saved.state);
  put(saved.state, metrics_.trajectories);
  put(saved.state, metrics_.states_visited);
  put(saved.state, metrics_.seconds);
  put(saved.state, metrics_.loss.value_or(0));
  put(saved.state, metrics_.mean_length);
  put(saved.state, metrics_.gradient_norm);
  for (const bool found : mode_found_) saved.state.push_back(found);
  save_objects(saved.state);
  return saved;
}

bool LiveRun::step() {
  const auto start = Clock::now();
  const StepReport report = train();
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
  metrics_.step = steps();
  metrics_.trajectories += batch_size();
  metrics_.states_visited += report.visits;
  if (learns()) metrics_.loss = report.loss;
  metrics_.log_z = log_z();
  metrics_.mean_length = report.mean_length;
  metrics_.gradient_norm = report.gradient_norm;
  metrics_.learning_rate = report.learning_rate;
  metrics_.epsilon = report.epsilon;
  if (report.gradients) metrics_.gradients = report.gradients;
  remember_objects();
  remember_step(report);
  after_step();
  metrics_.seconds += std::chrono::duration<double>(Clock::now() - start).count();
  return true;
}

/// Notes what every step gives.
void LiveRun::remember_step(const StepReport& report) {
  const auto note = [&](const char* name, double value) { history_.add(name, metrics_.step, value); };
  note("mean_length", report.mean_length);
  if (metrics_.modes_total > 0) note("modes_found", static_cast<double>(metrics_.modes_found));
  if (!learns()) return;
  note("loss", report.loss);
  note("log_z", metrics_.log_z);
  note("gradient_norm", report.gradient_norm);
  note("learning_rate", report.learning_rate);
  note("epsilon", report.epsilon);
  if (!report.gradients) return;
  note("gradient_variance", report.gradients->variance);
  note("gradient_cosine", report.gradients->cosine);
  note("gradient_signal", report.gradients->signal_to_noise);
}

/// Notes every measure of the view that has just been made.
void LiveRun::remember_measures() {
  Snapshot seen;
  seen.run = run_;
  seen.metrics = metrics_;
  show(seen, false);
  for (const Measure& measure : measures()) {
    if (measure.every_step) continue;
    if (const auto value = measure.of(seen)) history_.add(measure.name, steps(), *value);
  }
}

void LiveRun::report_mode(int mode) {
  if (mode < 0 || mode_found_[static_cast<size_t>(mode)]) return;
  mode_found_[static_cast<size_t>(mode)] = true;
  ++metrics_.modes_found;
}

void LiveRun::reconfigure(const Config& config, const std::string& event) {
  take_over(config);
  add_event(event);
  reward_changed_ = true;
}

bool LiveRun::exact_stale() const {
  return !truth_known_ || truth_step_ != steps() || reward_changed_;
}

bool LiveRun::exact_due() const {
  if (!exact_stale()) return false;
  if (!truth_known_) return true;
  const double since = std::chrono::duration<double>(Clock::now() - exact_end_).count();
  if (since < kExactInterval) return false;
  const double share = config().real("exact.share");
  return share > 0 && since >= sweep_seconds_ * (1 - share) / share;
}

void LiveRun::refresh_exact(const std::atomic<bool>& cancel) {
  const auto start = Clock::now();
  const bool done = sweep(cancel);
  exact_end_ = Clock::now();
  if (!done) return;
  remember_measures();
  sweep_seconds_ = std::chrono::duration<double>(exact_end_ - start).count();
  truth_step_ = steps();
  truth_known_ = true;
  reward_changed_ = false;
}

void LiveRun::describe(Snapshot& snapshot, bool running) {
  const double age = std::chrono::duration<double>(Clock::now() - shown_at_).count();
  const bool fresh = !running || !shown_history_ || age > (large() ? kSlowView : kFastView);
  if (fresh) {
    shown_history_ = history_.share();
    shown_at_ = Clock::now();
  }
  snapshot.run = run_;
  snapshot.threads = threads();
  snapshot.metrics = metrics_;
  snapshot.history = shown_history_;
  snapshot.events = events_;
  show(snapshot, fresh);
}

}  // namespace flowscope
