#include "core/learn/continuous/density_policy.h"

#include <algorithm>

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

// The raw numbers of the first step are its parameters times the gain, so that they get on as fast as
// those that a network gives, where a step of the optimiser moves many weights; they start uniform in
// +- the spread.
constexpr double kFirstGain = 10, kFirstSpread = 1;

constexpr double kSteepest = 10;  // of the slopes that means lean on

}  // namespace

bool can_lean(const ContinuousEnvironment& environment) {
  const DensitySpec& spec = environment.spec().forward;
  return spec.factor == Factor::kGaussian && spec.components == 1 && !spec.stops && !environment.spec().first;
}

template <class Real>
void DensityPolicy<Real>::Sweep::clear() {
  forward.clear();
  backward.clear();
  flow.clear();
  features.clear();
  slope.clear();
}

template <class Real>
DensityPolicy<Real>::DensityPolicy(const ContinuousEnvironment& environment,
                                   const DensityPolicyShape& shape, const Rng& rng)
    : spec_(environment.spec()),
      shape_(shape),
      forward_({spec_.num_features, 0, shape.width, shape.layers, spec_.forward.size() + shape.langevin,
                shape.activation}),
      backward_({spec_.num_features, 0, shape.width, shape.layers, spec_.backward.size(), shape.activation}),
      flow_({spec_.num_features, 0, shape.width, shape.layers, 1, shape.activation}) {
  shape_.learned_backward = shape.learned_backward && !spec_.fixed_backward;
  if (shape.langevin) {
    // A raw mean of 1 moves by sigma over all the steps of a trajectory.
    std::vector<double> start(sz(spec_.state_length)), next(start), u(sz(spec_.forward.coordinates), 0.0);
    environment.reset(start);
    u[0] = spec_.forward.mean_unit;
    environment.advance(start, u, next);
    sigma_ = (next[0] - start[0]) * (spec_.max_length - 1);
  }
  const size_t sizes[4] = {forward_.num_parameters(),
                           shape_.learned_backward ? backward_.num_parameters() : 0,
                           shape.flow ? flow_.num_parameters() : 0,
                           spec_.first ? sz(spec_.first->size()) : 0};
  constexpr Role kRoles[4] = {Role::kForward, Role::kBackward, Role::kFlow, Role::kForward};
  begin_[0] = 0;
  for (int i = 0; i < 4; ++i) {
    begin_[i + 1] = begin_[i] + sizes[i];
    if (sizes[i] > 0) groups_.push_back({begin_[i], begin_[i + 1], kRoles[i]});
  }
  parameters_.resize(begin_[4]);
  gradient_.assign(begin_[4], 0);
  const auto values = [&](int i) { return std::span(parameters_).subspan(begin_[i], sizes[i]); };
  forward_.initialise(values(kForward), rng, kForward);
  if (shape_.learned_backward) backward_.initialise(values(kBackward), rng, kBackward);
  if (shape.flow) flow_.initialise(values(kFlow), rng, kFlow);
  std::uint64_t i = 0;
  for (Real& x : values(kFirst)) {
    x = static_cast<Real>(kFirstSpread / kFirstGain * (2 * rng.uniform(kFirst, i++) - 1));
  }
}

template <class Real>
std::span<const Real> DensityPolicy<Real>::part(int net) const {
  return std::span(parameters_).subspan(begin_[net], begin_[net + 1] - begin_[net]);
}

template <class Real>
std::span<Real> DensityPolicy<Real>::gradient_part(int net) {
  return std::span(gradient_).subspan(begin_[net], begin_[net + 1] - begin_[net]);
}

template <class Real>
const Real* DensityPolicy<Real>::forward_raw(const Sweep& sweep, int row) const {
  if (row == 0 && spec_.first) return sweep.first.data();
  return sweep.forward.pass.out.data() + sz(sweep.forward.slot[sz(row)]) * forward_outputs();
}

/// Evaluates a network on the rows without a slot yet that are wanted.
template <class Real>
template <class Wanted>
void DensityPolicy<Real>::extend(const Mlp<Real>& net, int index,
                                 const ContinuousEnvironment& environment, const PointBatch& batch,
                                 std::vector<Real>& features, Pass& pass, Wanted wanted) const {
  const size_t width = sz(spec_.num_features);
  for (size_t r = features.size() / width; r < sz(batch.num_rows()); ++r) {
    features_.resize(width);
    environment.features(batch.state(static_cast<int>(r)), features_);
    features.insert(features.end(), features_.begin(), features_.end());
  }
  inputs_.clear();
  const int before = pass.pass.rows;
  int added = 0;
  for (int r = static_cast<int>(pass.slot.size()); r < batch.num_rows(); ++r) {
    if (!wanted(r)) {
      pass.slot.push_back(-1);
      continue;
    }
    pass.slot.push_back(before + added++);
    const Real* of_row = features.data() + sz(r) * width;
    inputs_.insert(inputs_.end(), of_row, of_row + width);
  }
  if (added > 0) net.forward(part(index), std::span<const Real>(inputs_), added, pass.pass, *workers_);
}

template <class Real>
void DensityPolicy<Real>::extend_forward(const ContinuousEnvironment& environment,
                                         const PointBatch& batch, Sweep& sweep) const {
  if (spec_.first && sweep.forward.slot.empty()) {
    sweep.first.assign(part(kFirst).begin(), part(kFirst).end());
    for (Real& x : sweep.first) x *= static_cast<Real>(kFirstGain);
  }
  extend(forward_, kForward, environment, batch, sweep.features, sweep.forward, [&](int r) {
    return r == 0 ? !spec_.first : !environment.must_stop(batch.state(r));
  });
  if (!shape_.langevin) return;
  const size_t n = sz(spec_.forward.size()), known = sweep.slope.size() / n;
  sweep.slope.resize(sz(sweep.forward.pass.rows) * n);
  for (int r = batch.num_rows() - 1; r >= 0; --r) {
    const int slot = sweep.forward.slot[sz(r)];
    if (slot < 0) continue;
    if (sz(slot) < known) break;
    lean(environment, batch.state(r), sweep.forward.pass.out.data() + sz(slot) * forward_outputs(),
         sweep.slope.data() + sz(slot) * n);
  }
}

template <class Real>
void DensityPolicy<Real>::lean(const ContinuousEnvironment& environment, Point state, Real* out,
                               Real* slope) const {
  const size_t n = sz(spec_.forward.size());
  const size_t each = sz(spec_.forward.parameters());  // raw numbers of a coordinate, its mean first
  std::vector<double> gradient(n / each);
  environment.log_reward_gradient(state, gradient);
  std::fill_n(slope, n, Real(0));
  for (size_t i = 0; i < gradient.size(); ++i) {
    slope[i * each] = static_cast<Real>(std::clamp(sigma_ * gradient[i], -kSteepest, kSteepest));
    out[i * each] += out[n] * slope[i * each];
  }
}

template <class Real>
void DensityPolicy<Real>::extend_backward(const ContinuousEnvironment& environment,
                                          const PointBatch& batch, Sweep& sweep) const {
  if (!shape_.learned_backward) return;
  extend(backward_, kBackward, environment, batch, sweep.features, sweep.backward,
         [&](int r) { return r > 0 && !environment.one_parent(batch.state(r)); });
}

template <class Real>
void DensityPolicy<Real>::sample_parent(const Sweep& sweep, int row, Draws& draws,
                                        MutablePoint u) const {
  if (!shape_.learned_backward) return sample_reference(spec_.backward, draws, u);
  const size_t slot = sz(sweep.backward.slot[sz(row)]);
  sample_density(spec_.backward, sweep.backward.pass.out.data() + slot * sz(spec_.backward.size()),
                 {}, draws, u);
}

template <class Real>
void DensityPolicy<Real>::evaluate(const ContinuousEnvironment& environment,
                                   const PointBatch& batch, Sweep& sweep,
                                   Evaluation& evaluation) const {
  extend_backward(environment, batch, sweep);
  const size_t count = batch.transitions.size();
  const size_t first_size = spec_.first ? sz(spec_.first->size()) : 0;
  const size_t nf = std::max(sz(spec_.forward.size()), first_size), nb = sz(spec_.backward.size());
  sweep.d_forward.assign(count * nf, 0);
  sweep.d_backward.assign(shape_.learned_backward ? count * nb : 0, 0);
  evaluation.log_pf.assign(count, 0);
  evaluation.log_pb.assign(count, 0);
  const size_t width = sz(spec_.backward.coordinates);
  std::vector<DensityPlace<Real>> first, forward, backward;
  back_steps_.resize(count * width);
  for (size_t k = 0; k < count; ++k) {
    const Transition& t = batch.transitions[k];
    Real* slope = sweep.d_forward.data() + k * nf;
    if (t.next < 0) {
      if (environment.must_stop(batch.state(t.row))) continue;
      const StopDensity stop = log_stop(forward_raw(sweep, t.row));
      evaluation.log_pf[k] = stop.log_p;
      *slope = static_cast<Real>(stop.slope);
      continue;
    }
    (t.row == 0 && spec_.first ? first : forward)
        .push_back({forward_raw(sweep, t.row), batch.coordinates.data() + sz(t.next) * batch.width,
                    batch.log_stretch[sz(t.next)], &evaluation.log_pf[k], slope});
    if (environment.one_parent(batch.state(t.next))) continue;
    double* u = back_steps_.data() + k * width;
    const double stretch =
        environment.backward_coordinates(batch.state(t.next), batch.state(t.row), {u, width});
    if (shape_.learned_backward) {
      const Real* raw = sweep.backward.pass.out.data() + sz(sweep.backward.slot[sz(t.next)]) * nb;
      backward.push_back({raw, u, stretch, &evaluation.log_pb[k], sweep.d_backward.data() + k * nb});
    } else {
      evaluation.log_pb[k] = log_reference(spec_.backward, {u, width}) - stretch;
    }
  }
  if (spec_.first) log_densities<Real>(*spec_.first, first);
  log_densities<Real>(spec_.forward, forward);
  log_densities<Real>(spec_.backward, backward);
  if (!shape_.flow) return;
  extend(flow_, kFlow, environment, batch, sweep.features, sweep.flow, [](int r) { return r > 0; });
  evaluation.log_flow.assign(1, 0);
  evaluation.log_flow.insert(evaluation.log_flow.end(), sweep.flow.pass.out.begin(),
                             sweep.flow.pass.out.begin() + sweep.flow.pass.rows);
}

template <class Real>
void DensityPolicy<Real>::evaluate_stop(const ContinuousEnvironment& environment,
                                        const PointBatch& batch, Sweep& sweep,
                                        Evaluation& evaluation) const {
  evaluation.log_stop.assign(sz(batch.num_rows()), 0);
  sweep.stop_slope.assign(sz(batch.num_rows()), 0);
  for (int r = 1; r < batch.num_rows(); ++r) {
    if (environment.must_stop(batch.state(r))) continue;
    const StopDensity stop = log_stop(forward_raw(sweep, r));
    evaluation.log_stop[sz(r)] = stop.log_p;
    sweep.stop_slope[sz(r)] = stop.slope;
  }
}

template <class Real>
void DensityPolicy<Real>::backward(const PointBatch& batch, const Sweep& sweep,
                                   const Evaluation& evaluation) {
  const size_t count = batch.transitions.size();
  const auto forward_net = [&] {
    const size_t outputs = forward_outputs(), stride = sweep.d_forward.size() / count;
    std::vector<Real>& d = d_out_[kForward];
    d.assign(sz(sweep.forward.pass.rows) * outputs, 0);
    std::ranges::fill(gradient_part(kFirst), Real(0));
    for (size_t k = 0; k < count; ++k) {
      const int row = batch.transitions[k].row;
      const int slot = sweep.forward.slot[sz(row)];
      const bool first = row == 0 && spec_.first;
      if (slot < 0 && !first) continue;  // a stop that was certain
      Real* out = first ? gradient_part(kFirst).data() : d.data() + sz(slot) * outputs;
      const size_t n = sz(forward_density(row).size());
      const Real by = static_cast<Real>((first ? kFirstGain : 1) * evaluation.d_log_pf[k]);
      for (size_t i = 0; i < n; ++i) out[i] += by * sweep.d_forward[k * stride + i];
    }
    for (size_t r = 0; r < evaluation.d_log_stop.size(); ++r) {
      const int slot = sweep.forward.slot[r];
      if (slot >= 0) {
        d[sz(slot) * outputs] += static_cast<Real>(evaluation.d_log_stop[r] * sweep.stop_slope[r]);
      }
    }
    const size_t raw = sz(spec_.forward.size());
    for (size_t r = 0; shape_.langevin && r < sz(sweep.forward.pass.rows); ++r) {
      Real* out = d.data() + r * outputs;
      for (size_t i = 0; i < raw; ++i) out[raw] += out[i] * sweep.slope[r * raw + i];
    }
    forward_.backward(part(kForward), sweep.forward.pass, d, gradient_part(kForward));
  };
  const auto backward_net = [&] {
    if (!shape_.learned_backward) return;
    const size_t outputs = sz(spec_.backward.size());
    std::vector<Real>& d = d_out_[kBackward];
    d.assign(sz(sweep.backward.pass.rows) * outputs, 0);
    for (size_t k = 0; k < count; ++k) {
      const int next = batch.transitions[k].next;
      const int slot = next < 0 ? -1 : sweep.backward.slot[sz(next)];
      if (slot < 0) continue;
      const Real by = static_cast<Real>(evaluation.d_log_pb[k]);
      Real* out = d.data() + sz(slot) * outputs;
      for (size_t i = 0; i < outputs; ++i) out[i] += by * sweep.d_backward[k * outputs + i];
    }
    backward_.backward(part(kBackward), sweep.backward.pass, d, gradient_part(kBackward));
  };
  const auto flow_net = [&] {
    if (!shape_.flow) return;
    std::vector<Real>& d = d_out_[kFlow];
    d.assign(evaluation.d_log_flow.begin() + 1, evaluation.d_log_flow.end());
    flow_.backward(part(kFlow), sweep.flow.pass, d, gradient_part(kFlow));
  };
  workers_->run(3, [&](int net) { net == 0 ? forward_net() : net == 1 ? backward_net() : flow_net(); });
}

template <class Real>
void DensityPolicy<Real>::forward_raw_at(const ContinuousEnvironment& environment,
                                         std::span<const double> states,
                                         std::vector<Real>& raw) const {
  constexpr int kBlock = 512;  // states: activations of a block stay in cache
  const size_t length = sz(spec_.state_length), width = sz(spec_.num_features);
  const int n = static_cast<int>(states.size() / length);
  std::vector<float> features(width);
  std::vector<Real> inputs;
  MlpPass<Real> pass;
  raw.clear();
  for (int begin = 0; begin < n; begin += kBlock) {
    const int end = std::min(n, begin + kBlock);
    inputs.clear();
    pass.clear();
    for (int i = begin; i < end; ++i) {
      environment.features(states.subspan(sz(i) * length, length), features);
      inputs.insert(inputs.end(), features.begin(), features.end());
    }
    forward_.forward(part(kForward), std::span<const Real>(inputs), end - begin, pass, *workers_);
    const size_t size = sz(spec_.forward.size());
    std::vector<Real> slope(size);
    for (int i = begin; i < end; ++i) {
      Real* out = pass.out.data() + sz(i - begin) * forward_outputs();
      if (shape_.langevin) lean(environment, states.subspan(sz(i) * length, length), out, slope.data());
      raw.insert(raw.end(), out, out + size);
    }
  }
}

template <class Real>
double DensityPolicy<Real>::flops(const Sweep& sweep) const {
  return forward_.flops_per_row() * sweep.forward.pass.rows +
         backward_.flops_per_row() * sweep.backward.pass.rows +
         flow_.flops_per_row() * sweep.flow.pass.rows;
}

template class DensityPolicy<float>;
template class DensityPolicy<double>;

}  // namespace flowscope
