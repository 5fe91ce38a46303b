// The random numbers of NumPy's default generator, as Gymnasium seeds it and as Minigrid draws
// from it, so that the same seed gives the same world: SeedSequence (M. E. O'Neill's seed_seq
// design) fills a PCG64 XSL-RR 128/64 (O'Neill 2014, "PCG: A Family of Simple Fast Space-Efficient
// Statistically Good Algorithms for Random Number Generation").
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace flowscope::minigrid {

class Rng {
 public:
  explicit Rng(std::uint64_t seed = 0);

  /// A seed of any size, as 32-bit words, the least significant first; at least one word.
  explicit Rng(std::span<const std::uint32_t> words);

  std::uint64_t next64();

  /// Half of a 64-bit draw: the low half first, the high half is kept for the next call. The half
  /// stays buffered while 64-bit draws are made.
  std::uint32_t next32();

  /// In [low, high), low < high; by Lemire's method. A range of one value draws nothing.
  int integers(int low, int high);

  /// In [a, b).
  double uniform(double a, double b);

  /// True if the draw of 0 or 1 is 0.
  bool coin() { return integers(0, 2) == 0; }

  /// One of the elements of a non-empty range.
  template <class Range>
  auto element(const Range& range) {
    return std::data(range)[integers(0, static_cast<int>(std::size(range)))];
  }

  /// `count` elements in the order of drawing, without repetition.
  template <class Range>
  auto subset(const Range& range, int count) {
    std::vector left(std::begin(range), std::end(range));
    decltype(left) drawn;
    for (int i = 0; i < count; ++i) {
      const auto at = left.begin() + integers(0, static_cast<int>(left.size()));
      drawn.push_back(*at);
      left.erase(at);
    }
    return drawn;
  }

  /// Fisher and Yates from the end; the indices are drawn by masked rejection.
  template <class Range>
  void shuffle(Range& items) {
    for (std::size_t left = std::size(items); left > 1; --left) {
      std::swap(items[left - 1], items[interval(static_cast<std::uint32_t>(left - 1))]);
    }
  }

  /// The state, for comparison with other programs.
  std::uint64_t state_high() const { return static_cast<std::uint64_t>(state_ >> 64); }
  std::uint64_t state_low() const { return static_cast<std::uint64_t>(state_); }
  bool has_half() const { return has_half_; }
  std::uint32_t half() const { return has_half_ ? half_ : 0; }

 private:
  __extension__ using Word128 = unsigned __int128;

  void step();

  /// In [0, max]: draws masked to the bits of max until one fits.
  std::uint32_t interval(std::uint32_t max);

  Word128 state_ = 0, increment_ = 0;
  bool has_half_ = false;
  std::uint32_t half_ = 0;
};

}  // namespace flowscope::minigrid
