#include "core/learn/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/learn/bytes.h"
#include "core/learn/kernels.h"

namespace flowscope {
namespace {

size_t sz(long n) { return static_cast<size_t>(n); }

// Adam's constants, as in the paper (Kingma & Ba 2015) and in every GFlowNet library.
constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;

constexpr int kParametersPerThread = 65536;

double cosine(const Schedule& s, std::int64_t step) {
  if (s.run_length == 0) return 1;
  const double length = static_cast<double>(s.run_length), now = static_cast<double>(step);
  const double begin = std::max(s.decay_from * length, static_cast<double>(s.decay_after));
  if (now <= begin) return 1;
  const double t = length > begin ? std::min(1.0, (now - begin) / (length - begin)) : 0;
  return s.decay_to + (1 - s.decay_to) * (1 + std::cos(std::numbers::pi * t)) / 2;
}

}  // namespace

double schedule_factor(const Schedule& s, const Plateau& plateau, std::int64_t step) {
  const double warm =
      step < s.warmup ? static_cast<double>(step + 1) / static_cast<double>(s.warmup) : 1;
  switch (s.kind) {
    case Schedule::Kind::kCosine: return warm * cosine(s, step);
    case Schedule::Kind::kStep:
      return warm * std::pow(s.factor, static_cast<double>(step / std::max<std::int64_t>(1, s.step_every)));
    case Schedule::Kind::kPlateau: return warm * plateau.factor;
    case Schedule::Kind::kConstant: break;
  }
  return warm;
}

void observe(const Schedule& s, double value, Plateau& plateau) {
  if (s.kind != Schedule::Kind::kPlateau) return;
  const bool first = std::isinf(plateau.best) && std::isfinite(value);
  if (first || value < plateau.best - s.threshold * std::abs(plateau.best)) {
    plateau.best = value;
    plateau.waited = 0;
  } else if (++plateau.waited > static_cast<double>(s.patience)) {
    plateau.factor *= s.factor;
    plateau.waited = 0;
  }
}

template <class Real>
void Optimizer<Real>::configure(const Config& config, int steps_per_batch, const std::string& watch) {
  const std::string method = config.text("optimizer.method"), clip = config.text("optimizer.clip");
  method_ = method == "adam" ? Method::kAdam : method == "adamw" ? Method::kAdamW : Method::kSgd;
  clip_ = clip == "norm" ? Clip::kNorm : clip == "value" ? Clip::kValue : Clip::kNone;
  clip_at_ = config.real("optimizer.clip_at");
  weight_decay_ = config.real("optimizer.weight_decay");
  momentum_ = config.real("optimizer.momentum");
  lr_ = config.real("optimizer.lr");
  const auto rate_or_lr = [&](const char* key) { return config.real(key) > 0 ? config.real(key) : lr_; };
  lr_backward_ = rate_or_lr("optimizer.lr_backward");
  lr_flow_ = rate_or_lr("optimizer.lr_flow");
  lr_log_z_ = config.real("optimizer.lr_log_z");
  if (watch != schedule_.watch) {
    scalars_.plateau.best = watched_ = std::numeric_limits<double>::infinity();
    scalars_.plateau.waited = 0;
  }
  using Kind = Schedule::Kind;
  const std::string kind = config.text("optimizer.schedule");
  schedule_ = {.kind = kind == "cosine"    ? Kind::kCosine
                       : kind == "step"    ? Kind::kStep
                       : kind == "plateau" ? Kind::kPlateau
                                           : Kind::kConstant,
               .warmup = config.integer("optimizer.warmup"),
               .run_length = config.integer("steps") * steps_per_batch,
               .decay_from = config.real("optimizer.decay_from"),
               .decay_to = config.real("optimizer.decay_to"),
               .decay_after = config.integer("optimizer.decay_after"),
               .step_every = config.integer("optimizer.step_every"),
               .patience = config.integer("optimizer.patience"),
               .factor = config.real("optimizer.factor"),
               .threshold = config.real("optimizer.threshold"),
               .watch = watch};
}

template <class Real>
double Optimizer<Real>::rate(Role role) const {
  switch (role) {
    case Role::kForward: return lr_ * factor();
    case Role::kBackward: return lr_backward_ * factor();
    case Role::kFlow: return lr_flow_ * factor();
    case Role::kFrozen: break;
  }
  return 0;
}

/// One group's part of a step.
template <class Real>
void Optimizer<Real>::move(const ParameterGroup& group, const Buffers& buffers) {
  if (group.role == Role::kFrozen) return;
  clip(buffers.gradient.subspan(group.begin, group.end - group.begin));
  const double rate = this->rate(group.role);
  const double t = static_cast<double>(scalars_.steps + 1);
  const double correction1 = 1 / (1 - std::pow(kBeta1, t));
  const double correction2 = 1 / (1 - std::pow(kBeta2, t));
  const Real keep = static_cast<Real>(1 - rate * weight_decay_), lr = static_cast<Real>(rate);
  const Real momentum = static_cast<Real>(momentum_);
  buffers.workers.run_ranges(static_cast<int>(group.end - group.begin), kParametersPerThread, [&](int begin, int end) {
    const size_t from = group.begin + sz(begin), n = sz(end - begin);
    const Real* g = buffers.gradient.data() + from;
    Real *p = buffers.parameters.data() + from, *m = m_.data() + from;
    if (method_ == Method::kSgd) {
      for (size_t i = 0; i < n; ++i) {
        m[i] = momentum * m[i] + g[i];
        p[i] -= lr * m[i];
      }
      return;
    }
    // Decoupled weight decay: Loshchilov & Hutter 2019, arXiv 1711.05101.
    if (method_ == Method::kAdamW) {
      for (size_t i = 0; i < n; ++i) p[i] *= keep;
    }
    kernels<Real>().adam_step(n, p, g, m, v_.data() + from, static_cast<Real>(rate * correction1),
                              static_cast<Real>(kBeta1), static_cast<Real>(kBeta2),
                              static_cast<Real>(correction2), static_cast<Real>(kEpsilon));
  });
}

template <class Real>
void Optimizer<Real>::clip(std::span<Real> gradient) const {
  if (clip_ == Clip::kNorm && norm_ > clip_at_) {
    const Real scale = static_cast<Real>(clip_at_ / norm_);
    for (Real& g : gradient) g *= scale;
  } else if (clip_ == Clip::kValue) {
    const Real most = static_cast<Real>(clip_at_);
    for (Real& g : gradient) g = std::clamp(g, -most, most);
  }
}

template <class Real>
void Optimizer<Real>::collect(const ParameterGroup& group, const Buffers& buffers) {
  const double squares = kernels<Real>().square_norm(buffers.gradient.data() + group.begin, group.end - group.begin);
  squares_ += squares;
  if (!waits() && std::isfinite(squares)) move(group, buffers);
}

template <class Real>
double Optimizer<Real>::finish(double loss, std::span<const ParameterGroup> groups, const Buffers& buffers) {
  norm_ = std::sqrt(std::exchange(squares_, 0));
  if (!std::isfinite(norm_)) return norm_;
  for (const ParameterGroup& group : groups) {
    if (waits() && group.reached) move(group, buffers);
  }
  observe(schedule_, schedule_.watches_loss() ? loss : watched_, scalars_.plateau);
  ++scalars_.steps;
  return norm_;
}

template <class Real>
double Optimizer<Real>::step(double loss, std::span<const ParameterGroup> groups, const Buffers& buffers) {
  for (const ParameterGroup& group : groups) {
    if (group.reached) collect(group, buffers);
  }
  return finish(loss, groups, buffers);
}

template <class Real>
void Optimizer<Real>::step_log_z(double d, double& log_z) {
  const double t = static_cast<double>(scalars_.steps);
  const double rate = lr_log_z_ * schedule_factor(schedule_, scalars_.plateau, scalars_.steps - 1);
  if (method_ == Method::kSgd) {
    log_z -= rate * d;
    return;
  }
  double &m = scalars_.log_z_m, &v = scalars_.log_z_v;
  m = kBeta1 * m + (1 - kBeta1) * d;
  v = kBeta2 * v + (1 - kBeta2) * d * d;
  log_z -= rate / (1 - std::pow(kBeta1, t)) * m / (std::sqrt(v / (1 - std::pow(kBeta2, t))) + kEpsilon);
}

template <class Real>
bool Optimizer<Real>::has_moved(std::size_t begin, std::size_t end) const {
  for (size_t i = begin; i < end; ++i) {
    if (m_[i] != 0 || v_[i] != 0) return true;
  }
  return false;
}

template <class Real>
void Optimizer<Real>::save(std::vector<std::uint8_t>& bytes) const {
  put(bytes, scalars_);
  if (!schedule_.watches_loss()) put(bytes, watched_);
  put(bytes, m_.data(), m_.size());
  put(bytes, v_.data(), v_.size());
}

template <class Real>
void Optimizer<Real>::restore(std::span<const std::uint8_t>& bytes) {
  scalars_ = take<Scalars>(bytes);
  if (!schedule_.watches_loss()) watched_ = take<double>(bytes);
  take(bytes, m_.data(), m_.size());
  take(bytes, v_.data(), v_.size());
}

template class Optimizer<float>;
template class Optimizer<double>;

}  // namespace flowscope
