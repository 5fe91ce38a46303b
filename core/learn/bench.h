#pragma once

#include "core/run/session.h"

namespace flowscope {

/// Trains for about `seconds` on this thread and measures where the time goes.
BenchResult bench(const Config& config, double seconds);

}  // namespace flowscope
