#include <cmath>
#include <limits>

#include "app/draw/plot.h"
#include "app/draw/plot_parts.h"
#include "tests/catch.h"

using namespace flowscope;

TEST_CASE("numbers are written short and without losing their size") {
  CHECK(format_number(3.7512) == "3.751");
  CHECK(format_number(0.0031) == "0.0031");
  CHECK(format_number(1.234e-5) == "1.2e-05");
  CHECK(format_number(42561.0) == "42561");
  CHECK(format_number(0.0) == "0");
  CHECK(format_number(-2.5) == "-2.5");
  CHECK(format_number(std::nullopt) == "-");
  CHECK(format_number(std::nan("")) == "NaN");
  CHECK(format_number(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK(format_count(4218) == "4,218");
  CHECK(format_count(-1234567) == "-1,234,567");
  CHECK(format_count(999) == "999");
  CHECK(format_steps(1500) == "1.5k");
  CHECK(format_steps(2e6) == "2M");
}

TEST_CASE("a linear axis has round ticks inside its range") {
  const auto ticks = axis_ticks(0.13, 4.9, 5, false);
  REQUIRE(ticks.size() >= 4);
  for (const double t : ticks) {
    CHECK(t == Approx(std::round(t)));
    CHECK(t >= 0.13);
    CHECK(t <= 4.9);
  }
  CHECK(axis_ticks(-1, 1, 4, false)[2] == 0.0);
  CHECK(axis_ticks(2, 2, 4, false).empty());
  CHECK(axis_ticks(0, 4218, 2, false).size() >= 2);  // one tick would tell no scale
}

TEST_CASE("a logarithmic axis has powers of ten, thinned where there are many") {
  const auto few = axis_ticks(2e-5, 0.5, 5, true);
  REQUIRE(few.size() == 4);
  CHECK(few.front() == Approx(1e-4));
  CHECK(few.back() == Approx(0.1));
  CHECK(axis_ticks(1e-30, 1, 4, true).size() <= 5);
  CHECK(axis_ticks(0.004, 1.4, 2, true) == axis_ticks(0.01, 1, 2, true));
  const auto narrow = axis_ticks(0.3, 6, 4, true);  // within two decades: 1, 2 and 5
  REQUIRE(narrow.size() == 4);
  CHECK(narrow.front() == Approx(0.5));
  CHECK(narrow.back() == Approx(5));
  CHECK(axis_ticks(6.1, 9.7, 4, true).size() >= 2);  // no power near: plain round numbers
}

TEST_CASE("the ticks of one axis are written in one style") {
  const double wide[] = {1e-5, 1e-3, 0.1}, narrow[] = {0.1, 1, 10};
  CHECK(format_ticks(wide, true) == std::vector<std::string>{"10⁻⁵", "10⁻³", "10⁻¹"});
  CHECK(format_ticks(narrow, true) == std::vector<std::string>{"0.1", "1", "10"});
}
