// What a run came to, as the object that `train --json` prints and `sweep` collects.
#pragma once

#include <nlohmann/json.hpp>

#include "core/run/snapshot.h"

namespace flowscope {

/// Steps per second over the whole run.
double mean_rate(const Metrics& metrics);

/// Every key is always there; null where a quantity does not exist.
nlohmann::ordered_json results(const Config& config, const Snapshot& snapshot);

}  // namespace flowscope
