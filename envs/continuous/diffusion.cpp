#include "envs/continuous/diffusion.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace flowscope {
namespace {

constexpr double kLog2Pi = 1.8378770664093453;
constexpr double kDeviationRange = 4;  // learned deviations stay within this factor
constexpr int kTimeWaves = 8;       // pairs of a sine and a cosine of time that a network sees
constexpr int kTimeFeatures = 2 + 2 * kTimeWaves;
constexpr double kMixVariance = 0.3;  // of each bump of the mixtures

double normal_log_density(double z, double variance) {
  return -0.5 * (z * z / variance + std::log(variance) + kLog2Pi);
}

/// log of the double well's unnormalised density; an even coordinate of the many wells.
double well(double x) {
  const double square = x * x;
  return -square * square + 6 * square + 0.5 * x;
}

/// log of the integral of exp(well): a smooth density far inside [-4, 4], where evenly spaced points are
/// exact to rounding.
double log_well_integral() {
  constexpr int kPoints = 4000;
  static const double value = [] {
    double sum = 0;
    for (int i = 0; i <= kPoints; ++i) sum += std::exp(well(-4 + 8.0 * i / kPoints));
    return std::log(sum * 8.0 / kPoints);
  }();
  return value;
}

}  // namespace

Diffusion::Diffusion(const Settings& settings)
    : target_(settings.target),
      dims_(target_ == Target::kFunnel ? 10 : target_ == Target::kManyWell ? 32 : 2),
      steps_(settings.steps),
      waves_(settings.waves),
      funnel_width_(settings.funnel_width),
      sigma_(settings.sigma > 0            ? settings.sigma
             : target_ == Target::kGmm25   ? 10
             : target_ == Target::kGmm9    ? 5
                                           : 1),
      stride_(sigma_ / std::sqrt(steps_)) {
  const int steps = steps_;
  spec_.state_length = dims_ + 1;
  spec_.num_features = dims_ * (1 + 2 * waves_) + kTimeFeatures;
  spec_.max_length = steps + 1;
  spec_.timed = true;
  // A network's output of 1 is a drift of sigma over the whole time.
  spec_.forward = {.factor = Factor::kGaussian, .coordinates = dims_, .mean_unit = 1 / std::sqrt(steps)};
  if (settings.learned_deviation) {
    spec_.forward.low = 1 / kDeviationRange;  // in units of the process's own noise
    spec_.forward.high = kDeviationRange;
  }
  spec_.backward = {.factor = Factor::kGaussian, .coordinates = dims_};
  spec_.fixed_backward = true;
  for (int n = 0; n <= steps; ++n) {
    const double t = static_cast<double>(n) / steps;
    of_time_.push_back(static_cast<float>(t));
    // The last steps, in which objects take shape, are told apart by what is left.
    of_time_.push_back(static_cast<float>(1 / std::sqrt(steps - n + 1)));
    for (int k = 1; k <= kTimeWaves; ++k) {
      of_time_.push_back(static_cast<float>(std::sin(std::numbers::pi * k * t)));
      of_time_.push_back(static_cast<float>(std::cos(std::numbers::pi * k * t)));
    }
  }
}

void Diffusion::reset(MutablePoint state) const { std::ranges::fill(state, 0.0); }

double Diffusion::advance(Point state, Point u, MutablePoint next) const {
  for (size_t i = 0; i < time(); ++i) next[i] = state[i] + stride_ * u[i];
  next[time()] = state[time()] + 1;
  return dims_ * std::log(stride_);
}

double Diffusion::forward_coordinates(Point state, Point next, MutablePoint u) const {
  for (size_t i = 0; i < time(); ++i) u[i] = (next[i] - state[i]) / stride_;
  return dims_ * std::log(stride_);
}

double Diffusion::retreat(Point state, Point u, MutablePoint previous) const {
  const double t = state[time()] - 1, share = t / (t + 1), deviation = stride_ * std::sqrt(share);
  for (size_t i = 0; i < time(); ++i) previous[i] = share * state[i] + deviation * u[i];
  previous[time()] = t;
  return t > 0 ? dims_ * std::log(deviation) : 0;
}

double Diffusion::backward_coordinates(Point state, Point previous, MutablePoint u) const {
  const double t = previous[time()], share = t / (t + 1), deviation = stride_ * std::sqrt(share);
  for (size_t i = 0; i < time(); ++i) u[i] = (previous[i] - share * state[i]) / deviation;
  return dims_ * std::log(deviation);
}

double Diffusion::centre(int i) const { return 5.0 * (i - side() / 2); }

double Diffusion::log_reward(Point s) const {
  if (target_ == Target::kFunnel) {
    double log_p = normal_log_density(s[0], funnel_width_ * funnel_width_);
    for (size_t i = 1; i < time(); ++i) {  // of variance exp(s0)
      log_p -= 0.5 * (s[i] * s[i] * std::exp(-s[0]) + s[0] + kLog2Pi);
    }
    return log_p;
  }
  double log_r = 0;
  if (target_ == Target::kManyWell) {
    for (size_t i = 0; i < time(); i += 2) log_r += well(s[i]) - 0.5 * s[i + 1] * s[i + 1];
    return log_r;
  }
  // The mixture's bumps are on a grid, so that it is a product of mixtures along each axis.
  for (size_t i = 0; i < 2; ++i) {
    double top = -INFINITY, sum = 0;
    for (int k = 0; k < side(); ++k) top = std::max(top, normal_log_density(s[i] - centre(k), kMixVariance));
    for (int k = 0; k < side(); ++k) {
      sum += std::exp(normal_log_density(s[i] - centre(k), kMixVariance) - top);
    }
    log_r += top + std::log(sum / side());
  }
  return log_r;
}

void Diffusion::log_reward_gradient(Point s, MutablePoint gradient) const {
  if (target_ == Target::kFunnel) {
    const double precision = std::exp(-s[0]);
    gradient[0] = -s[0] / (funnel_width_ * funnel_width_);
    for (size_t i = 1; i < time(); ++i) {
      gradient[0] += 0.5 * (s[i] * s[i] * precision - 1);
      gradient[i] = -s[i] * precision;
    }
  } else if (target_ == Target::kManyWell) {
    for (size_t i = 0; i < time(); i += 2) {
      gradient[i] = -4 * s[i] * s[i] * s[i] + 12 * s[i] + 0.5;
      gradient[i + 1] = -s[i + 1];
    }
  } else {
    for (size_t i = 0; i < 2; ++i) {
      double top = -INFINITY, sum = 0, slope = 0;
      for (int k = 0; k < side(); ++k) top = std::max(top, normal_log_density(s[i] - centre(k), kMixVariance));
      for (int k = 0; k < side(); ++k) {
        const double d = s[i] - centre(k), share = std::exp(normal_log_density(d, kMixVariance) - top);
        sum += share;
        slope -= share * d / kMixVariance;
      }
      gradient[i] = slope / sum;
    }
  }
}

std::optional<double> Diffusion::log_partition() const {
  if (target_ != Target::kManyWell) return 0;
  return dims_ / 2 * (log_well_integral() + kLog2Pi / 2);
}

bool Diffusion::sample_target(Draws& draws, MutablePoint s) const {
  s[time()] = steps_;
  if (target_ == Target::kFunnel) {
    s[0] = funnel_width_ * draws.normal();
    for (size_t i = 1; i < time(); ++i) s[i] = std::exp(s[0] / 2) * draws.normal();
  } else if (target_ == Target::kManyWell) {
    constexpr double kTop = 9.94;  // no value of well() is higher
    for (size_t i = 0; i < time(); i += 2) {
      do {
        s[i] = 8 * draws.uniform() - 4;
      } while (std::log1p(-draws.uniform()) + kTop >= well(s[i]));
      s[i + 1] = draws.normal();
    }
  } else {
    for (size_t i = 0; i < 2; ++i) {
      s[i] = centre(static_cast<int>(draws.uniform() * side())) + std::sqrt(kMixVariance) * draws.normal();
    }
  }
  return true;
}

/// Sines and cosines of a coordinate, of which the longest spans four sigma: bumps that are narrow beside
/// sigma are found with these and hardly without.
void Diffusion::waves_of(double x, float* out) const {
  const double angle = std::numbers::pi / 2 * x / sigma_, sine = std::sin(angle), cosine = std::cos(angle);
  double s = sine, c = cosine;  // of k times the angle
  for (int k = 0; k < waves_; ++k) {
    *out++ = static_cast<float>(s);
    *out++ = static_cast<float>(c);
    const double next = s * cosine + c * sine;
    c = c * cosine - s * sine;
    s = next;
  }
}

void Diffusion::features(Point s, std::span<float> out) const {
  for (size_t i = 0; i < time(); ++i) {
    out[i] = static_cast<float>(s[i] / sigma_);
    if (waves_ > 0) waves_of(s[i], &out[time() + kTimeFeatures + i * 2 * static_cast<size_t>(waves_)]);
  }
  const auto now = static_cast<size_t>(s[time()]) * kTimeFeatures;
  std::ranges::copy(std::span(of_time_).subspan(now, kTimeFeatures), &out[time()]);
}

int Diffusion::num_modes() const {
  return target_ == Target::kGmm9 || target_ == Target::kGmm25 ? side() * side() : 0;
}

int Diffusion::mode_of(Point s) const {
  if (num_modes() == 0) return -1;
  int mode = 0;
  for (size_t i = 0; i < 2; ++i) {
    const int k = static_cast<int>(std::lround(s[i] / 5)) + side() / 2;
    if (k < 0 || k >= side() || std::abs(s[i] - centre(k)) > 2 * std::sqrt(kMixVariance)) return -1;
    mode = mode * side() + k;
  }
  return mode;
}

MapRegion Diffusion::map() const {
  const double reach = target_ == Target::kFunnel     ? 1 + 3 * funnel_width_
                       : target_ == Target::kManyWell ? 4
                                                      : centre(side() - 1) + 3;
  return {.x_label = "x1", .y_label = "x2", .x0 = -reach, .x1 = reach, .y0 = -reach, .y1 = reach};
}

std::vector<Axis> Diffusion::axes() const {
  const MapRegion region = map();
  std::vector<Axis> axes;
  for (int i = 0; i < dims_; ++i) {
    axes.push_back({.name = "x" + std::to_string(i + 1), .low = region.x0, .high = region.x1,
                    .edge = Axis::Edge::kOpen, .spread = sigma_});
  }
  return axes;
}

void Diffusion::map_point(Point s, double& x, double& y) const {
  x = s[0];
  y = s[target_ == Target::kManyWell ? 2 : 1];  // two of the wells
}

std::optional<double> Diffusion::map_log_density(double x, double y) const {
  if (target_ == Target::kManyWell) return well(x) + well(y) - 2 * log_well_integral();
  if (target_ == Target::kFunnel) {
    return normal_log_density(x, funnel_width_ * funnel_width_) + normal_log_density(y, std::exp(x));
  }
  return std::nullopt;  // the map is all there is
}

std::string Diffusion::label(Point s) const {
  char text[64];
  std::snprintf(text, sizeof text, "(%.2f, %.2f%s)", s[0], s[1], dims_ > 2 ? ", ..." : "");
  return text;
}

EnvironmentEntry diffusion_entry() {
  EnvironmentEntry entry;
  entry.name = "diffusion";
  entry.title = "Diffusion";
  entry.about = "Noise with a learned drift, steered from a point to a target density";
  entry.params = {
      {.key = "environment.steps", .label = "Time steps", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{100}, .min = 2, .max = 1000, .help = "Steps in a trajectory.",
       .live = false, .basic = true},
      {.key = "environment.sigma", .label = "Noise", .default_value = 0.0, .min = 0, .max = 100,
       .help = "Deviation of the noise over the whole time; 0 takes what suits the target.",
       .live = false, .basic = true},
      {.key = "reward.name", .label = "Target", .kind = ParamKind::kChoice,
       .default_value = std::string("gmm9"), .choices = {"gmm9", "gmm25", "funnel", "manywell"},
       .help = "Mixtures of 9 or 25 Gaussians, a funnel (d = 10), many wells (d = 32).",
       .live = false, .basic = true},
      {.key = "reward.funnel_width", .label = "Funnel's width", .default_value = 1.0, .min = 0.1,
       .max = 5, .help = "Deviation of the funnel's first coordinate; the logarithm of the others' variance is as wide.",
       .live = false},
      {.key = "density.deviation", .label = "Deviation of steps", .kind = ParamKind::kChoice,
       .default_value = std::string("fixed"), .choices = {"fixed", "learned"},
       .help = "Whether the policy learns the width of its steps too, or only their drift.",
       .live = false},
      {.key = "density.waves", .label = "Waves of coordinates", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{4}, .min = 0, .max = 16,
       .help = "Sines and cosines of every coordinate that networks see beside it: narrow bumps are found with these.",
       .live = false},
  };
  entry.make_continuous = [](const Params& p, PictureReader) -> std::shared_ptr<const ContinuousEnvironment> {
    const std::string& name = param<std::string>(p, "reward.name");
    Diffusion::Settings settings;
    settings.target = name == "gmm9"     ? Diffusion::Target::kGmm9
                      : name == "gmm25"  ? Diffusion::Target::kGmm25
                      : name == "funnel" ? Diffusion::Target::kFunnel
                                         : Diffusion::Target::kManyWell;
    settings.steps = static_cast<int>(param<std::int64_t>(p, "environment.steps"));
    settings.sigma = param<double>(p, "environment.sigma");
    settings.learned_deviation = param<std::string>(p, "density.deviation") == "learned";
    settings.funnel_width = param<double>(p, "reward.funnel_width");
    settings.waves = static_cast<int>(param<std::int64_t>(p, "density.waves"));
    return std::make_shared<Diffusion>(settings);
  };
  return entry;
}

}  // namespace flowscope
