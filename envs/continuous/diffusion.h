// Sampling by stochastic control (Zhang & Chen 2022, arXiv 2111.15141; as a GFlowNet in Lahlou et al.
// 2023, section 5.3): T steps of length 1/T from the origin,
//   x' = x + drift(x, t)/T + sigma sqrt(1/T) noise,
// with the Brownian bridge that is pinned at the origin as a fixed backward policy. The coordinates of
// a step are standardised: u = (x' - x) / (sigma sqrt(1/T)); backwards, by the bridge's mean t/(t+1) x'
// and variance sigma^2/T t/(t+1).
//
//   environment.steps  integer  T (default 100)
//   environment.sigma  real     noise over the whole time (0: what suits the target)
//   reward.name        choice   gmm9, gmm25, funnel or manywell
//   reward.funnel_width  real   deviation of the funnel's first coordinate: 1, torchgfn's easy_funnel
//                               (default), or 3, its hard_funnel and that of Neal 2003
//   density.deviation  choice   fixed or learned: that of a step
//   density.waves      integer  waves of every coordinate that networks see beside it
#pragma once

#include <vector>

#include "envs/continuous/continuous_environment.h"
#include "envs/registry.h"

namespace flowscope {

class Diffusion final : public ContinuousEnvironment {
 public:
  enum class Target { kGmm9, kGmm25, kFunnel, kManyWell };
  struct Settings {
    Target target = Target::kGmm9;
    int steps = 100;
    double sigma = 0;  // 0: what suits the target
    bool learned_deviation = false;
    double funnel_width = 1;
    int waves = 0;
  };
  explicit Diffusion(const Settings& settings);

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
  std::optional<double> map_log_density(double x, double y) const override;
  std::string label(Point state) const override;

 private:
  size_t time() const { return static_cast<size_t>(dims_); }  // where the state holds its time
  int side() const { return target_ == Target::kGmm9 ? 3 : 5; }
  double centre(int i) const;  // of the mixture along an axis

  void waves_of(double x, float* out) const;

  Target target_;
  int dims_, steps_, waves_;
  double funnel_width_;
  double sigma_, stride_;  // deviation of the noise over the whole time, and of one step
  std::vector<float> of_time_;  // [steps + 1, kTimeFeatures] what a network sees of each time
};

EnvironmentEntry diffusion_entry();

}  // namespace flowscope
