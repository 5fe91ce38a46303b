// The trainer thread: obeys commands between steps, trains, keeps the truth fresh, publishes.
#include "core/learn/session.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "core/learn/gemm.h"
#include "core/learn/live_run.h"
#include "core/run/timeline.h"

namespace flowscope {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPublishInterval = std::chrono::milliseconds(16);
constexpr auto kRateWindow = std::chrono::milliseconds(500);
constexpr double kQuickView = 0.02;  // seconds: a kept moment gets a view of its own
constexpr auto kClockLook = std::chrono::milliseconds(1);  // between looks at the other runs

double seconds_since(Clock::time_point t) {
  return std::chrono::duration<double>(Clock::now() - t).count();
}

/// A text of any length as a label can show it: its end, where strokes are added.
std::string brief(const std::string& text) {
  constexpr size_t kMost = 40;
  return text.size() <= kMost ? text : "..." + text.substr(text.size() - kMost);
}

class LiveSession final : public Session {
 public:
  LiveSession(const Config& config, std::shared_ptr<const Checkpoint> from)
      : config_(config), from_(std::move(from)), thread_([this] { work(); }) {}

  ~LiveSession() override {
    {
      std::lock_guard lock(mutex_);
      quit_ = cancel_ = true;
    }
    wake_.notify_all();
    thread_.join();
    if (clock_) clock_->leave(member_);
  }

  void send(Command command) override {
    {
      std::lock_guard lock(mutex_);
      commands_.push_back(std::move(command));
      // A long sweep gives way to whatever the person wants.
      cancel_ = true;
    }
    wake_.notify_all();
  }

  std::shared_ptr<const Snapshot> latest() const override {
    std::lock_guard lock(mutex_);
    return latest_;
  }

  std::shared_ptr<const Checkpoint> checkpoint() override {
    std::future<std::shared_ptr<const Checkpoint>> answer;
    {
      std::lock_guard lock(mutex_);
      if (ended_) return nullptr;
      answer = checkpoints_.emplace_back().get_future();
      cancel_ = true;
    }
    wake_.notify_all();
    return answer.get();
  }

  std::shared_ptr<const Timeline> timeline() const override {
    std::lock_guard lock(mutex_);
    return timeline_;
  }

 private:
  void work() {
    prepare_trainer_thread();
    load(config_, from_.get(), RunState::kPaused);
    from_.reset();
    while (obey()) {
      if (state_ == RunState::kRunning) {
        train();
      } else {
        rest();
      }
    }
    std::lock_guard lock(mutex_);
    ended_ = true;
    for (auto& waiting : checkpoints_) waiting.set_value(nullptr);
    checkpoints_.clear();
  }

  /// Makes a new run; on failure the session says why and goes on without one.
  void load(const Config& config, const Checkpoint* from, RunState then) {
    try {
      run_ = make_live_run(config, from);
      config_ = config;
      state_ = then;
      message_.clear();
    } catch (const std::exception& e) {
      run_.reset();
      config_ = config;
      state_ = RunState::kFailed;
      message_ = e.what();
    }
    rate_ = 0;
    rate_step_ = run_ ? run_->steps() : 0;
    rate_start_ = Clock::now();
    dirty_ = true;
    forget_past();
  }

  /// Obeys everything in the queue; false when the session ends.
  bool obey() {
    for (;;) {
      Command command;
      {
        std::lock_guard lock(mutex_);
        if (quit_) return false;
        for (auto& waiting : checkpoints_) {
          waiting.set_value(run_ ? std::make_shared<const Checkpoint>(run_->checkpoint()) : nullptr);
        }
        checkpoints_.clear();
        if (commands_.empty()) {
          cancel_ = false;
          return true;
        }
        command = std::move(commands_.front());
        commands_.pop_front();
      }
      std::visit([this](const auto& c) { handle(c); }, command);
      dirty_ = true;
    }
  }

  bool can_run() const { return run_ && state_ != RunState::kDiverged; }

  void run_to(std::int64_t step, RunState then) {
    if (!can_run()) return;
    until_ = step;
    after_ = then;
    state_ = RunState::kRunning;
    next_step_ = Clock::now();
    rate_start_ = Clock::now();
    rate_step_ = run_->steps();
  }

  void handle(const Play&) {
    if (!can_run()) return;
    const std::int64_t length = config_.integer("steps");
    run_to(length > run_->steps() ? length : 0, RunState::kFinished);
  }
  void handle(const Pause&) {
    if (state_ != RunState::kRunning) return;
    until_ = 0;
    state_ = RunState::kPaused;
    // Compared runs stop at one step, but for one that is still far behind.
    const auto stop = clock_ ? clock_->held() : std::nullopt;
    if (stop && *stop > run_->steps() && *stop <= run_->steps() + 2 * RunClock::kLead) {
      run_to(*stop, RunState::kPaused);
    }
  }
  void handle(const StepBy& c) {
    if (can_run()) run_to(run_->steps() + c.steps, RunState::kPaused);
  }
  void handle(const StepTo& c) {
    if (!can_run()) return;
    run_to(c.step, RunState::kPaused);
    if (c.step <= run_->steps()) arrive();
  }
  void handle(const RunUntil& c) {
    if (!can_run()) return;
    run_to(c.step, RunState::kFinished);
    if (c.step <= run_->steps()) arrive();
  }
  void handle(const Reset&) { restart(config_, ""); }
  void handle(const Restart& c) { restart(c.config, ""); }
  void handle(const SetSpeed& c) {
    speed_ = c.steps_per_second;
    next_step_ = Clock::now();
  }
  void handle(const JoinClock& c) {
    if (clock_) clock_->leave(member_);
    clock_ = c.clock;
    if (clock_) member_ = clock_->join();
  }
  void handle(const KeepTimeline& c) {
    budget_ = c.bytes;
    forget_past();
  }
  void handle(const SetParam& c) {
    change(c.key, [&](Config& config) { config.set(c.key, c.value); });
  }
  void handle(const UnsetParam& c) {
    change(c.key, [&](Config& config) { config.unset(c.key); });
  }

  /// Changes one key: in place where it is live, otherwise by a restart.
  template <class Edit>
  void change(const std::string& key, Edit edit) {
    Config config = config_;
    try {
      edit(config);
    } catch (const std::exception& e) {
      message_ = e.what();
      return;
    }
    bool live = false;
    for (const ParamSpec* spec : config.schema()) {
      if (spec->key == key) live = spec->live;
    }
    const std::string event = key + " = " + brief(to_text(config.get(key)));
    if (!live || !run_) {
      restart(config, event);
      return;
    }
    try {
      run_->reconfigure(config, event);
      config_ = config;
      message_.clear();
    } catch (const std::exception& e) {
      message_ = e.what();  // the reward does not work out: keep what there was
    }
  }

  void restart(const Config& config, const std::string& event) {
    const bool go_on = state_ == RunState::kRunning;
    load(config, nullptr, RunState::kPaused);
    if (run_ && !event.empty()) run_->add_event("restarted with " + event);
    if (go_on) handle(Play{});
  }

  void train() {
    keep_moment();
    // A run that has fallen behind the others makes haste, whatever the speed asked for.
    const bool behind = clock_ && run_->steps() + RunClock::kLead < clock_->front();
    const bool paced = speed_ > 0 && !behind;
    if (paced && Clock::now() < next_step_) return wait_until(next_step_);
    if (clock_ && !clock_->may_step(member_, run_->steps())) return wait_until(Clock::now() + kClockLook);
    if (paced) {
      const auto period = std::chrono::duration<double>(1 / speed_);
      next_step_ = std::max(next_step_, Clock::now() - std::chrono::milliseconds(50)) +
                   std::chrono::duration_cast<Clock::duration>(period);
    }
    if (!run_->step()) {
      state_ = RunState::kDiverged;
      message_ = run_->trouble();
      dirty_ = true;
      return;
    }
    if (until_ > 0 && run_->steps() >= until_) {
      arrive();
      return;
    }
    if (run_->exact_due()) run_->refresh_exact(cancel_);
    measure_rate();
    if (Clock::now() - published_ >= kPublishInterval) publish();
  }

  void measure_rate() {
    const double elapsed = seconds_since(rate_start_);
    if (elapsed < std::chrono::duration<double>(kRateWindow).count()) return;
    rate_ = static_cast<double>(run_->steps() - rate_step_) / elapsed;
    rate_start_ = Clock::now();
    rate_step_ = run_->steps();
  }

  void arrive() {
    state_ = after_;
    until_ = 0;
    dirty_ = true;
  }

  /// Sleeps until the next step may be due, or something is wanted.
  void wait_until(Clock::time_point due) {
    if (run_->exact_due()) run_->refresh_exact(cancel_);
    measure_rate();
    if (Clock::now() - published_ >= kPublishInterval) publish();
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, std::min(due, Clock::now() + std::chrono::milliseconds(50)),
                     [this] { return quit_ || !commands_.empty() || !checkpoints_.empty(); });
  }

  /// Keeps this step where the timeline wants it, with a view of its own unless views are slow to make.
  void keep_moment() {
    if (budget_ == 0 || !Timeline::keeps(run_->steps())) return;
    const auto& kept = timeline_->moments();
    if (!kept.empty() && kept.back().step() >= run_->steps()) return;
    const std::atomic<bool> never = false;
    const bool quick = run_->has_exact() && run_->exact_seconds() < kQuickView;
    if (run_->exact_stale() && (quick || !run_->has_exact())) run_->refresh_exact(quick ? never : cancel_);
    if (!run_->has_exact()) return;  // cancelled: before the next step, then
    auto snapshot = std::make_shared<Snapshot>();
    run_->describe(*snapshot, false);
    snapshot->state = RunState::kPaused;
    snapshot->history = nullptr;
    auto next = std::make_shared<Timeline>(*timeline_);
    next->add({snapshot, std::make_shared<const Checkpoint>(run_->checkpoint())}, budget_);
    std::lock_guard lock(mutex_);
    timeline_ = std::move(next);
  }

  void forget_past() {
    std::lock_guard lock(mutex_);
    timeline_ = budget_ > 0 ? std::make_shared<const Timeline>() : nullptr;
  }

  /// Not running: bring the truth up to date, say so, and wait for a command.
  void rest() {
    if (clock_) clock_->rest(member_, run_ ? run_->steps() : 0);
    if (run_ && state_ != RunState::kFailed && run_->exact_stale()) {
      const RunState settled = state_;
      if (!run_->has_exact() || settled == RunState::kPaused) publish();
      run_->refresh_exact(cancel_);
      if (run_->exact_stale()) return;  // cancelled: obey first
      dirty_ = true;
    }
    if (run_ && state_ != RunState::kFailed && state_ != RunState::kDiverged) keep_moment();
    if (dirty_) publish();
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return quit_ || !commands_.empty() || !checkpoints_.empty(); });
  }

  void publish() {
    auto snapshot = std::make_shared<Snapshot>();
    // A run that has reached its end is finished once its truth is up to date, not before.
    const bool awaited = run_ && state_ == RunState::kFinished && run_->exact_stale();
    snapshot->state = awaited ? RunState::kRunning : state_;
    snapshot->message = message_;
    snapshot->asked_rate = speed_;
    snapshot->run_until = until_;
    if (run_) {
      run_->describe(*snapshot, state_ == RunState::kRunning);
      Metrics& m = snapshot->metrics;
      m.iterations_per_second = state_ == RunState::kRunning && rate_ > 0 ? rate_
                                : m.seconds > 0 ? static_cast<double>(m.step) / m.seconds
                                                : 0;
    }
    std::shared_ptr<const Snapshot> old;
    {
      std::lock_guard lock(mutex_);
      old = std::exchange(latest_, std::move(snapshot));  // freed outside the lock
    }
    published_ = Clock::now();
    dirty_ = false;
  }

  // Shared with callers, under the mutex.
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Command> commands_;
  std::vector<std::promise<std::shared_ptr<const Checkpoint>>> checkpoints_;
  std::shared_ptr<const Snapshot> latest_ = std::make_shared<const Snapshot>();
  std::shared_ptr<const Timeline> timeline_;  // written by the trainer thread alone
  bool quit_ = false, ended_ = false;
  std::atomic<bool> cancel_ = false;  // a sweep under way should give up

  // The trainer thread's own.
  Config config_;
  std::shared_ptr<const Checkpoint> from_;
  std::unique_ptr<LiveRun> run_;
  RunState state_ = RunState::kLoading, after_ = RunState::kPaused;
  std::string message_;
  std::int64_t until_ = 0;
  double speed_ = 0, rate_ = 0;
  std::shared_ptr<RunClock> clock_;
  int member_ = 0;           // on the clock
  std::int64_t budget_ = 0;  // bytes of the timeline
  std::int64_t rate_step_ = 0;
  Clock::time_point next_step_, published_, rate_start_;
  bool dirty_ = true;

  std::thread thread_;  // last: everything else is ready when it starts
};

}  // namespace

std::unique_ptr<Session> start_session(const Config& config,
                                       std::shared_ptr<const Checkpoint> from) {
  return std::make_unique<LiveSession>(config, std::move(from));
}

}  // namespace flowscope
