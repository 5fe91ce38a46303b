// The one way back: commands to a running session, obeyed between steps in the order sent.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "core/run/config.h"
#include "core/run/run_clock.h"

namespace flowscope {

struct Play {};
struct Pause {};
/// Takes so many steps, then pauses.
struct StepBy {
  std::int64_t steps = 1;
};
/// Runs to that step, then pauses.
struct StepTo {
  std::int64_t step = 0;
};
/// Runs to that step, then finishes: exact metrics are brought up to date.
struct RunUntil {
  std::int64_t step = 0;
};
/// Starts again from the first step with the current configuration and the same seed.
struct Reset {};
/// Starts again with this configuration.
struct Restart {
  Config config;
};
/// Changes one live parameter; others restart the run.
struct SetParam {
  std::string key;
  ParamValue value;
};
/// Back to the default of one parameter.
struct UnsetParam {
  std::string key;
};
/// Steps per second; 0 for as fast as possible.
struct SetSpeed {
  double steps_per_second = 0;
};
/// Keeps pace with the other runs on this clock from now on.
struct JoinClock {
  std::shared_ptr<RunClock> clock;
};
/// Keeps moments of its past, of so many bytes together: see Timeline. 0 keeps none.
struct KeepTimeline {
  std::int64_t bytes = 0;
};

using Command = std::variant<Play, Pause, StepBy, StepTo, RunUntil, Reset, Restart, SetParam,
                             UnsetParam, SetSpeed, JoinClock, KeepTimeline>;

}  // namespace flowscope
