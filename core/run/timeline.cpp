#include "core/run/timeline.h"

#include <algorithm>
#include <bit>

namespace flowscope {
namespace {

template <typename... Vectors>
std::int64_t bytes_in(const Vectors&... vectors) {
  return (static_cast<std::int64_t>(vectors.size() * sizeof(*vectors.data())) + ...);
}

std::int64_t cost_of(const ExactView& v) {
  return bytes_in(v.policy.forward, v.policy.stop, v.policy.backward, v.forward.visit,
                  v.forward.edge, v.forward.terminating, v.log_demand);
}

std::int64_t cost_of(const DensityView& v) {
  return bytes_in(v.learned.mass, v.x, v.y, v.objects, v.cloud, v.field.stop, v.field.dx, v.field.dy,
                  v.field.rose);
}

std::int64_t cost_of(const BehaviourView& v) { return bytes_in(v.counts, v.density.mass); }

/// The moment that is missed least: its neighbours are close to each other for their age.
size_t least_missed(const std::vector<Moment>& moments) {
  const auto now = static_cast<double>(moments.back().step());
  size_t least = 1;
  double smallest = 0;
  for (size_t i = 1; i + 1 < moments.size(); ++i) {
    const auto gap = static_cast<double>(moments[i + 1].step() - moments[i - 1].step());
    const double age = now - static_cast<double>(moments[i].step());
    const double share = gap / age;
    if (i > 1 && share >= smallest) continue;
    least = i;
    smallest = share;
  }
  return least;
}

}  // namespace

std::int64_t cost_of(const Moment& moment) {
  const Snapshot& s = *moment.snapshot;
  std::int64_t bytes = sizeof(Snapshot);
  if (s.exact) bytes += cost_of(*s.exact);
  if (s.density) bytes += cost_of(*s.density);
  if (s.behaviour) bytes += cost_of(*s.behaviour);
  if (moment.checkpoint) bytes += bytes_in(moment.checkpoint->state, moment.checkpoint->config_json);
  return bytes;
}

bool Timeline::keeps(std::int64_t step) {
  constexpr std::uint64_t kAmong = 32;  // at most twice as many moments in each doubling of the steps
  const auto grid = static_cast<std::int64_t>(
      std::bit_floor(static_cast<std::uint64_t>(step) / (kAmong * kLeastStride)));
  return step % (kLeastStride * std::max<std::int64_t>(1, grid)) == 0;
}

void Timeline::add(Moment moment, std::int64_t budget) {
  bytes_ += cost_of(moment);
  moments_.push_back(std::move(moment));
  while (bytes_ > budget && moments_.size() > 2) {
    const auto least = moments_.begin() + static_cast<std::ptrdiff_t>(least_missed(moments_));
    bytes_ -= cost_of(*least);
    moments_.erase(least);
  }
}

const Moment* Timeline::at(std::int64_t step) const {
  if (moments_.empty()) return nullptr;
  const auto next = std::ranges::upper_bound(moments_, step, {}, &Moment::step);
  return next == moments_.begin() ? &moments_.front() : &*(next - 1);
}

}  // namespace flowscope
