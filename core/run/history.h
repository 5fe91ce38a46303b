// A long series of numbers at a bounded cost: bins that keep the extremes, so that a spike of one
// step survives any length of run.
#pragma once

#include <cstdint>
#include <vector>

namespace flowscope {

/// What happened to one number over a range of steps.
struct HistoryBin {
  std::int64_t first_step = 0, last_step = 0;
  float low = 0, high = 0;  // extremes
  float mean = 0;
  float last = 0;
  std::int32_t count = 0;
};

/// Append-only. When the bins are used up, neighbours merge and every bin covers twice the steps.
class Series {
 public:
  static constexpr std::size_t kBins = 1024;

  void add(std::int64_t step, double value);
  const std::vector<HistoryBin>& bins() const { return bins_; }
  bool empty() const { return bins_.empty(); }

 private:
  std::vector<HistoryBin> bins_;
  std::int64_t span_ = 1;  // steps a bin covers
};

/// The series that the charts draw.
struct History {
  Series loss, log_z, mean_length;             // every step
  Series tv, l1, jsd, kl;                      // every exact evaluation
};

}  // namespace flowscope
