// Baselines that learn nothing: Markov chains among the objects of a world, and a random walk.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/learn/rng.h"
#include "core/run/config.h"
#include "envs/environment.h"

namespace flowscope {

struct ChainSettings {
  enum class Kind { kMetropolis, kTempering, kRandom };

  Kind kind = Kind::kMetropolis;
  int chains = 16;      // side by side, independent
  int replicas = 1;     // of each chain, at rising temperatures (tempering)
  double hottest = 1;   // inverse temperature of the last replica
  int moves = 1;        // between two objects that count
};

ChainSettings chain_settings(const Config& config);

/// Metropolis-Hastings (Hastings 1970) on the state graph with target R(x): a move undoes b actions and
/// takes f others, all chosen evenly among the legal ones; it is accepted with probability
///   min(1, R(y)/R(x) q(y -> x) / q(x -> y)),
/// where q is the probability of the very actions that lead there and back. (b, f) is (1, 0), (0, 1),
/// (1, 1) or anything up to the longest trajectory, half of the time with b = f. So (b, f) comes as
/// often as (f, b), and every object can be reached by way of s0. Parallel tempering (Geyer 1991) adds replicas with target
/// R(x)^beta, beta falling geometrically from 1, and swaps neighbours. The random walk starts anew each
/// time and takes any legal action.
class ChainSampler {
 public:
  ChainSampler(std::shared_ptr<const Environment> environment, const ChainSettings& settings,
               const Rng& rng);

  /// Moves every chain on. The numbers drawn depend on (seed, step, chain, replica) alone.
  void step(std::int64_t step);

  int chains() const { return settings_.chains; }
  /// Where a chain stands, at temperature 1.
  StateView object(int chain) const { return state(walker(chain, 0)); }

  std::int64_t proposals() const { return proposals_; }  // in the last step
  std::int64_t accepted() const { return accepted_; }

  /// Puts another reward on the same states.
  void set_environment(std::shared_ptr<const Environment> environment);

  /// States as raw little-endian bytes; restore() throws DamagedFile.
  void save(std::vector<std::uint8_t>& bytes) const;
  void restore(std::span<const std::uint8_t>& bytes);

 private:
  class Draws;

  size_t walker(int chain, int replica) const {
    return static_cast<size_t>(chain) * static_cast<size_t>(settings_.replicas) +
           static_cast<size_t>(replica);
  }
  StateView state(size_t w) const { return {states_.data() + w * length_, length_}; }
  MutableState state(size_t w) { return {states_.data() + w * length_, length_}; }
  double beta(int replica) const;

  void start_anew(size_t w, Draws& draws);
  void move(size_t w, double beta, Draws& draws);
  void swap_replicas(int chain, std::int64_t step, Draws& draws);
  /// One action back or on, chosen evenly; the logarithms of its probability and of its reversal's are
  /// added. False where there is none.
  bool step_back(MutableState s, Draws& draws, double& log_there, double& log_back);
  bool step_on(MutableState s, Draws& draws, double& log_there, double& log_back);

  std::shared_ptr<const Environment> environment_;
  ChainSettings settings_;
  Rng rng_;
  size_t length_;
  std::vector<std::int32_t> states_;  // [chains * replicas, length]
  std::vector<double> log_reward_;    // [chains * replicas]
  std::int64_t proposals_ = 0, accepted_ = 0;
  std::vector<std::int32_t> proposal_;          // scratch
  std::vector<std::uint8_t> legal_;             // scratch
};

}  // namespace flowscope
