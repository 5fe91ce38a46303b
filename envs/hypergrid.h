// The hypergrid of Bengio et al. 2021, as redrawn by every library since: states are the points
// of {0..H-1}^d, an action adds 1 to one coordinate, every state may stop.
//
//   R(x) = R0 + R1 prod_i [ |a_i| > 1/4 ] + R2 prod_i [ 3/10 < |a_i| < 4/10 ],  a = x/(H-1) - 1/2
//
// The two band tests are made in integers: in floating point they depend on rounding at some
// sides, for example at 16 in double precision.
//
//   environment.dims  integer  d, number of dimensions (default 2)
//   environment.side  integer  H, points along a dimension (default 8)
//   reward.name       choice   original, easy or hard: brings its r0, r1, r2 along
//   reward.r0 r1 r2   real     (default 0.1, 0.5, 2)
#pragma once

#include <memory>

#include "envs/environment.h"
#include "envs/registry.h"

namespace flowscope {

class Hypergrid final : public Environment {
 public:
  /// Throws std::invalid_argument unless r0 > 0: every cell may stop, and log R must be finite.
  Hypergrid(int dims, int side, double r0, double r1, double r2);

  void reset(MutableState state) const override;
  void apply(MutableState state, int action) const override;
  int undo(MutableState state, int backward_action) const override;
  void forward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  void backward_actions(StateView state, std::span<std::uint8_t> legal) const override;
  double log_reward(StateView state) const override;
  double energy(StateView state) const override { return -log_reward(state); }
  std::optional<double> log_partition() const override;
  bool draw_target(MutableState state, const std::function<double()>& uniform) const override;
  void features(StateView state, std::span<std::int32_t> active) const override;
  int num_modes() const override;
  int mode_of(StateView state) const override;
  std::vector<MapView> maps() const override;
  int map_cell(int map, StateView state) const override;
  std::string label(StateView state) const override;
  std::string action_name(int action) const override;

  /// |a| > 1/4 and 3/10 < |a| < 4/10 for the coordinate x, decided in integers.
  bool outer(int x) const { return outer_[static_cast<size_t>(x)] != 0; }
  bool band(int x) const { return band_[static_cast<size_t>(x)] != 0; }

 private:
  int dims_, side_;
  double r0_, r1_, r2_;
  std::vector<std::uint8_t> outer_, band_;  // [side]
  double log_r_[3];                         // of no region, of the outer region, of the band
};

EnvironmentEntry hypergrid_entry();

}  // namespace flowscope
