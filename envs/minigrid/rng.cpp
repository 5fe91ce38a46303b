#include "envs/minigrid/rng.h"

#include <array>
#include <bit>

namespace flowscope::minigrid {
namespace {

/// The hash of SeedSequence: its constant moves on with every word hashed.
struct WordHash {
  std::uint32_t constant, multiplier;

  std::uint32_t operator()(std::uint32_t word) {
    word ^= constant;
    constant *= multiplier;
    word *= constant;
    return word ^ (word >> 16);
  }
};

std::uint32_t mix(std::uint32_t x, std::uint32_t y) {
  const std::uint32_t z = 0xca01f9ddu * x - 0x4973f715u * y;
  return z ^ (z >> 16);
}

using Pool = std::array<std::uint32_t, 4>;

Pool entropy_pool(std::span<const std::uint32_t> words) {
  WordHash hash{0x43b0d7e5u, 0x931e8875u};
  Pool pool;
  for (std::size_t i = 0; i < pool.size(); ++i) pool[i] = hash(i < words.size() ? words[i] : 0);
  for (std::size_t from = 0; from < pool.size(); ++from) {
    for (std::size_t to = 0; to < pool.size(); ++to) {
      if (to != from) pool[to] = mix(pool[to], hash(pool[from]));
    }
  }
  for (std::size_t i = pool.size(); i < words.size(); ++i) {
    for (std::uint32_t& word : pool) word = mix(word, hash(words[i]));
  }
  return pool;
}

/// Four 64-bit words, each from two hashed 32-bit words, the low one first.
std::array<std::uint64_t, 4> seed_words(std::span<const std::uint32_t> words) {
  const Pool pool = entropy_pool(words);
  WordHash hash{0x8b51f9ddu, 0x58f38dedu};
  std::array<std::uint64_t, 4> out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint64_t low = hash(pool[2 * i % 4]);
    out[i] = low | static_cast<std::uint64_t>(hash(pool[(2 * i + 1) % 4])) << 32;
  }
  return out;
}

}  // namespace

Rng::Rng(std::uint64_t seed)
    : Rng(std::array{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}) {}

Rng::Rng(std::span<const std::uint32_t> words) {
  const auto q = seed_words(words);
  increment_ = ((static_cast<Word128>(q[2]) << 64 | q[3]) << 1) | 1;
  step();
  state_ += static_cast<Word128>(q[0]) << 64 | q[1];
  step();
}

void Rng::step() {
  constexpr Word128 kMultiplier =
      static_cast<Word128>(0x2360ed051fc65da4ull) << 64 | 0x4385df649fccf645ull;
  state_ = state_ * kMultiplier + increment_;
}

std::uint64_t Rng::next64() {
  step();
  return std::rotr(state_high() ^ state_low(), static_cast<int>(state_ >> 122));
}

std::uint32_t Rng::next32() {
  if (has_half_) {
    has_half_ = false;
    return half_;
  }
  const std::uint64_t word = next64();
  half_ = static_cast<std::uint32_t>(word >> 32);
  has_half_ = true;
  return static_cast<std::uint32_t>(word);
}

int Rng::integers(int low, int high) {
  const auto n = static_cast<std::uint32_t>(high) - static_cast<std::uint32_t>(low);
  if (n == 1) return low;
  std::uint64_t product = static_cast<std::uint64_t>(next32()) * n;
  if (static_cast<std::uint32_t>(product) < n) {
    const std::uint32_t threshold = -n % n;  // (2^32 - n) mod n: where the counts become uneven
    while (static_cast<std::uint32_t>(product) < threshold) {
      product = static_cast<std::uint64_t>(next32()) * n;
    }
  }
  return static_cast<int>(static_cast<std::uint32_t>(low) + (product >> 32));
}

double Rng::uniform(double a, double b) {
  return a + (b - a) * (static_cast<double>(next64() >> 11) * 0x1p-53);
}

std::uint32_t Rng::interval(std::uint32_t max) {
  const std::uint32_t mask = std::bit_ceil(max + 1) - 1;
  for (;;) {
    const std::uint32_t value = next32() & mask;
    if (value <= max) return value;
  }
}

}  // namespace flowscope::minigrid
