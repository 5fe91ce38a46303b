#include "app/draw/contour.h"

#include <array>
#include <cstddef>

namespace flowscope {
namespace {

struct Spot {
  float x, y;
};

}  // namespace

void add_contour(std::span<const double> values, int width, int height, double level,
                 std::vector<ContourSegment>& out) {
  const auto value = [&](int i, int j) {
    return values[static_cast<std::size_t>(j) * static_cast<std::size_t>(width) + static_cast<std::size_t>(i)];
  };
  // Corners of a square of four neighbouring middles, anticlockwise; edge k runs from corner k to k + 1.
  constexpr int kX[] = {0, 1, 1, 0}, kY[] = {0, 0, 1, 1};
  for (int j = 0; j + 1 < height; ++j) {
    for (int i = 0; i + 1 < width; ++i) {
      std::array<Spot, 4> crossing;
      int crossings = 0;
      for (int k = 0; k < 4; ++k) {
        const int n = (k + 1) % 4;
        const double a = value(i + kX[k], j + kY[k]), b = value(i + kX[n], j + kY[n]);
        if ((a >= level) == (b >= level)) continue;
        const auto share = static_cast<float>((level - a) / (b - a));
        crossing[static_cast<std::size_t>(crossings++)] = {
            static_cast<float>(i) + 0.5f + static_cast<float>(kX[k]) + share * static_cast<float>(kX[n] - kX[k]),
            static_cast<float>(j) + 0.5f + static_cast<float>(kY[k]) + share * static_cast<float>(kY[n] - kY[k])};
      }
      const auto add = [&](std::size_t a, std::size_t b) {
        out.push_back({crossing[a].x, crossing[a].y, crossing[b].x, crossing[b].y});
      };
      if (crossings == 2) add(0, 1);
      if (crossings < 4) continue;
      // A saddle: the mean of the corners says which of the two pairs of corners hangs together.
      const double middle = (value(i, j) + value(i + 1, j) + value(i, j + 1) + value(i + 1, j + 1)) / 4;
      const bool joined = (middle >= level) == (value(i, j) >= level);  // corners 0 and 2
      joined ? add(0, 1) : add(0, 3);
      joined ? add(2, 3) : add(1, 2);
    }
  }
}

}  // namespace flowscope
