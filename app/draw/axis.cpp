// Numbers for people: how they are written, and where an axis has its ticks.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/draw/plot.h"

namespace flowscope {
namespace {

/// 1, 2 or 5 times a power of ten, the nearest that is not below.
double round_up_to_nice(double step) {
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  for (const double m : {1.0, 2.0, 5.0}) {
    if (m * power >= step * (1 - 1e-9)) return m * power;
  }
  return 10 * power;
}

/// An axis with one tick tells no scale: where rounding leaves only one, the step is made smaller.
std::vector<double> linear_ticks(double low, double high, int count) {
  std::vector<double> ticks;
  for (double step = (high - low) / std::max(count, 1); ticks.size() < 2; step /= 2.6) {
    step = round_up_to_nice(step);
    const double slack = 1e-6 * step;
    ticks.clear();
    for (double k = std::ceil((low - slack) / step); k * step <= high + slack; ++k) {
      ticks.push_back(k == 0 ? 0.0 : k * step);
    }
  }
  return ticks;
}

/// Powers of ten, thinned where there are many; within two decades also their double and fivefold.
std::vector<double> decade_ticks(double low, double high, int count) {
  const int last = static_cast<int>(std::floor(std::log10(high) + 1e-9));
  const bool few = std::log10(high / low) < 2;
  const int first = few ? static_cast<int>(std::floor(std::log10(low)))
                        : static_cast<int>(std::ceil(std::log10(low) - 1e-9));
  const int stride = std::max(1, (last - first + count) / std::max(count, 1));
  std::vector<double> ticks;
  for (int e = first; e <= last; e += stride) {
    for (const double m : {1.0, 2.0, 5.0}) {
      const double tick = m * std::pow(10.0, e);
      if ((few || m == 1) && tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) {
        ticks.push_back(tick);
      }
    }
  }
  return ticks;
}

}  // namespace

std::vector<double> axis_ticks(double low, double high, int count, bool logarithmic) {
  if (!(high > low) || !std::isfinite(low) || !std::isfinite(high)) return {};
  if (logarithmic && low > 0) {
    std::vector<double> ticks = decade_ticks(low, high, count);
    if (ticks.size() >= 2) return ticks;
  }
  return linear_ticks(low, high, count);
}

std::string format_number(std::optional<double> value, int digits) {
  if (!value) return "-";
  const double x = *value;
  if (std::isnan(x)) return "NaN";
  if (std::isinf(x)) return x > 0 ? "inf" : "-inf";
  if (x == 0) return "0";
  char text[48];
  const double size = std::fabs(x);
  if (size < 1e-4 || size >= 1e7) {
    std::snprintf(text, sizeof text, "%.*e", std::min(digits, 2) - 1, x);
  } else if (size >= std::pow(10.0, digits)) {
    std::snprintf(text, sizeof text, "%.0f", x);
  } else {
    std::snprintf(text, sizeof text, "%.*g", digits, x);
  }
  return text;
}

std::string format_count(std::int64_t value) {
  std::string text = std::to_string(value);
  const int sign = value < 0 ? 1 : 0;
  for (int i = static_cast<int>(text.size()) - 3; i > sign; i -= 3) {
    text.insert(static_cast<size_t>(i), ",");
  }
  return text;
}

}  // namespace flowscope
