#include "core/run/picture_file.h"

#include <png.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace flowscope {
namespace {

constexpr unsigned kMostSide = 4096;

/// What is wrong with a file, without its name.
[[noreturn]] void reject(const std::string& why) { throw std::invalid_argument(why); }

void check_size(unsigned width, unsigned height) {
  if (width < 1 || height < 1 || width > kMostSide || height > kMostSide) {
    reject("has a width or height that is not from 1 to " + std::to_string(kMostSide));
  }
}

/// The next number of the header, or of a plain picture; comments run from # to the end of a line. -1
/// where there is none.
int next_number(std::istream& in) {
  while (in >> std::ws && in.peek() == '#') in.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  int value = -1;
  return in >> value ? value : -1;
}

GreyImage parse_pgm(const std::string& bytes) {
  std::istringstream in(bytes.substr(2));
  GreyImage image;
  image.width = next_number(in);
  image.height = next_number(in);
  const int white = next_number(in);
  check_size(static_cast<unsigned>(image.width), static_cast<unsigned>(image.height));
  if (white < 1 || white > 65535) reject("has a highest value that is not from 1 to 65535");
  const bool plain = bytes[1] == '2', wide = white > 255;
  if (!plain) in.get();  // the one blank before the pixels
  const auto pixels = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
  for (std::size_t i = 0; i < pixels; ++i) {
    int value = plain ? next_number(in) : in.get();
    if (!plain && wide && value >= 0) value = value << 8 | std::max(0, in.get());
    if (!in || value < 0 || value > white) {
      reject("ends or breaks off at pixel " + std::to_string(i + 1) + " of " + std::to_string(pixels));
    }
    image.values.push_back(static_cast<double>(value) / white);
  }
  return image;
}

GreyImage parse_png(const std::string& bytes) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const auto broken = [&] { reject(std::string("is a broken PNG picture (") + png.message + ")"); };
  if (!png_image_begin_read_from_memory(&png, bytes.data(), bytes.size())) broken();
  if (png.width > kMostSide || png.height > kMostSide) png_image_free(&png);
  check_size(png.width, png.height);
  png.format = PNG_FORMAT_GRAY;
  const png_color black{};
  std::vector<png_byte> pixels(PNG_IMAGE_SIZE(png));
  if (!png_image_finish_read(&png, &black, pixels.data(), 0, nullptr)) broken();
  GreyImage image{static_cast<int>(png.width), static_cast<int>(png.height), {}};
  std::ranges::transform(pixels, std::back_inserter(image.values), [](png_byte v) { return v / 255.0; });
  return image;
}

}  // namespace

GreyImage read_picture(const std::string& key, const std::string& file) {
  if (file.empty()) throw std::invalid_argument(key + ": name a PGM or PNG file, from which the reward is read");
  try {
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    if (!in || text.bad()) reject("cannot be read");
    const std::string bytes = text.str();
    if (bytes.starts_with("P2") || bytes.starts_with("P5")) return parse_pgm(bytes);
    if (bytes.starts_with("\x89PNG")) return parse_png(bytes);
    reject("is neither a PGM nor a PNG picture");
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument(key + ": '" + file + "' " + e.what());
  }
}

}  // namespace flowscope
