// A long series of numbers at a bounded cost: bins that keep the extremes, so that a spike of one
// step survives any length of run.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
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

  Series() = default;
  Series(Series&&) = default;

  void add(std::int64_t step, double value);
  const std::vector<HistoryBin>& bins() const { return *bins_; }
  bool empty() const { return bins_->empty(); }

  /// The series as it is now, at the cost of a pointer: its bins are never written again, and what is
  /// added from here on goes to a copy of them.
  Series share();

 private:
  std::shared_ptr<std::vector<HistoryBin>> bins_ = std::make_shared<std::vector<HistoryBin>>();
  bool shared_ = false;    // the bins belong to a reader, too
  std::int64_t span_ = 1;  // steps a bin covers
};

/// The numbers of a run by name: those that every step gives (loss, log_z, mean_length, gradient_norm,
/// learning_rate, epsilon, modes_found), measures(), from every view of the policy, and behaviour_tv, the
/// distance between what training has sampled lately and the target.
class History {
 public:
  void add(std::string_view name, std::int64_t step, double value);
  /// All series as they are now, for a reader in another thread; only those are copied, later, that
  /// something is added to.
  std::shared_ptr<const History> share();
  /// Empty where nothing is known under that name.
  const Series& of(std::string_view name) const;

 private:
  std::map<std::string, Series, std::less<>> series_;
};

}  // namespace flowscope
