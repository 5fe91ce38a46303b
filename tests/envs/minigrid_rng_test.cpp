// The generator of Minigrid's worlds against numbers that NumPy drew.
#include <algorithm>
#include <array>
#include <numeric>

#include "envs/minigrid/rng.h"
#include "tests/catch.h"

namespace flowscope::minigrid {
namespace {

std::vector<int> draw(Rng& rng, int count, int high) {
  std::vector<int> values;
  for (int i = 0; i < count; ++i) values.push_back(rng.integers(0, high));
  return values;
}

}  // namespace

TEST_CASE("a seed gives NumPy's 64-bit words") {
  Rng rng(0);
  CHECK(rng.state_high() == 0x1aa1b5345996452dull);
  CHECK(rng.state_low() == 0x09585eb7a69561e3ull);
  for (const std::uint64_t word : {0xa30febcfd9c2825full, 0x4510bdf882d9d721ull,
                                   0x0a7d3da94ecde8b8ull, 0x043b27b61342f01dull}) {
    CHECK(rng.next64() == word);
  }
}

TEST_CASE("bounded integers are NumPy's, for seeds of one word and of two") {
  Rng zero(0), answer(42), wide((std::uint64_t{1} << 32) + 7);
  CHECK(draw(zero, 12, 10) == std::vector{8, 6, 5, 2, 3, 0, 0, 0, 1, 8, 6, 9});
  CHECK(draw(answer, 12, 10) == std::vector{0, 7, 6, 4, 4, 8, 0, 6, 2, 0, 5, 9});
  CHECK(draw(wide, 6, 100) == std::vector{87, 77, 87, 11, 25, 18});
}

TEST_CASE("doubles and shuffles are NumPy's") {
  Rng doubles(0);
  for (const double x :
       {0.6369616873214543, 0.2697867137638703, 0.04097352393619469, 0.016527635528529094}) {
    CHECK(doubles.uniform(0, 1) == x);
  }
  Rng rng(0);
  std::array<int, 10> items;
  std::iota(items.begin(), items.end(), 0);
  rng.shuffle(items);
  CHECK(items == std::array{4, 6, 2, 7, 3, 5, 9, 0, 8, 1});
}

TEST_CASE("half a word stays buffered across doubles, and one choice draws nothing") {
  Rng rng(0);
  CHECK(rng.integers(0, 6) == 5);
  CHECK(rng.has_half());
  CHECK(rng.uniform(0, 1) == 0.2697867137638703);
  CHECK(rng.integers(0, 6) == 3);
  CHECK_FALSE(rng.has_half());
  CHECK(rng.integers(3, 4) == 3);
  CHECK(rng.integers(0, 2) == 0);
}

TEST_CASE("a full subset holds every element once and draws nothing for the last") {
  const std::array all{10, 20, 30};
  Rng rng(5), same(5);
  auto drawn = rng.subset(all, 3);
  same.integers(0, 3);
  same.integers(0, 2);
  CHECK(rng.state_low() == same.state_low());
  CHECK(rng.half() == same.half());
  std::ranges::sort(drawn);
  CHECK(drawn == std::vector{10, 20, 30});
}

}  // namespace flowscope::minigrid
