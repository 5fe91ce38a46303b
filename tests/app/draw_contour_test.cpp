#include <cmath>

#include "app/draw/contour.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

std::vector<double> cone(int side) {
  std::vector<double> values;
  for (int j = 0; j < side; ++j) {
    for (int i = 0; i < side; ++i) {
      values.push_back(10 - std::hypot(i + 0.5 - side / 2.0, j + 0.5 - side / 2.0));
    }
  }
  return values;
}

}  // namespace

TEST_CASE("a contour of a cone is a closed circle of the right radius") {
  constexpr int kSide = 24;
  std::vector<ContourSegment> segments;
  add_contour(cone(kSide), kSide, kSide, 4, segments);
  double length = 0, twice_area = 0;
  for (const ContourSegment& s : segments) {
    for (const auto& [x, y] : {std::pair(s.x0, s.y0), std::pair(s.x1, s.y1)}) {
      CHECK(std::hypot(x - 12, y - 12) == Approx(6).margin(0.03));
    }
    length += std::hypot(s.x1 - s.x0, s.y1 - s.y0);
    twice_area += std::abs((s.x0 - 12) * (s.y1 - 12) - (s.x1 - 12) * (s.y0 - 12));
  }
  CHECK(length == Approx(2 * M_PI * 6).epsilon(0.01));
  CHECK(twice_area / 2 == Approx(M_PI * 36).epsilon(0.01));
}

TEST_CASE("a saddle is parted where the mean of its corners lies below the level") {
  // High at two opposite corners: the low ones hang together, so that each line cuts off a high one.
  const std::vector<double> values = {1, 0, 0, 1};
  std::vector<ContourSegment> segments;
  add_contour(values, 2, 2, 0.8, segments);
  REQUIRE(segments.size() == 2);
  for (const ContourSegment& s : segments) {
    CHECK(std::hypot(s.x1 - s.x0, s.y1 - s.y0) == Approx(0.2 * std::sqrt(2)).margin(1e-5));
  }
}

TEST_CASE("a level above or below all values has no contour") {
  std::vector<ContourSegment> segments;
  add_contour(cone(8), 8, 8, 11, segments);
  add_contour(cone(8), 8, 8, -11, segments);
  CHECK(segments.empty());
}
