// How a residual becomes a loss: g(0) = 0, g'(0) = 0, g >= 0.
#pragma once

namespace flowscope {

enum class LossShape { kSquared, kHuber, kLogCosh, kShiftedCosh, kLinex };

struct ShapedLoss {
  double value, slope;  // g(r) and g'(r)
};

/// kSquared r^2; kHuber r^2 within 1 and 2|r| - 1 beyond; kLogCosh 2 log cosh r;
/// kShiftedCosh e^r + e^-r - 2; kLinex e^r - r - 1. All but the last two curve like r^2 at 0;
/// those two are the losses of torchgfn under the same names, with its clamp of exponents at 80.
ShapedLoss shaped(LossShape shape, double residual);

}  // namespace flowscope
