#include "core/run/run_clock.h"

#include <atomic>
#include <thread>
#include <vector>

#include "tests/catch.h"

using namespace flowscope;

TEST_CASE("a run alone on its clock is never kept waiting") {
  RunClock clock;
  const int run = clock.join();
  for (std::int64_t step = 0; step < 1000; ++step) REQUIRE(clock.may_step(run, step));
  CHECK(clock.front() == 1000);
}

TEST_CASE("a run that is ahead waits for the slowest, but not for one that stands still or has left") {
  RunClock clock;
  const int fast = clock.join(), slow = clock.join(), gone = clock.join();
  REQUIRE(clock.may_step(slow, 0));  // it has taken one step
  REQUIRE(clock.may_step(gone, 0));
  clock.leave(gone);
  std::int64_t step = 0;
  while (clock.may_step(fast, step)) ++step;
  CHECK(step == 1 + RunClock::kLead);
  REQUIRE(clock.may_step(slow, 1));
  CHECK(clock.may_step(fast, step));
  CHECK_FALSE(clock.may_step(fast, step + 1));
  clock.rest(slow, 2);
  CHECK(clock.may_step(fast, step + 1));
}

TEST_CASE("a held clock lets everybody come to the farthest step and nobody beyond") {
  RunClock clock;
  const int a = clock.join(), b = clock.join();
  REQUIRE(clock.may_step(b, 0));
  for (std::int64_t step = 0; step < 5; ++step) REQUIRE(clock.may_step(a, step));
  clock.hold();
  REQUIRE(clock.held() == 5);
  CHECK_FALSE(clock.may_step(a, 5));
  for (std::int64_t step = 1; step < 5; ++step) CHECK(clock.may_step(b, step));
  CHECK_FALSE(clock.may_step(b, 5));
  clock.release();
  CHECK_FALSE(clock.held());
  CHECK(clock.may_step(b, 5));
}

TEST_CASE("threads on one clock stay together and all come to the end") {
  RunClock clock;
  constexpr std::int64_t kEnd = 3000;
  std::vector<int> members = {clock.join(), clock.join(), clock.join()};
  for (const int member : members) clock.may_step(member, 0);  // all are under way before any is ahead
  std::atomic<std::int64_t> steps[3] = {1, 1, 1};
  std::atomic<bool> together = true;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      for (std::int64_t step = 1; step < kEnd;) {
        if (!clock.may_step(members[i], step)) {
          std::this_thread::yield();
          continue;
        }
        steps[i] = ++step;
        for (const auto& other : steps) {
          // The others may be a step further by now, never behind what this one was allowed by.
          if (other.load() + RunClock::kLead + 1 < step) together = false;
        }
      }
      clock.rest(members[i], kEnd);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(together);
  CHECK(clock.front() == kEnd);
}
