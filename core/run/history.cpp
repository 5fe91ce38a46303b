#include "core/run/history.h"

#include <algorithm>

namespace flowscope {
namespace {

void absorb(HistoryBin& into, const HistoryBin& next) {
  const float n = static_cast<float>(into.count), m = static_cast<float>(next.count);
  into.mean = (into.mean * n + next.mean * m) / (n + m);
  into.low = std::min(into.low, next.low);
  into.high = std::max(into.high, next.high);
  into.last = next.last;
  into.last_step = next.last_step;
  into.count += next.count;
}

}  // namespace

void Series::add(std::int64_t step, double value) {
  const auto v = static_cast<float>(value);
  const HistoryBin point{step, step, v, v, v, v, 1};
  if (!bins_.empty() && step / span_ == bins_.back().first_step / span_) {
    absorb(bins_.back(), point);
    return;
  }
  if (bins_.size() == kBins) {
    span_ *= 2;
    std::vector<HistoryBin> merged;
    merged.reserve(kBins);
    for (const HistoryBin& bin : bins_) {
      if (!merged.empty() && merged.back().first_step / span_ == bin.first_step / span_) {
        absorb(merged.back(), bin);
      } else {
        merged.push_back(bin);
      }
    }
    bins_ = std::move(merged);
    add(step, value);
    return;
  }
  bins_.push_back(point);
}

void History::add(std::string_view name, std::int64_t step, double value) {
  auto at = series_.find(name);
  if (at == series_.end()) at = series_.emplace(name, Series()).first;
  at->second.add(step, value);
}

const Series& History::of(std::string_view name) const {
  static const Series kNone;
  const auto at = series_.find(name);
  return at == series_.end() ? kNone : at->second;
}

}  // namespace flowscope
