// Counter-based random numbers: a number depends on its key and position alone, not on what was
// drawn before, so results do not depend on the order or the thread in which they are drawn.
// Philox4x32-10 of Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3".
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace flowscope {

/// What a stream of random numbers is for; streams of one seed never overlap.
enum class Stream : std::uint32_t {
  kWeights = 1,
  kForward = 2,
  kBackward = 3,
  kEvaluation = 4,
  kReplay = 5,
  kRebuild = 6,  // forward parts of local search
  kNoise = 7
};

class Rng {
 public:
  Rng(std::uint64_t seed, Stream stream)
      : key_{static_cast<std::uint32_t>(seed),
             static_cast<std::uint32_t>(seed >> 32) ^ (static_cast<std::uint32_t>(stream) << 24)} {}

  /// The uniform number in [0, 1) with 53 bits at position (a, b).
  double uniform(std::uint64_t a, std::uint64_t b) const {
    const auto w = block({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(a >> 32),
                          static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(b >> 32)});
    return static_cast<double>((std::uint64_t{w[0]} << 32 | w[1]) >> 11) * 0x1.0p-53;
  }

  const std::uint32_t* key() const { return key_.data(); }

  std::array<std::uint32_t, 4> block(std::array<std::uint32_t, 4> counter) const {
    std::uint32_t k0 = key_[0], k1 = key_[1];
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53} * counter[0];
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * counter[2];
      counter = {static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ k0,
                 static_cast<std::uint32_t>(p1),
                 static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ k1,
                 static_cast<std::uint32_t>(p0)};
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    return counter;
  }

 private:
  std::array<std::uint32_t, 2> key_;
};

/// Two independent numbers of the standard normal distribution at position (a, b), by Box and Muller.
inline std::array<double, 2> normal_pair(const Rng& rng, std::uint64_t a, std::uint64_t b) {
  const auto w = rng.block({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(a >> 32),
                            static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(b >> 32)});
  const auto uniform = [](std::uint32_t high, std::uint32_t low) {
    return static_cast<double>((std::uint64_t{high} << 32 | low) >> 11) * 0x1.0p-53;
  };
  const double radius = std::sqrt(-2 * std::log1p(-uniform(w[0], w[1])));
  const double angle = 2 * std::numbers::pi * uniform(w[2], w[3]);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace flowscope
