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
constexpr int kNodes = 96;  // of a Beta density
constexpr int kSplit = 2;   // places to which the mass of a node goes
constexpr int kFirstSplit = 8;  // of the step from s0, whose few cells show every gap

size_t sz(long n) { return static_cast<size_t>(n); }

Grid grid_of(const ContinuousEnvironment& environment) {
  const MapRegion frame = environment.map();
  if (frame.line) return {frame, kLineCells, 1};
  const int side = !has_quadrature(environment) ? kSampledSide
                   : frame.periodic             ? kTorusSide
                                                : kPlaneSide;
  return {frame, side, side};
}

/// Where a Beta density is summed: u = sin^2(pi s / 2) with s = t^2 (3 - 2 t) at even steps of t, so
/// that singular ends are tame. Each mixture's masses at the nodes sum to 1. A node's mass is spread
/// evenly over places in its stretch of t.
struct BetaNodes {
  double log_u[kNodes], log_rest[kNodes], log_step[kNodes];
  double places[kNodes * kSplit], first_places[kNodes * kFirstSplit];

  BetaNodes() {
    for (int i = 0; i < kNodes; ++i) {
      const double t = (i + 0.5) / kNodes, angle = angle_at(t);
      log_u[i] = 2 * std::log(std::sin(angle));
      log_rest[i] = 2 * std::log(std::cos(angle));
      log_step[i] = std::log(std::sin(2 * angle) * t * (1 - t));  // of du / dt, up to a factor
    }
    split(places, kSplit);
    split(first_places, kFirstSplit);
  }

  static void split(double* places, int parts) {
    for (int i = 0; i < kNodes * parts; ++i) {
      const double sine = std::sin(angle_at((i + 0.5) / (kNodes * parts)));
      places[i] = sine * sine;
    }
  }

  static double angle_at(double t) { return std::numbers::pi / 2 * t * t * (3 - 2 * t); }

  void masses(const Component& c, double* out) const {
    double sum = 0;
    for (int i = 0; i < kNodes; ++i) {
      sum += out[i] = std::exp((c.first - 1) * log_u[i] + (c.second - 1) * log_rest[i] + log_step[i]);
    }
    for (int i = 0; i < kNodes; ++i) out[i] /= sum;
  }
};

/// A step in the plane with Beta coordinates moves up and to the right by much more than a cell, so
/// cells in the order of i + j hold all their mass when their turn comes: one pass. A step's mass goes
/// whole to the cells that it ends in: shared out among neighbours it would creep over the edges of
/// rewards, where policies jump. A cell's mass moves on from its centre of gravity.
template <class Real>
struct PlaneCarrier {
  const ContinuousEnvironment& environment;
  const DensityPolicy<Real>& policy;
  const Grid grid;
  const BetaNodes nodes;
  struct Arrived {
    double mass = 0, x = 0, y = 0;  // moments: sums of m, m x, m y
  };
  std::vector<Arrived> arrived;  // [cells]

  void put(double moved, const double* at) {
    Arrived& cell = arrived[grid.cell_at(at[0], at[1])];
    cell.mass += moved;
    cell.x += moved * at[0];
    cell.y += moved * at[1];
  }

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
    std::vector<double> joint(sz(kNodes * kNodes), 0);
    for (int k = 0; k < spec.components; ++k) {
      const Component r = component_of(spec, raw, k, 0), a = component_of(spec, raw, k, 1);
      nodes.masses(r, radial);
      nodes.masses(a, angular);
      for (int n = 0; n < kNodes * kNodes; ++n) {
        joint[sz(n)] += r.weight * radial[n / kNodes] * angular[n % kNodes] / (kFirstSplit * kFirstSplit);
      }
    }
    for (int i = 0; i < kNodes * kFirstSplit; ++i) {
      for (int j = 0; j < kNodes * kFirstSplit; ++j) {
        const double u[2] = {nodes.first_places[i], nodes.first_places[j]};
        environment.advance(state, u, next);
        put(joint[sz(i / kFirstSplit * kNodes + j / kFirstSplit)], next.data());
      }
    }
  }

  void step(double moving, Point state, const Real* raw) {
    const DensitySpec& spec = policy.spec().forward;
    double part[kNodes], all[kNodes] = {}, next[2];
    for (int k = 0; k < spec.components; ++k) {
      const Component c = component_of(spec, raw, k, 0);
      nodes.masses(c, part);
      for (int i = 0; i < kNodes; ++i) all[i] += moving / kSplit * c.weight * part[i];
    }
    for (int i = 0; i < kNodes * kSplit; ++i) {
      environment.advance(state, {&nodes.places[i], 1}, next);
      put(all[i / kSplit], next);
    }
  }
};

template <class Real>
bool carry_plane(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy,
                 const Grid& grid, const std::atomic<bool>& cancel, std::vector<double>& out) {
  PlaneCarrier<Real> carrier{environment, policy, grid, {}, {}};
  carrier.arrived.resize(grid.cells());
  carrier.first_step();
  std::vector<double> states;
  std::vector<Real> raw;
  const size_t size = sz(policy.spec().forward.size());
  std::vector<size_t> cells;
  for (int diagonal = 0; diagonal <= grid.width + grid.height - 2; ++diagonal) {
    if (cancel) return false;
    const int low = std::max(0, diagonal - grid.height + 1), high = std::min(diagonal, grid.width - 1);
    states.clear();
    cells.clear();
    for (int i = low; i <= high; ++i) {
      const size_t cell = grid.cell(i, diagonal - i);
      const auto& [mass, x, y] = carrier.arrived[cell];
      if (!(mass > 0)) continue;
      cells.push_back(cell);
      states.insert(states.end(), {x / mass, y / mass});
    }
    policy.forward_raw_at(environment, states, raw);
    for (size_t n = 0; n < cells.size(); ++n) {
      const double mass = carrier.arrived[cells[n]].mass;
      const Point state{&states[2 * n], 2};
      if (environment.must_stop(state)) {
        out[cells[n]] += mass;
        continue;
      }
      const double stops = std::exp(log_stop(raw.data() + n * size).log_p);
      out[cells[n]] += mass * stops;
      carrier.step(mass * (1 - stops), state, raw.data() + n * size);
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
  const auto& first = environment.spec().first;
  const bool chooses = first && first->factor == Factor::kChoice;
  const bool more = chooses || environment.axes().size() > 2;  // coordinates than the map has
  const Grid grid = grid_of(environment);
  if (more && !environment.map_log_density(grid.x(0), grid.y(0))) return sampled_target(environment);
  // The cells of sampled densities are large: there the mean over evenly spaced points.
  const int parts = has_quadrature(environment) ? 1 : more ? 8 : 4;
  DensityGrid out{grid.width, grid.height, std::vector<double>(grid.cells())};
  std::vector<double> state(sz(environment.spec().state_length), environment.spec().max_length - 1.0);
  double sum = 0;
  for (int j = 0; j < grid.height; ++j) {
    for (int i = 0; i < grid.width; ++i) {
      double& mass = out.mass[grid.cell(i, j)];
      for (int part = 0; part < parts * parts; ++part) {
        const double x = grid.x(i) + ((part % parts + 0.5) / parts - 0.5) * grid.dx();
        const double y = grid.frame.line ? 0 : grid.y(j) + ((part / parts + 0.5) / parts - 0.5) * grid.dy();
        if (more) {
          mass += std::exp(*environment.map_log_density(x, y));
          continue;
        }
        state[0] = x;
        if (!grid.frame.line) state[1] = y;
        mass += std::exp(environment.log_reward(state));
      }
      sum += mass;
    }
  }
  // Where objects have more coordinates, some of the mass may lie beyond the map.
  if (more) sum = parts * parts / (grid.dx() * grid.dy());
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

/// Cells of a side that become one.
int coarsening(int width, int height) {
  constexpr int kMostSide = 40, kMostLine = 60;
  const int most = height == 1 ? kMostLine : kMostSide;
  return (width + most - 1) / most;
}

Grid coarse_grid(const ContinuousEnvironment& environment) {
  const Grid grid = grid_of(environment);
  const int by = coarsening(grid.width, grid.height);
  return {grid.frame, grid.width / by, std::max(1, grid.height / by)};
}

DensityGrid coarsened(const DensityGrid& grid) {
  const int by = coarsening(grid.width, grid.height);
  DensityGrid out{grid.width / by, std::max(1, grid.height / by), {}, grid.sampled};
  out.mass.assign(sz(out.width) * sz(out.height), 0);
  for (int j = 0; j < grid.height; ++j) {
    for (int i = 0; i < grid.width; ++i) {
      out.mass[sz(j / by) * sz(out.width) + sz(i / by)] += grid.mass[sz(j) * sz(grid.width) + sz(i)];
    }
  }
  return out;
}

DensityGrid histogram(const ContinuousEnvironment& environment, std::span<const float> x,
                      std::span<const float> y) {
  const Grid grid = grid_of(environment);
  DensityGrid out{grid.width, grid.height, std::vector<double>(grid.cells(), 0)};
  out.sampled = true;
  for (size_t n = 0; n < x.size(); ++n) {
    const int cell = grid.cell_of(x[n], y[n]);
    if (cell >= 0) out.mass[sz(cell)] += 1 / static_cast<double>(x.size());
  }
  return out;
}

template bool carry_density<float>(const ContinuousEnvironment&, const DensityPolicy<float>&,
                                   const std::atomic<bool>&, DensityGrid&);
template bool carry_density<double>(const ContinuousEnvironment&, const DensityPolicy<double>&,
                                    const std::atomic<bool>&, DensityGrid&);

}  // namespace flowscope
