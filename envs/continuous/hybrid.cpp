#include "envs/continuous/hybrid.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace flowscope {
namespace {

constexpr double kRadius = 4;  // of the circle on which the parts lie

double normal_log_density(double z, double deviation) {
  return -z * z / (2 * deviation * deviation) - std::log(deviation) - 0.5 * std::log(2 * std::numbers::pi);
}

}  // namespace

Hybrid::Hybrid(int components, int density_components) {
  for (int k = 0; k < components; ++k) {
    const double angle = 2 * std::numbers::pi * k / components;
    parts_.push_back({.weight = k + 1.0, .x = kRadius * std::cos(angle), .y = kRadius * std::sin(angle),
                      .deviation = 0.6 + 0.1 * (k % 3), .bend = k % 2 ? -0.5 : 0.5});
  }
  spec_.state_length = 4;
  spec_.num_features = 2 + 2 + components;
  spec_.max_length = 4;
  spec_.first = DensitySpec{.factor = Factor::kChoice, .components = components};
  spec_.forward = {.factor = Factor::kGaussian, .components = density_components, .low = 0.05,
                   .high = 4, .mean_unit = kRadius};
  spec_.backward = spec_.forward;
  spec_.fixed_backward = true;
}

void Hybrid::reset(MutablePoint state) const {
  std::ranges::fill(state, 0.0);
  state[kChosen] = -1;
}

double Hybrid::advance(Point state, Point u, MutablePoint next) const {
  std::ranges::copy(state, next.begin());
  next[state[kStage] == 0 ? kChosen : state[kStage] == 1 ? kX : kY] = u[0];
  next[kStage] += 1;
  return 0;
}

double Hybrid::forward_coordinates(Point state, Point next, MutablePoint u) const {
  u[0] = next[state[kStage] == 0 ? kChosen : state[kStage] == 1 ? kX : kY];
  return 0;
}

double Hybrid::retreat(Point state, Point, MutablePoint previous) const {
  if (state[kStage] <= 1) {
    reset(previous);
    return 0;
  }
  std::ranges::copy(state, previous.begin());
  previous[state[kStage] == 2 ? kX : kY] = 0;
  previous[kStage] -= 1;
  return 0;
}

double Hybrid::log_reward(Point s) const {
  const Part& part = parts_[static_cast<size_t>(s[kChosen])];
  const double dx = s[kX] - part.x, middle = part.y + part.bend * dx * dx;
  return std::log(part.weight) + normal_log_density(dx, part.deviation) +
         normal_log_density(s[kY] - middle, part.deviation / 2);
}

void Hybrid::log_reward_gradient(Point s, MutablePoint gradient) const {
  const Part& part = parts_[static_cast<size_t>(s[kChosen])];
  const double dx = s[kX] - part.x, variance = part.deviation * part.deviation;
  const double off = s[kY] - part.y - part.bend * dx * dx;  // from the bent middle
  gradient[kX] = -dx / variance + 8 * part.bend * dx * off / variance;
  gradient[kY] = -4 * off / variance;
}

std::optional<double> Hybrid::log_partition() const {
  double sum = 0;
  for (const Part& part : parts_) sum += part.weight;
  return std::log(sum);
}

bool Hybrid::sample_target(Draws& draws, MutablePoint s) const {
  double left = draws.uniform() * std::exp(*log_partition());
  size_t k = 0;
  while (k + 1 < parts_.size() && (left -= parts_[k].weight) >= 0) ++k;
  const Part& part = parts_[k];
  const double dx = part.deviation * draws.normal();
  s[kX] = part.x + dx;
  s[kY] = part.y + part.bend * dx * dx + part.deviation / 2 * draws.normal();
  s[kChosen] = static_cast<double>(k);
  s[kStage] = 3;
  return true;
}

void Hybrid::features(Point s, std::span<float> out) const {
  std::ranges::fill(out, 0.f);
  out[0] = static_cast<float>(s[kX] / kRadius);
  out[1] = static_cast<float>(s[kY] / kRadius);
  out[2] = s[kStage] >= 2;
  out[3] = s[kStage] >= 3;  // or y = 0 would look like no y yet, and flows differ
  if (s[kChosen] >= 0) out[4 + static_cast<size_t>(s[kChosen])] = 1;
}

MapRegion Hybrid::map() const {
  constexpr double kReach = kRadius + 4;
  return {.x_label = "x", .y_label = "y", .x0 = -kReach, .x1 = kReach, .y0 = -kReach, .y1 = kReach};
}

std::vector<Axis> Hybrid::axes() const {
  const MapRegion region = map();
  return {{.name = "x", .low = region.x0, .high = region.x1, .edge = Axis::Edge::kOpen, .spread = kRadius},
          {.name = "y", .low = region.y0, .high = region.y1, .edge = Axis::Edge::kOpen, .spread = kRadius}};
}

void Hybrid::map_point(Point s, double& x, double& y) const {
  x = s[kX];
  y = s[kY];
}

std::optional<double> Hybrid::map_log_density(double x, double y) const {
  double sum = 0;
  for (size_t k = 0; k < parts_.size(); ++k) {
    const double state[] = {x, y, static_cast<double>(k), 3};
    sum += std::exp(log_reward(state));
  }
  return std::log(sum) - *log_partition();
}

std::string Hybrid::label(Point s) const {
  char text[64];
  std::snprintf(text, sizeof text, "shape %d at (%.2f, %.2f)", static_cast<int>(s[kChosen]) + 1, s[kX], s[kY]);
  return text;
}

EnvironmentEntry hybrid_entry() {
  EnvironmentEntry entry;
  entry.name = "hybrid";
  entry.title = "Hybrid";
  entry.about = "Choose a shape, then a point on it: discrete structure, then real parameters";
  entry.params = {
      {.key = "environment.components", .label = "Shapes", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{4}, .min = 1, .max = 16, .help = "Shapes to choose from.",
       .live = false, .basic = true},
      {.key = "density.components", .label = "Gaussians a step", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{2}, .min = 1, .max = 32,
       .help = "Components in the mixture of Gaussians of a coordinate.", .live = false},
  };
  entry.make_continuous = [](const Params& p, PictureReader) -> std::shared_ptr<const ContinuousEnvironment> {
    return std::make_shared<Hybrid>(static_cast<int>(param<std::int64_t>(p, "environment.components")),
                                    static_cast<int>(param<std::int64_t>(p, "density.components")));
  };
  return entry;
}

}  // namespace flowscope
