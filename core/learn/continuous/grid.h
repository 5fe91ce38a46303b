// A grid of cells over the map of a continuous space.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/run/snapshot.h"

namespace flowscope {

struct Grid {
  MapRegion frame;
  int width, height;

  size_t cells() const { return static_cast<size_t>(width) * static_cast<size_t>(height); }
  double dx() const { return (frame.x1 - frame.x0) / width; }
  double dy() const { return frame.line ? 1 : (frame.y1 - frame.y0) / height; }
  double x(int i) const { return frame.x0 + (i + 0.5) * dx(); }
  double y(int j) const { return frame.y0 + (j + 0.5) * dy(); }
  size_t cell(int i, int j) const { return static_cast<size_t>(j) * static_cast<size_t>(width) + static_cast<size_t>(i); }

  /// The cell that holds a point; -1 outside.
  int cell_of(double at_x, double at_y) const {
    const int i = static_cast<int>(std::floor((at_x - frame.x0) / dx()));
    const int j = frame.line ? 0 : static_cast<int>(std::floor((at_y - frame.y0) / dy()));
    return i < 0 || j < 0 || i >= width || j >= height ? -1 : static_cast<int>(cell(i, j));
  }

  /// The cell that holds a point; of points outside, the nearest one.
  size_t cell_at(double at_x, double at_y) const {
    const double gx = (at_x - frame.x0) / dx(), gy = (at_y - frame.y0) / dy();
    return cell(static_cast<int>(std::clamp(gx, 0.0, width - 1.0)),
                static_cast<int>(std::clamp(gy, 0.0, height - 1.0)));
  }
};

}  // namespace flowscope
