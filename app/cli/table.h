#pragma once

#include <string>
#include <vector>

namespace flowscope {

/// Prints rows in columns as wide as their longest cell, two spaces between them. Numbers are
/// aligned to the right from column `right_from` on.
void print_table(const std::vector<std::vector<std::string>>& rows, size_t right_from = ~size_t{0});

}  // namespace flowscope
