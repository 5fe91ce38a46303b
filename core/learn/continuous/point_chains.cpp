#include "core/learn/continuous/point_chains.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/learn/bytes.h"

namespace flowscope {
namespace {

constexpr double kSmallest = 0.03;  // of the sizes of an annealed particle's moves, as a share of the largest

size_t sz(std::int64_t n) { return static_cast<size_t>(n); }

}  // namespace

PointChainSettings point_chain_settings(const Config& config) {
  using Kind = PointChainSettings::Kind;
  const std::string name = config.text("objective.name");
  PointChainSettings settings;
  settings.kind = name == "hmc" ? Kind::kHamiltonian : name == "smc" ? Kind::kAnnealed : Kind::kMetropolis;
  settings.chains = static_cast<int>(config.integer("batch"));
  settings.moves = static_cast<int>(config.integer("objective.moves"));
  settings.step = config.real("objective.step");
  if (name == "hmc") settings.leaps = static_cast<int>(config.integer("objective.leaps"));
  if (name == "smc") settings.temperatures = static_cast<int>(config.integer("objective.temperatures"));
  return settings;
}

PointSampler::PointSampler(PointTarget target, const PointChainSettings& settings, const Rng& rng)
    : target_(std::move(target)), settings_(settings), rng_(rng),
      points_(sz(settings.chains) * target_.size()), log_reward_(sz(settings.chains)),
      log_weight_(sz(settings.chains)), log_z_(std::numeric_limits<double>::quiet_NaN()),
      proposal_(target_.size()), momentum_(target_.axes().size()), slope_(target_.axes().size()) {
  for (int i = 0; i < settings_.chains; ++i) {
    PositionDraws draws(rng_, 0, i, 0);
    target_.sample_start(draws, point(i));
    log_reward_[sz(i)] = target_.log_reward(point(i));
  }
}

void PointSampler::step(std::int64_t step) {
  proposals_ = accepted_ = 0;
  if (settings_.kind == PointChainSettings::Kind::kAnnealed) return anneal(step);
  for (int i = 0; i < settings_.chains; ++i) {
    PositionDraws draws(rng_, step, i, 0);
    for (int move = 0; move < settings_.moves; ++move) {
      if (settings_.kind != PointChainSettings::Kind::kHamiltonian) {
        jump(i, draws, 1, settings_.step);
        continue;
      }
      if (target_.choices() > 0) jump(i, draws, 1, 0);  // it has no slope to glide along
      glide(i, draws);
    }
  }
}

/// log of q^(1-beta) R^beta.
double PointSampler::log_tempered(Point x, double log_reward, double beta) const {
  return beta == 1 ? log_reward : beta * log_reward + (1 - beta) * target_.log_start(x);
}

/// A normal step of deviation `size` times the range of each axis.
void PointSampler::jump(int chain, Draws& draws, double beta, double size) {
  const Point x = point(chain);
  const size_t axes = target_.axes().size();
  for (size_t k = 0; k < axes; ++k) {
    const Axis& axis = target_.axes()[k];
    proposal_[k] = x[k] + size * (axis.high - axis.low) * draws.normal();
  }
  if (target_.choices() > 0) {
    proposal_[axes] = draws.uniform() < 0.5 ? x[axes] : std::floor(target_.choices() * draws.uniform());
  }
  target_.wrap(proposal_);
  ++proposals_;
  const double log_reward = target_.log_reward(proposal_);
  if (log_reward == -INFINITY) return;
  const double log_accept = log_tempered(proposal_, log_reward, beta) - log_tempered(x, log_reward_[sz(chain)], beta);
  if (std::log1p(-draws.uniform()) >= log_accept) return;
  ++accepted_;
  std::ranges::copy(proposal_, point(chain).begin());
  log_reward_[sz(chain)] = log_reward;
}

/// In coordinates z = x / (step * range), where one leap has length 1 times the momentum.
void PointSampler::glide(int chain, Draws& draws) {
  const Point x = point(chain);
  const auto unit = [&](size_t k) { return settings_.step * (target_.axes()[k].high - target_.axes()[k].low); };
  double kinetic = 0;
  for (double& p : momentum_) {
    p = draws.normal();
    kinetic += p * p / 2;
  }
  std::ranges::copy(x, proposal_.begin());
  target_.gradient(proposal_, slope_);
  for (int leap = 0; leap < settings_.leaps; ++leap) {
    for (size_t k = 0; k < momentum_.size(); ++k) {
      momentum_[k] += unit(k) * slope_[k] / 2;
      proposal_[k] += unit(k) * momentum_[k];
    }
    target_.bounce(proposal_, momentum_);
    target_.gradient(proposal_, slope_);
    for (size_t k = 0; k < momentum_.size(); ++k) momentum_[k] += unit(k) * slope_[k] / 2;
  }
  ++proposals_;
  for (const double p : momentum_) kinetic -= p * p / 2;
  const double log_reward = target_.log_reward(proposal_);
  if (!(std::log1p(-draws.uniform()) < log_reward - log_reward_[sz(chain)] + kinetic)) return;
  ++accepted_;
  std::ranges::copy(proposal_, point(chain).begin());
  log_reward_[sz(chain)] = log_reward;
}

void PointSampler::anneal(std::int64_t step) {
  const int n = settings_.chains;
  for (int i = 0; i < n; ++i) {
    PositionDraws draws(rng_, step, i, 0);
    target_.sample_start(draws, point(i));
    log_reward_[sz(i)] = target_.log_reward(point(i));
  }
  std::ranges::fill(log_weight_, 0.0);
  log_z_ = 0;
  double before = 0;
  for (int k = 1; k <= settings_.temperatures; ++k) {
    const double share = static_cast<double>(k) / settings_.temperatures, beta = share * share;
    for (int i = 0; i < n; ++i) {
      log_weight_[sz(i)] += (beta - before) * (log_reward_[sz(i)] - target_.log_start(object(i)));
    }
    before = beta;
    const double top = *std::ranges::max_element(log_weight_);
    double sum = 0, squares = 0;
    for (const double w : log_weight_) {
      sum += std::exp(w - top);
      squares += std::exp(2 * (w - top));
    }
    effective_ = sum * sum / squares / n;
    if (effective_ < 0.5 || k == settings_.temperatures) {
      log_z_ += top + std::log(sum / n);
      PositionDraws draws(rng_, step, n, k);
      draw_anew(draws);
    }
    for (int i = 0; i < n; ++i) {
      PositionDraws draws(rng_, step, i, k);
      for (int move = 0; move < settings_.moves; ++move) {
        jump(i, draws, beta, settings_.step * std::pow(kSmallest, draws.uniform()));
      }
    }
  }
}

/// Systematic resampling: one uniform number for all, so that copies differ from n times the weight by
/// less than one.
void PointSampler::draw_anew(Draws& draws) {
  const double top = *std::ranges::max_element(log_weight_);
  double sum = 0;
  for (const double w : log_weight_) sum += std::exp(w - top);
  const std::vector<double> points = points_, log_reward = log_reward_;
  const int n = settings_.chains;
  const double u = draws.uniform();
  int from = 0;
  double reached = std::exp(log_weight_[0] - top) / sum * n;
  for (int i = 0; i < n; ++i) {
    while (from + 1 < n && reached < i + u) reached += std::exp(log_weight_[sz(++from)] - top) / sum * n;
    std::copy_n(points.begin() + static_cast<long>(at(from)), target_.size(), point(i).begin());
    log_reward_[sz(i)] = log_reward[sz(from)];
  }
  std::ranges::fill(log_weight_, 0.0);
}

void PointSampler::set_target(PointTarget target) {
  target_ = std::move(target);
  for (int i = 0; i < settings_.chains; ++i) log_reward_[sz(i)] = target_.log_reward(point(i));
}

void PointSampler::save(std::vector<std::uint8_t>& bytes) const {
  put(bytes, points_.data(), points_.size());
  put(bytes, log_z_);
  put(bytes, effective_);
}

void PointSampler::restore(std::span<const std::uint8_t>& bytes) {
  take(bytes, points_.data(), points_.size());
  log_z_ = take<double>(bytes);
  effective_ = take<double>(bytes);
  for (int i = 0; i < settings_.chains; ++i) log_reward_[sz(i)] = target_.log_reward(point(i));
}

}  // namespace flowscope
