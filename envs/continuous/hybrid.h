// Structure, then parameters: a step chooses one of K shapes, two more place a point, one coordinate
// at a time. Every object has one trajectory, and part k of the target is a bent Gaussian
//   w_k N(x; m_k, s_k^2) N(y; n_k + c_k (x - m_k)^2, s_k^2 / 4),   so that log Z = log sum_k w_k.
//
//   environment.components  integer  K (default 4)
#pragma once

#include <vector>

#include "envs/continuous/continuous_environment.h"
#include "envs/registry.h"

namespace flowscope {

class Hybrid final : public ContinuousEnvironment {
 public:
  Hybrid(int components, int density_components);

  void reset(MutablePoint state) const override;
  bool must_stop(Point state) const override { return state[kStage] >= 3; }
  double advance(Point state, Point u, MutablePoint next) const override;
  double forward_coordinates(Point state, Point next, MutablePoint u) const override;
  bool one_parent(Point) const override { return true; }
  double retreat(Point state, Point u, MutablePoint previous) const override;
  double backward_coordinates(Point, Point, MutablePoint) const override { return 0; }
  double log_reward(Point state) const override;
  void log_reward_gradient(Point state, MutablePoint gradient) const override;
  std::optional<double> log_partition() const override;
  bool sample_target(Draws& draws, MutablePoint state) const override;
  void features(Point state, std::span<float> out) const override;
  int num_modes() const override { return static_cast<int>(parts_.size()); }
  int mode_of(Point state) const override { return static_cast<int>(state[kChosen]); }
  MapRegion map() const override;
  std::vector<Axis> axes() const override;
  void map_point(Point state, double& x, double& y) const override;
  std::optional<double> map_log_density(double x, double y) const override;
  std::string label(Point state) const override;

 private:
  // A state: the point so far, the choice and how many steps have been taken.
  static constexpr size_t kX = 0, kY = 1, kChosen = 2, kStage = 3;

  struct Part {
    double weight, x, y, deviation, bend;
  };
  std::vector<Part> parts_;
};

EnvironmentEntry hybrid_entry();

}  // namespace flowscope
