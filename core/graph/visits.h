// How often a Markov chain that ends for sure visits its states: the one linear system behind every
// exact flow on a graph with cycles.
#pragma once

#include <span>
#include <vector>

namespace flowscope {

/// A way from one state to another.
struct ChainStep {
  int from, to;
  double probability;
};

/// v = start + K^T v for the chain K of `steps`, given the probability `leak` [S] of ending in each
/// state and the chance `start` [S] of beginning there (any non-negative numbers: v is linear in
/// them). State after state is cut out of the chain, its visitors passed on to where they go next
/// (Grassmann, Taksar and Heyman 1985): no subtraction, so every v is right to almost all its digits.
/// Sparse: a plane of 10,000 states takes half a second. States from which
/// there is no way to an end have infinite visits; they come out as huge.
std::vector<double> expected_visits(std::span<const ChainStep> steps, std::span<const double> leak,
                                    std::span<const double> start);

}  // namespace flowscope
