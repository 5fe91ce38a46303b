// A process that builds a point of a measured space step by step from one source state: the sibling
// of Environment for real-valued states (Lahlou et al. 2023, "A Theory of Continuous Generative Flow
// Networks", arXiv 2301.12594). The geometry and the reward are here; the densities that a policy
// learns are in core/learn.
//
// A step is drawn in coordinates u that suit a density (a share of an arc, an angle, a standardised
// increment). Balance conditions are about densities over *states*, so every map from u to a state
// comes with its stretch: log p(s' | s) = log p(u) - log |ds'/du|.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "envs/draws.h"
#include "envs/environment.h"

namespace flowscope {

using Point = std::span<const double>;
using MutablePoint = std::span<double>;

/// One coordinate of a density over steps.
enum class Factor {
  kBeta,      // u in (0, 1); alpha and beta from low to high
  kVonMises,  // u an angle; concentration and direction as a vector: (low, 0) + what is given, by `high`
  kGaussian,  // u real; the mean in units of `mean_unit`, deviation from low to high
  kChoice,    // u = 0 .. components - 1, a discrete choice
};

/// A mixture whose components are products over the coordinates, perhaps with a chance to stop.
struct DensitySpec {
  Factor factor = Factor::kGaussian;
  int coordinates = 1;
  int components = 1;
  bool stops = false;
  double low = 1, high = 1;  // equal for a Gaussian of fixed deviation
  double mean_unit = 1;

  /// Numbers that a network gives: the stop's logit, the components' logits, the parameters
  /// [component, coordinate, parameter].
  int parameters() const {
    return factor == Factor::kChoice ? 0 : factor == Factor::kGaussian && low == high ? 1 : 2;
  }
  int logits() const { return components > 1 ? components : 0; }
  int size() const { return stops + logits() + components * coordinates * parameters(); }
};

/// The sizes that everything else allocates by.
struct ContinuousSpec {
  int state_length = 0;  // reals in a state; the time of a process of fixed length among them
  int num_features = 0;  // width of a network's input
  int max_length = 0;    // most transitions in a trajectory, the stop included
  DensitySpec forward, backward;     // given by networks
  std::optional<DensitySpec> first;  // of the step from s0, with free parameters; else `forward`
  bool all_terminating = false;      // every state but s0 may stop
  bool fixed_backward = false;       // P_B is the reference density, whatever is asked
  bool timed = false;                // a state ends with its time, and every trajectory is as long
};

/// The part of the plane on which the objects of a space are drawn; height 0 for a line.
struct MapRegion {
  std::string x_label, y_label;
  double x0 = 0, x1 = 1, y0 = 0, y1 = 1;
  bool periodic = false;
  bool line = false;
};

/// A real coordinate of the objects.
struct Axis {
  enum class Edge { kWall, kPeriodic, kOpen };

  std::string name;
  double low = 0, high = 1;  // what a picture shows; all there is, but where open
  Edge edge = Edge::kWall;
  double centre = 0, spread = 1;  // where open: of the normal density that knows nothing of R
};

/// The rules of one space. Immutable and shared between threads.
class ContinuousEnvironment {
 public:
  virtual ~ContinuousEnvironment() = default;

  const ContinuousSpec& spec() const { return spec_; }

  virtual void reset(MutablePoint state) const = 0;

  /// Whether the trajectory ends here for certain. Never at s0.
  virtual bool must_stop(Point state) const = 0;

  /// The step with coordinates u from `state`; returns log |d next / du|.
  virtual double advance(Point state, Point u, MutablePoint next) const = 0;
  /// Its inverse: the coordinates of the step between two states; returns log |d next / du|.
  virtual double forward_coordinates(Point state, Point next, MutablePoint u) const = 0;

  /// Whether only one state leads here, so that P_B = 1. Not asked of s0.
  virtual bool one_parent(Point state) const = 0;

  /// The step back with coordinates u, of the only parent whatever u; returns log |d previous / du|.
  virtual double retreat(Point state, Point u, MutablePoint previous) const = 0;
  virtual double backward_coordinates(Point state, Point previous, MutablePoint u) const = 0;

  /// log R(x), a density over objects; finite.
  virtual double log_reward(Point state) const = 0;
  virtual std::optional<double> log_partition() const { return std::nullopt; }

  /// d log R / dx of every axis at an object, or what stands for it where R has edges.
  virtual void log_reward_gradient(Point state, MutablePoint gradient) const = 0;

  /// An exact sample of R/Z as a final state; false where there is no way to draw one.
  virtual bool sample_target(Draws& draws, MutablePoint state) const {
    (void)draws;
    (void)state;
    return false;
  }

  /// What a network sees.
  virtual void features(Point state, std::span<float> out) const = 0;

  /// Separate modes of the reward, and which one an object belongs to (-1: none).
  virtual int num_modes() const { return 0; }
  virtual int mode_of(Point state) const {
    (void)state;
    return -1;
  }

  virtual MapRegion map() const = 0;
  /// The coordinates of objects, the first entries of a state; those of the map where there are no more.
  virtual std::vector<Axis> axes() const {
    const MapRegion region = map();
    const Axis::Edge edge = region.periodic ? Axis::Edge::kPeriodic : Axis::Edge::kWall;
    return {{.name = region.x_label, .low = region.x0, .high = region.x1, .edge = edge},
            {.name = region.y_label, .low = region.y0, .high = region.y1, .edge = edge}};
  }
  /// Where a state lies on the map; for more than two dimensions, two of them.
  virtual void map_point(Point state, double& x, double& y) const = 0;
  /// log of the target's density there, where objects have more coordinates than the map and the others can
  /// be integrated out.
  virtual std::optional<double> map_log_density(double x, double y) const {
    (void)x;
    (void)y;
    return std::nullopt;
  }

  virtual std::string label(Point state) const = 0;

 protected:
  ContinuousSpec spec_;
};

}  // namespace flowscope
