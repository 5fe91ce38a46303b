// How far a run without a window has come: one line that moves on a terminal, a plain line every
// few seconds elsewhere. Writes to standard error, so that results can be piped.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/run/snapshot.h"

namespace flowscope {

/// "12,345"
std::string grouped(std::int64_t n);

/// "0:07", "12:30", "3:04:05"
std::string clock_time(double seconds);

/// The numbers of a snapshot in a few words: loss, log Z and how far it is from the target.
std::string metrics_line(const Snapshot& snapshot);

/// The line that moves: a bar, steps, rate, time left and as many numbers as fit into `columns`.
std::string progress_line(const Snapshot& snapshot, std::int64_t steps, int columns);

/// "[#####...............]", filled by a share from 0 to 1.
std::string progress_bar(double share);

/// A line on standard error: redrawn in place on a terminal, a new line every few seconds elsewhere.
class StatusLine {
 public:
  explicit StatusLine(bool quiet);
  ~StatusLine();

  /// Whether it is time for another; false always where it is to be quiet.
  bool due() const;
  bool terminal() const { return terminal_; }
  int columns() const;  // of the terminal
  void show(const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;

  bool quiet_, terminal_, drawn_ = false;
  Clock::time_point due_;
};

/// How far one run has come.
class Progress {
 public:
  Progress(std::int64_t steps, bool quiet) : steps_(steps), line_(quiet) {}

  /// Draws if it is time to.
  void show(const Snapshot& snapshot);

 private:
  std::int64_t steps_;
  StatusLine line_;
};

}  // namespace flowscope
