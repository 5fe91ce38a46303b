// The target of a space as baselines see it: a density over the coordinates of objects, and a normalised
// one that knows nothing of the reward, to start from. Where objects have a discrete part, its number
// follows their real coordinates.
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
  int choices() const { return choices_; }  // of the discrete part; 0 where there is none
  size_t size() const { return axes_.size() + (choices_ > 0); }

  /// Angles go round; other coordinates stay as they are.
  void wrap(MutablePoint x) const;
  /// The same, and what has gone through a wall comes back from it, its momentum [axes] turned round.
  void bounce(MutablePoint x, std::span<double> momentum) const;
  /// log R; minus infinity outside of walls.
  double log_reward(Point x) const;
  /// d log R / dx of every axis [axes].
  void gradient(Point x, MutablePoint out) const;

  /// Uniform between walls, over angles and over choices, normal where an axis is open.
  double log_start(Point x) const;
  void sample_start(Draws& draws, MutablePoint x) const;

  /// The final state with these coordinates [state_length].
  Point state(Point x) const;

 private:
  std::shared_ptr<const ContinuousEnvironment> space_;
  std::vector<Axis> axes_;
  int choices_ = 0;
  mutable std::vector<double> state_;  // scratch
};

}  // namespace flowscope
