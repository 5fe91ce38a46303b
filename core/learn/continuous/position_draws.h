#pragma once

#include "core/learn/rng.h"
#include "envs/draws.h"

namespace flowscope {

/// The numbers that belong to one place of a run: step, trajectory and time; whatever else is drawn
/// elsewhere, they are the same.
class PositionDraws final : public Draws {
 public:
  PositionDraws(const Rng& rng, std::int64_t step, int trajectory, int time)
      : rng_(rng),
        step_(static_cast<std::uint64_t>(step)),
        place_(static_cast<std::uint64_t>(trajectory) << 32 | static_cast<std::uint32_t>(time)) {}

  double uniform() override { return rng_.uniform(step_ | count_++ << 44, place_); }

 private:
  const Rng& rng_;
  std::uint64_t step_, place_, count_ = 0;
};

}  // namespace flowscope
