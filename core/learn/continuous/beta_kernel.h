// Mixtures of Betas, many at a time: the inner loop of continuous spaces. beta_kernel_isa.cpp is
// compiled once for each instruction set, as kernels_isa.cpp is.
#pragma once

namespace flowscope {

constexpr int kBetaLanes = 64;  // densities in a block

/// A block of densities of one shape, each in a lane of its own; `raw` in DensitySpec's layout. Lanes that are not wanted hold anything finite.
struct BetaBlock {
  int components = 1, coordinates = 1;
  bool stops = false;
  double low = 1, span = 0;  // concentrations are low exp(span sigmoid(raw))
  int lanes = kBetaLanes;    // wanted; rounded up to the vector's width
  double (*raw)[kBetaLanes] = nullptr;       // [size], what a network gives
  double (*u)[kBetaLanes] = nullptr;         // [coordinates], strictly between 0 and 1
  double (*gradient)[kBetaLanes] = nullptr;  // d log p / d raw, laid out as raw
  double log_p[kBetaLanes] = {};
};

/// Fills in log p and its gradient. Relative error about 1e-13 of the largest term.
void evaluate_betas(BetaBlock& block);

}  // namespace flowscope
