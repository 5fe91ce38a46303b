#include "envs/set.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace flowscope {
namespace {

constexpr int kDistinct = 10;  // energies in a published list

constexpr double kSmall[kDistinct] = {
    -.4381397850674522, -.40046449111789073, -.2745059751263419, .013149744911117978,
    .4110535720923896,  .6261749162235306,   .6961474461702144,  .7442282139370466,
    .8206350287761408,  .883494921538938};
constexpr double kMedium[kDistinct] = {
    -.7866830411595669, -.7837872949891345, -.5230497555411129, -.41860806745880197,
    -.3855205729595568, .2961218224370139,  .5731802451199923,  .6009291618806774,
    .6881812517688572,  .7396350970666805};
constexpr double kLarge[kDistinct] = {
    -.8596854107736154,  -.5938789622812419, -.5596177369051512, -.4589997720511263,
    -.15382957507887518, .13832182722858843, .3925029176153736,  .7231982581431591,
    .7326989860019331,   .9244538380742333};

/// log of the elementary symmetric polynomial of degree `degree` in the weights exp(-e), leaving
/// out the element `without` (-1: none). One element after another joins: E_j += w E_{j-1}.
double log_symmetric(std::span<const double> energies, int degree, int without) {
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  std::vector<double> log_e(static_cast<size_t>(degree) + 1, kNone);
  log_e[0] = 0;
  for (size_t i = 0; i < energies.size(); ++i) {
    if (static_cast<int>(i) == without) continue;
    for (size_t j = log_e.size() - 1; j > 0; --j) {
      const double a = log_e[j], b = log_e[j - 1] - energies[i];
      const double top = std::max(a, b);
      if (top > kNone) log_e[j] = top + std::log1p(std::exp(std::min(a, b) - top));
    }
  }
  return log_e.back();
}

}  // namespace

Set::Set(std::vector<double> energies, int size) : energies_(std::move(energies)), size_(size) {
  const int n = static_cast<int>(energies_.size());
  if (size > n) {
    throw std::invalid_argument("environment.size = " + std::to_string(size) +
                                " but environment.elements = " + std::to_string(n) +
                                ": a set holds no element twice; give at most " + std::to_string(n));
  }
  spec_.state_length = n;  // 1 where the element is in the set
  spec_.num_actions = n + 1;
  spec_.num_backward_actions = n;
  spec_.num_features = 2 * n;
  spec_.num_active = n;
  spec_.max_length = size + 1;
}

void Set::reset(MutableState state) const { std::fill(state.begin(), state.end(), 0); }

void Set::apply(MutableState state, int action) const { state[static_cast<size_t>(action)] = 1; }

int Set::undo(MutableState state, int backward_action) const {
  state[static_cast<size_t>(backward_action)] = 0;
  return backward_action;
}

void Set::forward_actions(StateView state, std::span<std::uint8_t> legal) const {
  const bool complete = std::count(state.begin(), state.end(), 1) == size_;
  for (size_t i = 0; i < state.size(); ++i) legal[i] = !complete && state[i] == 0;
  legal[state.size()] = complete;
}

void Set::backward_actions(StateView state, std::span<std::uint8_t> legal) const {
  for (size_t i = 0; i < state.size(); ++i) legal[i] = state[i] == 1;
}

double Set::energy(StateView state) const {
  double sum = 0;
  for (size_t i = 0; i < state.size(); ++i) sum += state[i] * energies_[i];
  return sum;
}

std::optional<double> Set::log_partition() const { return log_symmetric(energies_, size_, -1); }

/// Element after element is taken with the probability that it is in the set given those before:
/// w_i E_{j-1}(later) / E_j(it and later), with j elements still to choose.
bool Set::draw_target(MutableState state, const std::function<double()>& uniform) const {
  int due = size_;
  for (size_t i = 0; i < state.size(); ++i) {
    const std::span later = std::span(energies_).subspan(i + 1), rest = std::span(energies_).subspan(i);
    const double p = due == 0 ? 0
                              : std::exp(log_symmetric(later, due - 1, -1) - energies_[i] -
                                         log_symmetric(rest, due, -1));
    state[i] = uniform() < p;
    due -= state[i];
  }
  return true;
}

double Set::inclusion(int element) const {
  const double rest = log_symmetric(energies_, size_ - 1, element);
  return std::exp(rest - energies_[static_cast<size_t>(element)] - *log_partition());
}

void Set::features(StateView state, std::span<std::int32_t> active) const {
  for (size_t i = 0; i < state.size(); ++i) {
    active[i] = static_cast<std::int32_t>(2 * i) + state[i];
  }
}

std::string Set::label(StateView state) const {
  std::string text;
  for (size_t i = 0; i < state.size(); ++i) {
    if (state[i]) text += (text.empty() ? "" : ", ") + std::to_string(i + 1);
  }
  return "{" + text + "}";
}

std::string Set::action_name(int action) const {
  return action == spec_.stop_action() ? "stop" : "add " + std::to_string(action + 1);
}

EnvironmentEntry set_entry() {
  EnvironmentEntry entry;
  entry.name = "set";
  entry.title = "Sets";
  entry.about = "Choose k of N elements, one after the other; the reward falls with their energies";
  entry.params = {
      {.key = "environment.elements", .label = "Elements", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{10}, .min = 1, .max = 200,
       .help = "Elements to choose from.", .live = false, .basic = true},
      {.key = "environment.size", .label = "Set size", .kind = ParamKind::kInteger,
       .default_value = std::int64_t{5}, .min = 1, .max = 200, .unit = "elements",
       .help = "Elements in a complete set.", .live = false, .basic = true},
      {.key = "reward.energies", .label = "Energies", .kind = ParamKind::kChoice,
       .default_value = std::string("small"), .choices = {"small", "medium", "large"},
       .help = "Which ten published energies the elements take in turn.", .basic = true},
      {.key = "reward.beta", .label = "Inverse temperature", .default_value = 1.0, .min = 0,
       .max = 100, .help = "log R is minus this times the sum of energies.", .basic = true},
  };
  entry.make = [](const Params& p) -> std::shared_ptr<const Environment> {
    const std::string& name = param<std::string>(p, "reward.energies");
    const double* list = name == "small" ? kSmall : name == "medium" ? kMedium : kLarge;
    std::vector<double> energies(static_cast<size_t>(param<std::int64_t>(p, "environment.elements")));
    for (size_t i = 0; i < energies.size(); ++i) {
      energies[i] = param<double>(p, "reward.beta") * list[i % kDistinct];
    }
    return std::make_shared<Set>(std::move(energies),
                                 static_cast<int>(param<std::int64_t>(p, "environment.size")));
  };
  return entry;
}

}  // namespace flowscope
