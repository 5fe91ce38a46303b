// The clock that compared runs share.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

namespace flowscope {

/// Keeps runs side by side: one that is ahead waits until the slowest is near. It tells a run when to
/// take its steps and nothing else, so that none of its numbers depends on who runs beside it. Every
/// function may be called from any thread.
class RunClock {
 public:
  /// Steps between the first and the last run under way: few to the eye, and enough that threads which
  /// are woken late need not wait for one another at every step.
  static constexpr std::int64_t kLead = 16;

  /// A place for one run.
  int join();
  void leave(int member);

  /// Whether a run that has taken so many steps may take the next one. Asking says that it is under way.
  bool may_step(int member, std::int64_t step);
  /// The run stands still at that step: nobody waits for it.
  void rest(int member, std::int64_t step);

  /// The step that the farthest run has reached or is about to.
  std::int64_t front() const;

  /// From now on nobody passes the farthest run, so that all can stop at its step, which held() tells.
  void hold();
  std::optional<std::int64_t> held() const;
  void release();

 private:
  struct Place {
    std::int64_t step = 0;
    bool under_way = false;
  };
  std::int64_t farthest() const;

  mutable std::mutex mutex_;
  std::map<int, Place> places_;
  int joined_ = 0;
  std::optional<std::int64_t> held_;
};

}  // namespace flowscope
