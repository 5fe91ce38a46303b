// Baselines that learn nothing, for continuous spaces: Markov chains among points, and particles that are
// annealed from a simple density to the target.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/learn/continuous/position_draws.h"
#include "core/learn/continuous/point_target.h"
#include "core/run/config.h"

namespace flowscope {

struct PointChainSettings {
  enum class Kind { kMetropolis, kHamiltonian, kAnnealed };

  Kind kind = Kind::kMetropolis;
  int chains = 16;        // side by side; particles, where annealed
  int moves = 1;          // between two objects that count; at each temperature, where annealed
  double step = 0.1;      // of a move, as a share of each axis' range
  int leaps = 10;         // of a Hamiltonian move; 1 is Langevin's
  int temperatures = 64;  // of the annealing
};

PointChainSettings point_chain_settings(const Config& config);

/// Metropolis-Hastings (Hastings 1970) with normal steps of deviation step * range; a discrete part is
/// drawn anew in half of them.
///
/// Hamiltonian Monte Carlo (Duane et al. 1987): momenta p ~ N(0, 1), then `leaps` leapfrog steps along
/// d log R that bounce off walls; accepted with probability min(1, exp(H(old) - H(new))), H = -log R + p^2 / 2. One leap makes
/// it the Metropolis-adjusted Langevin algorithm (Roberts & Tweedie 1996). Where R has edges the slope is
/// not that of log R: any force leaves the target as it is, since leaps can be undone and keep volume,
/// but more moves are refused. A discrete part has moves of its own.
///
/// Sequential Monte Carlo (Del Moral et al. 2006): particles of the start density q are carried through
/// q^(1-b) R^b, b rising from 0 to 1 by squares. Each rise multiplies a particle's weight by
/// (R/q)^(db); the product of the mean weights estimates Z without bias. Where weights are worth less
/// than half the particles, these are drawn anew; then each makes Metropolis moves, of random size.
class PointSampler {
 public:
  PointSampler(PointTarget target, const PointChainSettings& settings, const Rng& rng);

  /// Moves every chain on; anneals a new population. The numbers drawn depend on (seed, step, chain).
  void step(std::int64_t step);

  int chains() const { return settings_.chains; }
  Point object(int chain) const { return {points_.data() + at(chain), target_.size()}; }
  const PointTarget& target() const { return target_; }

  std::int64_t proposals() const { return proposals_; }  // in the last step
  std::int64_t accepted() const { return accepted_; }
  double log_z() const { return log_z_; }          // of the last population; NaN for chains
  double effective() const { return effective_; }  // share of its particles before they were drawn anew

  /// Puts another reward on the same points.
  void set_target(PointTarget target);

  void save(std::vector<std::uint8_t>& bytes) const;
  void restore(std::span<const std::uint8_t>& bytes);

 private:
  size_t at(int chain) const { return static_cast<size_t>(chain) * target_.size(); }
  MutablePoint point(int chain) { return {points_.data() + at(chain), target_.size()}; }

  void jump(int chain, Draws& draws, double beta, double size);
  void glide(int chain, Draws& draws);
  void anneal(std::int64_t step);
  void draw_anew(Draws& draws);
  double log_tempered(Point x, double log_reward, double beta) const;

  PointTarget target_;
  PointChainSettings settings_;
  Rng rng_;
  std::vector<double> points_;      // [chains, axes]
  std::vector<double> log_reward_;  // [chains]
  std::vector<double> log_weight_;  // [chains] of particles
  std::int64_t proposals_ = 0, accepted_ = 0;
  double log_z_, effective_ = 1;
  std::vector<double> proposal_, momentum_, slope_;  // scratch
};

}  // namespace flowscope
