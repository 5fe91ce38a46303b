// Angles (Lahlou et al. 2023, section 5.2, for two): a fixed number of steps that turn all of them, then
// a stop. The reward is (sin 3 a1 + cos 2 a2 + sin 3 a3 + ... + n)^3. Under the uniform density the waves
// are independent, of mean 0, mean square 1/2 and mean cube 0, so that Z = (n^3 + 3/2 n^2) (2 pi)^n.
//
//   environment.angles  integer  n (default 2)
//   environment.steps   integer  turns in a trajectory (default 10)
#pragma once

#include "envs/continuous/continuous_environment.h"
#include "envs/registry.h"

namespace flowscope {

class Torus final : public ContinuousEnvironment {
 public:
  /// `concentration` is the unit of the von Mises parameters that networks give, `start` the concentration
  /// of turns, forwards and back, where these are 0.
  Torus(int angles, int steps, int components, double concentration, double start);

  void reset(MutablePoint state) const override;
  bool must_stop(Point state) const override { return state[time()] >= steps_; }
  double advance(Point state, Point u, MutablePoint next) const override;
  double forward_coordinates(Point state, Point next, MutablePoint u) const override;
  bool one_parent(Point state) const override { return state[time()] == 1; }
  double retreat(Point state, Point u, MutablePoint previous) const override;
  double backward_coordinates(Point state, Point previous, MutablePoint u) const override;
  double log_reward(Point state) const override;
  void log_reward_gradient(Point state, MutablePoint gradient) const override;
  std::optional<double> log_partition() const override;
  bool sample_target(Draws& draws, MutablePoint state) const override;
  void features(Point state, std::span<float> out) const override;
  int num_modes() const override;
  int mode_of(Point state) const override;
  MapRegion map() const override;
  std::vector<Axis> axes() const override;
  void map_point(Point state, double& x, double& y) const override;
  std::string label(Point state) const override;

 private:
  size_t time() const { return static_cast<size_t>(angles_); }  // where the state holds its time
  double root(Point state) const;                               // of the reward, a cube

  int angles_, steps_;
};

EnvironmentEntry torus_entry();

}  // namespace flowscope
