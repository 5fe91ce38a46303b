#include "app/panels/curves.h"

#include <algorithm>
#include <numeric>

#include "app/draw/plot.h"
#include "app/panels/facts.h"

namespace flowscope {
namespace {

using S = const Snapshot&;

bool is_chain(S s) {
  return s.run && find_objective(s.run->config.text("objective.name"))->chain;
}
bool enumerated(S s) { return s.run && s.run->graph && !is_chain(s); }

std::optional<double> true_log_z(S s) { return s.run ? s.run->log_z_true : std::nullopt; }
std::optional<double> zero(S) { return 0; }
std::optional<double> one(S) { return 1; }
std::optional<double> target_in_modes(S s) {
  if (!s.run || s.run->mode_target.empty()) return std::nullopt;
  return std::accumulate(s.run->mode_target.begin(), s.run->mode_target.end(), 0.0);
}

std::optional<double> all_modes(S s) {
  return s.metrics.modes_total > 0 ? std::optional(static_cast<double>(s.metrics.modes_total)) : std::nullopt;
}

std::string needs_policy(S s) { return is_chain(s) ? "this baseline learns nothing" : ""; }

std::string needs_distance(S s) {
  if (s.run->graph || s.run->log_z_true || s.run->space) return "";
  return "needs the true log Z";
}
std::string needs_divergence(S s) {
  if (is_chain(s)) return "samples miss objects: infinite";
  if (s.run->space) return s.density && !s.density->exact ? "needs a density by quadrature" : "";
  return s.run->graph ? "" : "needs all states: too many";
}
std::string needs_graph(S s) {
  if (is_chain(s)) return "needs a policy; this baseline has none";
  if (s.run->space) return "needs a discrete world";
  return s.run->graph ? "" : "needs all states: too many";
}
std::string needs_modes(S s) {
  if (s.metrics.modes_total == 0) return "this reward has no separate modes";
  return needs_graph(s);
}
std::string needs_mode_count(S s) {
  return s.metrics.modes_total == 0 ? "this reward has no separate modes" : "";
}
std::string needs_true_log_z(S s) {
  if (is_chain(s) && !learned_log_z(s)) return "this baseline learns none";
  return s.run->log_z_true ? "" : "needs the true log Z";
}
std::string needs_log_z(S s) {
  return is_chain(s) && !learned_log_z(s) ? "this baseline learns none" : "";
}
std::string needs_learned_density(S s) {
  if (is_chain(s)) return "needs a policy; this baseline has none";
  return s.density && !s.density->exact ? "needs a density by quadrature" : "";
}
std::string needs_bounds(S s) { return is_chain(s) ? "needs a policy; this baseline has none" : ""; }
std::string needs_estimates(S s) {
  if (s.run->space) return "needs a discrete world";
  return enumerated(s) ? "for worlds too large to enumerate" : "";
}
std::string needs_density(S s) { return s.run->space ? "" : "needs real-valued states"; }
std::string needs_statistics(S s) {
  if (is_chain(s)) return "this baseline learns nothing";
  if (find_objective(s.run->config.text("objective.name"))->needs_inflows) return "not for flow matching";
  return s.run->config.integer("statistics.every") > 0 ? "" : "set statistics.every first";
}

constexpr const char* kDistance = "Distance to the target";
constexpr const char* kLogZ = "Log Z";
constexpr const char* kModes = "Modes and objects";
constexpr const char* kPolicy = "Policy";
constexpr const char* kGradient = "Gradient";
constexpr const char* kTraining = "Training";

constexpr auto kStep = CurveSource::kStep;
constexpr auto kView = CurveSource::kView;
constexpr auto kSamples = CurveSource::kSamples;
constexpr auto kBatches = CurveSource::kBatches;

constexpr Curve kTable[] = {
    {"distance", kDistance, "Distance", "", "Total variation and Jensen-Shannon divergence of learned and target",
     kView, {{{"tv", "TV"}, {"jsd", "JSD"}}}, true, nullptr, "", needs_distance},
    {"tv", kDistance, "Total variation", "", "Half the sum over objects of |learned - target|, from 0 to 1",
     kView, {{{"tv"}}}, true, nullptr, "", needs_distance},
    {"l1", kDistance, "L1", "", "The sum over objects of |learned - target|, from 0 to 2", kView,
     {{{"l1"}}}, true, nullptr, "", needs_distance},
    {"jsd", kDistance, "Jensen-Shannon", "nats", "The Jensen-Shannon divergence of learned and target",
     kView, {{{"jsd"}}}, true, nullptr, "", needs_distance},
    {"kl", kDistance, "KL", "nats", "Forward KL(target || learned), reverse KL(learned || target)",
     kView, {{{"kl", "forward"}, {"kl_reverse", "reverse"}}}, true, nullptr, "", needs_divergence},
    {"correlation", kDistance, "Correlation", "", "Of log P_T and log R over objects: Pearson's, and Spearman's of the ranks",
     kView, {{{"pearson", "Pearson"}, {"spearman", "Spearman"}}}, false, one, "", needs_learned_density},
    {"behaviour", kDistance, "Behaviour's distance", "", "Total variation between the objects that training sampled lately and the target",
     kSamples, {{{"behaviour_tv"}}}, true, nullptr, "", needs_graph},
    {"samples", kDistance, "Samples' distance", "", "Of the shares of coarse cells in samples; perfect samples show more than 0 too",
     kSamples, {{{"tv_samples", "TV"}, {"jsd_samples", "JSD"}}}, true, nullptr, "", needs_density},
    {"log_z", kLogZ, "Log Z", "nats", "The learned log-partition function beside the true one", kStep,
     {{{"log_z", "learned"}}}, false, true_log_z, "true", needs_log_z},
    {"log_z_error", kLogZ, "Error of log Z", "nats", "Learned minus true", kView, {{{"log_z_error"}}},
     false, zero, "", needs_true_log_z},
    {"bounds", kLogZ, "ELBO and EUBO", "nats", "Means of log R + log P_B - log P_F under P_F (below log Z) and from the target (above it)",
     kView, {{{"elbo", "ELBO"}, {"eubo", "EUBO"}}}, false, true_log_z, "true", needs_bounds},
    {"weighted", kLogZ, "Weighted log Z", "nats", "log Z by importance weights from fresh samples", kSamples,
     {{{"log_z_weighted"}}}, false, true_log_z, "true", needs_density},
    {"effective", kLogZ, "Effective samples", "share", "Effective sample size of those weights", kSamples,
     {{{"effective_sample_size"}}}, false, one, "", needs_density},
    {"modes_found", kModes, "Modes found", "modes", "Modes where a training trajectory has ended", kStep,
     {{{"modes_found"}}}, false, all_modes, "all", needs_mode_count},
    {"mode_share", kModes, "Mass in modes", "share", "What P_T puts into the modes, all together", kView,
     {{{"mode_share"}}}, false, target_in_modes, "target", needs_modes},
    {"mode_least", kModes, "Least mode", "of its share", "What the mode that is missed most holds of its share",
     kView, {{{"mode_least"}}}, false, one, "", needs_modes},
    {"top_reward", kModes, "Top-100 log R", "nats", "Mean log R of the 100 best distinct samples", kSamples,
     {{{"top_log_reward"}}}, false, nullptr, "", needs_estimates},
    {"top_diversity", kModes, "Top-100 diversity", "share", "How much the 100 best differ: share of state entries, mean over pairs",
     kSamples, {{{"top_diversity"}}}, false, nullptr, "", needs_estimates},
    {"expected_length", kPolicy, "Expected length", "actions", "Actions per trajectory of the policy, the stop included",
     kView, {{{"expected_length"}}}, false, nullptr, "", needs_bounds},
    {"entropy", kPolicy, "Policy entropy", "nats", "Entropy of trajectories under P_F", kView,
     {{{"entropy"}}}, false, nullptr, "", needs_bounds},
    {"log_likelihood", kPolicy, "Test log-likelihood", "nats", "Mean log P_T of objects drawn from the target",
     kView, {{{"log_likelihood"}}}, false, nullptr, "", needs_learned_density},
    {"gradient_norm", kGradient, "Gradient norm", "", "Euclidean norm of a step's gradient, before clipping",
     kStep, {{{"gradient_norm"}}}, true, nullptr, "", needs_policy},
    {"gradient_variance", kGradient, "Gradient variance", "", "Of one micro-batch's gradient, summed over parameters",
     kBatches, {{{"gradient_variance"}}}, true, nullptr, "", needs_statistics},
    {"gradient_cosine", kGradient, "Gradient cosine", "", "Mean cosine between gradients of two micro-batches",
     kBatches, {{{"gradient_cosine"}}}, false, zero, "", needs_statistics},
    {"gradient_signal", kGradient, "Signal to noise", "", "Squared mean gradient over the variance of that mean",
     kBatches, {{{"gradient_signal"}}}, true, one, "", needs_statistics},
    {"loss", kTraining, "Loss", "", "The objective on a step's batch", kStep, {{{"loss"}}}, true, nullptr, "",
     needs_policy},
    {"length", kTraining, "Trajectory length", "actions", "Actions per training trajectory, exploration included",
     kStep, {{{"mean_length"}}}, false, nullptr, "", nullptr},
    {"learning_rate", kTraining, "Learning rate", "", "Of P_F, after its schedule", kStep,
     {{{"learning_rate"}}}, true, nullptr, "", needs_policy},
    {"epsilon", kTraining, "Exploration", "share", "Epsilon after its schedule: random actions in training trajectories",
     kStep, {{{"epsilon"}}}, false, nullptr, "", needs_policy},
};

const History& history_of(S s) {
  static const History kEmpty;
  return s.history ? *s.history : kEmpty;
}

bool drawn(const Curve& curve, S s) {
  return std::ranges::any_of(curve.lines, [&](const CurveLine& l) { return !series_of(l, s).empty(); });
}

}  // namespace

std::span<const Curve> curves() { return kTable; }

const Curve* find_curve(std::string_view id) {
  const auto found = std::ranges::find(kTable, id, &Curve::id);
  return found == std::end(kTable) ? nullptr : found;
}

const Series& series_of(const CurveLine& line, S s) {
  return history_of(s).of(line.series ? line.series : "");
}

const Series* errors_of(const Curve& curve, const CurveLine& line, S s) {
  if (curve.source != CurveSource::kView || !line.series) return nullptr;
  const Series& errors = history_of(s).of(std::string(line.series) + "_error");
  return errors.empty() ? nullptr : &errors;
}

std::string refusal_of(const Curve& curve, S s) {
  return s.run && curve.refusal && !drawn(curve, s) ? curve.refusal(s) : "";
}

std::string why_empty(const Curve& curve, S s) {
  if (!s.run) return s.state == RunState::kFailed ? "no run" : "waiting for the trainer";
  if (drawn(curve, s)) return "";
  const std::string refusal = refusal_of(curve, s);
  return refusal.empty() ? "press Space to train" : refusal;
}

std::string source_words(const Curve& curve, S s) {
  if (curve.source == CurveSource::kStep) return "every step";
  if (curve.source == CurveSource::kSamples) return "from samples";
  if (curve.source == CurveSource::kBatches) return "micro-batches";
  if (!s.run) return "";
  const std::string_view id = curve.id;
  const bool of_density = std::string_view(curve.section) == kDistance || id == "log_likelihood";
  const bool exact = enumerated(s) || (of_density && s.density && s.density->exact) || id == "log_z_error";
  return exact ? "exact" : "estimated";
}

std::string readout_of(const Curve& curve, S s) {
  std::string words;
  for (const CurveLine& line : curve.lines) {
    const Series& series = series_of(line, s);
    if (series.empty()) continue;
    const bool several = curve.lines[1].series != nullptr;
    if (several) words += (words.empty() ? "" : "  ") + std::string(line.label) + " ";
    words += format_number(series.bins().back().last, several ? 3 : 4);
    const Series* errors = errors_of(curve, line, s);
    if (errors && !several) words += " ± " + format_number(errors->bins().back().last, 2);
  }
  return words;
}

}  // namespace flowscope
