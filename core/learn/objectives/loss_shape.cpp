#include "core/learn/objectives/loss_shape.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace flowscope {

ShapedLoss shaped(const LossShape& shape, double r) {
  const double size = std::abs(r);
  switch (shape.kind) {
    case LossShape::kSquared: break;
    case LossShape::kHalfSquared: return {r * r / 2, r};
    case LossShape::kHuber:
      if (size <= 1) break;
      return {2 * size - 1, std::copysign(2, r)};
    case LossShape::kLogCosh:  // log cosh r = |r| + log(1 + e^(-2|r|)) - log 2
      return {2 * (size + std::log1p(std::exp(-2 * size)) - std::numbers::ln2), 2 * std::tanh(r)};
    case LossShape::kShiftedCosh: {
      const double e = std::clamp(r, -80.0, 80.0);
      return {std::exp(e) + std::exp(-e) - 2, std::exp(e) - std::exp(-e)};
    }
    case LossShape::kLinex: {
      const double a = shape.alpha, e = std::exp(std::clamp(a * r, -80.0, 80.0));
      return {(e - a * r - 1) / (a * a), (e - 1) / a};
    }
  }
  return {r * r, 2 * r};
}

}  // namespace flowscope
