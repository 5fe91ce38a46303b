// The unit square of Lahlou et al. 2023: from the corner (0, 0) in steps of length delta, upwards and
// to the right, until a stop. The first step lands anywhere in the quarter disk of radius delta.
//
// With angles in units of pi/2, a step from (x, y) keeps inside the square between
//   A = acos((1 - x)/delta) if x > 1 - delta, else 0,   B = asin((1 - y)/delta) if y > 1 - delta, else 1,
// and a step back between
//   A = acos(x/delta) if x < delta, else 0,             B = asin(y/delta) if y < delta, else 1.
// The coordinate of a step is its share of [A, B]; densities are over arc length, so that
//   |ds'/du| = delta (pi/2) (B - A).
// The first step has coordinates (radius/delta, angle), and |ds'/du| = delta^2 u_r pi/2.
//
//   environment.delta           real    length of a step
//   reward.name                 choice  corners, ring, moons, image or painted
//   reward.file                 text    a picture, whose brightness from 0 to 1 is the reward on top of r0
//   reward.strokes              text    a picture as it is painted (painting.h), taken the same way
//   reward.r0 r1 r2             real    of the corners, as on the hypergrid
#pragma once

#include "envs/continuous/continuous_environment.h"
#include "envs/continuous/grey_image.h"
#include "envs/registry.h"

namespace flowscope {

class Box final : public ContinuousEnvironment {
 public:
  enum class Reward { kCorners, kRing, kMoons, kPicture };
  struct Rules {
    double delta = 0.25;
    Reward reward = Reward::kCorners;
    double r0 = 0.1, r1 = 0.5, r2 = 2;
    int first_components = 4, components = 2;
    double low = 0.1, high = 5.1;  // of the Betas' alpha and beta
    GreyImage picture;             // whose brightness is the reward, on top of r0
  };
  explicit Box(const Rules& rules);

  void reset(MutablePoint state) const override;
  bool must_stop(Point state) const override;
  double advance(Point state, Point u, MutablePoint next) const override;
  double forward_coordinates(Point state, Point next, MutablePoint u) const override;
  bool one_parent(Point state) const override;
  double retreat(Point state, Point u, MutablePoint previous) const override;
  double backward_coordinates(Point state, Point previous, MutablePoint u) const override;
  double log_reward(Point state) const override;
  void log_reward_gradient(Point state, MutablePoint gradient) const override;
  std::optional<double> log_partition() const override { return log_z_; }
  bool sample_target(Draws& draws, MutablePoint state) const override;
  void features(Point state, std::span<float> out) const override;
  int num_modes() const override { return rules_.reward == Reward::kCorners ? 4 : 0; }
  int mode_of(Point state) const override;
  MapRegion map() const override { return {"x1", "x2"}; }
  void map_point(Point state, double& x, double& y) const override;
  std::string label(Point state) const override;

 private:
  double reward(double x, double y) const;
  Rules rules_;
  double highest_ = 1.1;  // no reward is higher, pictures apart
  double log_z_;
  std::vector<double> brightness_;  // of a picture's pixels up to each, summed
};

EnvironmentEntry box_entry();

}  // namespace flowscope
