// Two angles (Lahlou et al. 2023, section 5.2): a fixed number of steps that turn both, then a stop.
// The reward is (sin 3 a + cos 2 b + 2)^3, so that Z = 14 (2 pi)^2.
//
//   environment.steps  integer  turns in a trajectory (default 10)
#pragma once

#include "envs/continuous/continuous_environment.h"
#include "envs/registry.h"

namespace flowscope {

class Torus final : public ContinuousEnvironment {
 public:
  /// `concentration` is the unit of the von Mises parameters that networks give.
  Torus(int steps, int components, double concentration);

  void reset(MutablePoint state) const override;
  bool must_stop(Point state) const override { return state[2] >= steps_; }
  double advance(Point state, Point u, MutablePoint next) const override;
  double forward_coordinates(Point state, Point next, MutablePoint u) const override;
  bool one_parent(Point state) const override { return state[2] == 1; }
  double retreat(Point state, Point u, MutablePoint previous) const override;
  double backward_coordinates(Point state, Point previous, MutablePoint u) const override;
  double log_reward(Point state) const override;
  bool log_reward_gradient(Point state, MutablePoint gradient) const override;
  std::optional<double> log_partition() const override;
  bool sample_target(Draws& draws, MutablePoint state) const override;
  void features(Point state, std::span<float> out) const override;
  int num_modes() const override { return 6; }
  int mode_of(Point state) const override;
  MapRegion map() const override;
  void map_point(Point state, double& x, double& y) const override;
  std::string label(Point state) const override;

 private:
  int steps_;
};

EnvironmentEntry torus_entry();

}  // namespace flowscope
