// A few threads that share one piece of work at a time with the thread that owns them. Work is cut
// so that every number is computed in the same order whatever the number of threads: results are
// the same to the last bit.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace flowscope {

class Workers {
 public:
  /// `threads` counts the owner; 1 makes every call run in place.
  explicit Workers(int threads = 1);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  int threads() const { return static_cast<int>(helpers_.size()) + 1; }

  /// Calls work(0) .. work(n-1), each once, and returns when all are done. Owner's thread only.
  void run(int n, const std::function<void(int)>& work);

  /// Cuts [0, n) into at most one range a thread, none shorter than `least`, and runs them.
  void run_ranges(int n, int least, const std::function<void(int begin, int end)>& work);

 private:
  void help();
  void take_share();

  std::vector<std::thread> helpers_;
  std::atomic<int> round_ = 0;  // of work handed out; -1 ends the helpers
  std::atomic<int> next_ = 0, busy_ = 0;
  int count_ = 0;
  const std::function<void(int)>* work_ = nullptr;
};

}  // namespace flowscope
