#include "core/run/measures.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace flowscope {
namespace {

const ExactView* exact_of(const Snapshot& s) { return exact_is_current(s) ? s.exact.get() : nullptr; }

const EstimateView* estimate_of(const Snapshot& s) {
  return s.estimate && s.estimate->step == s.metrics.step ? s.estimate.get() : nullptr;
}

const DensityView* density_of(const Snapshot& s) {
  return s.density && s.density->step == s.metrics.step ? s.density.get() : nullptr;
}

std::optional<double> finite(std::optional<double> x) {
  return x && std::isfinite(*x) ? x : std::nullopt;
}

/// The exact member where there is an exact view, otherwise what `estimate` makes of an estimate.
template <class Estimated>
std::optional<double> either(const Snapshot& s, double ExactView::* member, Estimated estimate) {
  if (const ExactView* exact = exact_of(s)) return finite(exact->*member);
  if (const EstimateView* view = estimate_of(s)) return finite(estimate(*view));
  return std::nullopt;
}

/// As above, and of a density where it was carried through the kernels, or of its samples.
template <class Estimated>
std::optional<double> distance(const Snapshot& s, double ExactView::* member,
                               double DensityView::* of_density, Estimated estimate,
                               std::optional<double> DensityView::* of_samples = nullptr) {
  if (density_is_current(s)) return finite((*s.density).*of_density);
  if (const DensityView* view = density_of(s); view && of_samples) return finite(view->*of_samples);
  return either(s, member, estimate);
}

template <class Estimated>
std::optional<double> estimated(const Snapshot& s, Estimated estimate) {
  if (const EstimateView* view = estimate_of(s)) return finite(estimate(*view));
  return std::nullopt;
}

/// What is estimated in continuous spaces only.
template <class Estimated>
std::optional<double> of_density(const Snapshot& s, Estimated estimate) {
  if (const DensityView* view = density_of(s)) return finite(estimate(*view));
  return std::nullopt;
}

using View = EstimateView;
using Number = std::optional<double>;

Number value(const std::optional<Estimate>& e) { return e ? Number(e->value) : Number(); }
Number error(const std::optional<Estimate>& e) { return e ? Number(e->error) : Number(); }
Number none(const View&) { return {}; }

using Member = std::optional<Estimate>;

/// A mean over trajectories: exact, or estimated in a continuous space or in a world too large.
Number mean(const Snapshot& s, double ExactView::* exact, Member DensityView::* of_density, Member View::* of_samples) {
  if (const DensityView* view = density_of(s)) return finite(value(view->*of_density));
  return either(s, exact, [=](const View& view) { return value(view.*of_samples); });
}

/// The standard error of such a mean, where it is an estimate.
Number error_of(const Snapshot& s, Member DensityView::* of_density, Member View::* of_samples) {
  if (const DensityView* view = density_of(s)) return finite(error(view->*of_density));
  if (exact_of(s)) return std::nullopt;
  return estimated(s, [=](const View& view) { return error(view.*of_samples); });
}

/// Of the gradient's statistics that were measured last.
Number gradient(const Snapshot& s, double GradientStatistics::* member) {
  return s.metrics.gradients ? finite((*s.metrics.gradients).*member) : std::nullopt;
}

/// Learned minus true.
Number log_z_error(const Snapshot& s) {
  if (!s.run || !s.run->log_z_true) return std::nullopt;
  return finite(s.metrics.log_z - *s.run->log_z_true);
}

/// What the modes of the reward hold together.
Number mode_share(const Snapshot& s) {
  const ExactView* exact = exact_of(s);
  if (!exact || exact->mode_mass.empty()) return std::nullopt;
  return std::accumulate(exact->mode_mass.begin(), exact->mode_mass.end(), 0.0);
}

/// What the mode that is missed most holds of its share.
Number mode_least(const Snapshot& s) {
  const ExactView* exact = exact_of(s);
  if (!exact || !s.run) return std::nullopt;
  Number least;
  for (std::size_t m = 0; m < std::min(exact->mode_mass.size(), s.run->mode_target.size()); ++m) {
    if (s.run->mode_target[m] <= 0) continue;
    least = std::min(least.value_or(1e300), exact->mode_mass[m] / s.run->mode_target[m]);
  }
  return least;
}

}  // namespace

std::span<const Measure> measures() {
  using S = const Snapshot&;
  using E = const View&;
  using D = DensityView;
  static constexpr Measure kTable[] = {
      {"tv", [](S s) { return distance(s, &ExactView::tv, &D::tv, [](E e) { return e.tv; }, &D::sampled_tv); }},
      {"l1", [](S s) { return distance(s, &ExactView::l1, &D::l1, [](E e) { return e.l1; }); }},
      {"jsd", [](S s) { return distance(s, &ExactView::jsd, &D::jsd, [](E e) { return e.jsd; }, &D::sampled_jsd); }},
      {"kl", [](S s) { return distance(s, &ExactView::kl, &D::kl, none); }},
      {"kl_reverse", [](S s) { return distance(s, &ExactView::kl_reverse, &D::kl_reverse, none); }},
      {"pearson", [](S s) { return distance(s, &ExactView::pearson, &D::pearson, [](E e) { return e.pearson; }); }},
      {"spearman", [](S s) { return distance(s, &ExactView::spearman, &D::spearman, [](E e) { return e.spearman; }); }},
      {"log_likelihood",
       [](S s) {
         return distance(s, &ExactView::log_likelihood, &D::log_likelihood, [](E e) { return value(e.log_likelihood); });
       }},
      {"log_likelihood_error", [](S s) { return estimated(s, [](E e) { return error(e.log_likelihood); }); }},
      {"entropy", [](S s) { return mean(s, &ExactView::entropy, &D::entropy, &View::entropy); }},
      {"entropy_error", [](S s) { return error_of(s, &D::entropy, &View::entropy); }},
      {"expected_length", [](S s) { return mean(s, &ExactView::expected_length, &D::length, &View::length); }},
      {"expected_length_error", [](S s) { return error_of(s, &D::length, &View::length); }},
      {"elbo", [](S s) { return mean(s, &ExactView::elbo, &D::elbo, &View::elbo); }},
      {"elbo_error", [](S s) { return error_of(s, &D::elbo, &View::elbo); }},
      {"eubo", [](S s) { return mean(s, &ExactView::eubo, &D::eubo, &View::eubo); }},
      {"eubo_error", [](S s) { return error_of(s, &D::eubo, &View::eubo); }},
      {"log_z_error", log_z_error},
      {"mode_share", mode_share},
      {"mode_least", mode_least},
      {"gradient_norm", [](S s) { return s.metrics.loss ? finite(s.metrics.gradient_norm) : std::nullopt; }, true},
      {"gradient_variance", [](S s) { return gradient(s, &GradientStatistics::variance); }, true},
      {"gradient_cosine", [](S s) { return gradient(s, &GradientStatistics::cosine); }, true},
      {"gradient_signal", [](S s) { return gradient(s, &GradientStatistics::signal_to_noise); }, true},
      {"top_log_reward", [](S s) { return estimated(s, [](E e) { return Number(e.top_log_reward); }); }},
      {"top_diversity", [](S s) { return estimated(s, [](E e) { return e.top_diversity; }); }},
      {"log_z_weighted", [](S s) { return of_density(s, [](const D& d) { return Number(d.log_z); }); }},
      {"effective_sample_size",
       [](S s) { return of_density(s, [](const D& d) { return Number(d.effective); }); }},
      {"tv_samples", [](S s) { return of_density(s, [](const D& d) { return d.sampled_tv; }); }},
      {"jsd_samples", [](S s) { return of_density(s, [](const D& d) { return d.sampled_jsd; }); }},
      {"jsd_kde", [](S s) { return of_density(s, [](const D& d) { return d.jsd_kde; }); }},
      {"samples", [](S s) { return estimated(s, [](E e) { return Number(static_cast<double>(e.objects)); }); }},
  };
  return kTable;
}

bool measures_are_exact(const Snapshot& s) { return exact_of(s) != nullptr || density_is_current(s); }

}  // namespace flowscope
