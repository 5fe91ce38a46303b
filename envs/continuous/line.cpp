#include "envs/continuous/line.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace flowscope {
namespace {

constexpr double kMargin = 4.5;  // deviations around the outer bumps that the map shows

}  // namespace

Line::Line(const Rules& rules) : rules_(rules) {
  spec_.state_length = 2;  // x, time
  spec_.num_features = 2 + rules.steps;
  spec_.max_length = rules.steps + 1;
  spec_.timed = true;
  const MapRegion frame = map();
  centre_ = (frame.x0 + frame.x1) / 2;
  width_ = (frame.x1 - frame.x0) / 2;
  const double stride = width_ / std::sqrt(rules.steps);  // steps that cover the range in time
  spec_.forward = {.factor = Factor::kGaussian, .components = rules.components,
                   .low = 0.1 * rules.deviation, .high = 2 * stride, .mean_unit = stride};
  spec_.backward = spec_.forward;
}

void Line::reset(MutablePoint state) const {
  state[0] = rules_.start;
  state[1] = 0;
}

double Line::advance(Point state, Point u, MutablePoint next) const {
  next[0] = state[0] + u[0];
  next[1] = state[1] + 1;
  return 0;
}

double Line::forward_coordinates(Point state, Point next, MutablePoint u) const {
  u[0] = next[0] - state[0];
  return 0;
}

double Line::retreat(Point state, Point u, MutablePoint previous) const {
  if (one_parent(state)) {
    reset(previous);
    return 0;
  }
  previous[0] = state[0] + u[0];
  previous[1] = state[1] - 1;
  return 0;
}

double Line::backward_coordinates(Point state, Point previous, MutablePoint u) const {
  u[0] = previous[0] - state[0];
  return 0;
}

double Line::log_reward(Point state) const {
  double top = -INFINITY, sum = 0;
  const auto exponent = [&](int i) {
    const double z = (state[0] - rules_.first - i * rules_.spacing) / rules_.deviation;
    return -z * z / 2;
  };
  for (int i = 0; i < rules_.modes; ++i) top = std::max(top, exponent(i));
  for (int i = 0; i < rules_.modes; ++i) sum += std::exp(exponent(i) - top);
  return top + std::log(sum / (rules_.deviation * std::sqrt(2 * std::numbers::pi)));
}

void Line::log_reward_gradient(Point state, MutablePoint gradient) const {
  // Of the mixture: each bump's own slope, weighted by its share of the density here.
  const double variance = rules_.deviation * rules_.deviation, log_all = log_reward(state);
  gradient[0] = 0;
  for (int i = 0; i < rules_.modes; ++i) {
    const double d = state[0] - rules_.first - i * rules_.spacing;
    const double log_bump = -d * d / (2 * variance) - std::log(rules_.deviation * std::sqrt(2 * std::numbers::pi));
    gradient[0] -= std::exp(log_bump - log_all) * d / variance;
  }
}

bool Line::sample_target(Draws& draws, MutablePoint state) const {
  const double mode = std::floor(draws.uniform() * rules_.modes);
  state[0] = rules_.first + mode * rules_.spacing + rules_.deviation * draws.normal();
  state[1] = rules_.steps;
  return true;
}

void Line::features(Point state, std::span<float> out) const {
  std::ranges::fill(out, 0.f);
  out[0] = static_cast<float>((state[0] - centre_) / width_);
  out[1 + static_cast<size_t>(state[1])] = 1;
}

int Line::mode_of(Point state) const {
  const double i = std::round((state[0] - rules_.first) / rules_.spacing);
  if (i < 0 || i >= rules_.modes) return -1;
  const bool near = std::abs(state[0] - rules_.first - i * rules_.spacing) < 2 * rules_.deviation;
  return near ? static_cast<int>(i) : -1;
}

MapRegion Line::map() const {
  const double margin = kMargin * rules_.deviation;
  const double last = rules_.first + (rules_.modes - 1) * rules_.spacing;
  return {.x_label = "x", .x0 = std::min(rules_.start, rules_.first) - margin,
          .x1 = std::max(rules_.start, last) + margin, .line = true};
}

std::vector<Axis> Line::axes() const {
  const MapRegion region = map();
  return {{.name = "x", .low = region.x0, .high = region.x1, .edge = Axis::Edge::kOpen,
           .centre = centre_, .spread = width_ / 2}};
}

void Line::map_point(Point state, double& x, double& y) const {
  x = state[0];
  y = 0;
}

std::string Line::label(Point state) const {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", state[0]);
  return text;
}

EnvironmentEntry line_entry() {
  EnvironmentEntry entry;
  entry.name = "line";
  entry.title = "Line";
  entry.about = "A few Gaussian increments along a line of separate bumps";
  entry.params = {
      {.key = "environment.steps", .label = "Increments", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{5}, .min = 2, .max = 64, .help = "Increments before the stop.",
       .live = false, .basic = true},
      {.key = "environment.start", .label = "Start", .default_value = 0.0, .min = -1e3, .max = 1e3,
       .help = "Where a trajectory begins.", .live = false},
      {.key = "reward.modes", .label = "Bumps", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{2}, .min = 1, .max = 16, .help = "Number of bumps.",
       .live = false, .basic = true},
      {.key = "reward.first", .label = "First bump", .default_value = 2.0, .min = -1e3, .max = 1e3,
       .help = "Centre of the first bump.", .live = false},
      {.key = "reward.spacing", .label = "Spacing", .default_value = 3.0, .min = 0.01, .max = 100,
       .help = "From one centre to the next.", .live = false, .basic = true},
      {.key = "reward.deviation", .label = "Deviation", .default_value = 0.5, .min = 0.01,
       .max = 100, .help = "Standard deviation of each bump.", .live = false, .basic = true},
      {.key = "density.components", .label = "Gaussians a step", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{2}, .min = 1, .max = 32,
       .help = "Components in the mixture of Gaussians of a step.", .live = false},
  };
  entry.make_continuous = [](const Params& p, PictureReader) -> std::shared_ptr<const ContinuousEnvironment> {
    return std::make_shared<Line>(Line::Rules{
        .steps = static_cast<int>(param<std::int64_t>(p, "environment.steps")),
        .start = param<double>(p, "environment.start"),
        .modes = static_cast<int>(param<std::int64_t>(p, "reward.modes")),
        .first = param<double>(p, "reward.first"),
        .spacing = param<double>(p, "reward.spacing"),
        .deviation = param<double>(p, "reward.deviation"),
        .components = static_cast<int>(param<std::int64_t>(p, "density.components"))});
  };
  return entry;
}

}  // namespace flowscope
