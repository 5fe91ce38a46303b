// A picture painted with a soft round brush over the unit square, as a text that a person may write:
//
//   "1 0.1 0.3,0.7 0.4,0.75; 0 0.05 0.35,0.7"
//
// are two strokes, one on top of the other. Each is the grey that it leaves (0 black to 1 white), the
// radius of the brush, and the places that the brush goes through.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "envs/continuous/grey_image.h"

namespace flowscope {

struct Stroke {
  double grey = 1;      // 0 to 1
  double radius = 0.1;  // of the brush, kFinestBrush to 1
  std::vector<std::pair<double, double>> places;  // at least one, in the unit square
};

constexpr double kFinestBrush = 0.01;

/// Throws std::invalid_argument in one line: the key, the stroke and what is allowed.
std::vector<Stroke> parse_strokes(const std::string& key, const std::string& text);
std::string to_text(std::span<const Stroke> strokes);

/// At distance d from its path a stroke moves what is there towards its grey by the share
/// (1 - (d / radius)^2)^2, on a black ground.
GreyImage painted(std::span<const Stroke> strokes);

}  // namespace flowscope
