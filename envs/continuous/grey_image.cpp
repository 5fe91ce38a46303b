#include "envs/continuous/grey_image.h"

#include <algorithm>

namespace flowscope {

double GreyImage::at(double x, double y) const {
  const int column = std::clamp(static_cast<int>(x * width), 0, width - 1);
  const int row = std::clamp(static_cast<int>((1 - y) * height), 0, height - 1);
  return values[static_cast<std::size_t>(row) * static_cast<std::size_t>(width) + static_cast<std::size_t>(column)];
}

}  // namespace flowscope
