#include "core/learn/continuous/policy_field.h"

#include <cmath>
#include <numbers>

#include "core/learn/continuous/density_entropy.h"

namespace flowscope {
namespace {

constexpr int kDirections = 48;  // of a rose
constexpr int kPlaneSide = 25, kTimedSide = 15;
constexpr int kMostTimes = 11;   // of a process that has many more
constexpr int kArcNodes = 400;   // at which the density of a share of an arc is summed
constexpr int kRadii = 20;       // at which a step in the plane is summed along each direction
constexpr double kReach = 4.5;   // deviations beyond a mean that a step may take
constexpr double kPi = std::numbers::pi;

size_t sz(long n) { return static_cast<size_t>(n); }

std::string refusal(const ContinuousEnvironment& environment) {
  const ContinuousSpec& spec = environment.spec();
  const size_t axes = environment.axes().size();
  if (axes == 1) return "A line has two directions only: there is no rose of them.";
  if (axes > 2) {
    return "P_F looks at all " + std::to_string(axes) + " coordinates; a map of two does not say what it does.";
  }
  const bool arc = spec.forward.factor == Factor::kBeta && spec.forward.coordinates == 1;
  const bool plane = spec.forward.coordinates == 2;
  return arc || plane ? "" : "A step of this world moves along one axis only.";
}

/// Times at which the field is shown, evenly spread.
std::vector<int> times_of(const ContinuousSpec& spec) {
  if (!spec.timed) return {0};
  const int last = spec.max_length - 2, count = std::min(kMostTimes, last + 1);
  std::vector<int> times;
  for (int i = 0; i < count; ++i) times.push_back(count > 1 ? i * last / (count - 1) : 0);
  return times;
}

/// The direction of a step on the map, collected with weights that sum to 1.
struct Collected {
  double dx = 0, dy = 0;
  double rose[kDirections] = {};

  void add(double weight, double x, double y) {
    dx += weight * x;
    dy += weight * y;
    const double turn = std::atan2(y, x) / (2 * kPi);
    rose[static_cast<int>((turn < 0 ? turn + 1 : turn) * kDirections) % kDirections] += weight;
  }
};

/// Nodes of an arc, u = sin^2(pi t / 2) at even steps of t: there singular ends are tame.
struct ArcNodes {
  double u[kArcNodes], log_sine[kArcNodes], log_cosine[kArcNodes];

  ArcNodes() {
    for (int i = 0; i < kArcNodes; ++i) {
      const double angle = kPi * (i + 0.5) / (2 * kArcNodes);
      u[i] = std::sin(angle) * std::sin(angle);
      log_sine[i] = std::log(std::sin(angle));
      log_cosine[i] = std::log(std::cos(angle));
    }
  }
};

/// A step along an arc, by a mixture of Betas.
void collect_arc(const ContinuousEnvironment& environment, const std::vector<Component>& mixture,
                 Point state, Collected& out) {
  static const ArcNodes nodes;
  double weight[kArcNodes] = {};
  for (const Component& c : mixture) {
    // The first and the last stretch of t are summed exactly, as powers: concentrations below 1/2 are
    // infinite at their ends even so.
    const auto power = [](double x) { return std::exp2(2 * x - 1) / (2 * x); };
    double mass[kArcNodes], sum = 0;
    for (int i = 0; i < kArcNodes; ++i) {
      const double end = i == 0 ? power(c.first) : i == kArcNodes - 1 ? power(c.second) : 1;
      sum += mass[i] = end * std::exp((2 * c.first - 1) * nodes.log_sine[i] + (2 * c.second - 1) * nodes.log_cosine[i]);
    }
    for (int i = 0; i < kArcNodes; ++i) weight[i] += c.weight * mass[i] / sum;
  }
  std::vector<double> next(state.size());
  for (int i = 0; i < kArcNodes; ++i) {
    environment.advance(state, {&nodes.u[i], 1}, next);
    out.add(weight[i], next[0] - state[0], next[1] - state[1]);
  }
}

/// The logarithm of a component's density of a coordinate, up to a constant.
double log_shape(Factor factor, const Component& c, double u) {
  if (factor == Factor::kVonMises) return c.first * std::cos(u) + c.second * std::sin(u);
  const double z = (u - c.first) / c.second;
  return -z * z / 2;
}

/// A step in the plane: the density of a direction is p(r cos, r sin) r summed over r.
void collect_plane(const DensitySpec& spec, const std::vector<Component>& mixture, double unit,
                   Collected& out) {
  for (size_t k = 0; k < mixture.size(); k += 2) {
    const Component &a = mixture[k], &b = mixture[k + 1];
    double mass[kDirections][kRadii], sum = 0, radius[kDirections];
    for (int i = 0; i < kDirections; ++i) {
      const double angle = 2 * kPi * (i + 0.5) / kDirections, x = std::cos(angle), y = std::sin(angle);
      radius[i] = (spec.factor == Factor::kVonMises
                       ? kPi / std::max(std::abs(x), std::abs(y))
                       : std::hypot(a.first, b.first) + kReach * std::max(a.second, b.second)) / kRadii;
      for (int j = 0; j < kRadii; ++j) {
        const double r = (j + 0.5) * radius[i];
        const double log_p = log_shape(spec.factor, a, r * x) + log_shape(spec.factor, b, r * y);
        // Von Mises parts reach their highest value, the sum of concentrations, at the most.
        const double top = spec.factor == Factor::kVonMises
                               ? std::hypot(a.first, a.second) + std::hypot(b.first, b.second) : 0;
        sum += mass[i][j] = std::exp(log_p - top) * r * radius[i];
      }
    }
    for (int i = 0; i < kDirections; ++i) {
      const double angle = 2 * kPi * (i + 0.5) / kDirections;
      for (int j = 0; j < kRadii; ++j) {
        const double r = unit * (j + 0.5) * radius[i];
        out.add(a.weight * mass[i][j] / sum, r * std::cos(angle), r * std::sin(angle));
      }
    }
  }
}

template <class Real>
std::vector<Component> mixture_of(const DensitySpec& spec, const Real* raw) {
  std::vector<Component> mixture;  // [component, coordinate]
  for (int k = 0; k < spec.components; ++k) {
    for (int j = 0; j < spec.coordinates; ++j) mixture.push_back(component_of(spec, raw, k, j));
  }
  return mixture;
}

/// Of the state that P_F leads to from one that does not have to stop, the end by stopping being one of them.
/// In these worlds the stretch of a step depends on where it starts alone.
template <class Real>
std::optional<double> next_state_entropy(const ContinuousEnvironment& environment, Point state, const Real* raw) {
  const DensitySpec& spec = environment.spec().forward;
  const std::optional<double> step = density_entropy(spec, raw);
  if (!step) return std::nullopt;
  const std::vector<double> u(sz(spec.coordinates), 0.5);
  std::vector<double> next(state.size());
  const double moving = *step + environment.advance(state, u, next);
  if (!spec.stops) return moving;
  const double stop = std::exp(log_stop(raw).log_p);
  const auto part = [](double p) { return p > 0 ? -p * std::log(p) : 0; };
  return part(stop) + part(1 - stop) + (1 - stop) * moving;
}

}  // namespace

template <class Real>
PolicyField policy_field(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy) {
  PolicyField field;
  if (field.refusal = refusal(environment); !field.refusal.empty()) return field;
  const ContinuousSpec& spec = environment.spec();
  const MapRegion frame = environment.map();
  const size_t length = sz(spec.state_length);
  field.side = spec.timed ? kTimedSide : kPlaneSide;
  field.directions = kDirections;
  field.times = times_of(spec);
  std::vector<double> states;
  for (const int time : field.times) {
    for (int j = 0; j < field.side; ++j) {
      for (int i = 0; i < field.side; ++i) {
        states.push_back(frame.x0 + (frame.x1 - frame.x0) * (i + 0.5) / field.side);
        states.push_back(frame.y0 + (frame.y1 - frame.y0) * (j + 0.5) / field.side);
        if (spec.timed) states.push_back(time);
      }
    }
  }
  std::vector<Real> raw;
  policy.forward_raw_at(environment, states, raw);
  const size_t nodes = states.size() / length, outputs = sz(spec.forward.size());
  std::vector<double> next(length);
  for (size_t n = 0; n < nodes; ++n) {
    const Point state(states.data() + n * length, length);
    const bool ends = environment.must_stop(state);
    field.stop.push_back(ends ? 1 : spec.forward.stops
                                    ? static_cast<float>(std::exp(log_stop(raw.data() + n * outputs).log_p)) : 0);
    const std::optional<double> entropy = ends ? 0 : next_state_entropy(environment, state, raw.data() + n * outputs);
    if (entropy) field.entropy.push_back(static_cast<float>(*entropy));
    Collected seen;
    if (!ends) {
      const std::vector<Component> mixture = mixture_of(spec.forward, raw.data() + n * outputs);
      if (spec.forward.coordinates == 1) {
        collect_arc(environment, mixture, state, seen);
      } else {
        constexpr double kSmall[2] = {0.01, 0};  // no torus is left by it
        environment.advance(state, kSmall, next);
        collect_plane(spec.forward, mixture, (next[0] - state[0]) / kSmall[0], seen);
      }
    }
    field.dx.push_back(static_cast<float>(seen.dx));
    field.dy.push_back(static_cast<float>(seen.dy));
    for (const double mass : seen.rose) {
      field.rose.push_back(static_cast<float>(mass * kDirections / (2 * kPi)));
    }
  }
  if (field.entropy.size() != nodes) field.entropy.clear();  // not known everywhere
  return field;
}

template PolicyField policy_field<float>(const ContinuousEnvironment&, const DensityPolicy<float>&);
template PolicyField policy_field<double>(const ContinuousEnvironment&, const DensityPolicy<double>&);

}  // namespace flowscope
