// flowscope sweep: every run of a study, several at a time, each a session of its own. A run under
// way lies in a run file of its own and a finished one in the results, so that a sweep that was
// stopped, however rudely, goes on where it was.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress.h"
#include "app/cli/recorder.h"
#include "app/cli/study_results.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr auto kPoll = 5ms;
constexpr double kCheckpointEvery = 30;  // seconds

double seconds_since(Clock::time_point t) {
  return std::chrono::duration<double>(Clock::now() - t).count();
}

/// Named by its configuration, so that another study in the same folder does not take it for its own.
std::string run_file(const std::string& folder, const Config& config) {
  const std::string json = config.to_json();
  char name[32];
  std::snprintf(name, sizeof name, "run-%08x.flow", crc32(json.data(), json.size()));
  return (fs::path(folder) / name).string();
}

/// A run under way.
class ActiveRun {
 public:
  ActiveRun(size_t run, const Config& config, const std::string& folder,
            const TrainerLibrary& library)
      : run_(run), steps_(config.integer("steps")), file_(run_file(folder, config)),
        store_(fs::exists(file_) ? RunStore::open(file_, RunStore::Access::kRecord)
                                 : RunStore::create(file_, config)) {
    const auto from = store_.checkpoint();
    store_.rewind_to(from ? from->step : -1);
    first_step_ = from ? from->step : 0;
    session_ = library.start(config, from);
    session_->send(RunUntil{steps_});
    snapshot_ = session_->latest();
  }

  size_t run() const { return run_; }
  const Snapshot& snapshot() const { return *snapshot_; }

  /// Looks at the session; true once the run is over and its last state is saved.
  bool watch() {
    snapshot_ = session_->latest();
    if (!ended(*snapshot_)) {
      recorder_.watch(*snapshot_, *session_);
      return false;
    }
    if (snapshot_->state != RunState::kFailed) recorder_.finish(*snapshot_, *session_);
    return true;
  }

  void stop() {
    snapshot_ = halt(*session_);
    recorder_.finish(*snapshot_, *session_);
  }

  /// Share of the steps that are done.
  double share() const {
    return std::min(1.0, static_cast<double>(snapshot_->metrics.step) / static_cast<double>(steps_));
  }

  /// Seconds that the whole run takes at the rate seen so far; 0 if nothing has been seen.
  double whole_seconds() const {
    const auto done = static_cast<double>(snapshot_->metrics.step - first_step_);
    return done > 0 ? seconds_since(start_) * static_cast<double>(steps_) / done : 0;
  }

  const std::string& file() const { return file_; }

 private:
  size_t run_;
  std::int64_t steps_, first_step_ = 0;
  std::string file_;
  RunStore store_;
  Recorder recorder_{&store_, kCheckpointEvery};
  std::unique_ptr<Session> session_;
  std::shared_ptr<const Snapshot> snapshot_;
  Clock::time_point start_ = Clock::now();
};

class Sweep {
 public:
  Sweep(StudyResults& results, const SweepOptions& options, const TrainerLibrary& library)
      : results_(results), library_(library), keep_(options.keep), line_(options.quiet),
        jobs_(static_cast<size_t>(options.jobs > 0 ? options.jobs
                                                   : std::max(1u, std::thread::hardware_concurrency()))) {
  }

  /// Runs what has not been run; false when interrupted. Throws UsageError where a run fails.
  bool run() {
    const InterruptGuard guard;
    results_.write();
    while (start_more() || !active_.empty()) {
      if (guard.interrupted()) {
        for (const auto& active : active_) active->stop();
        return false;
      }
      std::this_thread::sleep_for(kPoll);
      collect();
      if (line_.due()) line_.show(status());
    }
    return true;
  }

 private:
  /// Starts runs in the order of the study while there is room; false when there are none left.
  bool start_more() {
    while (next_ < results_.runs().size() && active_.size() < jobs_) {
      if (!results_.finished(next_)) {
        active_.push_back(std::make_unique<ActiveRun>(next_, results_.runs()[next_].config,
                                                      results_.folder(), library_));
      }
      ++next_;
    }
    return next_ < results_.runs().size();
  }

  void collect() {
    for (size_t i = 0; i < active_.size();) {
      if (!active_[i]->watch()) {
        ++i;
        continue;
      }
      auto done = std::move(active_[i]);
      active_.erase(active_.begin() + static_cast<long>(i));
      finish(std::move(done));
    }
  }

  void finish(std::unique_ptr<ActiveRun> done) {
    const Snapshot& last = done->snapshot();
    const std::string file = done->file();
    if (last.state == RunState::kFailed) {
      for (const auto& active : active_) active->stop();
      throw UsageError("run '" + results_.name(done->run()) + "': " + last.message);
    }
    results_.add(done->run(), last);
    results_.write();
    finished_seconds_ += done->whole_seconds();
    ++finished_here_;
    done.reset();  // closes the file
    if (!keep_) fs::remove(file);
  }

  /// What is left at the mean pace of the runs seen so far; negative if nothing has been seen.
  double seconds_left() const {
    double seconds = finished_seconds_, seen = finished_here_, rest = 0;
    for (const auto& active : active_) {
      seconds += active->whole_seconds();
      seen += active->whole_seconds() > 0;
      rest += 1 - active->share();
    }
    for (size_t i = next_; i < results_.runs().size(); ++i) rest += !results_.finished(i);
    return seen > 0 ? rest * seconds / seen / static_cast<double>(jobs_) : -1;
  }

  std::string status() const {
    double done = static_cast<double>(results_.num_finished());
    for (const auto& active : active_) done += active->share();
    const auto all = static_cast<double>(results_.runs().size());
    std::string text = progress_bar(done / all) + " " + std::to_string(results_.num_finished()) + "/" +
                       std::to_string(results_.runs().size()) + " runs";
    if (const double left = seconds_left(); left >= 0) text += "  " + clock_time(left) + " left";
    return text;
  }

  StudyResults& results_;
  const TrainerLibrary& library_;
  bool keep_;
  StatusLine line_;
  size_t jobs_, next_ = 0;
  std::vector<std::unique_ptr<ActiveRun>> active_;
  double finished_seconds_ = 0, finished_here_ = 0;
};

/// "studies/tb.json" gives "tb.sweep".
std::string default_folder(const std::string& study_file) {
  return fs::path(study_file).stem().string() + ".sweep";
}

}  // namespace

int sweep(const SweepOptions& options, const TrainerLibrary& library) {
  if (options.jobs < 0 || options.jobs > 256) {
    throw UsageError("--jobs: '" + std::to_string(options.jobs) +
                     "' is not allowed; it must be an integer from 1 to 256");
  }
  const Study study = read_study(read_text(options.study_file, "the study"), options.study_file);
  StudyResults results(study, runs_of(study),
                       options.output.empty() ? default_folder(options.study_file) : options.output);
  const bool whole = Sweep(results, options, library).run();
  if (!whole) {
    std::fprintf(stderr, "flowscope: interrupted after %zu of %zu runs; the same command goes on from here\n",
                 results.num_finished(), results.runs().size());
    return 130;
  }
  if (!options.quiet) {
    std::printf("%s\nresults in %s\n", results.table().c_str(), results.folder().c_str());
  }
  if (results.num_diverged() > 0) {
    std::fprintf(stderr, "flowscope: %zu of %zu runs diverged; see results.jsonl in %s\n",
                 results.num_diverged(), results.runs().size(), results.folder().c_str());
    return 3;
  }
  return 0;
}

}  // namespace flowscope
