#include "envs/pairs.h"

#include "tests/catch.h"

using namespace flowscope;

TEST_CASE("places are read from text, and anything else is nothing") {
  using Cells = std::vector<std::pair<int, int>>;
  CHECK(parse_pairs<int>("") == Cells{});
  CHECK(parse_pairs<int>(" 1,1  7,-2 ") == Cells{{1, 1}, {7, -2}});
  CHECK(parse_pairs<double>("2.5,1") == std::vector<std::pair<double, double>>{{2.5, 1}});
  for (const char* wrong : {"1", "1,", "1;2", "a,b", "1,2,3", "1,2x", "1.5,2"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_pairs<int>(wrong));
  }
  for (const char* wrong : {"nan,1", "1,inf", "1e999,0"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_pairs<double>(wrong));
  }
}
