// How well one list of numbers goes along with another.
#pragma once

#include <span>

namespace flowscope {

/// The linear correlation coefficient, in [-1, 1]; NaN where a list is constant, shorter than two
/// or not finite.
double pearson(std::span<const double> x, std::span<const double> y);

/// The same of the ranks, equal values sharing their mean rank: 1 where the order is the same.
double spearman(std::span<const double> x, std::span<const double> y);

}  // namespace flowscope
