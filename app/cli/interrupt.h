// SIGINT and SIGTERM as a wish: whoever works on looks at it between two pieces of work.
#pragma once

#include <csignal>

namespace flowscope {

inline volatile std::sig_atomic_t interrupt_flag = 0;

/// Notes SIGINT and SIGTERM while it lives; a second one ends the process at once.
class InterruptGuard {
 public:
  InterruptGuard() {
    interrupt_flag = 0;
    struct sigaction action {};
    action.sa_handler = [](int) { interrupt_flag = 1; };
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

  bool interrupted() const { return interrupt_flag != 0; }

 private:
  struct sigaction old_int_ {}, old_term_ {};
};

}  // namespace flowscope
