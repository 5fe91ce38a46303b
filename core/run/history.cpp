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
  if (shared_) {
    auto copy = std::make_shared<std::vector<HistoryBin>>();
    copy->reserve(std::min(kBins, bins_->size() + bins_->size() / 8 + 8));
    copy->assign(bins_->begin(), bins_->end());
    bins_ = std::move(copy);
    shared_ = false;
  }
  std::vector<HistoryBin>& bins = *bins_;
  if (!bins.empty() && step / span_ == bins.back().first_step / span_) {
    absorb(bins.back(), point);
    return;
  }
  if (bins.size() == kBins) {
    span_ *= 2;
    std::vector<HistoryBin> merged;
    merged.reserve(kBins);
    for (const HistoryBin& bin : bins) {
      if (!merged.empty() && merged.back().first_step / span_ == bin.first_step / span_) {
        absorb(merged.back(), bin);
      } else {
        merged.push_back(bin);
      }
    }
    bins = std::move(merged);
    add(step, value);
    return;
  }
  bins.push_back(point);
}

Series Series::share() {
  shared_ = true;
  Series reader;
  reader.bins_ = bins_;
  reader.shared_ = true;
  reader.span_ = span_;
  return reader;
}

void History::add(std::string_view name, std::int64_t step, double value) {
  auto at = series_.find(name);
  if (at == series_.end()) at = series_.emplace(name, Series()).first;
  at->second.add(step, value);
}

std::shared_ptr<const History> History::share() {
  auto reader = std::make_shared<History>();
  for (auto& [name, series] : series_) reader->series_.emplace_hint(reader->series_.end(), name, series.share());
  return reader;
}

const Series& History::of(std::string_view name) const {
  static const Series kNone;
  const auto at = series_.find(name);
  return at == series_.end() ? kNone : at->second;
}

}  // namespace flowscope
