#include "envs/continuous/grey_image.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <stdexcept>

namespace flowscope {
namespace {

constexpr int kMostSide = 4096;

/// The next number of the header, or of a plain picture; comments run from # to the end of a line. -1
/// where there is none.
int next_number(std::istream& in) {
  while (in >> std::ws && in.peek() == '#') in.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  int value = -1;
  return in >> value ? value : -1;
}

}  // namespace

double GreyImage::at(double x, double y) const {
  const int column = std::clamp(static_cast<int>(x * width), 0, width - 1);
  const int row = std::clamp(static_cast<int>((1 - y) * height), 0, height - 1);
  return values[static_cast<std::size_t>(row) * static_cast<std::size_t>(width) + static_cast<std::size_t>(column)];
}

GreyImage read_grey_image(const std::string& key, const std::string& file) {
  const auto reject = [&](const std::string& why) { throw std::invalid_argument(key + ": '" + file + "' " + why); };
  if (file.empty()) throw std::invalid_argument(key + ": name a PGM file, from which the reward is read");
  std::ifstream in(file, std::ios::binary);
  std::string kind(2, ' ');
  if (!in.read(kind.data(), 2)) reject("cannot be read");
  if (kind != "P2" && kind != "P5") reject("is no PGM picture (it must begin with P2 or P5)");
  GreyImage image;
  image.width = next_number(in);
  image.height = next_number(in);
  const int white = next_number(in);
  if (image.width < 1 || image.height < 1 || image.width > kMostSide || image.height > kMostSide) {
    reject("has a width or height that is not from 1 to " + std::to_string(kMostSide));
  }
  if (white < 1 || white > 65535) reject("has a highest value that is not from 1 to 65535");
  const bool plain = kind == "P2", wide = white > 255;
  if (!plain) in.get();  // the one blank before the pixels
  const std::size_t pixels = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
  for (std::size_t i = 0; i < pixels; ++i) {
    int value = plain ? next_number(in) : in.get();
    if (!plain && wide && value >= 0) value = value << 8 | std::max(0, in.get());
    if (!in || value < 0 || value > white) reject("ends or breaks off at pixel " + std::to_string(i + 1) + " of " + std::to_string(pixels));
    image.values.push_back(static_cast<double>(value) / white);
  }
  return image;
}

}  // namespace flowscope
