#include "core/learn/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/learn/holes.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

/// Where trajectory i's number for a time lies; whether it breaks off then is decided apart.
std::uint64_t position(int i, int time) {
  return static_cast<std::uint64_t>(i) << 32 | static_cast<std::uint32_t>(time);
}
constexpr std::uint64_t kBreakOff = std::uint64_t{1} << 31, kBeta = std::uint64_t{1} << 30,
                        kWeight = std::uint64_t{1} << 29, kHead = std::uint64_t{1} << 28;

/// P_F's probabilities after its logits were divided by the temperature and the stop's was lowered.
template <class Real>
void temper(const Real* log_p, int actions, const Exploration& exploration, std::vector<Real>& p) {
  p.resize(sz(actions));
  Real top = -std::numeric_limits<Real>::infinity(), sum = 0;
  for (int a = 0; a < actions; ++a) {
    const double lower = a == actions - 1 ? exploration.stop_bias : 0;
    p[sz(a)] = static_cast<Real>((static_cast<double>(log_p[a]) - lower) / exploration.temperature);
    top = std::max(top, p[sz(a)]);
  }
  for (Real& value : p) sum += value = std::exp(value - top);
  for (Real& value : p) value /= sum;
}

/// The behaviour policy of rows [from, N), cumulated over actions, into [N, A]; infinite from the last
/// legal action on, since rounding can leave the sum a hair below 1.
template <class Real>
void cumulate(const Rows& rows, int actions, const typename Policy<Real>::Sweep& sweep,
              const Exploration& exploration, int from, std::vector<Real>& tempered,
              std::vector<double>& cumulated) {
  if (const size_t n = sz(rows.size()) * sz(actions); cumulated.size() < n) cumulated.resize(2 * n);
  for (int r = from; r < rows.size(); ++r) {
    const size_t first = sz(r) * sz(actions);
    const Real* p = sweep.p_f.data() + first;
    if (exploration.tempered() && rows.num_forward(r) > 1) {
      temper(sweep.log_pf.data() + first, actions, exploration, tempered);
      p = tempered.data();
    }
    const std::uint8_t* legal = rows.forward_legal(r);
    const double uniform = exploration.epsilon / std::max(1, rows.num_forward(r));
    double sum = 0;
    int last = 0;
    for (int a = 0; a < actions; ++a) {
      if (legal[a]) {
        sum += uniform + (1 - exploration.epsilon) * static_cast<double>(p[a]);
        last = a;
      }
      cumulated[first + sz(a)] = sum;
    }
    std::fill(cumulated.begin() + static_cast<long>(first + sz(last)),
              cumulated.begin() + static_cast<long>(first + sz(actions)), std::numeric_limits<double>::infinity());
  }
}

/// The first action whose cumulated probability passes u: counted, not searched, since no processor
/// can foretell a random number.
int draw(const double* cumulated, int actions, double u) {
  int passed = 0;
  for (int a = 0; a < actions; ++a) passed += cumulated[a] <= u;
  return passed;
}

/// What a trajectory did at a time.
struct Note {
  std::int32_t trajectory, time;
  Transition transition;
};

constexpr int kVisitors = 2;  // trajectories a state, from which on all states of a small world are evaluated

/// What sample_forward() needs for a moment; kept, for in large worlds it is many pages.
template <class Real>
struct Scratch {
  std::vector<std::int32_t> at, alive;  // every trajectory's row; the unfinished ones
  std::vector<Note> notes;              // in the order of time
  std::vector<double> u, cumulated, rewards;
  std::vector<Real> tempered;

  /// Leaves out rows that no trajectory visits.
  void leave_out_unvisited(const Policy<Real>& policy, Rows& rows, typename Policy<Real>::Sweep& sweep) {
    std::vector<std::uint8_t> visited(sz(rows.size()), 0);
    for (const std::int32_t r : at) visited[sz(r)] = 1;
    for (const Note& note : notes) visited[sz(note.transition.row)] = 1;
    const std::vector<std::int32_t> from = without_holes(visited);
    if (from.size() == visited.size()) return;
    rows.keep(from);
    policy.keep(from, sweep);
    const std::vector<std::int32_t> place = places_of(from, visited.size());
    for (std::int32_t& r : at) r = place[sz(r)];
    for (auto& [trajectory, time, transition] : notes) {
      transition.row = place[sz(transition.row)];
      if (transition.next >= 0) transition.next = place[sz(transition.next)];
    }
  }

  static Scratch& of_thread() {
    static thread_local Scratch scratch;
    return scratch;
  }
};

}  // namespace

void dedicate(const PolicyShape& shape, const Rng& rng, std::int64_t step, int i, Rows& rows) {
  const auto now = static_cast<std::uint64_t>(step);
  if (shape.conditional()) {
    const int drawn = shape.one_condition ? 0 : i;
    const double u = rng.uniform(now, position(drawn, 0) | kBeta), v = rng.uniform(now, position(drawn, 0) | kWeight);
    rows.set_condition({shape.beta.at(u), shape.weight.at(v)});
  }
  if (shape.heads == 0) return;
  const double u = rng.uniform(now, position(i, 0) | kHead);
  rows.set_head(1 + std::min(shape.heads - 1, static_cast<int>(u * shape.heads)));
}

template <class Real>
void sample_forward(const Environment& environment, const Policy<Real>& policy,
                    std::span<const Real> parameters, int n, const Exploration& exploration,
                    const Rng& rng, std::int64_t step, RowBatch& batch,
                    typename Policy<Real>::Sweep& sweep) {
  const int actions = environment.spec().num_actions, stop = environment.spec().stop_action();
  const int most = environment.spec().max_length;
  std::vector<std::int32_t> start(sz(environment.spec().state_length));
  const auto now = static_cast<std::uint64_t>(step);
  environment.reset(start);
  batch.rows.clear();
  sweep.clear();
  Scratch<Real> scratch = std::move(Scratch<Real>::of_thread());  // nothing else writes here
  auto& [at, alive, notes, u, cumulated, rewards, tempered] = scratch;
  at.resize(sz(n));
  alive.resize(sz(n));
  for (int i = 0; i < n; ++i) {
    dedicate(policy.shape(), rng, step, i, batch.rows);
    at[sz(i)] = batch.rows.insert(environment, start);
  }
  // Few states that will nearly all be visited are evaluated in one go, which takes less time than a few at a time.
  const bool all = n >= kVisitors * batch.few_states && batch.few_states > 0 && batch.rows.size() == 1 && policy.shape().heads == 0;
  if (all) insert_reachable(environment, batch.rows);

  // All trajectories advance together; what each does is noted in the order of time and sorted by
  // trajectory at the end.
  notes.clear();
  std::iota(alive.begin(), alive.end(), 0);
  batch.begin.assign(sz(n) + 1, 0);
  for (int time = 0; !alive.empty(); ++time) {
    if (const int known = sweep.forward_rows; batch.rows.size() > known) {
      policy.extend_forward(parameters, batch.rows, sweep);
      cumulate<Real>(batch.rows, actions, sweep, exploration, known, tempered, cumulated);
    }
    u.resize(alive.size());
    kernels<Real>().uniforms(rng.key(), now, alive.data(), static_cast<std::uint32_t>(time), alive.size(), u.data());
    const bool last = time + 1 >= most;  // beyond, paths that go in circles must stop
    size_t kept = 0;
    for (size_t j = 0; j < alive.size(); ++j) {
      const int i = alive[j], r = at[sz(i)];
      const bool must_stop = last && batch.rows.terminating(r);
      const int a = must_stop ? stop : draw(cumulated.data() + sz(r) * sz(actions), actions, u[j]);
      Note note{i, time, {r, a}};
      if (a == stop) {
        batch.begin[sz(i) + 1] = time + 1;  // its length, for now
      } else {
        const Rows::Step next = batch.rows.child(environment, r, a);
        note.transition.next = next.row;
        note.transition.backward_action = next.backward_action;
        at[sz(i)] = next.row;
        if (exploration.break_off > 0 && rng.uniform(now, position(i, time) | kBreakOff) < exploration.break_off) {
          batch.begin[sz(i) + 1] = time + 1;
        } else {
          alive[kept++] = i;
        }
      }
      notes.push_back(note);
    }
    alive.resize(kept);
  }
  if (batch.rows.size() > sweep.forward_rows) policy.extend_forward(parameters, batch.rows, sweep);
  if (all) scratch.leave_out_unvisited(policy, batch.rows, sweep);

  std::partial_sum(batch.begin.begin(), batch.begin.end(), batch.begin.begin());
  batch.transitions.resize(notes.size());
  for (const Note& note : notes) {
    batch.transitions[sz(batch.begin[sz(note.trajectory)] + note.time)] = note.transition;
  }
  batch.log_reward.assign(sz(n), 0);
  rewards.assign(sz(batch.rows.size()), std::numeric_limits<double>::quiet_NaN());
  for (int i = 0; i < n; ++i) {
    if (!batch.ended(i)) continue;
    double& known = rewards[sz(at[sz(i)])];
    if (std::isnan(known)) known = batch.rows.log_reward(environment, at[sz(i)]);
    batch.log_reward[sz(i)] = known;
  }
  Scratch<Real>::of_thread() = std::move(scratch);
}

template <class Real>
void add_noise(std::span<const Real> parameters, double size, const Rng& rng, std::int64_t step,
               std::vector<Real>& out) {
  double square = 0;
  for (const Real p : parameters) square += static_cast<double>(p) * static_cast<double>(p);
  const double deviation = size * std::sqrt(square / static_cast<double>(parameters.size()));
  out.assign(parameters.begin(), parameters.end());
  for (size_t i = 0; i < out.size(); i += 2) {
    const auto [x, y] = normal_pair(rng, static_cast<std::uint64_t>(step), i);
    out[i] += static_cast<Real>(deviation * x);
    if (i + 1 < out.size()) out[i + 1] += static_cast<Real>(deviation * y);
  }
}

template void sample_forward<float>(const Environment&, const Policy<float>&, std::span<const float>, int,
                                    const Exploration&, const Rng&, std::int64_t, RowBatch&,
                                    Policy<float>::Sweep&);
template void sample_forward<double>(const Environment&, const Policy<double>&, std::span<const double>, int,
                                     const Exploration&, const Rng&, std::int64_t, RowBatch&,
                                     Policy<double>::Sweep&);
template void add_noise<float>(std::span<const float>, double, const Rng&, std::int64_t, std::vector<float>&);
template void add_noise<double>(std::span<const double>, double, const Rng&, std::int64_t, std::vector<double>&);

}  // namespace flowscope
