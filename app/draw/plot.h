// Charts on ImGui's draw list. Long series are reduced to one vertical span a pixel column, so that
// no spike is lost and no draw list overflows its 16-bit indices.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/draw/rect.h"
#include "app/window/theme.h"
#include "core/run/history.h"

namespace flowscope {

enum class LineStyle { kSolid, kDash, kDot, kDashDot };

struct PlotLine {
  std::string label;  // written at the line's end
  const Series* series = nullptr;
  ImU32 color = 0;
  LineStyle style = LineStyle::kSolid;
  bool band = false;  // fill between the extremes of each bin
  const Series* error = nullptr;  // standard errors: fill one of them up and down
};

struct PlotSpec {
  std::string id;
  std::string title;     // "Loss"
  float title_room = 0;  // kept free after the title, in real pixels
  std::string caption;   // a unit or a source, in small letters after that, where there is room
  std::string readout;   // the newest value, shown in the header when nothing is hovered
  bool log_y = false;
  std::optional<double> truth;  // a dashed neutral line
  std::string truth_label;      // "true 3.109"
  std::int64_t last_step = 0;   // right end of the x axis
  std::string empty_text;       // when no line has a point: "press Space"
  std::optional<double> hover_step;  // cursor shared by all plots
};

/// Draws header, axes, lines and cursor into `rect`, title and numbers flush with its edges. Returns the step under the mouse, if it is here.
std::optional<double> draw_plot(const Theme& theme, const PlotSpec& spec,
                                std::span<const PlotLine> lines, const Rect& rect);

/// Points of learned against target, both log probabilities, with the diagonal as truth.
struct ScatterSpec {
  std::string id, x_label, y_label;
  std::span<const float> x, y;  // same length
  int highlighted = -1;         // index drawn with a ring
};
/// Returns the index of the point under the mouse, or -1.
int draw_scatter(const Theme& theme, const ScatterSpec& spec, const Rect& rect);

/// A polyline of any length and style; split so that no 16-bit index wraps.
void draw_line(ImDrawList* list, std::span<const ImVec2> points, ImU32 color, float thickness,
               LineStyle style = LineStyle::kSolid, float scale = 1);

/// A number for a person: 4 significant digits, "1.2e-05" where needed, "-" for nothing.
std::string format_number(std::optional<double> value, int digits = 4);

/// 4218 as "4,218".
std::string format_count(std::int64_t value);

/// Round values for an axis: about `count` of them between low and high.
std::vector<double> axis_ticks(double low, double high, int count, bool logarithmic);

}  // namespace flowscope
