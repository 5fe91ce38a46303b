#include "core/learn/continuous/point_collector.h"

#include <algorithm>
#include <cmath>

#include "core/learn/bytes.h"
#include "core/learn/continuous/density_sampler.h"
#include "core/learn/replay_buffer.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

constexpr int kReplayRound = 0x7FFF;  // walk_back() of what is not local search draws its numbers there

Rng rng_of(const Config& config, Stream stream) {
  return {static_cast<std::uint64_t>(config.integer("seed")), stream};
}

}  // namespace

void PointBuffer::set_capacity(std::int64_t capacity) {
  if (static_cast<size_t>(capacity) == capacity_) return;
  // Oldest first, and of those no more than fit.
  std::ranges::rotate(log_reward_, log_reward_.begin() + static_cast<long>(next_));
  std::ranges::rotate(states_, states_.begin() + static_cast<long>(next_ * length_));
  next_ = 0;
  capacity_ = static_cast<size_t>(capacity);
  const size_t excess = log_reward_.size() > capacity_ ? log_reward_.size() - capacity_ : 0;
  log_reward_.erase(log_reward_.begin(), log_reward_.begin() + static_cast<long>(excess));
  states_.erase(states_.begin(), states_.begin() + static_cast<long>(excess * length_));
}

void PointBuffer::add(Point object, double log_reward) {
  if (capacity_ == 0) return;
  length_ = object.size();
  if (log_reward_.size() < capacity_) {
    states_.insert(states_.end(), object.begin(), object.end());
    log_reward_.push_back(log_reward);
    return;
  }
  std::ranges::copy(object, states_.begin() + static_cast<long>(next_ * length_));
  log_reward_[next_] = log_reward;
  next_ = (next_ + 1) % capacity_;
}

std::vector<size_t> PointBuffer::draw(int n, bool by_reward, const Rng& rng, std::int64_t step) const {
  return draw_kept(log_reward_, n, by_reward, rng, step);
}

void PointBuffer::reward_again(const ContinuousEnvironment& environment) {
  for (size_t i = 0; i < log_reward_.size(); ++i) log_reward_[i] = environment.log_reward(object(i));
}

void PointBuffer::save(std::vector<std::uint8_t>& bytes) const {
  put(bytes, static_cast<std::uint64_t>(log_reward_.size()));
  put(bytes, static_cast<std::uint64_t>(next_));
  put(bytes, states_.data(), states_.size());
  put(bytes, log_reward_.data(), log_reward_.size());
}

void PointBuffer::restore(std::span<const std::uint8_t>& bytes, size_t length) {
  const auto count = take<std::uint64_t>(bytes);
  next_ = take<std::uint64_t>(bytes);
  if (count > bytes.size() / sizeof(double) || (next_ > 0 && next_ >= count)) {
    throw DamagedFile("the checkpoint's replay buffer is damaged");
  }
  length_ = length;
  states_.resize(count * length);
  log_reward_.resize(count);
  take(bytes, states_.data(), states_.size());
  take(bytes, log_reward_.data(), log_reward_.size());
}

template <class Real>
PointCollector<Real>::PointCollector(const Config& config)
    : forward_(rng_of(config, Stream::kForward)), backward_(rng_of(config, Stream::kBackward)),
      replaying_(rng_of(config, Stream::kReplay)), rebuild_(rng_of(config, Stream::kRebuild)) {
  configure(config);
}

template <class Real>
void PointCollector<Real>::configure(const Config& config) {
  batch_size_ = static_cast<int>(config.integer("batch"));
  full_ = {config.real("exploration.epsilon"), config.real("exploration.step_noise")};
  fade_steps_ = config.integer("exploration.epsilon_steps");
  cosine_ = config.text("exploration.fade") == "cosine";
  search_ = {.rounds = static_cast<int>(config.integer("local_search.rounds")),
             .depth = config.real("local_search.depth"),
             .metropolis = config.text("local_search.accept") == "metropolis"};
  replay_share_ = config.real("replay.share");
  by_reward_ = config.text("replay.pick") == "reward";
  buffer_.set_capacity(replay_share_ > 0 ? config.integer("replay.capacity") : 0);
}

template <class Real>
Perturbation PointCollector<Real>::perturbation(std::int64_t step) const {
  const double left = faded(step, fade_steps_, cosine_);
  return {full_.uniform * left, full_.noise * left};
}

template <class Real>
void PointCollector<Real>::collect(const ContinuousEnvironment& environment,
                                   const DensityPolicy<Real>& policy, std::int64_t step,
                                   PointBatch& batch, typename DensityPolicy<Real>::Sweep& sweep) {
  const auto share = static_cast<int>(std::lround(replay_share_ * batch_size_));
  const int again = buffer_.size() > 0 ? share : 0;
  sample_forward(environment, policy, batch_size_ - again, perturbation(step), forward_, step, batch, sweep);
  if (search_.rounds > 0) search_locally(environment, policy, search_, backward_, rebuild_, step, batch, sweep);
  const int found = batch.size();
  if (again > 0) {
    std::vector<std::int32_t> objects;
    for (const size_t kept : buffer_.draw(again, by_reward_, replaying_, step)) {
      objects.push_back(batch.add_row());
      std::ranges::copy(buffer_.object(kept), batch.state(objects.back()).begin());
    }
    for (const PointPath& path : walk_back(environment, policy, backward_, step, kReplayRound, objects, batch, sweep)) {
      append(environment, path, batch);
    }
    policy.extend_forward(environment, batch, sweep);
  }
  for (int i = 0; replay_share_ > 0 && i < found; ++i) {
    buffer_.add(batch.state(batch.last_row(i)), batch.log_reward[static_cast<size_t>(i)]);
  }
}

template class PointCollector<float>;
template class PointCollector<double>;

}  // namespace flowscope
