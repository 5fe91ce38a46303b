// How a residual becomes a loss: g(0) = 0, g'(0) = 0, g >= 0.
#pragma once

namespace flowscope {

struct LossShape {
  enum Kind { kSquared, kHalfSquared, kHuber, kLogCosh, kShiftedCosh, kLinex };

  constexpr LossShape(Kind which = kSquared, double lean = 1) : kind(which), alpha(lean) {}

  Kind kind;
  double alpha;  // of kLinex: how much worse a residual above 0 is than one below
};

struct ShapedLoss {
  double value, slope;  // g(r) and g'(r)
};

/// kSquared r^2; kHalfSquared r^2 / 2; kHuber r^2 within 1 and 2|r| - 1 beyond; kLogCosh 2 log cosh r;
/// kShiftedCosh e^r + e^-r - 2; kLinex (e^(alpha r) - alpha r - 1) / alpha^2. kHalfSquared and the last two
/// are the losses of torchgfn under the same names, with its clamp of exponents at 80; kHalfSquared and
/// kLinex curve like r^2 / 2 at 0, the others like r^2.
ShapedLoss shaped(const LossShape& shape, double residual);

}  // namespace flowscope
