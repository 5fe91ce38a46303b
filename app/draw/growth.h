// How a cost grows: points joined by lines, both axes logarithmic.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/draw/plot.h"

namespace flowscope {

struct GrowthLine {
  std::string label;
  std::vector<double> x, y;  // same length; positive
};

struct GrowthSpec {
  std::string title;             // "Time of an iteration, ms"
  std::string x_label;           // "batch"
  std::vector<GrowthLine> lines;  // at most four, in the colours and marks of runs A to D
};

/// Draws title, legend, axes and lines into `rect`. A dashed line of slope 1 through the last point of
/// the first line shows what in proportion would be.
void draw_growth(const Theme& theme, const GrowthSpec& spec, const Rect& rect);

}  // namespace flowscope
