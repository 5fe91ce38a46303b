// Leaving some things out of a list: the last ones take the places left empty, so that few have to move.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace flowscope {

/// Of n things those that are wanted (nonzero), places left empty filled by the last ones: [kept] where each was,
/// which is where it is or beyond.
inline std::vector<std::int32_t> without_holes(std::span<const std::uint8_t> wanted) {
  std::vector<std::int32_t> from;
  for (std::size_t i = 0, end = wanted.size(); i < end; ++i) {
    while (end > i && !wanted[end - 1]) --end;
    if (i < end) from.push_back(static_cast<std::int32_t>(wanted[i] ? i : --end));
  }
  return from;
}

/// Moves what `numbers` [n, stride] holds of the things that are kept to their places. What lies behind them stays,
/// and an empty list stays empty.
template <class Numbers>
void keep_rows(std::span<const std::int32_t> from, int stride, Numbers& numbers) {
  for (std::size_t i = 0; !numbers.empty() && i < from.size(); ++i) {
    if (static_cast<std::size_t>(from[i]) == i) continue;
    const auto old = numbers.begin() + static_cast<long>(from[i]) * stride;
    std::copy_n(old, stride, numbers.begin() + static_cast<long>(i) * stride);
  }
}

/// [n] what place each of n things has come to, -1 of those left out.
inline std::vector<std::int32_t> places_of(std::span<const std::int32_t> from, std::size_t n) {
  std::vector<std::int32_t> place(n, -1);
  for (std::size_t i = 0; i < from.size(); ++i) place[static_cast<std::size_t>(from[i])] = static_cast<std::int32_t>(i);
  return place;
}

}  // namespace flowscope
