// The runs of a window: each a session with a thread of its own, all on one clock.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <vector>

#include "app/panels/panel.h"
#include "core/run/session.h"

namespace flowscope {

class ComparedRuns {
 public:
  explicit ComparedRuns(SessionFactory start) : start_(std::move(start)) {}

  /// One more, at most kMostRuns; `from` is where it goes on, if given. It catches up with the others.
  void add(const Config& config, std::shared_ptr<const Checkpoint> from = nullptr);
  /// Ends that run and touches no other.
  void remove(size_t run);
  size_t size() const { return runs_.size(); }
  bool any_running() const;

  /// What moves the clock goes to all runs, what sets something to that one.
  void send(size_t run, const Command& command);

  /// Takes the newest snapshots; whether there are any that have not been seen.
  bool refresh();
  /// What panels see: the newest, or every run at a moment of its past, the same step in all of them
  /// as far as they have kept it.
  std::vector<RunView> views(std::optional<std::int64_t> past) const;

 private:
  struct Run {
    std::unique_ptr<Session> session;
    Config config;  // until a snapshot tells
    std::int64_t began = 0;
    int place = 0;
    std::string name;
    std::shared_ptr<const Snapshot> live;
    std::shared_ptr<const Timeline> timeline;
  };

  void send_all(const Command& command);
  void play();
  void rename();
  /// The step to which the clock has come, as far as has been seen.
  std::int64_t front() const;

  SessionFactory start_;
  std::shared_ptr<RunClock> clock_ = std::make_shared<RunClock>();
  std::vector<Run> runs_;
  std::vector<std::future<void>> ending_;  // of runs that were removed
};

}  // namespace flowscope
