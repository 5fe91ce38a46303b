#include "core/run/history.h"

#include <algorithm>
#include <limits>

#include "tests/catch.h"

namespace flowscope {

TEST_CASE("a short series keeps every value") {
  Series series;
  CHECK(series.empty());
  for (int step = 1; step <= 500; ++step) series.add(step, step * 0.5);
  REQUIRE(series.bins().size() == 500);
  CHECK(series.bins()[99].first_step == 100);
  CHECK(series.bins()[99].mean == 50);
}

TEST_CASE("a spike of one step survives a million steps, at bounded cost") {
  Series series;
  constexpr std::int64_t kSteps = 1'000'000, kSpike = 123'457, kDip = 777'777;
  for (std::int64_t step = 1; step <= kSteps; ++step) {
    series.add(step, step == kSpike ? 1000 : step == kDip ? -1000 : 1);
  }
  const auto& bins = series.bins();
  CHECK(bins.size() <= Series::kBins);
  CHECK(bins.size() >= Series::kBins / 4);
  const auto high = std::ranges::max_element(bins, {}, &HistoryBin::high);
  CHECK(high->high == 1000);
  CHECK((high->first_step <= kSpike && kSpike <= high->last_step));
  const auto low = std::ranges::min_element(bins, {}, &HistoryBin::low);
  CHECK(low->low == -1000);
  CHECK((low->first_step <= kDip && kDip <= low->last_step));
}

TEST_CASE("bins follow each other without gap or overlap and count every value") {
  Series series;
  for (std::int64_t step = 1; step <= 10'000; ++step) series.add(step, static_cast<double>(step));
  std::int64_t expected = 1, count = 0;
  for (const HistoryBin& bin : series.bins()) {
    CHECK(bin.first_step == expected);
    CHECK(bin.low == static_cast<float>(bin.first_step));
    CHECK(bin.high == static_cast<float>(bin.last_step));
    CHECK(bin.last == bin.high);
    CHECK(bin.mean == Approx((bin.low + bin.high) / 2));
    expected = bin.last_step + 1;
    count += bin.count;
  }
  CHECK(expected == 10'001);
  CHECK(count == 10'000);
}

TEST_CASE("numbers are kept apart by their names") {
  History history;
  CHECK(history.of("loss").empty());
  history.add("loss", 1, 4);
  history.add("tv", 1, 0.5);
  history.add("loss", 2, 2);
  CHECK(history.of("loss").bins().size() == 2);
  CHECK(history.of("loss").bins()[1].last == 2);
  CHECK(history.of("tv").bins()[0].last == 0.5f);
  CHECK(history.of("jsd").empty());
}

TEST_CASE("what a reader was given never changes, however much is added, and only that is copied") {
  History history, plain;
  std::shared_ptr<const History> early, later;
  for (std::int64_t step = 0; step < 5'000; ++step) {
    history.add("loss", step, static_cast<double>(step % 7));
    plain.add("loss", step, static_cast<double>(step % 7));
    if (step == 3) history.add("tv", step, 0.25);
    if (step == 10) early = history.share();
    if (step == 2'000) later = history.share();
  }
  CHECK(early->of("loss").bins().size() == 11);
  CHECK(early->of("loss").bins().back().last == 3);
  CHECK(later->of("loss").bins().back().last_step == 2'000);
  CHECK(&early->of("tv").bins() == &later->of("tv").bins());
  CHECK(&history.of("tv").bins() == &later->of("tv").bins());
  const auto &a = history.of("loss").bins(), &b = plain.of("loss").bins();
  REQUIRE(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) CHECK((a[i].mean == b[i].mean && a[i].last_step == b[i].last_step));
}

TEST_CASE("a series may start late and skip steps") {
  Series series;
  for (std::int64_t step = 5'000'000; step < 5'400'000; step += 100) series.add(step, 2);
  CHECK(series.bins().size() <= Series::kBins);
  CHECK(series.bins().front().first_step == 5'000'000);
  CHECK(series.bins().back().last_step == 5'399'900);
}

}  // namespace flowscope
