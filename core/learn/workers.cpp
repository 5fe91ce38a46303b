#include "core/learn/workers.h"

#include <algorithm>

#include "core/learn/gemm.h"

namespace flowscope {

Workers::Workers(int threads) {
  for (int i = 1; i < threads; ++i) helpers_.emplace_back([this] { help(); });
}

Workers::~Workers() {
  round_ = -1;
  round_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void Workers::take_share() {
  for (int i = next_++; i < count_; i = next_++) (*work_)(i);
}

void Workers::help() {
  prepare_trainer_thread();
  for (int seen = 0;;) {
    round_.wait(seen);
    seen = round_;
    if (seen < 0) return;
    take_share();
    if (--busy_ == 0) busy_.notify_one();
  }
}

void Workers::run(int n, const std::function<void(int)>& work) {
  if (helpers_.empty() || n <= 1) {
    for (int i = 0; i < n; ++i) work(i);
    return;
  }
  work_ = &work;
  count_ = n;
  next_ = 0;
  busy_ = static_cast<int>(helpers_.size());
  ++round_;  // publishes what stands above
  round_.notify_all();
  take_share();
  for (int left = busy_; left > 0; left = busy_) busy_.wait(left);
}

void Workers::run_ranges(int n, int least, const std::function<void(int, int)>& work) {
  const int parts = std::clamp(n / std::max(1, least), 1, threads());
  run(parts, [&](int i) {
    const auto cut = [&](int part) { return static_cast<int>(static_cast<long>(n) * part / parts); };
    work(cut(i), cut(i + 1));
  });
}

}  // namespace flowscope
