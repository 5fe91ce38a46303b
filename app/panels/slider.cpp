#include "app/panels/slider.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/draw/plot.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr double kDecadesBelow = 1e-3, kDecadesAbove = 1e3;  // about the default, for logarithms
constexpr double kLinearSpan = 2000;  // a linear slider with more integers cannot be aimed
constexpr double kLogSpan = 300;      // positive ranges wider than this are steered by magnitude

double three_digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return std::strtod(text, nullptr);
}

}  // namespace

SliderRange slider_range(const ParamSpec& spec, double fallback) {
  SliderRange r{spec.min, spec.max, spec.logarithmic, spec.kind == ParamKind::kInteger, true};
  if (!r.logarithmic && spec.min > 0 && spec.max / spec.min > kLogSpan) r.logarithmic = true;
  if (r.logarithmic) {
    const double middle = fallback > 0 ? fallback : 1;
    if (!(r.low > 0)) r.low = std::max(r.integer ? 1.0 : 0.0, middle * kDecadesBelow);
    r.high = std::min(r.high, std::max(middle * kDecadesAbove, r.low * 10));
    return r;
  }
  if (r.high - r.low <= kLinearSpan) return r;
  if (r.integer) {
    r.usable = false;
    return r;
  }
  const double reach = std::max(4 * std::abs(fallback), 10.0);
  r.low = std::max(r.low, -reach);
  r.high = std::min(r.high, reach);
  return r;
}

double slider_position(const SliderRange& r, double value) {
  const double v = std::clamp(value, r.low, r.high);
  if (r.logarithmic) return std::log(v / r.low) / std::log(r.high / r.low);
  return r.high > r.low ? (v - r.low) / (r.high - r.low) : 0;
}

double slider_value(const SliderRange& r, double position) {
  const double p = std::clamp(position, 0.0, 1.0);
  const double v =
      r.logarithmic ? r.low * std::pow(r.high / r.low, p) : r.low + p * (r.high - r.low);
  return std::clamp(r.integer ? std::round(v) : three_digits(v), r.low, r.high);
}

std::string shown_value(const ParamValue& value) {
  if (const auto* i = std::get_if<std::int64_t>(&value)) return format_count(*i);
  if (const auto* d = std::get_if<double>(&value)) return format_number(*d);
  if (const auto* b = std::get_if<bool>(&value)) return *b ? "on" : "off";
  return std::get<std::string>(value);
}

std::optional<double> slider_track(PanelContext& context, std::string_view id, const Rect& rect,
                                   double position, bool& held, bool& released,
                                   std::string_view tip) {
  const Theme& t = context.theme;
  const Hit hit = hit_area(context, id, rect, tip);
  released = ImGui::IsItemDeactivated();
  held = hit.held;
  const float knob = t.px(6), track = t.px(4);
  const float left = rect.x + knob, width = std::max(1.0f, rect.w - 2 * knob);
  if (hit.held) {
    position = std::clamp((ImGui::GetIO().MousePos.x - left) / width, 0.0f, 1.0f);
  }
  const float middle = std::round(rect.y + rect.h / 2);
  const float at = left + width * static_cast<float>(position);
  fill({rect.x, middle - track / 2, rect.w, track}, with_alpha(t.color.text, 0.12f), track / 2);
  fill({rect.x, middle - track / 2, at - rect.x, track}, t.color.accent, track / 2);
  ImDrawList* list = ImGui::GetWindowDrawList();
  const float grow = hit.held || hit.hovered ? t.px(1) : 0;
  list->AddCircleFilled({at, middle}, knob + grow, t.color.accent, 24);
  list->AddCircleFilled({at, middle}, knob + grow - t.px(2), t.color.panel_raised, 24);
  return hit.held ? std::optional(position) : std::nullopt;
}

}  // namespace flowscope
