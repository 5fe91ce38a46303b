// Lines of equal value through a grid of cells.
#pragma once

#include <span>
#include <vector>

namespace flowscope {

/// In cells, from the lower left corner of the grid: cell (i, j) has its middle at (i + 0.5, j + 0.5).
struct ContourSegment {
  float x0, y0, x1, y1;
};

/// Marching squares between the middles of the cells; values [height, width] of a level exactly count
/// as above it. Adds to `out`.
void add_contour(std::span<const double> values, int width, int height, double level,
                 std::vector<ContourSegment>& out);

}  // namespace flowscope
