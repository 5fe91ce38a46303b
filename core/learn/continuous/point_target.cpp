#include "core/learn/continuous/point_target.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace flowscope {

PointTarget::PointTarget(std::shared_ptr<const ContinuousEnvironment> space)
    : space_(std::move(space)), axes_(space_->axes()),
      state_(static_cast<size_t>(space_->spec().state_length), space_->spec().max_length - 1.0) {
  const auto& first = space_->spec().first;
  if (first && first->factor == Factor::kChoice) choices_ = first->components;
}

Point PointTarget::state(Point x) const {
  std::ranges::copy(x, state_.begin());
  return state_;
}

void PointTarget::wrap(MutablePoint x) const {
  for (size_t i = 0; i < axes_.size(); ++i) {
    if (axes_[i].edge != Axis::Edge::kPeriodic) continue;
    const double turn = axes_[i].high - axes_[i].low;
    x[i] -= turn * std::floor((x[i] - axes_[i].low) / turn);
  }
}

void PointTarget::bounce(MutablePoint x, std::span<double> momentum) const {
  wrap(x);
  for (size_t i = 0; i < axes_.size(); ++i) {
    if (axes_[i].edge != Axis::Edge::kWall) continue;
    const double width = axes_[i].high - axes_[i].low;
    double way = std::fmod(x[i] - axes_[i].low, 2 * width);  // there and back again
    if (way < 0) way += 2 * width;
    const double crossed = std::floor((x[i] - axes_[i].low) / width);
    if (std::fmod(crossed, 2) != 0) momentum[i] = -momentum[i];
    x[i] = axes_[i].low + (way > width ? 2 * width - way : way);
  }
}

double PointTarget::log_reward(Point x) const {
  for (size_t i = 0; i < axes_.size(); ++i) {
    const bool inside = x[i] > axes_[i].low && x[i] < axes_[i].high;
    if (axes_[i].edge == Axis::Edge::kWall && !inside) return -INFINITY;
  }
  return space_->log_reward(state(x));
}

void PointTarget::gradient(Point x, MutablePoint out) const { space_->log_reward_gradient(state(x), out); }

double PointTarget::log_start(Point x) const {
  double log_p = choices_ > 0 ? -std::log(choices_) : 0;
  for (size_t i = 0; i < axes_.size(); ++i) {
    const Axis& axis = axes_[i];
    if (axis.edge != Axis::Edge::kOpen) {
      log_p -= std::log(axis.high - axis.low);
    } else {
      const double z = (x[i] - axis.centre) / axis.spread;
      log_p -= z * z / 2 + std::log(axis.spread * std::sqrt(2 * std::numbers::pi));
    }
  }
  return log_p;
}

void PointTarget::sample_start(Draws& draws, MutablePoint x) const {
  for (size_t i = 0; i < axes_.size(); ++i) {
    const Axis& axis = axes_[i];
    x[i] = axis.edge == Axis::Edge::kOpen ? axis.centre + axis.spread * draws.normal()
                                          : axis.low + (axis.high - axis.low) * draws.uniform();
  }
  if (choices_ > 0) x[axes_.size()] = std::floor(choices_ * draws.uniform());
}

}  // namespace flowscope
