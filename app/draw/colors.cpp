#include "app/draw/colors.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace flowscope {
namespace {

// Colours at equal distances along each map; between them colours mix evenly. Dark is always low.
constexpr unsigned kViridis[] = {0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E,
                                 0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B, 0xFDE725};
constexpr unsigned kCividis[] = {0x00224E, 0x123570, 0x3B496C, 0x575D6D, 0x707173,
                                 0x8A8678, 0xA59C74, 0xC3B369, 0xE1CC55, 0xFEE838};
constexpr unsigned kMagma[] = {0x000004, 0x180F3D, 0x440F76, 0x721F81, 0x9E2F7F,
                               0xCD4071, 0xF1605D, 0xFD9668, 0xFECA8D, 0xFCFDBF};
constexpr unsigned kGrey[] = {0x0A0A0A, 0xF5F5F5};
constexpr unsigned kSignedDark[] = {0x2166AC, 0x22262D, 0xB35806};
constexpr unsigned kSignedLight[] = {0x2166AC, 0xECEEF1, 0xB35806};

std::span<const unsigned> anchors(ColorMap map, bool dark) {
  switch (map) {
    case ColorMap::kViridis: return kViridis;
    case ColorMap::kCividis: return kCividis;
    case ColorMap::kMagma: return kMagma;
    case ColorMap::kGrey: return kGrey;
    case ColorMap::kSigned: break;
  }
  return dark ? std::span<const unsigned>(kSignedDark) : kSignedLight;
}

ColorTable make_table(std::span<const unsigned> stops) {
  ColorTable table;
  for (size_t i = 0; i < table.size(); ++i) {
    const float at = static_cast<float>(i) / 255 * static_cast<float>(stops.size() - 1);
    const auto k = std::min(static_cast<size_t>(at), stops.size() - 2);
    const float w = at - static_cast<float>(k);
    const auto channel = [&](int shift) {
      const auto a = static_cast<float>((stops[k] >> shift) & 255);
      const auto b = static_cast<float>((stops[k + 1] >> shift) & 255);
      return static_cast<int>(a + w * (b - a) + 0.5f);
    };
    table[i] = IM_COL32(channel(16), channel(8), channel(0), 255);
  }
  return table;
}

}  // namespace

const ColorTable& color_table(ColorMap map, bool dark) {
  static const auto tables = [] {
    std::array<ColorTable, 10> all;
    for (int m = 0; m < 5; ++m) {
      for (const bool d : {false, true}) {
        all[static_cast<size_t>(2 * m + d)] = make_table(anchors(static_cast<ColorMap>(m), d));
      }
    }
    return all;
  }();
  return tables[static_cast<size_t>(2 * static_cast<int>(map) + dark)];
}

ColorLimits color_limits(const ColorScale& scale) {
  double low = scale.map == ColorMap::kSigned ? -scale.high : scale.low, high = scale.high;
  if (scale.logarithmic) {
    low = std::log(std::max(low, 1e-30));
    high = std::log(std::max(high, 1e-30));
  }
  // A map of one value takes the lowest colour; a difference of zero everywhere, the neutral one.
  if (!(high > low)) {
    high = scale.map == ColorMap::kSigned ? 1 : low + 1;
    if (scale.map == ColorMap::kSigned) low = -1;
  }
  return {static_cast<float>(low), static_cast<float>(high)};
}

ImU32 color_of(const ColorScale& scale, double value) {
  const ColorLimits limits = color_limits(scale);
  auto v = static_cast<float>(value);
  if (std::isnan(v)) return 0;
  if (scale.logarithmic) v = v > 0 ? std::log(v) : limits.low;
  const float t = std::clamp((v - limits.low) / (limits.high - limits.low), 0.0f, 1.0f);
  return color_table(scale.map, scale.dark)[static_cast<size_t>(t * 255 + 0.5f)];
}

}  // namespace flowscope
