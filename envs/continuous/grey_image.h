// A grey picture as numbers.
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

/// Reads a picture's file for a world that is given by one. Throws std::invalid_argument in one line: the
/// key that names the file, the file and what is wrong.
using PictureReader = GreyImage (*)(const std::string& key, const std::string& file);

}  // namespace flowscope
