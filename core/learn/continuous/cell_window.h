// Where the last training objects lie on the map, counted as they come: a view of them costs no more than a copy.
#pragma once

#include <cstdint>
#include <vector>

#include "core/learn/continuous/grid.h"
#include "core/run/snapshot.h"

namespace flowscope {

class CellWindow {
 public:
  static constexpr std::size_t kObjects = 16384;

  explicit CellWindow(const ContinuousEnvironment& environment);

  /// Counts the same objects on the map of another environment.
  void move_to(const ContinuousEnvironment& environment);

  /// One more object; the oldest leaves once there are kObjects.
  void add(double x, double y);

  std::int64_t objects() const { return static_cast<std::int64_t>(x_.size()); }
  /// Shares of the objects in each cell; objects beyond the map are left out.
  DensityGrid shares() const;

 private:
  void count(std::size_t object, int by);

  Grid grid_;
  std::vector<float> x_, y_;  // a ring
  std::size_t next_ = 0;
  std::vector<std::int32_t> counts_;  // [cells]
};

}  // namespace flowscope
