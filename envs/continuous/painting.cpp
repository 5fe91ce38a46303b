#include "envs/continuous/painting.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "envs/pairs.h"

namespace flowscope {
namespace {

constexpr int kSide = 256;  // pixels: the finest brush is five across
constexpr const char* kForm =
    "; a stroke is \"GREY RADIUS X,Y X,Y ...\", with a grey and places from 0 to 1 and a radius from 0.01 to 1, "
    "and strokes have a ; between them";

bool in_unit(double x) { return x >= 0 && x <= 1; }

/// The first number of the text, which is taken off it; -1 where there is none.
double take_number(std::string& text) {
  const char* begin = text.data() + std::min(text.find_first_not_of(' '), text.size());
  double value = -1;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
  if (error != std::errc{}) return -1;
  text.erase(0, static_cast<std::size_t>(end - text.data()));
  return value;
}

double squared(double x) { return x * x; }

/// The squared distance of a point from the nearest place of a path.
double squared_distance(const Stroke& stroke, double x, double y) {
  double nearest = INFINITY;
  for (std::size_t i = 0; i < stroke.places.size(); ++i) {
    const auto [ax, ay] = stroke.places[i > 0 ? i - 1 : 0];
    const auto [bx, by] = stroke.places[i];
    const double dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
    const double along = length > 0 ? std::clamp(((x - ax) * dx + (y - ay) * dy) / length, 0.0, 1.0) : 0;
    nearest = std::min(nearest, squared(x - ax - along * dx) + squared(y - ay - along * dy));
  }
  return nearest;
}

/// Pixels from low to high that a stretch of the unit interval touches.
std::pair<int, int> touched(double low, double high) {
  return {std::clamp(static_cast<int>(std::floor(low * kSide)), 0, kSide - 1),
          std::clamp(static_cast<int>(std::floor(high * kSide)), 0, kSide - 1)};
}

void add(const Stroke& stroke, GreyImage& image) {
  double x0 = 1, x1 = 0, y0 = 1, y1 = 0;
  for (const auto& [x, y] : stroke.places) {
    x0 = std::min(x0, x), x1 = std::max(x1, x);
    y0 = std::min(y0, y), y1 = std::max(y1, y);
  }
  const auto [left, right] = touched(x0 - stroke.radius, x1 + stroke.radius);
  const auto [top, bottom] = touched(1 - y1 - stroke.radius, 1 - y0 + stroke.radius);
  for (int row = top; row <= bottom; ++row) {
    for (int column = left; column <= right; ++column) {
      const double share = 1 - squared_distance(stroke, (column + 0.5) / kSide, 1 - (row + 0.5) / kSide) /
                                   squared(stroke.radius);
      double& value = image.values[static_cast<std::size_t>(row * kSide + column)];
      if (share > 0) value += (stroke.grey - value) * squared(share);
    }
  }
}

}  // namespace

std::vector<Stroke> parse_strokes(const std::string& key, const std::string& text) {
  std::vector<Stroke> strokes;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(';', begin), text.size());
    const std::string words = text.substr(begin, end - begin);
    begin = end + 1;
    if (words.find_first_not_of(' ') == words.npos) continue;
    std::string rest = words;
    Stroke stroke{.grey = take_number(rest), .radius = take_number(rest)};
    const auto places = parse_pairs<double>(rest);
    const bool inside = places && !places->empty() && std::ranges::all_of(*places, [](const auto& place) {
      return in_unit(place.first) && in_unit(place.second);
    });
    if (!in_unit(stroke.grey) || !(stroke.radius >= kFinestBrush && stroke.radius <= 1) || !inside) {
      throw std::invalid_argument(key + ": '" + words.substr(words.find_first_not_of(' ')) + "' is no stroke" + kForm);
    }
    stroke.places = *places;
    strokes.push_back(std::move(stroke));
  }
  return strokes;
}

std::string to_text(std::span<const Stroke> strokes) {
  std::string text;
  char number[64];
  for (const Stroke& stroke : strokes) {
    std::snprintf(number, sizeof number, "%s%.3g %.3g", text.empty() ? "" : "; ", stroke.grey, stroke.radius);
    text += number;
    for (const auto& [x, y] : stroke.places) {
      std::snprintf(number, sizeof number, " %.3g,%.3g", x, y);
      text += number;
    }
  }
  return text;
}

GreyImage painted(std::span<const Stroke> strokes) {
  GreyImage image{kSide, kSide, std::vector<double>(static_cast<std::size_t>(kSide * kSide), 0)};
  for (const Stroke& stroke : strokes) add(stroke, image);
  return image;
}

}  // namespace flowscope
