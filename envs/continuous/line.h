// A walk on the real line: a fixed number of Gaussian increments, then a stop. The reward is a sum of
// normalised bumps, so that Z is their number.
//
//   environment.steps   integer  increments in a trajectory (default 5)
//   environment.start   real     where it begins (default 0)
//   reward.modes        integer  number of bumps (default 2)
//   reward.first        real     centre of the first (default 2)
//   reward.spacing      real     from centre to centre (default 3)
//   reward.deviation    real     of each bump (default 0.5)
#pragma once

#include "envs/continuous/continuous_environment.h"
#include "envs/registry.h"

namespace flowscope {

class Line final : public ContinuousEnvironment {
 public:
  struct Rules {
    int steps = 5;
    double start = 0;
    int modes = 2;
    double first = 2, spacing = 3, deviation = 0.5;
    int components = 2;
  };
  explicit Line(const Rules& rules);

  void reset(MutablePoint state) const override;
  bool must_stop(Point state) const override { return state[1] >= rules_.steps; }
  double advance(Point state, Point u, MutablePoint next) const override;
  double forward_coordinates(Point state, Point next, MutablePoint u) const override;
  bool one_parent(Point state) const override { return state[1] == 1; }
  double retreat(Point state, Point u, MutablePoint previous) const override;
  double backward_coordinates(Point state, Point previous, MutablePoint u) const override;
  double log_reward(Point state) const override;
  void log_reward_gradient(Point state, MutablePoint gradient) const override;
  std::optional<double> log_partition() const override { return std::log(rules_.modes); }
  bool sample_target(Draws& draws, MutablePoint state) const override;
  void features(Point state, std::span<float> out) const override;
  int num_modes() const override { return rules_.modes; }
  int mode_of(Point state) const override;
  MapRegion map() const override;
  std::vector<Axis> axes() const override;
  void map_point(Point state, double& x, double& y) const override;
  std::string label(Point state) const override;

 private:
  Rules rules_;
  double centre_, width_;  // of what a trajectory covers, to scale features
};

EnvironmentEntry line_entry();

}  // namespace flowscope
