#include "core/learn/chains.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/learn/bytes.h"

namespace flowscope {

/// Numbers of one walker in one step, in order.
class ChainSampler::Draws {
 public:
  Draws(const Rng& rng, std::int64_t step, size_t walker)
      : rng_(rng), step_(static_cast<std::uint64_t>(step)), at_(std::uint64_t{walker} << 32) {}

  double uniform() { return rng_.uniform(step_, at_++); }
  /// One of 0 .. n-1.
  int pick(int n) { return std::min(n - 1, static_cast<int>(uniform() * n)); }

 private:
  const Rng& rng_;
  std::uint64_t step_, at_;
};

namespace {

int count(std::span<const std::uint8_t> legal) {
  return static_cast<int>(std::ranges::count(legal, 1));
}

/// The index of the k-th that is legal.
int nth(std::span<const std::uint8_t> legal, int k) {
  int i = 0;
  while (k > 0 || !legal[static_cast<size_t>(i)]) k -= legal[static_cast<size_t>(i++)];
  return i;
}

}  // namespace

ChainSettings chain_settings(const Config& config) {
  const std::string name = config.text("objective.name");
  ChainSettings settings;
  settings.kind = name == "random" ? ChainSettings::Kind::kRandom
                  : name == "pt"   ? ChainSettings::Kind::kTempering
                                   : ChainSettings::Kind::kMetropolis;
  settings.chains = static_cast<int>(config.integer("batch"));
  for (const ParamSpec& spec : find_objective(name)->params) {
    if (spec.key == "objective.moves") settings.moves = static_cast<int>(config.integer(spec.key));
    if (spec.key == "objective.replicas") settings.replicas = static_cast<int>(config.integer(spec.key));
    if (spec.key == "objective.hottest") settings.hottest = config.real(spec.key);
  }
  return settings;
}

ChainSampler::ChainSampler(std::shared_ptr<const Environment> environment,
                           const ChainSettings& settings, const Rng& rng)
    : environment_(std::move(environment)), settings_(settings), rng_(rng),
      length_(static_cast<size_t>(environment_->spec().state_length)), proposal_(length_) {
  const size_t walkers = walker(settings_.chains, 0);
  states_.resize(walkers * length_);
  log_reward_.resize(walkers);
  for (size_t w = 0; w < walkers; ++w) {
    Draws draws(rng_, 0, w);
    start_anew(w, draws);
  }
}

double ChainSampler::beta(int replica) const {
  if (settings_.replicas == 1) return 1;
  return std::pow(settings_.hottest, static_cast<double>(replica) / (settings_.replicas - 1));
}

void ChainSampler::step(std::int64_t step) {
  proposals_ = accepted_ = 0;
  for (int chain = 0; chain < settings_.chains; ++chain) {
    for (int replica = 0; replica < settings_.replicas; ++replica) {
      const size_t w = walker(chain, replica);
      Draws draws(rng_, step, w);
      if (settings_.kind == ChainSettings::Kind::kRandom) {
        start_anew(w, draws);
        continue;
      }
      for (int i = 0; i < settings_.moves; ++i) move(w, beta(replica), draws);
      if (replica == settings_.replicas - 1) swap_replicas(chain, step, draws);
    }
  }
}

void ChainSampler::start_anew(size_t w, Draws& draws) {
  const int stop = environment_->spec().stop_action();
  legal_.resize(static_cast<size_t>(environment_->spec().num_actions));
  environment_->reset(state(w));
  for (;;) {
    environment_->forward_actions(state(w), legal_);
    const int action = nth(legal_, draws.pick(count(legal_)));
    if (action == stop) break;
    environment_->apply(state(w), action);
  }
  log_reward_[w] = environment_->log_reward(state(w));
}

bool ChainSampler::step_back(MutableState s, Draws& draws, double& log_there, double& log_back) {
  legal_.resize(static_cast<size_t>(environment_->spec().num_backward_actions));
  environment_->backward_actions(s, legal_);
  const int ways = count(legal_);
  if (ways == 0) return false;
  environment_->undo(s, nth(legal_, draws.pick(ways)));
  log_there -= std::log(ways);
  legal_.resize(static_cast<size_t>(environment_->spec().num_actions));
  environment_->forward_actions(s, legal_);
  legal_.back() = 0;
  log_back -= std::log(count(legal_));
  return true;
}

bool ChainSampler::step_on(MutableState s, Draws& draws, double& log_there, double& log_back) {
  legal_.resize(static_cast<size_t>(environment_->spec().num_actions));
  environment_->forward_actions(s, legal_);
  legal_.back() = 0;  // stopping is no move
  const int ways = count(legal_);
  if (ways == 0) return false;
  environment_->apply(s, nth(legal_, draws.pick(ways)));
  log_there -= std::log(ways);
  legal_.resize(static_cast<size_t>(environment_->spec().num_backward_actions));
  environment_->backward_actions(s, legal_);
  log_back -= std::log(count(legal_));
  return true;
}

void ChainSampler::move(size_t w, double beta, Draws& draws) {
  int back = 0, on = 0;
  const int longest = std::max(1, environment_->spec().max_length - 1);
  switch (draws.pick(4)) {
    case 0: back = 1; break;
    case 1: on = 1; break;
    case 2: back = on = 1; break;
    default:
      back = on = 1 + draws.pick(longest);
      if (draws.uniform() < 0.5) on = 1 + draws.pick(longest);
  }
  ++proposals_;
  std::ranges::copy(state(w), proposal_.begin());
  double log_there = 0, log_back = 0;
  for (int i = 0; i < back; ++i) {
    if (!step_back(proposal_, draws, log_there, log_back)) return;
  }
  for (int i = 0; i < on; ++i) {
    if (!step_on(proposal_, draws, log_there, log_back)) return;
  }
  legal_.resize(static_cast<size_t>(environment_->spec().num_actions));
  environment_->forward_actions(proposal_, legal_);
  if (!legal_.back()) return;  // no object
  const double log_reward = environment_->log_reward(proposal_);
  const double log_accept = beta * (log_reward - log_reward_[w]) + log_back - log_there;
  if (std::log(draws.uniform()) >= log_accept) return;
  ++accepted_;
  std::ranges::copy(proposal_, state(w).begin());
  log_reward_[w] = log_reward;
}

/// Neighbours in pairs, the even pairs and the odd ones in turn.
void ChainSampler::swap_replicas(int chain, std::int64_t step, Draws& draws) {
  for (int replica = static_cast<int>(step % 2); replica + 1 < settings_.replicas; replica += 2) {
    const size_t cold = walker(chain, replica), hot = walker(chain, replica + 1);
    const double log_accept =
        (beta(replica) - beta(replica + 1)) * (log_reward_[hot] - log_reward_[cold]);
    if (std::log(draws.uniform()) >= log_accept) continue;
    std::ranges::swap_ranges(state(cold), state(hot));
    std::swap(log_reward_[cold], log_reward_[hot]);
  }
}

void ChainSampler::set_environment(std::shared_ptr<const Environment> environment) {
  environment_ = std::move(environment);
  for (size_t w = 0; w < log_reward_.size(); ++w) log_reward_[w] = environment_->log_reward(state(w));
}

void ChainSampler::save(std::vector<std::uint8_t>& bytes) const {
  put(bytes, states_.data(), states_.size());
}

void ChainSampler::restore(std::span<const std::uint8_t>& bytes) {
  take(bytes, states_.data(), states_.size());
  set_environment(environment_);
}

}  // namespace flowscope
