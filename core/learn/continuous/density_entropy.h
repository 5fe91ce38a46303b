// How undecided a density over steps is.
#pragma once

#include <optional>

#include "envs/continuous/continuous_environment.h"

namespace flowscope {

/// The entropy, in nats, of a step's coordinates, given that there is one: in closed form for a choice and for
/// a single component, by quadrature, to 1e-4, for a mixture along one coordinate; unknown for a mixture along several.
/// `raw` holds the numbers that a network gives [spec.size()]. The entropy of the next state is greater by the
/// mean of log |d state / du|.
template <class Real>
std::optional<double> density_entropy(const DensitySpec& spec, const Real* raw);

}  // namespace flowscope
