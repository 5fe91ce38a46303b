#include "core/learn/graph_run.h"

#include <algorithm>
#include <cmath>

#include "core/learn/estimate_view.h"
#include "core/learn/exact_view.h"
#include "core/learn/prior.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

constexpr size_t kWindow = 16384;       // objects in the behaviour distribution
constexpr size_t kRecent = 16;          // trajectories shown of the last batch
constexpr size_t kLargeGraph = 20'000;  // states, from where copies are made slowly

size_t sz(std::int64_t n) { return static_cast<size_t>(n); }

std::shared_ptr<const StateGraph> enumerate(const Config& config) {
  const auto environment = config.make_environment();
  auto graph = StateGraph::enumerate(*environment, config.integer("exact.states"));
  return graph ? std::make_shared<const StateGraph>(std::move(*graph)) : nullptr;
}

bool watches_distance(const Config& config) {
  return config.text("optimizer.schedule") == "plateau" && config.text("optimizer.watch") != "loss";
}

std::shared_ptr<const RunInfo> make_run(const Config& config,
                                        std::shared_ptr<const StateGraph> graph) {
  if (watches_distance(config) && !graph) {
    throw UsageError("optimizer.watch: '" + config.text("optimizer.watch") +
                     "' needs a world of at most " + to_text(config.get("exact.states")) +
                     " states (exact.states); this one has more");
  }
  auto run = std::make_shared<RunInfo>();
  run->config = config;
  run->environment = config.make_environment();
  run->graph = std::move(graph);
  const bool relative = find_objective(config.text("objective.name"))->relative;
  if (run->graph) {
    run->target = exact_target(*run->graph, *run->environment);
    if (relative) {
      GraphPolicy prior = prior_on_graph(config, *run->environment, *run->graph);
      run->target = relative_target(*run->graph, run->target, prior);
      run->backward = std::move(prior.backward);
    }
    run->log_z_true = run->target.log_z;
    run->mode_target = mass_per_mode(*run->environment, *run->graph, run->target.probability);
  } else if (!relative) {
    run->log_z_true = run->environment->log_partition();
  }
  return run;
}

}  // namespace

GraphRun::GraphRun(const Config& config, const Checkpoint* from)
    : LiveRun(make_run(config, enumerate(config))),
      trainer_(config, run_->environment, run_->graph) {
  trainer_.set_threads(choose_threads(config, run_->environment));
  chain_ = find_objective(config.text("objective.name"))->chain;
  if (run_->graph) counts_.assign(sz(run_->graph->num_states()), 0);
  begin(from, run_->environment->num_modes());
}

void GraphRun::take_over(const Config& config) {
  auto run = make_run(config, run_->graph);
  trainer_.configure(config);  // may refuse: then the run stays as it was
  run_ = std::move(run);
  trainer_.set_environment(run_->environment);
}

/// Looks for the plateau schedule at a distance of the policy as it has become, at steps that no
/// clock decides.
void GraphRun::after_step() {
  if (chain_ || !watches_distance(config())) return;
  if (steps() != 1 && steps() % config().integer("optimizer.watch_every") != 0) return;
  static const std::atomic<bool> never = false;
  refresh_exact(never);
  trainer_.watch(config().text("optimizer.watch") == "jsd" ? exact_->jsd : exact_->tv);
}

void GraphRun::remember_objects() {
  const RowBatch& batch = trainer_.batch();
  for (int i = 0; i < batch.distinct(); ++i) {
    if (!batch.ended(i)) continue;
    const StateView x = batch.rows.state(batch.last_row(i));
    if (metrics_.modes_found < metrics_.modes_total) report_mode(run_->environment->mode_of(x));
    if (chain_) chained_.add(x);
    if (!run_->graph) continue;
    const int id = run_->graph->find(x);
    if (window_.size() < kWindow) {
      window_.push_back(id);
    } else {
      --counts_[sz(window_[window_next_])];
      window_[window_next_] = id;
      window_next_ = (window_next_ + 1) % kWindow;
    }
    ++counts_[sz(id)];
  }
}

bool GraphRun::sweep(const std::atomic<bool>& cancel) {
  return run_->graph && !chain_ ? sweep_graph(cancel) : take_samples(cancel);
}

bool GraphRun::take_samples(const std::atomic<bool>& cancel) {
  const auto start = Clock::now();
  const Rng rng(static_cast<std::uint64_t>(config().integer("seed")), Stream::kEvaluation);
  auto view = chain_ ? std::make_shared<EstimateView>()
                     : make_estimate_view(trainer_.policy(), *run_, rng, steps(), cancel);
  if (!view) return false;
  if (chain_) {
    view->step = steps();
    if (steps() > 0) {
      describe_objects(count_objects(*run_->environment, chained_.objects()), run_->log_z_true,
                       *view);
    }
  }
  view->seconds = std::chrono::duration<double>(Clock::now() - start).count();
  estimate_ = view;
  return true;
}

bool GraphRun::sweep_graph(const std::atomic<bool>& cancel) {
  const auto start = Clock::now();
  const std::shared_ptr<ExactView> view = make_exact_view(trainer_.policy(), *run_, cancel);
  if (!view) return false;
  view->step = steps();
  view->when = Clock::now();
  view->sweep_seconds = std::chrono::duration<double>(view->when - start).count();
  exact_ = view;
  if (!window_.empty()) history_.add("behaviour_tv", steps(), behaviour_tv());
  return true;
}

double GraphRun::behaviour_tv() const {
  const auto seen = static_cast<double>(window_.size());
  double sum = 0;
  for (size_t x = 0; x < counts_.size(); ++x) {
    sum += std::abs(static_cast<double>(counts_[x]) / seen - run_->target.probability[x]);
  }
  return sum / 2;
}

void GraphRun::save_objects(std::vector<std::uint8_t>& bytes) const {
  if (chain_) chained_.save(bytes);
}

void GraphRun::restore_objects(std::span<const std::uint8_t>& bytes) {
  if (chain_) chained_.restore(bytes, sz(run_->environment->spec().state_length));
}

std::shared_ptr<const BehaviourView> GraphRun::behaviour() const {
  auto view = std::make_shared<BehaviourView>();
  view->objects = static_cast<std::int64_t>(window_.size());
  view->counts = counts_;
  const RowBatch& batch = trainer_.batch();
  const Evaluation& e = trainer_.evaluation();
  if (!run_->graph || steps() == 0 || e.log_pf.size() != batch.transitions.size()) return view;
  for (size_t i = 0; i < std::min(kRecent, sz(batch.distinct())); ++i) {
    TrajectoryView path;
    for (auto k = sz(batch.begin[i]); k < sz(batch.begin[i + 1]); ++k) {
      const Transition& t = batch.transitions[k];
      path.states.push_back(run_->graph->find(batch.rows.state(t.row)));
      path.actions.push_back(t.action);
      path.log_pf += e.log_pf[k];
      path.log_pb += e.log_pb[k];
    }
    path.log_reward = batch.log_reward[i];
    const double beyond = e.log_z_beyond.empty() ? 0 : e.log_z_beyond[i];
    path.residual = e.log_z + beyond + path.log_pf - path.log_pb - path.log_reward;
    view->recent.push_back(std::move(path));
  }
  return view;
}

bool GraphRun::large() const { return counts_.size() > kLargeGraph; }

void GraphRun::show(Snapshot& snapshot, bool fresh) {
  if (fresh) shown_behaviour_ = behaviour();
  snapshot.exact = exact_;
  snapshot.estimate = estimate_;
  snapshot.behaviour = shown_behaviour_;
}

}  // namespace flowscope
