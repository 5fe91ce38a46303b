#include "core/learn/continuous/point_run.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/learn/bytes.h"
#include "core/learn/continuous/density_run.h"
#include "core/learn/continuous/density_view.h"
#include "core/learn/continuous/quadrature.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

constexpr size_t kWindow = 16384;  // objects by which a baseline is judged, as in discrete worlds

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

size_t sz(std::int64_t n) { return static_cast<size_t>(n); }

}  // namespace

double effective_share(std::span<const double> values, int chains, int axes) {
  const size_t m = sz(chains), d = sz(axes), n = values.size() / (m * d);
  double least = 1;
  for (size_t k = 0; k < d && n > 1 && m > 1; ++k) {
    std::vector<double> means(m, 0);
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n * m; ++i) {
      means[i % m] += values[i * d + k] / static_cast<double>(n);
      mean += values[i * d + k] / static_cast<double>(n * m);
    }
    for (size_t i = 0; i < n * m; ++i) squares += std::pow(values[i * d + k] - mean, 2);
    double between = 0;
    for (const double x : means) between += std::pow(x - mean, 2);
    if (between == 0) continue;
    const double total = squares / static_cast<double>(n * m - 1);
    least = std::min(least, total / (between / static_cast<double>(m - 1) * static_cast<double>(n)));
  }
  return least;
}

PointRun::PointRun(const Config& config, std::shared_ptr<const ContinuousEnvironment> space,
                   const Checkpoint* from)
    : LiveRun(make_space_run(config, std::move(space))),
      sampler_(PointTarget(run_->space), point_chain_settings(config),
               Rng(static_cast<std::uint64_t>(config.integer("seed")), Stream::kForward)) {
  begin(from, run_->space->num_modes());
}

StepReport PointRun::train() {
  sampler_.step(++step_);
  StepReport report;
  report.visits = sampler_.proposals();
  report.mean_length = static_cast<double>(report.visits) / sampler_.chains();
  report.distinct_states = sampler_.chains();
  if (std::isnan(sampler_.log_z())) return report;
  const double rise = std::max(0.0, sampler_.log_z() - log_scale_);
  if (step_ == 1) log_scale_ = sampler_.log_z();
  else if (rise > 0) sum_z_ *= std::exp(-rise), log_scale_ += rise;
  sum_z_ += std::exp(sampler_.log_z() - log_scale_);
  history_.add("log_z", step_, log_z());
  return report;
}

double PointRun::log_z() const {
  return sum_z_ > 0 ? log_scale_ + std::log(sum_z_ / static_cast<double>(step_)) : kUnknown;
}

void PointRun::take_over(const Config& config) {
  run_ = make_space_run(config, config.make_space());
  sampler_.set_target(PointTarget(run_->space));
}

void PointRun::remember_objects() {
  const size_t width = sampler_.target().size(), row = sz(sampler_.chains()) * width;
  const size_t rows = std::max<size_t>(1, kWindow / sz(sampler_.chains()));
  if (window_.size() < rows * row) window_.resize(window_.size() + row);
  double* out = window_.data() + next_ * row;
  for (int i = 0; i < sampler_.chains(); ++i) {
    const Point x = sampler_.object(i);
    out = std::copy(x.begin(), x.end(), out);
    report_mode(run_->space->mode_of(sampler_.target().state(x)));
  }
  next_ = (next_ + 1) % rows;
}

double PointRun::effective() const {
  if (!std::isnan(sampler_.log_z())) return sampler_.effective();
  return effective_share(window_, sampler_.chains(), static_cast<int>(sampler_.target().size()));
}

bool PointRun::sweep(const std::atomic<bool>&) {
  const auto start = Clock::now();
  auto view = std::make_shared<DensityView>();
  const size_t width = sampler_.target().size();
  view->step = step_;
  view->policy = false;
  view->field.refusal = "This baseline has no policy to look into.";
  view->samples = static_cast<std::int64_t>(window_.size() / width);
  for (size_t i = 0; i < window_.size(); i += width) {
    show_object(*run_->space, sampler_.target().state({window_.data() + i, width}), *view);
  }
  view->learned = histogram(*run_->space, view->x, view->y);
  compare_samples(*run_, *view);
  view->log_z = log_z();
  view->effective = effective();
  view->when = Clock::now();
  view->sweep_seconds = std::chrono::duration<double>(view->when - start).count();
  view_ = view;
  return true;
}

void PointRun::save(std::vector<std::uint8_t>& bytes) const {
  put(bytes, step_);
  put(bytes, sum_z_);
  put(bytes, log_scale_);
  put(bytes, static_cast<std::uint64_t>(next_));
  put(bytes, static_cast<std::uint64_t>(window_.size()));
  put(bytes, window_.data(), window_.size());
  sampler_.save(bytes);
}

std::size_t PointRun::restore(std::span<const std::uint8_t> bytes) {
  const size_t before = bytes.size();
  step_ = take<std::int64_t>(bytes);
  sum_z_ = take<double>(bytes);
  log_scale_ = take<double>(bytes);
  next_ = take<std::uint64_t>(bytes);
  const auto size = take<std::uint64_t>(bytes);
  if (size > bytes.size() || (next_ > 0 && next_ * sz(sampler_.chains()) * sampler_.target().size() >= size + 1)) {
    throw DamagedFile("the checkpoint's window of objects is damaged");
  }
  window_.resize(size);
  take(bytes, window_.data(), window_.size());
  sampler_.restore(bytes);
  return before - bytes.size();
}

}  // namespace flowscope
