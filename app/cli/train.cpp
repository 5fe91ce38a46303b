// flowscope train: a run without a window. The session trains on its own thread; this one watches,
// records and reports.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <thread>

#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress.h"
#include "app/cli/recorder.h"
#include "app/cli/results.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

using namespace std::chrono_literals;
constexpr std::int64_t kDefaultSteps = 2000;
constexpr auto kPoll = 5ms;

/// What to train, and where it is recorded.
struct Plan {
  Config config;
  std::optional<RunStore> store;
  std::shared_ptr<const Checkpoint> from;
};

/// A resumed run keeps its configuration: other values on the command line are a mistake, but for
/// the number of steps.
void check_same(const Config& recorded, const Config& asked) {
  for (const ParamSpec* spec : recorded.schema()) {
    if (spec->key == "steps") continue;
    const std::string is = to_text(recorded.get(spec->key));
    bool same = false;
    for (const ParamSpec* other : asked.schema()) {
      same = same || (other->key == spec->key && to_text(asked.get(spec->key)) == is);
    }
    if (!same) {
      throw UsageError("--resume: the recorded run has " + spec->key + " = " + is +
                       " and the command line asks for another value; leave it out, or record a "
                       "new run");
    }
  }
}

Plan resume(const TrainOptions& options) {
  Plan plan;
  plan.store.emplace(RunStore::open(options.run_file, RunStore::Access::kRecord));
  plan.config = plan.store->config();
  const RunOptions& run = options.run;
  if (!run.preset.empty() || !run.config_file.empty() || !run.assignments.empty() || run.seed) {
    RunOptions asked = run;
    if (asked.preset.empty() && asked.config_file.empty()) {  // changes to the recorded run
      Config changed = plan.config;
      changed.set_all(asked.assignments);
      if (asked.seed) changed.set("seed", *asked.seed);
      check_same(plan.config, changed);
    } else {
      check_same(plan.config, make_config(asked, ""));
    }
  }
  if (run.steps && *run.steps != plan.config.integer("steps")) {
    plan.config.set("steps", *run.steps);
    plan.store->set_config(plan.config);
  }
  plan.from = plan.store->checkpoint();
  plan.store->rewind_to(plan.from ? plan.from->step : -1);
  return plan;
}

Plan make_plan(const TrainOptions& options) {
  if (options.checkpoint_every <= 0) {
    throw UsageError("--checkpoint-every: it must be a number of seconds above 0");
  }
  if (options.resume) {
    if (options.run_file.empty()) throw UsageError("--resume needs --run FILE to go on with");
    return resume(options);
  }
  Plan plan;
  plan.config = make_config(options.run, "hypergrid-8x8");
  const bool open_end = plan.config.integer("steps") == 0;
  if (open_end) plan.config.set("steps", kDefaultSteps);
  if (!options.run_file.empty()) {
    plan.store.emplace(RunStore::create(options.run_file, plan.config));
  }
  if (open_end && !options.quiet) {
    std::fprintf(stderr, "no --steps given: training for %s steps\n",
                 grouped(kDefaultSteps).c_str());
  }
  return plan;
}

/// Runs to the end, to a divergence or to an interrupt; the last snapshot.
std::shared_ptr<const Snapshot> drive(Session& session, std::int64_t steps, Recorder& recorder,
                                      const InterruptGuard& guard, bool quiet) {
  Progress progress(steps, quiet);
  session.send(RunUntil{steps});
  auto snapshot = session.latest();
  while (!ended(*snapshot) && !guard.interrupted()) {
    std::this_thread::sleep_for(kPoll);
    snapshot = session.latest();
    progress.show(*snapshot);
    if (!ended(*snapshot)) recorder.watch(*snapshot, session);
  }
  // Interrupted: the trainer must stand still before its state is taken.
  if (!ended(*snapshot)) snapshot = halt(session);
  recorder.finish(*snapshot, session);
  return snapshot;
}

void print_summary(const Config& config, const Snapshot& s, const std::string& run_file) {
  std::printf("%s: %s steps in %s (%s it/s)  %s\n", config.preset.c_str(),
              grouped(s.metrics.step).c_str(), clock_time(s.metrics.seconds).c_str(),
              grouped(std::llround(mean_rate(s.metrics))).c_str(), metrics_line(s).c_str());
  if (s.metrics.modes_total > 0) {
    std::printf("modes found: %s of %s\n", grouped(s.metrics.modes_found).c_str(),
                grouped(s.metrics.modes_total).c_str());
  }
  if (!run_file.empty()) std::printf("recorded in %s\n", run_file.c_str());
}

}  // namespace

int train(const TrainOptions& options, const TrainerLibrary& library) {
  Plan plan = make_plan(options);
  const InterruptGuard guard;
  const auto session = library.start(plan.config, plan.from);
  Recorder recorder(plan.store ? &*plan.store : nullptr, options.checkpoint_every);
  const auto last =
      drive(*session, plan.config.integer("steps"), recorder, guard, options.quiet);

  if (last->state == RunState::kFailed) throw UsageError(last->message);
  if (!options.quiet && !options.json) print_summary(plan.config, *last, options.run_file);
  if (options.json) std::printf("%s\n", results(plan.config, *last).dump().c_str());
  if (last->state == RunState::kDiverged) {
    std::fprintf(stderr, "flowscope: training diverged: %s\n", last->message.c_str());
    return 3;
  }
  if (last->state != RunState::kFinished) {
    std::fprintf(stderr, "flowscope: interrupted at step %s; %s\n",
                 grouped(last->metrics.step).c_str(),
                 plan.store ? "--resume goes on from here" : "nothing was saved, for want of --run");
    return 130;
  }
  return 0;
}

}  // namespace flowscope
