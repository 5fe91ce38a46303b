#include "core/run/timeline.h"

#include <algorithm>
#include <set>

#include "tests/catch.h"

using namespace flowscope;

namespace {

Moment moment_at(std::int64_t step, size_t bytes = 1000) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->metrics.step = step;
  auto checkpoint = std::make_shared<Checkpoint>();
  checkpoint->step = step;
  checkpoint->state.resize(bytes);
  return {snapshot, checkpoint};
}

}  // namespace

TEST_CASE("the steps that a timeline keeps lie on one grid that widens with the run") {
  CHECK(Timeline::keeps(0));
  CHECK(Timeline::keeps(10));
  CHECK_FALSE(Timeline::keeps(15));
  std::int64_t last = 0, count = 0;
  for (std::int64_t step = 1; step <= 200'000; ++step) {
    if (!Timeline::keeps(step)) continue;
    if (step > 1000) CHECK(step - last <= step / 10);
    last = step;
    ++count;
  }
  CHECK(count < 600);
}

TEST_CASE("a timeline stays within its bytes, dense near the present and back to the beginning") {
  Timeline timeline;
  const std::int64_t budget = 40 * cost_of(moment_at(0));
  for (std::int64_t step = 0; step <= 20'000; ++step) {
    if (Timeline::keeps(step)) timeline.add(moment_at(step), budget);
    REQUIRE(timeline.bytes() <= budget);
  }
  const auto& kept = timeline.moments();
  REQUIRE(kept.size() == 40);
  CHECK(kept.front().step() == 0);
  CHECK(kept.back().step() > 19'000);
  CHECK(std::ranges::is_sorted(kept, {}, &Moment::step));
  // A gap is a share of its age, but for steps that were never offered.
  for (size_t i = 2; i + 1 < kept.size(); ++i) {
    const auto gap = kept[i + 1].step() - kept[i].step(), age = 20'000 - kept[i].step();
    INFO(kept[i].step() << " and " << kept[i + 1].step());
    CHECK(gap <= std::max<std::int64_t>(800, age));
  }
}

TEST_CASE("the moment of a step is the last one kept before it") {
  Timeline timeline;
  CHECK(timeline.at(5) == nullptr);
  for (const std::int64_t step : {10, 20, 40}) timeline.add(moment_at(step), 1 << 20);
  CHECK(timeline.at(39)->step() == 20);
  CHECK(timeline.at(40)->step() == 40);
  CHECK(timeline.at(9'999)->step() == 40);
  CHECK(timeline.at(3)->step() == 10);
}
