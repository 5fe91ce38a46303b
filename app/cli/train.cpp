// flowscope train: a run without a window. The session trains on its own thread; this one watches,
// records and reports.
#include <cmath>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/cli/commands.h"
#include "app/cli/progress.h"
#include "core/run/errors.h"
#include "core/run/run_store.h"

namespace flowscope {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kDefaultSteps = 2000;
constexpr auto kPoll = 5ms;
constexpr auto kRecordInterval = 100ms;

volatile std::sig_atomic_t interrupted = 0;

/// Notes SIGINT and SIGTERM while it lives; a second one ends the process at once.
class InterruptGuard {
 public:
  InterruptGuard() {
    interrupted = 0;
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, &old_int_);
    sigaction(SIGTERM, &action, &old_term_);
  }
  ~InterruptGuard() {
    sigaction(SIGINT, &old_int_, nullptr);
    sigaction(SIGTERM, &old_term_, nullptr);
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  struct sigaction old_int_ {}, old_term_ {};
};

/// What to train, and where it is recorded.
struct Plan {
  Config config;
  std::optional<RunStore> store;
  std::shared_ptr<const Checkpoint> from;
};

/// A resumed run keeps its configuration: other values on the command line are a mistake, but for
/// the number of steps.
void check_same(const Config& recorded, const Config& asked) {
  for (const ParamSpec& spec : recorded.schema()) {
    if (spec.key == "steps") continue;
    const std::string is = to_text(recorded.get(spec.key));
    bool same = false;
    for (const ParamSpec& other : asked.schema()) {
      same = same || (other.key == spec.key && to_text(asked.get(spec.key)) == is);
    }
    if (!same) {
      throw UsageError("--resume: the recorded run has " + spec.key + " = " + is +
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

/// Puts what the session shows into the run file, at a bounded rate.
class Recorder {
 public:
  Recorder(RunStore* store, double checkpoint_every)
      : store_(store), every_(checkpoint_every), checkpoint_due_(Clock::now() + every_) {}

  void watch(const Snapshot& snapshot, Session& session) {
    if (!store_ || snapshot.state == RunState::kLoading) return;
    const auto now = Clock::now();
    if (now >= row_due_ && snapshot.metrics.step != last_step_ && snapshot.metrics.loss) {
      write_row(snapshot);
      row_due_ = now + kRecordInterval;
    }
    if (now >= checkpoint_due_) {
      write_checkpoint(session);
      checkpoint_due_ = Clock::now() + every_;
    }
  }

  /// The last row and checkpoint; the session stands still or has finished.
  void finish(const Snapshot& snapshot, Session& session) {
    if (!store_) return;
    if (snapshot.metrics.loss) write_row(snapshot);
    write_checkpoint(session);
  }

 private:
  void write_row(const Snapshot& snapshot) {
    store_->record(snapshot);
    last_step_ = snapshot.metrics.step;
  }
  void write_checkpoint(Session& session) {
    if (const auto checkpoint = session.checkpoint()) store_->add_checkpoint(*checkpoint);
  }

  RunStore* store_;
  std::chrono::duration<double> every_;
  std::chrono::time_point<Clock, std::chrono::duration<double>> checkpoint_due_;
  Clock::time_point row_due_{};
  std::int64_t last_step_ = -1;
};

bool ended(const Snapshot& snapshot) {
  return snapshot.state == RunState::kFinished || snapshot.state == RunState::kDiverged ||
         snapshot.state == RunState::kFailed;
}

bool moving(const Snapshot& snapshot) {
  return snapshot.state == RunState::kLoading || snapshot.state == RunState::kRunning;
}

/// Runs to the end, to a divergence or to an interrupt; the last snapshot.
std::shared_ptr<const Snapshot> drive(Session& session, std::int64_t steps, Recorder& recorder,
                                      bool quiet) {
  Progress progress(steps, quiet);
  session.send(RunUntil{steps});
  auto snapshot = session.latest();
  while (!ended(*snapshot) && !interrupted) {
    std::this_thread::sleep_for(kPoll);
    snapshot = session.latest();
    progress.show(*snapshot);
    if (!ended(*snapshot)) recorder.watch(*snapshot, session);
  }
  if (!ended(*snapshot)) {  // interrupted: let the trainer stand still before its state is taken
    session.send(Pause{});
    while (moving(*snapshot)) {
      std::this_thread::sleep_for(kPoll);
      snapshot = session.latest();
    }
  }
  recorder.finish(*snapshot, session);
  return snapshot;
}

/// Steps per second over the whole run.
double mean_rate(const Metrics& metrics) {
  return metrics.seconds > 0 ? static_cast<double>(metrics.step) / metrics.seconds : 0;
}

nlohmann::ordered_json results(const Config& config, const Snapshot& s) {
  const auto or_null = [](const auto& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
  };
  const ExactView* exact = exact_is_current(s) ? s.exact.get() : nullptr;
  const auto of_exact = [&](double ExactView::* member) {
    return exact ? nlohmann::ordered_json(exact->*member) : nlohmann::ordered_json();
  };
  return {{"preset", config.preset},
          {"env", config.text("environment.name")},
          {"objective", config.text("objective.name")},
          {"seed", config.integer("seed")},
          {"steps", s.metrics.step},
          {"trajectories", s.metrics.trajectories},
          {"states_visited", s.metrics.states_visited},
          {"seconds", s.metrics.seconds},
          {"iterations_per_second", mean_rate(s.metrics)},
          {"loss", or_null(s.metrics.loss)},
          {"log_z", s.metrics.log_z},
          {"log_z_true", s.run ? or_null(s.run->log_z_true) : nlohmann::ordered_json()},
          {"tv", of_exact(&ExactView::tv)},
          {"l1", of_exact(&ExactView::l1)},
          {"jsd", of_exact(&ExactView::jsd)},
          {"kl", of_exact(&ExactView::kl)},
          {"modes_found", s.metrics.modes_found},
          {"modes_total", s.metrics.modes_total},
          {"exact", exact != nullptr}};
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
      drive(*session, plan.config.integer("steps"), recorder, options.quiet);

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
