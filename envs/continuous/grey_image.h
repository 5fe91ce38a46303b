// A grey picture as numbers, read from a PGM file: the plain text format (P2) or the binary one (P5).
#pragma once

#include <string>
#include <vector>

namespace flowscope {

struct GreyImage {
  int width = 0, height = 0;
  std::vector<double> values;  // [height, width], top row first, 0 black to 1 white

  /// At a point of the unit square, y upwards: the pixel there.
  double at(double x, double y) const;
};

/// Throws std::invalid_argument in one line: the key that names the file, the file and what is wrong.
GreyImage read_grey_image(const std::string& key, const std::string& file);

}  // namespace flowscope
