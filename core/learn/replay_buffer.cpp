#include "core/learn/replay_buffer.h"

#include <algorithm>
#include <numeric>

#include "core/learn/bytes.h"

namespace flowscope {
namespace {

size_t sz(std::int64_t n) { return static_cast<size_t>(n); }

}  // namespace

void ReplayBuffer::set_capacity(std::int64_t capacity) {
  if (capacity == capacity_) return;
  std::ranges::rotate(kept_, kept_.begin() + static_cast<long>(next_));  // oldest first
  next_ = 0;
  if (kept_.size() > sz(capacity)) kept_.erase(kept_.begin(), kept_.end() - capacity);
  capacity_ = capacity;
}

void ReplayBuffer::add(const RowBatch& batch, int n) {
  for (int i = 0; i < n; ++i) {
    if (!batch.ended(i)) continue;
    Kept kept;
    for (auto k = batch.begin[sz(i)]; k < batch.begin[sz(i) + 1]; ++k) {
      kept.actions.push_back(static_cast<std::int16_t>(batch.transitions[sz(k)].action));
    }
    const StateView x = batch.rows.state(batch.last_row(i));
    kept.object.assign(x.begin(), x.end());
    kept.condition = batch.rows.condition(batch.last_row(i));
    kept.log_reward = batch.log_reward[sz(i)];
    if (kept_.size() < sz(capacity_)) {
      kept_.push_back(std::move(kept));
    } else {
      kept_[next_] = std::move(kept);
      next_ = (next_ + 1) % kept_.size();
    }
  }
}

std::vector<size_t> draw_kept(std::span<const double> log_reward, int n, bool by_reward, const Rng& rng,
                              std::int64_t step) {
  std::vector<std::int32_t> order(log_reward.size());
  std::iota(order.begin(), order.end(), 0);
  const size_t best = by_reward ? std::max<size_t>(1, order.size() / 10) : 0;
  if (by_reward) {
    std::ranges::nth_element(order, order.begin() + static_cast<long>(best - 1), [&](int a, int b) {
      const double ra = log_reward[sz(a)], rb = log_reward[sz(b)];
      return ra != rb ? ra > rb : a < b;
    });
  }
  std::vector<size_t> drawn;
  for (int i = 0; i < n; ++i) {
    const bool from_best = best == order.size() || (by_reward && i % 2 == 0);
    const size_t begin = from_best ? 0 : best, end = from_best && by_reward ? best : order.size();
    const double u = rng.uniform(static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(i));
    const auto at = begin + static_cast<size_t>(u * static_cast<double>(end - begin));
    drawn.push_back(sz(order[std::min(at, end - 1)]));
  }
  return drawn;
}

std::vector<const ReplayBuffer::Kept*> ReplayBuffer::draw(int n, bool by_reward, const Rng& rng,
                                                          std::int64_t step) {
  log_reward_.clear();
  for (const Kept& kept : kept_) log_reward_.push_back(kept.log_reward);
  std::vector<const Kept*> drawn;
  for (const size_t i : draw_kept(log_reward_, n, by_reward, rng, step)) drawn.push_back(&kept_[i]);
  return drawn;
}

void ReplayBuffer::reward_again(const Environment& environment) {
  for (Kept& kept : kept_) kept.log_reward = log_reward_at(environment, kept.object, kept.condition);
}

void ReplayBuffer::save(std::vector<std::uint8_t>& bytes) const {
  put(bytes, static_cast<std::uint64_t>(kept_.size()));
  put(bytes, static_cast<std::uint64_t>(next_));
  for (const Kept& kept : kept_) {
    put(bytes, static_cast<std::uint32_t>(kept.actions.size()));
    put(bytes, static_cast<std::uint32_t>(kept.object.size()));
    put(bytes, kept.condition.beta);
    put(bytes, kept.condition.weight);
    put(bytes, kept.log_reward);
    put(bytes, kept.actions.data(), kept.actions.size());
    put(bytes, kept.object.data(), kept.object.size());
  }
}

void ReplayBuffer::restore(std::span<const std::uint8_t>& bytes) {
  kept_.clear();
  const auto count = take<std::uint64_t>(bytes);
  next_ = take<std::uint64_t>(bytes);
  if (count > bytes.size() || (count > 0 && next_ >= count)) {
    throw DamagedFile("the checkpoint's replay buffer is damaged");
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    Kept& kept = kept_.emplace_back();
    const auto actions = take<std::uint32_t>(bytes), length = take<std::uint32_t>(bytes);
    kept.condition.beta = take<double>(bytes);
    kept.condition.weight = take<double>(bytes);
    kept.log_reward = take<double>(bytes);
    if (actions > bytes.size() || length > bytes.size()) {
      throw DamagedFile("the checkpoint's replay buffer is damaged");
    }
    kept.actions.resize(actions);
    kept.object.resize(length);
    take(bytes, kept.actions.data(), actions);
    take(bytes, kept.object.data(), length);
  }
}

}  // namespace flowscope
