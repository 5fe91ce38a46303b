#include "core/learn/bench.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>

#include "core/learn/continuous/density_trainer.h"
#include "core/learn/continuous/quadrature.h"
#include "core/learn/exact_view.h"
#include "core/learn/gemm.h"
#include "core/learn/kernels.h"
#include "core/learn/live_run.h"
#include "core/learn/trainer.h"

namespace flowscope {
namespace {

/// CPU time of this thread: what else the machine does then counts for little, and the peak is
/// measured by the same clock.
struct Clock {
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<Clock, duration>;
  static time_point now() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return time_point(std::chrono::seconds(t.tv_sec) + duration(t.tv_nsec));
  }
};

constexpr int kWindows = 9;  // of which the median counts

double between(Clock::time_point a, Clock::time_point b) {
  return std::chrono::duration<double>(b - a).count();
}

/// What a window of iterations took, part by part.
struct Window {
  double seconds = 0;
  std::int64_t iterations = 0;
  double parts[4] = {};  // sampling, evaluation, backward, optimiser
  double states = 0, visits = 0, flops = 0;
};

double distinct(const RowBatch& batch) { return batch.rows.size(); }
double distinct(const PointBatch& batch) { return batch.num_rows(); }

template <class AnyTrainer>
Window run_window(AnyTrainer& trainer, double seconds) {
  Window w;
  const auto start = Clock::now();
  while (w.seconds < seconds) {
    const auto t0 = Clock::now();
    trainer.sample();
    const auto t1 = Clock::now();
    const double loss = trainer.evaluate();
    const auto t2 = Clock::now();
    double optimiser = 0;
    bool optimising = false;
    auto since = t2;
    trainer.learn(loss, [&] {
      const auto now = Clock::now();
      if (optimising) optimiser += between(since, now);
      optimising = !optimising;
      since = now;
    });
    trainer.finish_step();
    const auto t3 = Clock::now();
    w.parts[0] += between(t0, t1);
    w.parts[1] += between(t1, t2);
    w.parts[2] += between(t2, t3) - optimiser;
    w.parts[3] += optimiser;
    w.states += distinct(trainer.batch());
    w.visits += static_cast<double>(trainer.batch().transitions.size());
    w.flops += 3 * trainer.policy().flops(trainer.sweep());  // the backward pass is two products
    ++w.iterations;
    w.seconds = between(start, t3);
  }
  return w;
}

/// All but the exact sweep.
template <class AnyTrainer>
BenchResult measure(AnyTrainer& trainer, double seconds) {
  BenchResult result;
  result.kernels = kernels<float>().name;
  run_window(trainer, seconds / 5);  // warm-up: buffers grow, the first policy changes
  std::vector<Window> windows;
  std::vector<double> peaks;  // beside each window: a shared machine's rate drifts
  for (int i = 0; i < kWindows; ++i) {
    windows.push_back(run_window(trainer, 0.8 * seconds / kWindows));
    peaks.push_back(measure_gemm_gflops());
  }
  std::ranges::sort(peaks);
  result.peak_gflops = peaks[kWindows / 2];
  const auto rate = [](const Window& w) { return static_cast<double>(w.iterations) / w.seconds; };
  std::ranges::sort(windows, {}, rate);
  const Window& w = windows[kWindows / 2];
  const auto n = static_cast<double>(w.iterations);
  result.iterations_per_second = rate(w);
  result.states_per_iteration = w.states / n;
  result.visits_per_iteration = w.visits / n;
  result.flops_per_iteration = w.flops / n;
  result.sampling = w.parts[0] / n;
  result.evaluation = w.parts[1] / n;
  result.backward = w.parts[2] / n;
  result.optimiser = w.parts[3] / n;
  return result;
}

/// What it costs to show a live run at 60 snapshots a second.
double publish_seconds(const Config& config, double seconds) {
  constexpr double kViewInterval = 1.0 / 60;
  const auto run = make_live_run(config, nullptr);
  const std::atomic<bool> cancel = false;
  run->step();
  run->refresh_exact(cancel);
  std::shared_ptr<const Snapshot> latest;
  double spent = 0;
  int snapshots = 0;
  const auto start = Clock::now();
  for (auto shown = start; between(start, Clock::now()) < seconds;) {
    if (!run->step()) break;
    const auto now = Clock::now();
    if (between(shown, now) < kViewInterval) continue;
    shown = now;
    auto snapshot = std::make_shared<Snapshot>();
    run->describe(*snapshot, true);
    latest = std::move(snapshot);
    spent += between(now, Clock::now());
    ++snapshots;
  }
  return snapshots > 0 ? spent / snapshots : 0;
}

BenchResult bench_space(const Config& config, double seconds) {
  RunInfo run;
  run.config = config;
  run.space = config.make_space();
  DensityTrainer<float> trainer(config, run.space);
  BenchResult result = measure(trainer, seconds);
  result.publish = publish_seconds(config, seconds / 4);
  if (has_quadrature(*run.space)) {
    const std::atomic<bool> cancel = false;
    DensityGrid density;
    const auto start = Clock::now();
    carry_density(*run.space, trainer.policy(), cancel, density);
    result.exact_sweep = between(start, Clock::now());
  }
  return result;
}

}  // namespace

BenchResult bench(const Config& config, double seconds) {
  prepare_trainer_thread();
  const auto environment = config.make_environment();
  if (!environment) return bench_space(config, seconds);
  Trainer<float> trainer(config, environment);
  trainer.set_threads(choose_threads(config, environment));
  BenchResult result = measure(trainer, seconds);
  result.publish = publish_seconds(config, seconds / 4);

  if (const auto graph = StateGraph::enumerate(*environment, config.integer("exact.states"))) {
    RunInfo run;
    run.environment = environment;
    run.graph = std::make_shared<const StateGraph>(std::move(*graph));
    run.target = exact_target(*run.graph, *environment);
    const std::atomic<bool> cancel = false;
    const auto start = Clock::now();
    make_exact_view(trainer.policy(), run, cancel);
    result.exact_sweep = between(start, Clock::now());
  }
  return result;
}

}  // namespace flowscope
