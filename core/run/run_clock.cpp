#include "core/run/run_clock.h"

#include <algorithm>

namespace flowscope {

int RunClock::join() {
  const std::lock_guard lock(mutex_);
  places_[joined_] = {};
  return joined_++;
}

void RunClock::leave(int member) {
  const std::lock_guard lock(mutex_);
  places_.erase(member);
}

bool RunClock::may_step(int member, std::int64_t step) {
  const std::lock_guard lock(mutex_);
  Place& own = places_.at(member);
  own = {step, true};
  const bool waits = std::ranges::any_of(places_, [&](const auto& place) {
    return place.second.under_way && place.second.step + kLead <= step;
  });
  if (waits || (held_ && step >= *held_)) return false;
  own.step = step + 1;
  return true;
}

void RunClock::rest(int member, std::int64_t step) {
  const std::lock_guard lock(mutex_);
  places_.at(member) = {step, false};
}

std::int64_t RunClock::farthest() const {
  std::int64_t most = 0;
  for (const auto& [member, place] : places_) most = std::max(most, place.step);
  return most;
}

std::int64_t RunClock::front() const {
  const std::lock_guard lock(mutex_);
  return farthest();
}

void RunClock::hold() {
  const std::lock_guard lock(mutex_);
  held_ = farthest();
}

std::optional<std::int64_t> RunClock::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

void RunClock::release() {
  const std::lock_guard lock(mutex_);
  held_.reset();
}

}  // namespace flowscope
