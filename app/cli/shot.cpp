// flowscope shot: a picture of the window, drawn off-screen after a given number of steps.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <thread>

#include "app/cli/commands.h"
#include "app/window/picture.h"
#include "core/run/errors.h"
#include "core/run/run_store.h"

namespace flowscope {
namespace {

constexpr const char* kDefaultPreset = "hypergrid-16x16";

struct Plan {
  Config config;
  std::shared_ptr<const Checkpoint> from;
  std::int64_t steps = 0;
  std::shared_ptr<const History> history;  // of a recorded run
};

/// The curves of a recorded run up to a step.
std::shared_ptr<const History> history_of(const MetricTable& table, std::int64_t until) {
  auto history = std::make_shared<History>();
  const auto step_at = static_cast<size_t>(std::ranges::find(table.columns, "step") - table.columns.begin());
  for (const auto& row : table.rows) {
    const auto step = std::get<std::int64_t>(row.at(step_at));
    if (step > until) break;
    for (size_t i = 0; i < row.size(); ++i) {
      if (const auto* real = std::get_if<double>(&row[i])) history->add(table.columns[i], step, *real);
      if (const auto* count = std::get_if<std::int64_t>(&row[i])) {
        history->add(table.columns[i], step, static_cast<double>(*count));
      }
    }
  }
  return history;
}

Plan plan_recorded(const std::string& file, std::optional<std::int64_t> at) {
  const RunStore store = RunStore::open(file, RunStore::Access::kRead);
  Plan plan;
  plan.config = store.config();
  plan.from = store.checkpoint(at);
  if (!plan.from) {
    std::string kept;
    for (const std::int64_t step : store.checkpoint_steps()) {
      kept += (kept.empty() ? "" : ", ") + std::to_string(step);
    }
    throw UsageError(file + ": no checkpoint at or before " +
                     (at ? "step " + std::to_string(*at) : "the end") +
                     (kept.empty() ? "" : "; there are checkpoints at " + kept));
  }
  plan.steps = at.value_or(plan.from->step);
  plan.history = history_of(store.metrics(), plan.from->step);
  return plan;
}

std::vector<Plan> recorded_plans(const ShotOptions& options) {
  const RunOptions& run = options.run;
  if (!run.preset.empty() || !run.config_file.empty() || !run.assignments.empty() || run.seed ||
      run.steps || !options.compare.empty()) {
    throw UsageError("--run shows a run as it was recorded: -p, -c, --set, --seed, --steps and --compare "
                     "do not go with it; --at chooses the step, --compare-run another run");
  }
  if (options.compare_runs.size() + 1 > kMostRuns) throw UsageError("--compare-run: at most four runs are compared");
  std::vector<Plan> plans = {plan_recorded(options.run_file, options.at)};
  for (const std::string& file : options.compare_runs) plans.push_back(plan_recorded(file, options.at));
  return plans;
}

std::vector<Plan> make_plans(const ShotOptions& options) {
  if (!options.run_file.empty()) return recorded_plans(options);
  if (options.at) throw UsageError("--at needs --run FILE; without one, --steps says how far to train");
  if (!options.compare_runs.empty()) throw UsageError("--compare-run needs --run FILE, the run to compare it with");
  std::vector<Plan> plans;
  for (const Config& config : make_compared(make_config(options.run, kDefaultPreset), options.compare)) {
    plans.push_back({.config = config, .steps = options.run.steps.value_or(0)});
  }
  return plans;
}

/// Waits until the run has come to its end and the exact view is up to date there.
std::shared_ptr<const Snapshot> await_end(const Session& session) {
  for (;;) {
    auto snapshot = session.latest();
    switch (snapshot->state) {
      case RunState::kFailed: throw UsageError(snapshot->message);
      case RunState::kFinished:
      case RunState::kDiverged: return snapshot;
      default: std::this_thread::sleep_for(std::chrono::milliseconds(4));
    }
  }
}

/// A recorded run's curves begin where it began, not where this session took it up.
std::shared_ptr<const Snapshot> with_history(std::shared_ptr<const Snapshot> snapshot,
                                             std::shared_ptr<const History> history) {
  if (!history) return snapshot;
  auto copy = std::make_shared<Snapshot>(*snapshot);
  copy->history = std::move(history);
  return copy;
}

/// Of every run, its end and what it has kept on the way there.
struct Trained {
  Snapshots ends;
  Timelines past;
};

/// All at the same time.
Trained train(const std::vector<Plan>& plans, const TrainerLibrary& library) {
  std::vector<std::unique_ptr<Session>> sessions;
  for (const Plan& plan : plans) {
    sessions.push_back(library.start(plan.config, plan.from));
    sessions.back()->send(KeepTimeline{Timeline::kBudget});
    sessions.back()->send(RunUntil{plan.steps});
  }
  Trained runs;
  for (size_t i = 0; i < plans.size(); ++i) {
    runs.ends.push_back(with_history(await_end(*sessions[i]), plans[i].history));
    runs.past.push_back(sessions[i]->timeline());
  }
  return runs;
}

/// "X,Y", or nothing.
std::optional<std::pair<double, double>> parse_point(const std::string& text) {
  if (text.empty()) return std::nullopt;
  double x = 0, y = 0;
  int used = 0;
  if (std::sscanf(text.c_str(), "%lf,%lf%n", &x, &y, &used) != 2 || static_cast<size_t>(used) != text.size() ||
      !std::isfinite(x) || !std::isfinite(y)) {
    throw UsageError("--point: '" + text + "' is not allowed; it must be X,Y, two numbers on the map");
  }
  return std::pair(x, y);
}

}  // namespace

int shot(const ShotOptions& options, const TrainerLibrary& library) {
  const bool several = !options.compare.empty() || !options.compare_runs.empty();
  const std::string layout = !options.layout.empty() ? options.layout : several ? "compare" : "learn";
  const PictureSpec spec{.width = options.width, .height = options.height, .scale = options.scale,
                         .layout = layout, .panel = options.panel,
                         .view = options.view, .moment = options.moment,
                         .point = parse_point(options.point), .coordinates = options.coordinates, .walk = options.walk,
                         .theme = options.theme};
  check_picture(spec);
  check_png_path(options.output);
  const Trained runs = train(make_plans(options), library);
  write_png(options.output, draw_picture(runs.ends, spec, runs.past), picture_text(runs.ends));
  int code = 0;
  for (const auto& run : runs.ends) {
    if (run->state != RunState::kDiverged) continue;
    std::fprintf(stderr, "flowscope: %s; the picture shows the last state (%s)\n", run->message.c_str(),
                 options.output.c_str());
    code = 3;
  }
  return code;
}

}  // namespace flowscope
