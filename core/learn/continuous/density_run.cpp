#include "core/learn/continuous/density_run.h"

#include <algorithm>
#include <numeric>

#include "core/learn/continuous/density_view.h"
#include "core/learn/continuous/position_draws.h"
#include "core/learn/continuous/quadrature.h"

namespace flowscope {
namespace {

constexpr int kTargetObjects = 5000;  // exact ones, to compare the coordinates of samples with

/// Their coordinates, one object after the other; none where no exact one can be drawn.
std::vector<float> draw_target(const ContinuousEnvironment& space) {
  const size_t axes = space.axes().size();
  const Rng rng(0, Stream::kEvaluation);
  std::vector<double> state(static_cast<size_t>(space.spec().state_length));
  std::vector<float> objects;
  for (int i = 0; i < kTargetObjects; ++i) {
    PositionDraws draws(rng, 1, i, 0);
    if (!space.sample_target(draws, state)) return {};
    objects.insert(objects.end(), state.begin(), state.begin() + static_cast<long>(axes));
  }
  return objects;
}

}  // namespace

std::shared_ptr<const RunInfo> make_space_run(const Config& config,
                                              std::shared_ptr<const ContinuousEnvironment> space) {
  auto run = std::make_shared<RunInfo>();
  run->config = config;
  run->space = std::move(space);
  run->log_z_true = run->space->log_partition();
  run->density = target_density(*run->space);
  if (run->space->axes().size() > 1) run->target_objects = draw_target(*run->space);
  return run;
}

DensityRun::DensityRun(const Config& config, std::shared_ptr<const ContinuousEnvironment> space,
                       const Checkpoint* from)
    : LiveRun(make_space_run(config, std::move(space))), trainer_(config, run_->space), seen_(*run_->space) {
  trainer_.set_threads(std::max(1, static_cast<int>(config.integer("threads"))));
  begin(from, run_->space->num_modes());
}

void DensityRun::take_over(const Config& config) {
  run_ = make_space_run(config, config.make_space());
  trainer_.set_environment(run_->space);
  seen_.move_to(*run_->space);
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
  view_ = view;
  return true;
}

void DensityRun::remember_objects() {
  const PointBatch& batch = trainer_.batch();
  for (int i = 0; i < batch.size(); ++i) {
    const Point object = batch.state(batch.last_row(i));
    if (metrics_.modes_found < metrics_.modes_total) report_mode(run_->space->mode_of(object));
    double x = 0, y = 0;
    run_->space->map_point(object, x, y);
    seen_.add(x, y);
  }
}

std::shared_ptr<const BehaviourView> DensityRun::behaviour() const {
  auto view = std::make_shared<BehaviourView>();
  view->objects = seen_.objects();
  view->density = seen_.shares();
  const PointBatch& batch = trainer_.batch();
  const Evaluation& e = trainer_.evaluation();
  if (steps() == 0 || e.log_pf.size() != batch.transitions.size()) return view;
  for (size_t i = 0; i < std::min(kRecentPaths, static_cast<size_t>(batch.size())); ++i) {
    view->paths.push_back(path_view(*run_->space, batch, e, i, e.log_z));
  }
  return view;
}

void DensityRun::show(Snapshot& snapshot, bool fresh) {
  if (fresh) shown_behaviour_ = behaviour();
  snapshot.density = view_;
  snapshot.behaviour = shown_behaviour_;
}

}  // namespace flowscope
