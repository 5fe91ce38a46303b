#include "core/learn/continuous/quadrature.h"

#include <numbers>
#include <numeric>

#include "core/learn/continuous/grid.h"
#include "core/learn/continuous/position_draws.h"

namespace flowscope {
namespace {

constexpr int kPlaneSide = 200, kTorusSide = 64, kLineCells = 600;
constexpr int kSampledSide = 40;  // of densities that are known by samples only
constexpr int kTargetSamples = 200'000;
constexpr int kNodes = 64;  // of a Beta density

size_t sz(long n) { return static_cast<size_t>(n); }

Grid grid_of(const ContinuousEnvironment& environment) {
  const MapRegion frame = environment.map();
  if (frame.line) return {frame, kLineCells, 1};
  const int side = !has_quadrature(environment) ? kSampledSide
                   : frame.periodic             ? kTorusSide
                                                : kPlaneSide;
  return {frame, side, side};
}

/// Where a Beta density is summed: u = sin^2(pi t / 2) at even steps of t, so that singular ends are
/// tame. Each mixture's masses at the nodes sum to 1.
struct BetaNodes {
  double u[kNodes], log_u[kNodes], log_rest[kNodes], log_step[kNodes];

  BetaNodes() {
    for (int i = 0; i < kNodes; ++i) {
      const double angle = std::numbers::pi * (i + 0.5) / (2 * kNodes);
      u[i] = std::sin(angle) * std::sin(angle);
      log_u[i] = 2 * std::log(std::sin(angle));
      log_rest[i] = 2 * std::log(std::cos(angle));
      log_step[i] = std::log(std::sin(2 * angle));
    }
  }

  void masses(const Component& c, double* out) const {
    double sum = 0;
    for (int i = 0; i < kNodes; ++i) {
      sum += out[i] = std::exp((c.first - 1) * log_u[i] + (c.second - 1) * log_rest[i] + log_step[i]);
    }
    for (int i = 0; i < kNodes; ++i) out[i] /= sum;
  }
};

/// A step in the plane with Beta coordinates moves up and to the right by much more than a cell, so
/// cells in the order of i + j hold all their mass when their turn comes: one pass.
template <class Real>
struct PlaneCarrier {
  const ContinuousEnvironment& environment;
  const DensityPolicy<Real>& policy;
  const Grid grid;
  const BetaNodes nodes;
  std::vector<double> mass;  // [cells] that arrives

  void first_step() {
    const DensitySpec& spec = *policy.spec().first;
    PointBatch source(environment);
    source.clear(environment);
    typename DensityPolicy<Real>::Sweep sweep;
    policy.extend_forward(environment, source, sweep);
    const Real* raw = policy.forward_raw(sweep, 0);
    std::vector<double> state(sz(policy.spec().state_length)), next(state.size());
    environment.reset(state);
    double radial[kNodes], angular[kNodes];
    for (int k = 0; k < spec.components; ++k) {
      const Component r = component_of(spec, raw, k, 0), a = component_of(spec, raw, k, 1);
      nodes.masses(r, radial);
      nodes.masses(a, angular);
      for (int i = 0; i < kNodes; ++i) {
        for (int j = 0; j < kNodes; ++j) {
          const double u[2] = {nodes.u[i], nodes.u[j]};
          environment.advance(state, u, next);
          grid.deposit(r.weight * radial[i] * angular[j], next[0], next[1], mass.data());
        }
      }
    }
  }

  void step(double moving, Point state, const Real* raw) {
    const DensitySpec& spec = policy.spec().forward;
    double part[kNodes], all[kNodes] = {}, next[2];
    for (int k = 0; k < spec.components; ++k) {
      const Component c = component_of(spec, raw, k, 0);
      nodes.masses(c, part);
      for (int i = 0; i < kNodes; ++i) all[i] += c.weight * part[i];
    }
    for (int i = 0; i < kNodes; ++i) {
      environment.advance(state, {&nodes.u[i], 1}, next);
      grid.deposit(moving * all[i], next[0], next[1], mass.data());
    }
  }
};

template <class Real>
bool carry_plane(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                 const Grid& grid, const std::atomic<bool>& cancel, std::vector<double>& out) {
  PlaneCarrier<Real> carrier{environment, policy, grid, {}, std::vector<double>(grid.cells(), 0)};
  carrier.first_step();
  std::vector<double> states;
  std::vector<Real> raw;
  const size_t size = sz(policy.spec().forward.size());
  for (int diagonal = 0; diagonal <= grid.width + grid.height - 2; ++diagonal) {
    if (cancel) return false;
    const int low = std::max(0, diagonal - grid.height + 1), high = std::min(diagonal, grid.width - 1);
    states.clear();
    for (int i = low; i <= high; ++i) {
      states.push_back(grid.x(i));
      states.push_back(grid.y(diagonal - i));
    }
    policy.forward_raw_at(environment, states, raw);
    for (int i = low; i <= high; ++i) {
      const size_t cell = grid.cell(i, diagonal - i), n = sz(i - low);
      const Point state{&states[2 * n], 2};
      if (environment.must_stop(state)) {
        out[cell] += carrier.mass[cell];
        continue;
      }
      const double stops = std::exp(log_stop(raw.data() + n * size).log_p);
      out[cell] += carrier.mass[cell] * stops;
      carrier.step(carrier.mass[cell] * (1 - stops), state, raw.data() + n * size);
    }
  }
  return true;
}

/// A process of fixed length on a line: the density at each time is a sum of Gaussians of the one
/// before. It is carried on three times the map's stretch, since steps may leave it and come back.
template <class Real>
bool carry_line(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                const Grid& map, const std::atomic<bool>& cancel, std::vector<double>& out) {
  const DensitySpec& spec = policy.spec().forward;
  const double reach = map.frame.x1 - map.frame.x0;
  Grid grid = map;
  grid.width = 3 * map.width;
  grid.frame.x0 -= reach;
  grid.frame.x1 += reach;
  double start[2];
  environment.reset(start);
  std::vector<double> states = {start[0], start[1]}, mass = {1}, next;
  std::vector<Real> raw;
  for (int time = 0; time < policy.spec().max_length - 1; ++time) {
    if (cancel) return false;
    policy.forward_raw_at(environment, states, raw);
    next.assign(grid.cells(), 0);
    for (size_t i = 0; i < mass.size(); ++i) {
      if (mass[i] < 1e-15) continue;
      for (int k = 0; k < spec.components; ++k) {
        const Component c = component_of(spec, raw.data() + i * sz(spec.size()), k, 0);
        const double mean = states[2 * i] + c.first;
        const double height = mass[i] * c.weight * grid.dx() / (c.second * std::sqrt(2 * std::numbers::pi));
        for (int j = 0; j < grid.width; ++j) {
          const double z = (grid.x(j) - mean) / c.second;
          next[sz(j)] += height * std::exp(-z * z / 2);
        }
      }
    }
    mass.swap(next);
    states.clear();
    for (int j = 0; j < grid.width; ++j) states.insert(states.end(), {grid.x(j), time + 1.0});
  }
  out.assign(mass.begin() + map.width, mass.begin() + 2 * map.width);
  return true;
}

/// Masses of one coordinate of a von Mises component around `from`, on the cells of a circle.
void circle_masses(const Component& c, double from, int cells, double* out) {
  double sum = 0;
  for (int i = 0; i < cells; ++i) {
    const double turn = -std::numbers::pi + 2 * std::numbers::pi * (i + 0.5) / cells - from;
    // Less the largest exponent, which the sum takes out again.
    sum += out[i] = std::exp(c.first * std::cos(turn) + c.second * std::sin(turn) - std::hypot(c.first, c.second));
  }
  for (int i = 0; i < cells; ++i) out[i] /= sum;
}

/// A process of fixed length on a torus: every component of a step is a product over the two angles.
template <class Real>
bool carry_torus(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                 const Grid& grid, const std::atomic<bool>& cancel, std::vector<double>& out) {
  const DensitySpec& spec = policy.spec().forward;
  const size_t side = sz(grid.width);
  std::vector<double> states(3), mass = {1}, next, across(side), up(side);
  std::vector<Real> raw;
  environment.reset(states);
  for (int time = 0; time < policy.spec().max_length - 1; ++time) {
    if (cancel) return false;
    policy.forward_raw_at(environment, states, raw);
    next.assign(grid.cells(), 0);
    for (size_t s = 0; s < mass.size(); ++s) {
      for (int k = 0; k < spec.components; ++k) {
        const Real* of_state = raw.data() + s * sz(spec.size());
        const Component x = component_of(spec, of_state, k, 0), y = component_of(spec, of_state, k, 1);
        circle_masses(x, states[3 * s], grid.width, across.data());
        circle_masses(y, states[3 * s + 1], grid.height, up.data());
        for (size_t j = 0; j < side; ++j) {
          const double row = mass[s] * x.weight * up[j];
          for (size_t i = 0; i < side; ++i) next[j * side + i] += row * across[i];
        }
      }
    }
    mass.swap(next);
    states.clear();
    for (int j = 0; j < grid.height; ++j) {
      for (int i = 0; i < grid.width; ++i) states.insert(states.end(), {grid.x(i), grid.y(j), time + 1.0});
    }
  }
  out = mass;
  return true;
}

}  // namespace

bool has_quadrature(const ContinuousEnvironment& environment) {
  const ContinuousSpec& spec = environment.spec();
  const bool plane = spec.forward.factor == Factor::kBeta && spec.state_length == 2;
  const bool line = spec.forward.factor == Factor::kGaussian && environment.map().line;
  const bool torus = spec.forward.factor == Factor::kVonMises && spec.state_length == 3;
  return plane || line || torus;
}

DensityGrid sampled_target(const ContinuousEnvironment& environment) {
  const Rng rng(0, Stream::kEvaluation);
  std::vector<double> state(sz(environment.spec().state_length));
  std::vector<float> x, y;
  PositionDraws draws(rng, 0, 0, 0);
  for (int i = 0; i < kTargetSamples; ++i) {
    if (!environment.sample_target(draws, state)) return {};
    double at_x = 0, at_y = 0;
    environment.map_point(state, at_x, at_y);
    x.push_back(static_cast<float>(at_x));
    y.push_back(static_cast<float>(at_y));
  }
  return histogram(environment, x, y);
}

DensityGrid target_density(const ContinuousEnvironment& environment) {
  if (!has_quadrature(environment)) return sampled_target(environment);
  const Grid grid = grid_of(environment);
  DensityGrid out{grid.width, grid.height, std::vector<double>(grid.cells())};
  std::vector<double> state(sz(environment.spec().state_length), environment.spec().max_length - 1.0);
  double sum = 0;
  for (int j = 0; j < grid.height; ++j) {
    for (int i = 0; i < grid.width; ++i) {
      state[0] = grid.x(i);
      if (!grid.frame.line) state[1] = grid.y(j);
      sum += out.mass[grid.cell(i, j)] = std::exp(environment.log_reward(state));
    }
  }
  for (double& mass : out.mass) mass /= sum;
  return out;
}

template <class Real>
bool carry_density(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                   const std::atomic<bool>& cancel, DensityGrid& out) {
  const Grid grid = grid_of(environment);
  out = {grid.width, grid.height, std::vector<double>(grid.cells(), 0)};
  return grid.frame.line       ? carry_line(environment, policy, grid, cancel, out.mass)
         : grid.frame.periodic ? carry_torus(environment, policy, grid, cancel, out.mass)
                               : carry_plane(environment, policy, grid, cancel, out.mass);
}

DensityGrid histogram(const ContinuousEnvironment& environment, std::span<const float> x,
                      std::span<const float> y) {
  const Grid grid = grid_of(environment);
  DensityGrid out{grid.width, grid.height, std::vector<double>(grid.cells(), 0)};
  for (size_t n = 0; n < x.size(); ++n) {
    const int i = static_cast<int>(std::floor((x[n] - grid.frame.x0) / grid.dx()));
    const int j = grid.frame.line ? 0 : static_cast<int>(std::floor((y[n] - grid.frame.y0) / grid.dy()));
    if (i < 0 || j < 0 || i >= grid.width || j >= grid.height) continue;
    out.mass[grid.cell(i, j)] += 1 / static_cast<double>(x.size());
  }
  return out;
}

template bool carry_density<float>(const ContinuousEnvironment&, const DensityPolicy<float>&,
                                   const std::atomic<bool>&, DensityGrid&);
template bool carry_density<double>(const ContinuousEnvironment&, const DensityPolicy<double>&,
                                    const std::atomic<bool>&, DensityGrid&);

}  // namespace flowscope
