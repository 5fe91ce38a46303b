#include "envs/continuous/torus.h"

#include <cmath>
#include <cstdio>
#include <numbers>

namespace flowscope {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr int kHarmonics = 5;   // sines and cosines of each angle that a network sees
constexpr double kHighest = 64;  // of the reward

double wrapped(double angle) { return std::remainder(angle, 2 * kPi); }

}  // namespace

Torus::Torus(int steps, int components, double concentration) : steps_(steps) {
  spec_.state_length = 3;  // two angles in [-pi, pi], time
  spec_.num_features = 4 * kHarmonics + steps + 1;
  spec_.max_length = steps + 1;
  spec_.timed = true;
  spec_.forward = {.factor = Factor::kVonMises, .coordinates = 2, .components = components,
                   .high = concentration};
  spec_.backward = spec_.forward;
}

void Torus::reset(MutablePoint state) const { state[0] = state[1] = state[2] = 0; }

double Torus::advance(Point state, Point u, MutablePoint next) const {
  for (size_t i = 0; i < 2; ++i) next[i] = wrapped(state[i] + u[i]);
  next[2] = state[2] + 1;
  return 0;
}

double Torus::forward_coordinates(Point state, Point next, MutablePoint u) const {
  for (size_t i = 0; i < 2; ++i) u[i] = wrapped(next[i] - state[i]);
  return 0;
}

double Torus::retreat(Point state, Point u, MutablePoint previous) const {
  if (one_parent(state)) {
    reset(previous);
    return 0;
  }
  for (size_t i = 0; i < 2; ++i) previous[i] = wrapped(state[i] + u[i]);
  previous[2] = state[2] - 1;
  return 0;
}

double Torus::backward_coordinates(Point state, Point previous, MutablePoint u) const {
  for (size_t i = 0; i < 2; ++i) u[i] = wrapped(previous[i] - state[i]);
  return 0;
}

double Torus::log_reward(Point s) const {
  constexpr double kFloor = 1e-12;  // the reward touches 0 at six points
  return 3 * std::log(std::max(kFloor, std::sin(3 * s[0]) + std::cos(2 * s[1]) + 2));
}

bool Torus::log_reward_gradient(Point s, MutablePoint gradient) const {
  const double root = std::max(1e-12, std::sin(3 * s[0]) + std::cos(2 * s[1]) + 2);
  gradient[0] = 9 * std::cos(3 * s[0]) / root;
  gradient[1] = -6 * std::sin(2 * s[1]) / root;
  return true;
}

std::optional<double> Torus::log_partition() const { return std::log(14 * 4 * kPi * kPi); }

bool Torus::sample_target(Draws& draws, MutablePoint state) const {
  state[2] = steps_;
  do {
    for (size_t i = 0; i < 2; ++i) state[i] = kPi * (2 * draws.uniform() - 1);
  } while (draws.uniform() * kHighest >= std::exp(log_reward(state)));
  return true;
}

void Torus::features(Point s, std::span<float> out) const {
  size_t next = 0;
  for (size_t i = 0; i < 2; ++i) {
    for (int k = 1; k <= kHarmonics; ++k) {
      out[next++] = static_cast<float>(std::sin(k * s[i]));
      out[next++] = static_cast<float>(std::cos(k * s[i]));
    }
  }
  for (int t = 0; t <= steps_; ++t) out[next++] = s[2] == t;
}

/// sin 3a peaks at a = pi/6 + 2 pi k/3, and cos 2b at b = 0 and pi.
int Torus::mode_of(Point s) const {
  if (log_reward(s) < std::log(kHighest / 2)) return -1;
  const int third = static_cast<int>(std::floor((s[0] + kPi - kPi / 6) / (2 * kPi / 3) + 0.5)) % 3;
  return third + 3 * (std::abs(s[1]) > kPi / 2);
}

MapRegion Torus::map() const {
  return {.x_label = "a1", .y_label = "a2", .x0 = -kPi, .x1 = kPi, .y0 = -kPi, .y1 = kPi,
          .periodic = true};
}

void Torus::map_point(Point s, double& x, double& y) const {
  x = s[0];
  y = s[1];
}

std::string Torus::label(Point s) const {
  char text[48];
  std::snprintf(text, sizeof text, "(%.2f, %.2f)", s[0], s[1]);
  return text;
}

EnvironmentEntry torus_entry() {
  EnvironmentEntry entry;
  entry.name = "torus";
  entry.title = "Torus";
  entry.about = "Two angles, turned together a fixed number of times";
  entry.params = {
      {.key = "environment.steps", .label = "Turns", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{10}, .min = 2, .max = 64, .help = "Turns before the stop.",
       .live = false, .basic = true},
      {.key = "density.components", .label = "Von Mises a turn", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{5}, .min = 1, .max = 32,
       .help = "Components in the mixture of von Mises densities of a turn.", .live = false},
      {.key = "density.concentration", .label = "Concentration unit", .default_value = 3.0,
       .min = 0.1, .max = 100, .help = "What a network's output of 1 stands for.", .live = false},
  };
  entry.make_continuous = [](const Params& p) -> std::shared_ptr<const ContinuousEnvironment> {
    return std::make_shared<Torus>(static_cast<int>(param<std::int64_t>(p, "environment.steps")),
                                   static_cast<int>(param<std::int64_t>(p, "density.components")),
                                   param<double>(p, "density.concentration"));
  };
  return entry;
}

}  // namespace flowscope
