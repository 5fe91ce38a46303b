#include "core/learn/sampler.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

/// Where trajectory i's number for a time lies; whether it breaks off then is decided apart.
std::uint64_t position(int i, int time) {
  return static_cast<std::uint64_t>(i) << 32 | static_cast<std::uint32_t>(time);
}
constexpr std::uint64_t kBreakOff = std::uint64_t{1} << 31, kBeta = std::uint64_t{1} << 30;

/// The action at which the cumulated behaviour probability passes u.
template <class Real>
int draw(const Real* p, const std::uint8_t* legal, int actions, int num_legal, double epsilon,
         double u) {
  const double uniform = epsilon / num_legal;
  double sum = 0;
  int last = -1;
  for (int a = 0; a < actions; ++a) {
    if (!legal[a]) continue;
    sum += uniform + (1 - epsilon) * static_cast<double>(p[a]);
    last = a;
    if (u < sum) break;
  }
  return last;  // rounding can leave the sum a hair below 1: then the last legal action
}

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

}  // namespace

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
  static thread_local std::vector<std::int32_t> alive, at;
  at.resize(sz(n));
  const PolicyShape& shape = policy.shape();
  for (int i = 0; i < n; ++i) {
    if (shape.conditional()) {
      const double u = rng.uniform(now, position(shape.one_beta ? 0 : i, 0) | kBeta);
      batch.rows.set_beta(shape.beta_low + (shape.beta_high - shape.beta_low) * u);
    }
    at[sz(i)] = batch.rows.insert(environment, start);
  }
  policy.extend_forward(parameters, batch.rows, sweep);

  // All trajectories advance together; what each does is noted in the order of time and sorted by
  // trajectory at the end.
  struct Note {
    std::int32_t trajectory, time;
    Transition transition;
  };
  static thread_local std::vector<Note> notes;
  static thread_local std::vector<Real> tempered;
  notes.clear();
  alive.resize(sz(n));
  batch.begin.assign(sz(n) + 1, 0);
  for (int i = 0; i < n; ++i) alive[sz(i)] = i;
  for (int time = 0; !alive.empty(); ++time) {
    size_t kept = 0;
    for (size_t j = 0; j < alive.size(); ++j) {
      const int i = alive[j], r = at[sz(i)];
      const std::uint8_t* legal = batch.rows.forward_legal(r);
      int a = stop;
      if (const int choices = batch.rows.num_forward(r); choices == 1) {
        a = static_cast<int>(static_cast<const std::uint8_t*>(std::memchr(legal, 1, sz(actions))) - legal);
      } else if (time + 1 < most || !legal[stop]) {  // beyond, paths that go in circles must stop
        const double u = rng.uniform(now, position(i, time));
        const Real* p = sweep.p_f.data() + sz(r) * sz(actions);
        if (exploration.tempered()) {
          temper(sweep.log_pf.data() + sz(r) * sz(actions), actions, exploration, tempered);
          p = tempered.data();
        }
        a = draw(p, legal, actions, choices, exploration.epsilon, u);
      }
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
    if (batch.rows.size() > sweep.forward_rows) policy.extend_forward(parameters, batch.rows, sweep);
  }

  std::partial_sum(batch.begin.begin(), batch.begin.end(), batch.begin.begin());
  batch.transitions.resize(notes.size());
  for (const Note& note : notes) {
    batch.transitions[sz(batch.begin[sz(note.trajectory)] + note.time)] = note.transition;
  }
  batch.log_reward.clear();
  for (int i = 0; i < n; ++i) {
    batch.log_reward.push_back(batch.ended(i) ? batch.rows.log_reward(environment, at[sz(i)]) : 0);
  }
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
