// How a parameter of any range becomes a slider.
#pragma once

#include "app/panels/panel.h"
#include "envs/schema.h"

namespace flowscope {

/// Where a slider runs. Schemas allow far more than a hand can steer, so the range is drawn in
/// around the default; values beyond it can be typed.
struct SliderRange {
  double low = 0, high = 1;
  bool logarithmic = false;
  bool integer = false;
  bool usable = true;  // false: a number field serves better, for example a seed
};
SliderRange slider_range(const ParamSpec& spec, double fallback);

/// Position in [0, 1] of a value and back; integers come back whole, reals with three digits.
double slider_position(const SliderRange& range, double value);
double slider_value(const SliderRange& range, double position);

/// A value as the rail shows it: grouped integers, short reals.
std::string shown_value(const ParamValue& value);

/// Draws a track with a knob; returns the new position while it is dragged. `released` turns true
/// in the frame in which the mouse lets go.
std::optional<double> slider_track(PanelContext& context, std::string_view id, const Rect& rect,
                                   double position, bool& held, bool& released,
                                   std::string_view tip = {});

}  // namespace flowscope
