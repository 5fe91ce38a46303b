#include "core/learn/collector.h"

#include <algorithm>
#include <cmath>

#include "core/learn/sampler.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

Rng rng_of(const Config& config, Stream stream) {
  return {static_cast<std::uint64_t>(config.integer("seed")), stream};
}

// Rounds of walk_back() that are not of local search draw their numbers here.
constexpr int kReplayRound = 0xFFFF, kOfflineRound = 0xFFFE;
constexpr std::uint64_t kMask = std::uint64_t{1} << 48;  // which heads share a trajectory

/// Throws UsageError where data sources and the objective do not go together.
void check(const Config& config) {
  if (config.real("exploration.break_off") == 0) return;
  if (!find_objective(config.text("objective.name"))->incomplete) {
    throw UsageError("exploration.break_off: objective.name = " + config.text("objective.name") +
                     " learns from whole trajectories; db, subtb, fldb and flsubtb take unfinished ones");
  }
  if (config.integer("local_search.rounds") > 0) {
    throw UsageError("exploration.break_off: local search (local_search.rounds) needs whole trajectories");
  }
}

}  // namespace

template <class Real>
Collector<Real>::Collector(const Config& config)
    : forward_(rng_of(config, Stream::kForward)),
      backward_(rng_of(config, Stream::kBackward)),
      replaying_(rng_of(config, Stream::kReplay)),
      rebuild_(rng_of(config, Stream::kRebuild)),
      noise_(rng_of(config, Stream::kNoise)),
      exploration_(config),
      sources_(config),
      given_(read_objects(config)) {
  configure(config);
}

template <class Real>
void Collector<Real>::configure(const Config& config) {
  check(config);
  sources_ = DataSources(config);
  exploration_ = ExplorationSchedule(config);
  batch_size_ = static_cast<int>(config.integer("batch"));
  replay_.set_capacity(sources_.replay_share > 0 ? sources_.replay_capacity : 0);
}

template <class Real>
void Collector<Real>::sample(const Environment& environment, const Policy<Real>& policy, int n,
                             std::int64_t step, RowBatch& batch, typename Policy<Real>::Sweep& sweep) {
  const Exploration now = exploration_.at(step);
  if (now.noise == 0) {
    sample_forward(environment, policy, policy.parameters(), n, now, forward_, step, batch, sweep);
    return;
  }
  add_noise(policy.parameters(), now.noise, noise_, step, noisy_);
  sample_forward<Real>(environment, policy, noisy_, n, now, forward_, step, batch, noisy_sweep_);
  sweep.clear();
  policy.extend_forward(batch.rows, sweep);
}

template <class Real>
void Collector<Real>::play_again(const Environment& environment, const Policy<Real>& policy, int n,
                                 std::int64_t step, RowBatch& batch,
                                 typename Policy<Real>::Sweep& sweep) {
  const auto kept = replay_.draw(n, sources_.by_reward, replaying_, step);
  std::vector<Path> paths;
  std::vector<std::int32_t> objects;
  for (size_t i = 0; i < kept.size(); ++i) {
    dedicate(policy.shape(), forward_, step, batch_size_ + static_cast<int>(i), batch.rows);
    if (!policy.shape().one_condition) batch.rows.set_condition(kept[i]->condition);
    if (sources_.by_backward) {
      objects.push_back(batch.rows.insert(environment, kept[i]->object));
    } else {
      paths.push_back(replay(environment, kept[i]->actions, batch.rows));
    }
  }
  if (sources_.by_backward) {
    paths = walk_back(environment, policy, backward_, step, kReplayRound, objects, batch.rows, sweep);
  }
  for (const Path& path : paths) append(environment, path, batch);
}

template <class Real>
void Collector<Real>::play_given(const Environment& environment, const Policy<Real>& policy, int n,
                                 std::int64_t step, RowBatch& batch,
                                 typename Policy<Real>::Sweep& sweep) {
  std::vector<std::int32_t> objects;
  for (int i = 0; i < n; ++i) {
    const double u = replaying_.uniform(static_cast<std::uint64_t>(step), std::uint64_t{1} << 32 | static_cast<std::uint64_t>(i));
    const auto which = std::min(given_.size() - 1, static_cast<size_t>(u * static_cast<double>(given_.size())));
    dedicate(policy.shape(), forward_, step, 2 * batch_size_ + i, batch.rows);
    objects.push_back(batch.rows.insert(environment, given_[which]));
  }
  for (const Path& path : walk_back(environment, policy, backward_, step, kOfflineRound, objects, batch.rows, sweep)) {
    append(environment, path, batch);
  }
}

/// Thompson sampling (Rector-Brooks et al. 2023, arXiv 2306.17693): every head learns from the trajectories
/// that it drew itself, and from a random share of the others, so that heads go on to differ where data
/// are few. Appends those trajectories once more, as rows of the heads that learn from them.
template <class Real>
void Collector<Real>::share_out(const Environment& environment, const PolicyShape& shape, std::int64_t step,
                                RowBatch& batch) {
  std::vector<std::int32_t> start(static_cast<size_t>(environment.spec().state_length));
  environment.reset(start);
  const int distinct = batch.size();
  for (int i = 0; i < distinct; ++i) {
    const int first = batch.begin[static_cast<size_t>(i)], end = batch.begin[static_cast<size_t>(i) + 1];
    const int own_row = batch.transitions[static_cast<size_t>(first)].row, own = batch.rows.head(own_row);
    for (int head = 1; head <= shape.heads; ++head) {
      const double u = noise_.uniform(static_cast<std::uint64_t>(step), kMask | static_cast<std::uint64_t>(i * shape.heads + head));
      if (head == own || u >= sources_.thompson_share) continue;
      batch.rows.set_as(own_row);
      batch.rows.set_head(head);
      std::int32_t row = batch.rows.insert(environment, start);
      for (int k = first; k < end; ++k) {
        Transition t = batch.transitions[static_cast<size_t>(k)];
        t.row = row;
        if (t.next >= 0) t.next = row = batch.rows.child(environment, row, t.action).row;
        batch.transitions.push_back(t);
      }
      batch.begin.push_back(static_cast<std::int32_t>(batch.transitions.size()));
      batch.log_reward.push_back(batch.log_reward[static_cast<size_t>(i)]);
    }
  }
  batch.repeated = batch.size() - distinct;
}

template <class Real>
void Collector<Real>::collect(const Environment& environment, const Policy<Real>& policy,
                              std::int64_t step, RowBatch& batch,
                              typename Policy<Real>::Sweep& sweep) {
  const auto share = [&](double of) { return static_cast<int>(std::lround(of * batch_size_)); };
  const int given = given_.empty() ? 0 : std::min(batch_size_, share(sources_.offline_share));
  const int again = replay_.empty() ? 0 : std::min(batch_size_ - given, share(sources_.replay_share));
  const int fresh = batch_size_ - given - again;
  sample(environment, policy, fresh, step, batch, sweep);
  if (sources_.search.rounds > 0) {
    search_locally(environment, policy, sources_.search, backward_, rebuild_, step, batch, sweep);
  }
  const int found = batch.size();
  if (again > 0) play_again(environment, policy, again, step, batch, sweep);
  if (given > 0) play_given(environment, policy, given, step, batch, sweep);
  if (sources_.replay_share > 0) replay_.add(batch, found);
  batch.repeated = 0;
  if (policy.shape().heads > 1) share_out(environment, policy.shape(), step, batch);
  policy.extend_forward(batch.rows, sweep);
}

template class Collector<float>;
template class Collector<double>;

}  // namespace flowscope
