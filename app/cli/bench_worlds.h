// The part of `flowscope bench` that needs no trainer: how fast worlds step.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace flowscope {

struct WorldCase {
  std::string name;             // "minigrid MiniGrid-Empty-8x8-v0"
  std::string_view level;
  double python_rate = 0;       // steps/s of Minigrid 3.1.0 under Python 3.11, on one core
};

/// The cases whose name holds that text.
std::vector<WorldCase> world_cases(const std::string& filter);

/// Random actions over a batch of worlds, the observations of all included, for that much CPU time:
/// steps per second, the median of 9 windows.
double world_steps_per_second(const WorldCase& which, double seconds);

}  // namespace flowscope
