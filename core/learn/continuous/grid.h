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

  /// Shares a mass at (x, y) among the four cells whose centres are around it.
  void deposit(double mass, double at_x, double at_y, double* out) const {
    const double gx = std::clamp((at_x - frame.x0) / dx() - 0.5, 0.0, width - 1.0);
    const double gy = std::clamp((at_y - frame.y0) / dy() - 0.5, 0.0, height - 1.0);
    const int i = std::min(static_cast<int>(gx), width - 2), j = std::min(static_cast<int>(gy), height - 2);
    const double fx = gx - i, fy = gy - j;
    double* lower = out + cell(i, j);
    double* upper = lower + width;
    lower[0] += mass * (1 - fx) * (1 - fy);
    lower[1] += mass * fx * (1 - fy);
    upper[0] += mass * (1 - fx) * fy;
    upper[1] += mass * fx * fy;
  }
};

}  // namespace flowscope
