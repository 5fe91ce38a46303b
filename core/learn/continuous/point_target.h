// The target of a continuous space as baselines see it: a density over the coordinates of objects, and
// a normalised one that knows nothing of the reward, to start from.
#pragma once

#include <memory>
#include <vector>

#include "envs/continuous/continuous_environment.h"

namespace flowscope {

class PointTarget {
 public:
  explicit PointTarget(std::shared_ptr<const ContinuousEnvironment> space);

  const ContinuousEnvironment& space() const { return *space_; }
  const std::vector<Axis>& axes() const { return axes_; }
  size_t size() const { return axes_.size(); }

  /// Angles go round; other coordinates stay as they are.
  void wrap(MutablePoint x) const;
  /// log R; minus infinity outside of walls.
  double log_reward(Point x) const;
  bool gradient(Point x, MutablePoint out) const;

  /// Uniform between walls and over angles, normal where an axis is open.
  double log_start(Point x) const;
  void sample_start(Draws& draws, MutablePoint x) const;

  /// The final state with these coordinates [state_length].
  Point state(Point x) const;

 private:
  std::shared_ptr<const ContinuousEnvironment> space_;
  std::vector<Axis> axes_;
  mutable std::vector<double> state_;  // scratch
};

}  // namespace flowscope
