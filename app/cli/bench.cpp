// flowscope bench: iterations per second of every preset, objective and batch size that matter, and
// how much of the machine's arithmetic they use.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/cli/bench_growth.h"
#include "app/cli/bench_worlds.h"
#include "app/cli/commands.h"
#include "app/cli/table.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

struct Case {
  std::string name, preset, objective;
  int batch;
  Config config;
};

constexpr const char* kStandard[] = {"hypergrid-8x8", "hypergrid-16x16", "hypergrid-64x64", "hypergrid-8^4",
                                     "hypergrid-20^4", "bits-8", "box-0.25", "box-0.1"};

/// The presets in question: those that stand for all others, and the one that the filter starts with.
std::vector<std::string> presets_of(const std::string& filter) {
  std::vector<std::string> names(std::begin(kStandard), std::end(kStandard));
  const std::string first = filter.substr(0, filter.find(' '));
  const auto named = std::ranges::find(presets(), first, &PresetEntry::name);
  if (named != presets().end() && std::ranges::find(names, first) == names.end()) names.push_back(first);
  return names;
}

std::vector<Case> cases_of(const BenchOptions& options) {
  std::vector<Case> cases;
  for (const std::string& preset : presets_of(options.filter)) {
    for (const char* objective : {"tb", "db", "subtb"}) {
      for (const int batch : {16, 128, 256}) {
        if (preset.starts_with("box") != (batch == 128)) continue;  // its published size
        Case c{preset + " " + objective + " " + std::to_string(batch), preset, objective, batch, Config::from_preset(preset)};
        if (c.name.find(options.filter) == std::string::npos) continue;
        c.config.set("objective.name", std::string(objective));
        c.config.set("batch", std::int64_t{batch});
        c.config.set_all(options.assignments);
        cases.push_back(std::move(c));
      }
    }
  }
  return cases;
}

std::string number(const char* format, double x) {
  char text[32];
  std::snprintf(text, sizeof text, format, x);
  return text;
}

nlohmann::ordered_json as_json(const Case& c, const BenchResult& r) {
  return {{"preset", c.preset},
          {"objective", c.objective},
          {"batch", c.batch},
          {"iterations_per_second", r.iterations_per_second},
          {"states_per_iteration", r.states_per_iteration},
          {"visits_per_iteration", r.visits_per_iteration},
          {"flops_per_iteration", r.flops_per_iteration},
          {"gflops", 1e-9 * r.flops_per_iteration * r.iterations_per_second},
          {"peak_gflops", r.peak_gflops},
          {"fraction_of_floor", r.fraction_of_floor()},
          {"sampling_seconds", r.sampling},
          {"evaluation_seconds", r.evaluation},
          {"backward_seconds", r.backward},
          {"optimiser_seconds", r.optimiser},
          {"exact_sweep_seconds", r.exact_sweep},
          {"publish_seconds", r.publish},
          {"kernels", r.kernels}};
}

std::vector<std::string> as_row(const Case& c, const BenchResult& r) {
  const double gflops = 1e-9 * r.flops_per_iteration * r.iterations_per_second;
  return {c.preset,
          c.objective,
          std::to_string(c.batch),
          number("%.0f", r.iterations_per_second),
          number("%.0f", r.states_per_iteration),
          number("%.0f", r.visits_per_iteration),
          number("%.1f", 1e-6 * r.flops_per_iteration),
          number("%.0f", gflops),
          number("%.0f", r.peak_gflops),
          number("%.0f%%", 100 * r.fraction_of_floor()),
          number("%.0f", 1e6 * r.sampling),
          number("%.0f", 1e6 * r.evaluation),
          number("%.0f", 1e6 * r.backward),
          number("%.0f", 1e6 * r.optimiser),
          r.exact_sweep > 0 ? number("%.1f", 1e3 * r.exact_sweep) : "-",
          number("%.0f", 1e6 * r.publish)};
}

/// Prints how fast worlds step, or adds it to what is printed as JSON.
void bench_worlds(const std::vector<WorldCase>& cases, double seconds, nlohmann::ordered_json* json) {
  std::vector<std::vector<std::string>> rows = {{"world", "Msteps/s", "ns a step", "times Python's"}};
  for (const WorldCase& c : cases) {
    const double rate = world_steps_per_second(c, seconds);
    rows.push_back({c.name, number("%.2f", 1e-6 * rate), number("%.0f", 1e9 / rate),
                    number("%.0f", rate / c.python_rate)});
    if (json) {
      json->push_back({{"world", c.level},
                       {"steps_per_second", rate},
                       {"python_steps_per_second", c.python_rate}});
    }
  }
  if (json || cases.empty()) return;
  print_table(rows, 1);
  std::printf(
      "\nRandom actions on one core, by CPU time, 7x7x3 observations included. Python's: Minigrid 3.1.0\n"
      "at the best rate measured (10,000, 8,500 and 7,600 steps/s).\n\n");
}

}  // namespace

int bench(const BenchOptions& options, const TrainerLibrary& library) {
  if (!(options.seconds > 0)) {
    throw UsageError("--seconds: " + number("%g", options.seconds) + " is not allowed; it must be positive");
  }
  if (options.growth) return bench_growth(options, library);
  if (!options.output.empty()) throw UsageError("--output: only what --growth measures is drawn; add --growth");
  const std::vector<Case> cases = cases_of(options);
  const std::vector<WorldCase> worlds = world_cases(options.filter);
  if (cases.empty() && worlds.empty()) {
    throw UsageError("--filter: no case holds '" + options.filter +
                     "'; cases are named like 'hypergrid-8x8 tb 16', with any preset (flowscope list presets), and "
                     "'minigrid MiniGrid-Empty-8x8-v0'");
  }
  std::vector<std::vector<std::string>> rows = {
      {"preset", "loss", "batch", "it/s", "states", "visits", "MFLOP", "GFLOP/s", "peak", "floor",
       "sample us", "loss us", "back us", "adam us", "sweep ms", "publish us"}};
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  bench_worlds(worlds, options.seconds, options.json ? &json : nullptr);
  const bool watched = isatty(STDERR_FILENO);
  std::string kernels;
  for (const Case& c : cases) {
    if (watched) std::fprintf(stderr, "\r\033[K%s", c.name.c_str());
    const BenchResult result = library.bench(c.config, options.seconds);
    kernels = result.kernels;
    rows.push_back(as_row(c, result));
    json.push_back(as_json(c, result));
  }
  if (watched) std::fprintf(stderr, "\r\033[K");
  if (options.json) {
    std::printf("%s\n", json.dump(2).c_str());
    return 0;
  }
  if (cases.empty()) return 0;
  print_table(rows, 2);
  std::printf(
      "\nBy CPU time of the trainer thread; it/s is the median of 9 windows. states: distinct, per\n"
      "iteration; MFLOP: one forward and one backward pass over them. peak: 256x256x256 products,\n"
      "in single precision, measured beside each window. floor: share of that peak; a matrix unit (AMX)\n"
      "can pass it. This machine's kernels: %s.\n"
      "publish: what a snapshot for the window costs the trainer, the mean at 60 a second.\n",
      kernels.c_str());
  return 0;
}

}  // namespace flowscope
