// What a person may have meant by a name that does not exist.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flowscope {

/// At most `most` of the names that are near to `wrong` (edit distance, capitals aside, or one part
/// of the name), nearest first.
std::vector<std::string> nearest_names(std::string_view wrong, std::span<const std::string> names,
                                       std::size_t most);

/// "a, b, c"
std::string joined(std::span<const std::string> names);

}  // namespace flowscope
