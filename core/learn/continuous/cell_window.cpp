#include "core/learn/continuous/cell_window.h"

#include "core/learn/continuous/quadrature.h"

namespace flowscope {

CellWindow::CellWindow(const ContinuousEnvironment& environment)
    : grid_(coarse_grid(environment)), counts_(grid_.cells(), 0) {}

void CellWindow::move_to(const ContinuousEnvironment& environment) {
  grid_ = coarse_grid(environment);
  counts_.assign(grid_.cells(), 0);
  for (std::size_t n = 0; n < x_.size(); ++n) count(n, 1);
}

void CellWindow::add(double x, double y) {
  if (x_.size() < kObjects) {
    x_.push_back(static_cast<float>(x));
    y_.push_back(static_cast<float>(y));
    count(x_.size() - 1, 1);
    return;
  }
  count(next_, -1);
  x_[next_] = static_cast<float>(x);
  y_[next_] = static_cast<float>(y);
  count(next_, 1);
  next_ = (next_ + 1) % kObjects;
}

void CellWindow::count(std::size_t object, int by) {
  const int cell = grid_.cell_of(x_[object], y_[object]);
  if (cell >= 0) counts_[static_cast<std::size_t>(cell)] += by;
}

DensityGrid CellWindow::shares() const {
  DensityGrid out{grid_.width, grid_.height, std::vector<double>(grid_.cells()), true};
  const double share = x_.empty() ? 0 : 1 / static_cast<double>(x_.size());
  for (std::size_t c = 0; c < counts_.size(); ++c) out.mass[c] = counts_[c] * share;
  return out;
}

}  // namespace flowscope
