#include "envs/hypergrid.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace flowscope {
namespace {

constexpr int kMaxNestedCells = 512;  // a map wider than this is no longer a picture

/// side^exponent, or -1 beyond `limit`.
int power_up_to(int side, int exponent, int limit) {
  long long cells = 1;
  for (int i = 0; i < exponent; ++i) {
    cells *= side;
    if (cells > limit) return -1;
  }
  return static_cast<int>(cells);
}

std::string axis_name(int dim) { return "x" + std::to_string(dim + 1); }

}  // namespace

Hypergrid::Hypergrid(int dims, int side, double r0, double r1, double r2)
    : dims_(dims), side_(side), r0_(r0), r1_(r1), r2_(r2) {
  if (!(r0 > 0)) {
    throw std::invalid_argument(
        "reward.r0 = 0 leaves cells with reward 0, whose log R is not finite; give reward.r0 a "
        "positive value, for example 1e-4");
  }
  spec_.state_length = dims;
  spec_.num_actions = dims + 1;
  spec_.num_backward_actions = dims;
  spec_.num_features = dims * side;
  spec_.num_active = dims;
  spec_.max_length = dims * (side - 1) + 1;
  spec_.all_terminating = true;
  const int last = side - 1;
  for (int x = 0; x < side; ++x) {
    const int twice = std::abs(2 * x - last);  // 2 (H-1) |a|
    outer_.push_back(2 * twice > last);
    band_.push_back(3 * last < 5 * twice && 5 * twice < 4 * last);
  }
  log_r_[0] = std::log(r0);
  log_r_[1] = std::log(r0 + r1);
  log_r_[2] = std::log(r0 + r1 + r2);
}

void Hypergrid::reset(MutableState state) const { std::fill(state.begin(), state.end(), 0); }

void Hypergrid::apply(MutableState state, int action) const {
  ++state[static_cast<size_t>(action)];
}

int Hypergrid::undo(MutableState state, int backward_action) const {
  --state[static_cast<size_t>(backward_action)];
  return backward_action;
}

void Hypergrid::forward_actions(StateView state, std::span<std::uint8_t> legal) const {
  for (size_t d = 0; d < state.size(); ++d) legal[d] = state[d] < side_ - 1;
  legal[state.size()] = 1;
}

void Hypergrid::backward_actions(StateView state, std::span<std::uint8_t> legal) const {
  for (size_t d = 0; d < state.size(); ++d) legal[d] = state[d] > 0;
}

double Hypergrid::log_reward(StateView state) const {
  bool all_outer = true, all_band = true;
  for (int x : state) {
    all_outer = all_outer && outer(x);
    all_band = all_band && band(x);
  }
  return log_r_[all_band ? 2 : all_outer ? 1 : 0];
}

std::optional<double> Hypergrid::log_partition() const {
  const auto count = [&](const std::vector<std::uint8_t>& in) {
    return std::pow(static_cast<double>(std::count(in.begin(), in.end(), 1)), dims_);
  };
  return std::log(r0_ * std::pow(static_cast<double>(side_), dims_) + r1_ * count(outer_) +
                  r2_ * count(band_));
}

/// The reward is a sum of three, each the same on a cube of coordinates: choose one, then a point.
bool Hypergrid::draw_target(MutableState state, const std::function<double()>& uniform) const {
  const std::vector<std::uint8_t> everywhere(static_cast<size_t>(side_), 1);
  const std::pair<double, const std::vector<std::uint8_t>*> parts[] = {
      {r0_, &everywhere}, {r1_, &outer_}, {r2_, &band_}};
  const auto mass = [&](const auto& part) {
    return part.first *
           std::pow(static_cast<double>(std::count(part.second->begin(), part.second->end(), 1)), dims_);
  };
  double u = uniform() * (mass(parts[0]) + mass(parts[1]) + mass(parts[2]));
  const std::vector<std::uint8_t>* cube = &everywhere;
  for (const auto& part : parts) {
    if (mass(part) > 0) cube = part.second;
    u -= mass(part);
    if (u < 0) break;
  }
  std::vector<int> coordinates;
  for (int x = 0; x < side_; ++x) {
    if ((*cube)[static_cast<size_t>(x)]) coordinates.push_back(x);
  }
  for (auto& x : state) {
    x = coordinates[static_cast<size_t>(uniform() * static_cast<double>(coordinates.size()))];
  }
  return true;
}

void Hypergrid::features(StateView state, std::span<std::int32_t> active) const {
  for (size_t d = 0; d < state.size(); ++d) {
    active[d] = static_cast<std::int32_t>(d) * side_ + state[d];
  }
}

int Hypergrid::num_modes() const {
  const bool has_band = std::find(band_.begin(), band_.end(), 1) != band_.end();
  return has_band && r2_ > 0 && dims_ <= 16 ? 1 << dims_ : 0;
}

int Hypergrid::mode_of(StateView state) const {
  if (num_modes() == 0) return -1;
  int mode = 0;
  for (size_t d = 0; d < state.size(); ++d) {
    if (!band(state[d])) return -1;
    if (2 * state[d] > side_ - 1) mode |= 1 << d;  // one mode in each corner of the cube
  }
  return mode;
}

std::vector<MapView> Hypergrid::maps() const {
  if (dims_ == 1) return {{"line", side_, 1, axis_name(0), "", 0}};
  std::vector<MapView> views;
  const int width = power_up_to(side_, (dims_ + 1) / 2, kMaxNestedCells);
  const int height = power_up_to(side_, dims_ / 2, kMaxNestedCells);
  if (width > 0 && dims_ > 2) {
    // Dimensional stacking: odd dimensions along x, even ones along y, the first outermost.
    std::string x, y;
    for (int d = 0; d < dims_; ++d) {
      std::string& axis = d % 2 == 0 ? x : y;
      axis += (axis.empty() ? "" : ", ") + axis_name(d);
    }
    const int block = power_up_to(side_, (dims_ + 1) / 2 - 1, kMaxNestedCells);
    views.push_back({"all " + std::to_string(dims_) + " axes, nested", width, height, x, y, block});
  }
  for (int a = 0; a < dims_ && a < 4; ++a) {
    for (int b = a + 1; b < dims_ && b < 4; ++b) {
      views.push_back({axis_name(a) + ", " + axis_name(b) + (dims_ > 2 ? " (others summed)" : ""),
                       side_, side_, axis_name(a), axis_name(b), 0});
    }
  }
  return views;
}

int Hypergrid::map_cell(int map, StateView state) const {
  if (dims_ == 1) return state[0];
  const int width = power_up_to(side_, (dims_ + 1) / 2, kMaxNestedCells);
  if (width > 0 && dims_ > 2) {
    if (map == 0) {
      int x = 0, y = 0;
      for (size_t d = 0; d < state.size(); ++d) {
        int& axis = d % 2 == 0 ? x : y;
        axis = axis * side_ + state[d];
      }
      return y * width + x;
    }
    --map;
  }
  for (int a = 0; a < dims_ && a < 4; ++a) {
    for (int b = a + 1; b < dims_ && b < 4; ++b) {
      if (map-- == 0) return state[static_cast<size_t>(b)] * side_ + state[static_cast<size_t>(a)];
    }
  }
  return 0;
}

std::string Hypergrid::label(StateView state) const {
  std::string text = "(";
  for (size_t d = 0; d < state.size(); ++d) text += (d ? ", " : "") + std::to_string(state[d]);
  return text + ")";
}

std::string Hypergrid::action_name(int action) const {
  return action == spec_.stop_action() ? "stop" : axis_name(action) + " + 1";
}

EnvironmentEntry hypergrid_entry() {
  const auto rewards = [](double r0, double r1, double r2) {
    return Params{{"reward.r0", r0}, {"reward.r1", r1}, {"reward.r2", r2}};
  };
  EnvironmentEntry entry;
  entry.name = "hypergrid";
  entry.title = "Hypergrid";
  entry.about = "Walk from a corner of a d-dimensional grid; the reward peaks near all its corners";
  entry.params = {
      {.key = "environment.dims", .label = "Dimensions", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{2}, .min = 1, .max = 16,
       .help = "Number of dimensions of the grid.", .live = false, .basic = true},
      {.key = "environment.side", .label = "Side", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{8}, .min = 2, .max = 256, .unit = "cells",
       .help = "Points along each dimension.", .live = false, .basic = true},
      {.key = "reward.name", .label = "Reward", .kind = ParamKind::kChoice,
       .default_value = std::string("original"), .choices = {"original", "easy", "hard"},
       .help = "Published reward settings; each brings its R0, R1 and R2 along.", .basic = true,
       .implies = {{"original", rewards(0.1, 0.5, 2)},
                   {"easy", rewards(1e-3, 0.5, 2)},
                   {"hard", rewards(1e-4, 1, 3)}}},
      {.key = "reward.r0", .label = "R0, floor", .default_value = 0.1, .min = 0, .max = 1e6,
       .help = "Reward everywhere; the smaller, the harder the modes are to find.",
       .logarithmic = true, .basic = true},
      {.key = "reward.r1", .label = "R1, outer", .default_value = 0.5, .min = 0, .max = 1e6,
       .help = "Added where every coordinate is in the outer half."},
      {.key = "reward.r2", .label = "R2, modes", .default_value = 2.0, .min = 0, .max = 1e6,
       .help = "Added in the bands near the corners: the modes."},
  };
  entry.make = [](const Params& p) -> std::shared_ptr<const Environment> {
    return std::make_shared<Hypergrid>(static_cast<int>(param<std::int64_t>(p, "environment.dims")),
                                       static_cast<int>(param<std::int64_t>(p, "environment.side")),
                                       param<double>(p, "reward.r0"), param<double>(p, "reward.r1"),
                                       param<double>(p, "reward.r2"));
  };
  return entry;
}

}  // namespace flowscope
