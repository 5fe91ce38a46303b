// The past of a run in memory: moments to look back at and to go on from, dense where the run is now
// and sparse where it was long ago.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/run/session.h"

namespace flowscope {

/// A run as it was after a step.
struct Moment {
  std::shared_ptr<const Snapshot> snapshot;  // without curves: the run's own reach back far enough
  std::shared_ptr<const Checkpoint> checkpoint;

  std::int64_t step() const { return snapshot->metrics.step; }
};

/// Moments in the order of their steps. Immutable once shared: a copy takes the next moment.
class Timeline {
 public:
  /// Steps whose moments are kept lie on a grid that widens as the run grows longer: at least this many
  /// steps apart, and 1/32 to 1/16 of the steps taken. The same for every run, so that runs that are
  /// compared keep the same steps.
  static constexpr std::int64_t kLeastStride = 10;
  static constexpr std::int64_t kBudget = 96 << 20;  // bytes that a run's moments may cost
  static bool keeps(std::int64_t step);

  /// Adds a moment later than all others, then drops moments until all together cost no more than
  /// `budget` bytes: each time the one whose neighbours are nearest to each other for their age. The
  /// first and the newest stay.
  void add(Moment moment, std::int64_t budget);

  const std::vector<Moment>& moments() const { return moments_; }
  std::int64_t bytes() const { return bytes_; }

  /// The last moment at or before that step, or the first one there is; null where there is none.
  const Moment* at(std::int64_t step) const;

 private:
  std::vector<Moment> moments_;
  std::int64_t bytes_ = 0;
};

/// What a moment holds alone, in bytes; what all moments of a run share is not counted.
std::int64_t cost_of(const Moment& moment);

}  // namespace flowscope
