// The parts that a chart is put together from.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/draw/plot.h"

namespace flowscope {

/// From data to pixels. Values are transformed first: log10 on a logarithmic axis.
struct PlotFrame {
  Rect area;  // inside the axes
  double first_step = 0, last_step = 1;
  double low = 0, high = 1;  // transformed
  bool log_y = false;

  double transformed(double value) const;
  float x_of(double step) const;
  float y_of(double transformed_value) const;
  double step_at(float x) const;
};

/// All that a line did within one column of pixels, transformed.
struct PlotColumn {
  float x = 0;  // pixels from the left of the area
  double low = 0, high = 0, mean = 0;
};

/// One column a logical pixel at most; what is not finite, or not positive on a logarithmic axis, is
/// left out. `width` is that of the area in real pixels.
std::vector<PlotColumn> reduce(const PlotLine& line, double last_step, float width, bool log_y,
                               float scale = 1);

/// The value of a series at a step: of the bin that holds it or the last one before.
std::optional<double> value_at(const Series& series, double step);

/// The line itself: the mean of each column, or where a band shows the extremes, its running mean.
void draw_columns(ImDrawList* list, const Theme& theme, const PlotFrame& frame,
                  const PlotLine& line, std::span<const PlotColumn> columns);

/// A dot in the shape of the line's run: circle, square, triangle, diamond.
void draw_marker(ImDrawList* list, ImVec2 at, float radius, LineStyle style, ImU32 color);

/// Labels at the right of the area, each at its line's end, moved apart where they would overlap.
struct EndLabel {
  float y = 0;
  std::string text;
  ImU32 color = 0;
};
void draw_end_labels(ImDrawList* list, const Theme& theme, const PlotFrame& frame,
                     std::vector<EndLabel> labels);

/// The ticks of one axis in words: plain digits, or all as powers of ten ("10⁻⁵") where a
/// logarithmic axis leaves the range in which plain digits are short.
std::vector<std::string> format_ticks(std::span<const double> ticks, bool logarithmic);

/// 1500 as "1.5k", 2000000 as "2M".
std::string format_steps(double steps);

}  // namespace flowscope
