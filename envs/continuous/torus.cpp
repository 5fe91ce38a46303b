#include "envs/continuous/torus.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace flowscope {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr int kHarmonics = 5;   // sines and cosines of each angle that a network sees

double wrapped(double angle) { return std::remainder(angle, 2 * kPi); }

}  // namespace

Torus::Torus(int angles, int steps, int components, double concentration, double start)
    : angles_(angles), steps_(steps) {
  spec_.state_length = angles + 1;  // angles in [-pi, pi], time
  spec_.num_features = 2 * kHarmonics * angles + steps + 1;
  spec_.max_length = steps + 1;
  spec_.timed = true;
  spec_.forward = {.factor = Factor::kVonMises, .coordinates = angles, .components = components,
                   .low = start, .high = concentration};
  spec_.backward = spec_.forward;
}

void Torus::reset(MutablePoint state) const { std::ranges::fill(state, 0.0); }

double Torus::advance(Point state, Point u, MutablePoint next) const {
  for (size_t i = 0; i < time(); ++i) next[i] = wrapped(state[i] + u[i]);
  next[time()] = state[time()] + 1;
  return 0;
}

double Torus::forward_coordinates(Point state, Point next, MutablePoint u) const {
  for (size_t i = 0; i < time(); ++i) u[i] = wrapped(next[i] - state[i]);
  return 0;
}

double Torus::retreat(Point state, Point u, MutablePoint previous) const {
  if (one_parent(state)) {
    reset(previous);
    return 0;
  }
  for (size_t i = 0; i < time(); ++i) previous[i] = wrapped(state[i] + u[i]);
  previous[time()] = state[time()] - 1;
  return 0;
}

double Torus::backward_coordinates(Point state, Point previous, MutablePoint u) const {
  for (size_t i = 0; i < time(); ++i) u[i] = wrapped(previous[i] - state[i]);
  return 0;
}

double Torus::root(Point s) const {
  constexpr double kFloor = 1e-12;  // the reward touches 0 at single points
  double sum = angles_;
  for (size_t i = 0; i < time(); ++i) sum += i % 2 == 0 ? std::sin(3 * s[i]) : std::cos(2 * s[i]);
  return std::max(kFloor, sum);
}

double Torus::log_reward(Point s) const { return 3 * std::log(root(s)); }

void Torus::log_reward_gradient(Point s, MutablePoint gradient) const {
  const double of_root = 3 / root(s);
  for (size_t i = 0; i < time(); ++i) {
    gradient[i] = of_root * (i % 2 == 0 ? 3 * std::cos(3 * s[i]) : -2 * std::sin(2 * s[i]));
  }
}

std::optional<double> Torus::log_partition() const {
  const double n = angles_;
  return std::log(n * n * (n + 1.5)) + n * std::log(2 * kPi);
}

bool Torus::sample_target(Draws& draws, MutablePoint state) const {
  state[time()] = steps_;
  const double highest = 2.0 * angles_;  // no root is higher
  do {
    for (size_t i = 0; i < time(); ++i) state[i] = kPi * (2 * draws.uniform() - 1);
  } while (draws.uniform() >= std::pow(root(state) / highest, 3));
  return true;
}

void Torus::features(Point s, std::span<float> out) const {
  size_t next = 0;
  for (size_t i = 0; i < time(); ++i) {
    for (int k = 1; k <= kHarmonics; ++k) {
      out[next++] = static_cast<float>(std::sin(k * s[i]));
      out[next++] = static_cast<float>(std::cos(k * s[i]));
    }
  }
  for (int t = 0; t <= steps_; ++t) out[next++] = s[time()] == t;
}

int Torus::num_modes() const {
  int modes = 1;
  for (int i = 0; i < angles_; ++i) modes *= i % 2 == 0 ? 3 : 2;
  return modes;
}

/// sin 3a peaks at a = pi/6 + 2 pi k/3, and cos 2b at b = 0 and pi. An object belongs to the peak that is
/// nearest along every angle, where its reward is at least half of that peak's.
int Torus::mode_of(Point s) const {
  if (3 * std::log(root(s) / (2 * angles_)) < -std::log(2)) return -1;
  int mode = 0, stride = 1;
  for (size_t i = 0; i < time(); ++i) {
    const int third = static_cast<int>(std::floor((s[i] + kPi - kPi / 6) / (2 * kPi / 3) + 0.5)) % 3;
    mode += stride * (i % 2 == 0 ? third : std::abs(s[i]) > kPi / 2);
    stride *= i % 2 == 0 ? 3 : 2;
  }
  return mode;
}

MapRegion Torus::map() const {
  return {.x_label = "a1", .y_label = "a2", .x0 = -kPi, .x1 = kPi, .y0 = -kPi, .y1 = kPi,
          .periodic = true};
}

std::vector<Axis> Torus::axes() const {
  std::vector<Axis> axes;
  for (int i = 1; i <= angles_; ++i) {
    axes.push_back({.name = "a" + std::to_string(i), .low = -kPi, .high = kPi, .edge = Axis::Edge::kPeriodic});
  }
  return axes;
}

void Torus::map_point(Point s, double& x, double& y) const {
  x = s[0];
  y = s[1];
}

std::string Torus::label(Point s) const {
  std::string text = "(";
  for (size_t i = 0; i < time(); ++i) {
    char angle[16];
    std::snprintf(angle, sizeof angle, "%s%.2f", i > 0 ? ", " : "", s[i]);
    text += angle;
  }
  return text + ")";
}

EnvironmentEntry torus_entry() {
  EnvironmentEntry entry;
  entry.name = "torus";
  entry.title = "Torus";
  entry.about = "Two or more angles, turned together a fixed number of times";
  entry.params = {
      {.key = "environment.angles", .label = "Angles", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{2}, .min = 2, .max = 8,
       .help = "How many there are; the density of two is known by quadrature, of more by samples.",
       .live = false, .basic = true},
      {.key = "environment.steps", .label = "Turns", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{10}, .min = 2, .max = 64, .help = "Turns before the stop.",
       .live = false, .basic = true},
      {.key = "density.components", .label = "Von Mises a turn", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{5}, .min = 1, .max = 32,
       .help = "Components in the mixture of von Mises densities of a turn.", .live = false},
      {.key = "density.concentration", .label = "Concentration unit", .default_value = 3.0,
       .min = 0.1, .max = 100, .help = "What a network's output of 1 stands for.", .live = false},
      {.key = "density.start", .label = "Concentration at first", .default_value = 0.0,
       .min = 0, .max = 100,
       .help = "Of turns before anything is learned, around standing still: 0 turns anywhere, 4 about half a radian.",
       .live = false},
  };
  entry.make_continuous = [](const Params& p, PictureReader) -> std::shared_ptr<const ContinuousEnvironment> {
    return std::make_shared<Torus>(static_cast<int>(param<std::int64_t>(p, "environment.angles")),
                                   static_cast<int>(param<std::int64_t>(p, "environment.steps")),
                                   static_cast<int>(param<std::int64_t>(p, "density.components")),
                                   param<double>(p, "density.concentration"), param<double>(p, "density.start"));
  };
  return entry;
}

}  // namespace flowscope
