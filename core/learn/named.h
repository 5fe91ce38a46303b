// From the text of a choice to what it stands for.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace flowscope {

/// The value beside a name in a table; the schema has made sure that it is there.
template <class T, std::size_t N>
T named(const std::pair<std::string_view, T> (&table)[N], std::string_view name) {
  for (const auto& [entry, value] : table) {
    if (entry == name) return value;
  }
  throw std::logic_error("no such name: " + std::string(name));
}

}  // namespace flowscope
