// A map of cells coloured by a shader: one float texture and a colour table. Drawn into the current
// ImGui window; the texture is uploaded only when `version` changes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "app/draw/rect.h"
#include "app/window/theme.h"

namespace flowscope {

enum class ColorMap { kViridis, kCividis, kMagma, kGrey, kSigned };

/// How values become colours. kSigned maps -high .. 0 .. +high to blue, neutral, orange; its neutral
/// is near the ground of the theme, so that what is right stays quiet.
struct ColorScale {
  ColorMap map = ColorMap::kViridis;
  double low = 0, high = 1;
  bool logarithmic = false;  // low must be > 0
  bool dark = true;          // kSigned: which neutral; set it to Theme::dark
};

struct HeatMap {
  int width = 0, height = 0;
  std::span<const float> cells;  // [height, width], y upwards; NaN draws nothing
  std::uint64_t version = 0;     // changes whenever cells do
  ColorScale scale;
  int block = 0;  // > 0: a thin separator every `block` cells
};

/// The part of the map that a rectangle shows, in cells, y upwards.
struct MapWindow {
  double x = 0, y = 0, w = 0, h = 0;
};

/// Draws the part `window` of the map into `rect`. `id` names the texture slot: one per map.
void draw_heat_map(std::string_view id, const HeatMap& map, const Rect& rect,
                   const MapWindow& window);

/// A horizontal bar with its numbers below; for a signed scale the poles are in words
/// ("too rarely" / "too often").
void draw_color_bar(const Theme& theme, const ColorScale& scale, const Rect& rect,
                    std::string_view low_word = {}, std::string_view high_word = {});

/// The colour of a value, by the same table as the shader.
ImU32 color_of(const ColorScale& scale, double value);

/// Frees every texture; the GL context must be current.
void release_heat_maps();

}  // namespace flowscope
