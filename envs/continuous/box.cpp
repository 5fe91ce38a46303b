#include "envs/continuous/box.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <numbers>
#include <numeric>
#include <stdexcept>

#include "envs/continuous/painting.h"

namespace flowscope {
namespace {

constexpr double kQuarter = std::numbers::pi / 2;
constexpr int kOctaves = 5;          // of waves that a network sees along each axis
constexpr double kBorder = 1e-10;   // as near to the far sides as that, a trajectory stops
constexpr double kSlopeReach = 0.02;  // to either side of a point, over which slopes are taken
constexpr int kSumSide = 512;         // cells over which a reward without a closed sum is summed
constexpr double kThinArc = 1e-12;  // rounding may close an arc at the very edge of a disk

/// A range of angles in units of a quarter turn.
struct Arc {
  double low, high;
};

/// Angles at which a step of length delta stays inside, given the room along each axis.
Arc arc_within(double room_x, double room_y, double delta) {
  return {room_x < delta ? std::acos(std::max(0.0, room_x) / delta) / kQuarter : 0,
          room_y < delta ? std::asin(std::max(0.0, room_y) / delta) / kQuarter : 1};
}

Arc arc_ahead(Point s, double delta) { return arc_within(1 - s[0], 1 - s[1], delta); }
Arc arc_behind(Point s, double delta) { return arc_within(s[0], s[1], delta); }

/// The share of the arc at which the direction (dx, dy) lies.
double share(const Arc& arc, double dx, double dy) {
  const double angle = std::atan2(dy, dx) / kQuarter;
  return std::clamp((angle - arc.low) / std::max(kThinArc, arc.high - arc.low), 0.0, 1.0);
}

double log_stretch(const Arc& arc, double delta) {
  return std::log(delta * kQuarter * std::max(kThinArc, arc.high - arc.low));
}

bool is_source(Point s) { return s[0] == 0 && s[1] == 0; }

}  // namespace

Box::Box(const Rules& rules) : rules_(rules) {
  if ((rules.reward == Reward::kCorners || rules.reward == Reward::kPicture) && !(rules.r0 > 0)) {
    throw std::invalid_argument(
        "reward.r0 = 0 leaves points with reward 0, whose log R is not finite; give reward.r0 a "
        "positive value, for example 1e-4");
  }
  spec_.state_length = 2;
  spec_.num_features = 3 + 4 * kOctaves;
  // Every step but the first gains at least delta in x + y, which ends at 2.
  spec_.max_length = 2 + static_cast<int>(std::ceil(2 / rules.delta));
  spec_.forward = {.factor = Factor::kBeta, .components = rules.components, .stops = true,
                   .low = rules.low, .high = rules.high};
  spec_.first = DensitySpec{.factor = Factor::kBeta, .coordinates = 2,
                            .components = rules.first_components, .low = rules.low,
                            .high = rules.high};
  spec_.backward = spec_.forward;
  spec_.backward.stops = false;
  spec_.all_terminating = true;
  if (rules.reward == Reward::kCorners) {
    highest_ = rules.r0 + rules.r1 + rules.r2;
    log_z_ = std::log(rules.r0 + 0.25 * rules.r1 + 0.04 * rules.r2);
  } else if (rules.reward == Reward::kPicture) {
    const std::vector<double>& pixels = rules.picture.values;
    std::partial_sum(pixels.begin(), pixels.end(), std::back_inserter(brightness_));
    log_z_ = std::log(rules.r0 + brightness_.back() / static_cast<double>(pixels.size()));
  } else {
    double sum = 0;  // over middles of cells
    for (int i = 0; i < kSumSide * kSumSide; ++i) {
      sum += reward((i % kSumSide + 0.5) / kSumSide, (i / kSumSide + 0.5) / kSumSide);
    }
    log_z_ = std::log(sum / (kSumSide * kSumSide));
  }
}

void Box::reset(MutablePoint state) const { state[0] = state[1] = 0; }

bool Box::must_stop(Point s) const {
  if (s[0] >= 1 - kBorder || s[1] >= 1 - kBorder) return true;
  return std::hypot(1 - s[0], 1 - s[1]) <= rules_.delta;
}

double Box::advance(Point s, Point u, MutablePoint next) const {
  if (is_source(s)) {
    const double radius = u[0] * rules_.delta, angle = u[1] * kQuarter;
    next[0] = radius * std::cos(angle);
    next[1] = radius * std::sin(angle);
    return std::log(radius * rules_.delta * kQuarter);
  }
  const Arc arc = arc_ahead(s, rules_.delta);
  const double angle = kQuarter * (arc.low + (arc.high - arc.low) * u[0]);
  next[0] = std::min(1.0, s[0] + rules_.delta * std::cos(angle));
  next[1] = std::min(1.0, s[1] + rules_.delta * std::sin(angle));
  return log_stretch(arc, rules_.delta);
}

double Box::forward_coordinates(Point s, Point next, MutablePoint u) const {
  if (is_source(s)) {
    const double radius = std::hypot(next[0], next[1]);
    u[0] = radius / rules_.delta;
    u[1] = std::atan2(next[1], next[0]) / kQuarter;
    return std::log(radius * rules_.delta * kQuarter);
  }
  const Arc arc = arc_ahead(s, rules_.delta);
  u[0] = share(arc, next[0] - s[0], next[1] - s[1]);
  return log_stretch(arc, rules_.delta);
}

bool Box::one_parent(Point s) const { return std::hypot(s[0], s[1]) <= rules_.delta; }

double Box::retreat(Point s, Point u, MutablePoint previous) const {
  if (one_parent(s)) {
    reset(previous);
    return 0;
  }
  const Arc arc = arc_behind(s, rules_.delta);
  const double angle = kQuarter * (arc.low + (arc.high - arc.low) * u[0]);
  previous[0] = std::max(0.0, s[0] - rules_.delta * std::cos(angle));
  previous[1] = std::max(0.0, s[1] - rules_.delta * std::sin(angle));
  return log_stretch(arc, rules_.delta);
}

double Box::backward_coordinates(Point s, Point previous, MutablePoint u) const {
  const Arc arc = arc_behind(s, rules_.delta);
  u[0] = share(arc, s[0] - previous[0], s[1] - previous[1]);
  return log_stretch(arc, rules_.delta);
}

double Box::reward(double x, double y) const {
  if (rules_.reward == Reward::kCorners) {
    const double a = std::abs(x - 0.5), b = std::abs(y - 0.5);
    return rules_.r0 + rules_.r1 * (a > 0.25 && b > 0.25) +
           rules_.r2 * (a > 0.3 && a < 0.4 && b > 0.3 && b < 0.4);
  }
  if (rules_.reward == Reward::kPicture) return rules_.r0 + rules_.picture.at(x, y);
  const auto ridge = [](double distance) { return std::exp(-distance * distance / (2 * 0.04 * 0.04)); };
  if (rules_.reward == Reward::kRing) return 0.01 + ridge(std::hypot(x - 0.5, y - 0.5) - 0.3);
  // Two half circles that reach into each other.
  const double upper = y >= 0.42 ? ridge(std::hypot(x - 0.37, y - 0.42) - 0.24) : 0;
  const double lower = y <= 0.58 ? ridge(std::hypot(x - 0.63, y - 0.58) - 0.24) : 0;
  return 0.01 + std::min(1.0, upper + lower);
}

double Box::log_reward(Point s) const { return std::log(reward(s[0], s[1])); }

/// The difference of log R over a short way, cut where it leaves the square: exact on the ring and the
/// moons, whose log R is nearly a parabola there; where corners and pixels have edges it feels them from near.
void Box::log_reward_gradient(Point s, MutablePoint gradient) const {
  const double at[2] = {std::clamp(s[0], 0.0, 1.0), std::clamp(s[1], 0.0, 1.0)};
  for (size_t i = 0; i < 2; ++i) {
    double low[2] = {at[0], at[1]}, high[2] = {at[0], at[1]};
    low[i] = std::max(0.0, at[i] - kSlopeReach);
    high[i] = std::min(1.0, at[i] + kSlopeReach);
    gradient[i] = (log_reward(high) - log_reward(low)) / (high[i] - low[i]);
  }
}

bool Box::sample_target(Draws& draws, MutablePoint state) const {
  if (rules_.reward == Reward::kPicture) {
    // A point of the floor, or of a pixel drawn by its brightness.
    const GreyImage& picture = rules_.picture;
    const double floor = rules_.r0 * static_cast<double>(brightness_.size());
    const double at = draws.uniform() * (floor + brightness_.back()) - floor;
    state[0] = draws.uniform();
    state[1] = draws.uniform();
    if (at < 0) return true;
    const auto last = static_cast<long>(brightness_.size()) - 1;
    const auto pixel = std::min(last, std::ranges::upper_bound(brightness_, at) - brightness_.begin());
    state[0] = (static_cast<double>(pixel % picture.width) + state[0]) / picture.width;
    state[1] = 1 - (static_cast<double>(pixel / picture.width) + 1 - state[1]) / picture.height;
    return true;
  }
  do {
    state[0] = draws.uniform();
    state[1] = draws.uniform();
  } while (draws.uniform() * highest_ >= reward(state[0], state[1]) || is_source(state));
  return true;
}

/// The centred coordinates, and waves of them that halve in length: rewards have edges, which a
/// network finds with these and hardly without.
void Box::features(Point s, std::span<float> out) const {
  size_t next = 0;
  for (size_t i = 0; i < 2; ++i) {
    out[next++] = static_cast<float>(2 * s[i] - 1);
    double sine = std::sin(std::numbers::pi * s[i]), cosine = std::cos(std::numbers::pi * s[i]);
    for (int k = 0; k < kOctaves; ++k) {
      out[next++] = static_cast<float>(sine);
      out[next++] = static_cast<float>(cosine);
      const double twice = 2 * sine * cosine;  // the double angle
      cosine = cosine * cosine - sine * sine;
      sine = twice;
    }
  }
  out[next] = static_cast<float>(0.5 * log_reward(s));
}

int Box::mode_of(Point s) const {
  const double a = std::abs(s[0] - 0.5), b = std::abs(s[1] - 0.5);
  if (num_modes() == 0 || !(a > 0.3 && a < 0.4 && b > 0.3 && b < 0.4)) return -1;
  return (s[0] > 0.5) + 2 * (s[1] > 0.5);
}

void Box::map_point(Point s, double& x, double& y) const {
  x = s[0];
  y = s[1];
}

std::string Box::label(Point s) const {
  char text[48];
  std::snprintf(text, sizeof text, "(%.3f, %.3f)", s[0], s[1]);
  return text;
}

EnvironmentEntry box_entry() {
  EnvironmentEntry entry;
  entry.name = "box";
  entry.title = "Box";
  entry.about = "Points of the unit square, reached from a corner in steps of one length";
  entry.params = {
      {.key = "environment.delta", .label = "Step", .default_value = 0.25, .min = 0.02, .max = 0.5,
       .help = "Length of a step; the first one may be shorter.", .live = false, .basic = true},
      {.key = "reward.name", .label = "Reward", .kind = ParamKind::kChoice,
       .default_value = std::string("corners"), .choices = {"corners", "ring", "moons", "image", "painted"},
       .help = "Where the reward lies: in four corners, on a circle, on two half circles, or as a picture from a "
               "file or painted by hand is bright.",
       .basic = true},
      {.key = "reward.r0", .label = "R0, floor", .default_value = 0.1, .min = 0, .max = 1e6,
       .help = "Corners, image and painted: reward everywhere.", .logarithmic = true, .basic = true},
      {.key = "reward.r1", .label = "R1, outer", .default_value = 0.5, .min = 0, .max = 1e6,
       .help = "Corners: added where both coordinates are in the outer half."},
      {.key = "reward.r2", .label = "R2, modes", .default_value = 2.0, .min = 0, .max = 1e6,
       .help = "Corners: added in the four squares near the corners."},
      {.key = "reward.file", .label = "Picture", .kind = ParamKind::kText, .default_value = std::string(),
       .help = "Image: a PGM or PNG file, whose brightness from 0 to 1 is added to R0."},
      {.key = "reward.strokes", .label = "Strokes", .kind = ParamKind::kText, .default_value = std::string(),
       .help = "Painted: \"GREY RADIUS X,Y X,Y ...\" of each stroke of a brush, with ; between them; its brightness "
               "from 0 to 1 is added to R0."},
      {.key = "density.components", .label = "Betas a step", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{2}, .min = 1, .max = 32,
       .help = "Components in the mixture of Betas of a step.", .live = false},
      {.key = "density.first_components", .label = "Betas, first step", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{4}, .min = 1, .max = 64,
       .help = "Components in the mixture of Betas of the first step.", .live = false},
      {.key = "density.low", .label = "Least concentration", .default_value = 0.5, .min = 0.01,
       .max = 100, .help = "Lower end of the Betas' alpha and beta. Far below 0.5 they put mass so near to their ends "
               "that it is lost to rounding.", .live = false},
      {.key = "density.high", .label = "Most concentration", .default_value = 5.1, .min = 0.02,
       .max = 1000, .help = "Upper end of the Betas' alpha and beta.", .live = false},
  };
  entry.make_continuous = [](const Params& p, PictureReader read) -> std::shared_ptr<const ContinuousEnvironment> {
    const std::string& name = param<std::string>(p, "reward.name");
    const double low = param<double>(p, "density.low"), high = param<double>(p, "density.high");
    if (!(low < high)) {
      char text[96];
      std::snprintf(text, sizeof text, "density.low: '%g' is not allowed; it must be below density.high = %g", low, high);
      throw std::invalid_argument(text);
    }
    GreyImage picture;
    if (name == "image") picture = read("reward.file", param<std::string>(p, "reward.file"));
    if (name == "painted") {
      picture = painted(parse_strokes("reward.strokes", param<std::string>(p, "reward.strokes")));
    }
    return std::make_shared<Box>(Box::Rules{
        .delta = param<double>(p, "environment.delta"),
        .reward = name == "corners" ? Box::Reward::kCorners
                  : name == "ring"  ? Box::Reward::kRing
                  : name == "moons" ? Box::Reward::kMoons
                                    : Box::Reward::kPicture,
        .r0 = param<double>(p, "reward.r0"),
        .r1 = param<double>(p, "reward.r1"),
        .r2 = param<double>(p, "reward.r2"),
        .first_components = static_cast<int>(param<std::int64_t>(p, "density.first_components")),
        .components = static_cast<int>(param<std::int64_t>(p, "density.components")),
        .low = low,
        .high = high,
        .picture = std::move(picture)});
  };
  return entry;
}

}  // namespace flowscope
