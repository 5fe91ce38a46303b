#include "core/learn/continuous/density_run.h"

#include <algorithm>
#include <numeric>

#include "core/learn/continuous/density_view.h"
#include "core/learn/continuous/quadrature.h"

namespace flowscope {

namespace {

std::shared_ptr<const RunInfo> make_run(const Config& config,
                                        std::shared_ptr<const ContinuousEnvironment> space) {
  auto run = std::make_shared<RunInfo>();
  run->config = config;
  run->space = std::move(space);
  run->log_z_true = run->space->log_partition();
  run->density = target_density(*run->space);
  return run;
}

}  // namespace

DensityRun::DensityRun(const Config& config, std::shared_ptr<const ContinuousEnvironment> space,
                       const Checkpoint* from)
    : LiveRun(make_run(config, std::move(space))), trainer_(config, run_->space) {
  trainer_.set_threads(std::max(1, static_cast<int>(config.integer("threads"))));
  begin(from, run_->space->num_modes());
}

void DensityRun::take_over(const Config& config) {
  run_ = make_run(config, config.make_space());
  trainer_.set_environment(run_->space);
  trainer_.configure(config);
}

bool DensityRun::sweep(const std::atomic<bool>& cancel) {
  const auto start = Clock::now();
  const auto view = make_density_view(trainer_.policy(), *run_, trainer_.log_z(), steps(), cancel);
  if (!view) return false;
  // The published metric takes seconds: once, where the run ends.
  if (steps() == config().integer("steps")) {
    view->jsd_kde = kde_metric(trainer_.policy(), *run_->space,
                               static_cast<std::uint64_t>(config().integer("seed")), steps());
  }
  view->when = Clock::now();
  view->sweep_seconds = std::chrono::duration<double>(view->when - start).count();
  if (view->exact) {
    history_.tv.add(view->step, view->tv);
    history_.l1.add(view->step, view->l1);
    history_.jsd.add(view->step, view->jsd);
    history_.kl.add(view->step, view->kl);
  }
  view_ = view;
  return true;
}

void DensityRun::remember_objects() {
  if (metrics_.modes_found == metrics_.modes_total) return;
  const PointBatch& batch = trainer_.batch();
  for (int i = 0; i < batch.size(); ++i) {
    report_mode(run_->space->mode_of(batch.state(batch.last_row(i))));
  }
}

void DensityRun::show(Snapshot& snapshot, bool) { snapshot.density = view_; }

}  // namespace flowscope
