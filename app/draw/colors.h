// Colour tables, shared by the shader and the CPU.
#pragma once

#include <array>

#include "app/draw/heatmap.h"

namespace flowscope {

using ColorTable = std::array<ImU32, 256>;

/// The table of a map, made once. `dark` chooses the neutral of kSigned and nothing else.
const ColorTable& color_table(ColorMap map, bool dark);

/// The limits that the shader works with: symmetric for kSigned, logarithms where logarithmic, and
/// never empty.
struct ColorLimits {
  float low = 0, high = 1;
};
ColorLimits color_limits(const ColorScale& scale);

}  // namespace flowscope
