// What a continuous policy would do at points of a coarse grid over the map: for pictures.
#pragma once

#include "core/learn/continuous/density_policy.h"
#include "core/run/snapshot.h"

namespace flowscope {

/// With a reason instead of numbers where the map does not hold all that the policy looks at.
template <class Real>
PolicyField policy_field(const ContinuousEnvironment& environment, const DensityPolicy<Real>& policy);

}  // namespace flowscope
