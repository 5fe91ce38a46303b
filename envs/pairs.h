// Places given as text: "1,1 7,1".
#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flowscope {

/// Pairs of numbers with a comma in each and blanks between them; nothing where the text is anything
/// else, not-a-number and infinity included.
template <class Number>
std::optional<std::vector<std::pair<Number, Number>>> parse_pairs(const std::string& text) {
  std::vector<std::pair<Number, Number>> pairs;
  const char *at = text.data(), *end = at + text.size();
  const auto read = [&](Number& value) {
    const auto [next, error] = std::from_chars(at, end, value);
    at = next;
    return error == std::errc{} && std::isfinite(static_cast<double>(value));
  };
  for (;;) {
    while (at != end && *at == ' ') ++at;
    if (at == end) return pairs;
    std::pair<Number, Number> pair;
    if (!read(pair.first) || at == end || *at++ != ',' || !read(pair.second)) return std::nullopt;
    if (at != end && *at != ' ') return std::nullopt;
    pairs.push_back(pair);
  }
}

}  // namespace flowscope
