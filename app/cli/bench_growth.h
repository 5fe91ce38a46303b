#pragma once

#include "app/cli/commands.h"

namespace flowscope {

/// flowscope bench --growth: how the time of an iteration grows with batch, width and length, and that
/// of an exact sweep with the number of states. A table or JSON, and a picture if a file is named.
int bench_growth(const BenchOptions& options, const TrainerLibrary& library);

}  // namespace flowscope
