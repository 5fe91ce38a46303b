#include "app/cli/bench_growth.h"

#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/cli/table.h"
#include "app/draw/growth.h"
#include "app/window/gui_host.h"
#include "app/window/offscreen.h"
#include "app/window/png.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

/// One line of one of the plots: one key going through its values.
struct Study {
  std::string label, key;
  Config base;
  std::vector<int> values;
};

struct Plot {
  const char *name, *title, *x_label;
  double (*x)(const BenchResult& result, int value);
  double (*milliseconds)(const BenchResult& result);
  std::vector<Study> studies;
};

double value_itself(const BenchResult&, int value) { return value; }
double mean_length(const BenchResult& r, int) { return r.visits_per_iteration / 16; }
double grid_states(const BenchResult&, int side) { return static_cast<double>(side) * side; }
double iteration(const BenchResult& r) { return 1e3 / r.iterations_per_second; }
double sweep(const BenchResult& r) { return 1e3 * r.exact_sweep; }

std::vector<Plot> plots(const std::vector<std::string>& assignments) {
  std::vector<Plot> all = {
      {"batch", "Iteration by batch, ms (16x16 grid, 2x256)", "trajectories in a batch", value_itself, iteration, {}},
      {"width", "Iteration by width, ms (16x16 grid, batch 16)", "units in each of two hidden layers", value_itself, iteration, {}},
      {"length", "Iteration by length, ms (bit strings, batch 16)", "transitions in a trajectory", mean_length, iteration, {}},
      {"states", "Exact sweep by states, ms (two-dimensional grids)", "states", grid_states, sweep, {}}};
  const auto add = [&](size_t plot, std::string label, const char* preset, std::vector<std::string> chosen,
                       const char* key, std::vector<int> values) {
    Config base = Config::from_preset(preset);
    base.set_all(chosen);
    base.set_all(assignments);
    all[plot].studies.push_back({std::move(label), key, std::move(base), std::move(values)});
  };
  for (const std::string objective : {"tb", "db", "subtb"}) {
    const std::string chosen = "objective.name=" + objective;
    add(0, objective, "hypergrid-16x16", {chosen}, "batch", {1, 4, 16, 64, 256, 1024});
    add(1, objective, "hypergrid-16x16", {chosen, "batch=16"}, "policy.hidden", {32, 64, 128, 256, 512, 1024});
    add(2, objective, "bits-8", {chosen, "batch=16"}, "environment.length", {4, 8, 16, 32, 64});
  }
  for (const std::string width : {"64", "256"}) {
    add(3, "2x" + width, "hypergrid-8x8", {"batch=16", "policy.hidden=" + width}, "environment.side", {8, 16, 32, 64, 128, 256});
  }
  return all;
}

/// A two by two sheet of the plots.
Image draw_sheet(const std::vector<GrowthSpec>& specs) {
  constexpr int kWidth = 1400, kHeight = 900, kGap = 36;
  const OffscreenContext opengl;
  GuiHost host;
  const Framebuffer target(kWidth, kHeight);
  const Theme& theme = host.theme(false, 1);
  constexpr float kW = (kWidth - 3 * kGap) / 2.0f, kH = (kHeight - 3 * kGap) / 2.0f;
  host.frame(target, 0.25, [&] {
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize({kWidth, kHeight});
    ImGui::Begin("growth", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoSavedSettings);
    ImGui::GetWindowDrawList()->AddRectFilled({0, 0}, {kWidth, kHeight}, theme.color.panel);
    for (size_t i = 0; i < specs.size(); ++i) {
      const auto column = static_cast<float>(i % 2), row = static_cast<float>(i / 2);
      draw_growth(theme, specs[i], {kGap + column * (kW + kGap), kGap + row * (kH + kGap), kW, kH});
    }
    ImGui::End();
  });
  return target.read();
}

std::string number(const char* format, double x) {
  char text[32];
  std::snprintf(text, sizeof text, format, x);
  return text;
}

}  // namespace

int bench_growth(const BenchOptions& options, const TrainerLibrary& library) {
  if (!options.output.empty()) check_png_path(options.output);
  std::vector<std::vector<std::string>> rows = {{"plot", "line", "x", "ms", "states", "floor"}};
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  std::vector<GrowthSpec> specs;
  const bool watched = isatty(STDERR_FILENO);
  for (const Plot& plot : plots(options.assignments)) {
    GrowthSpec spec{plot.title, plot.x_label, {}};
    for (const Study& study : plot.studies) {
      GrowthLine line{study.label, {}, {}};
      for (const int value : study.values) {
        const std::string name = std::string(plot.name) + " " + study.label + " " + std::to_string(value);
        if (name.find(options.filter) == std::string::npos) continue;
        if (watched) std::fprintf(stderr, "\r\033[K%s", name.c_str());
        Config config = study.base;
        config.set(study.key, std::int64_t{value});
        const BenchResult result = library.bench(config, options.seconds);
        line.x.push_back(plot.x(result, value));
        line.y.push_back(plot.milliseconds(result));
        rows.push_back({plot.name, study.label, number("%.0f", line.x.back()), number("%.3g", line.y.back()),
                        number("%.0f", result.states_per_iteration), number("%.0f%%", 100 * result.fraction_of_floor())});
        json.push_back({{"plot", plot.name}, {"line", study.label}, {"x", line.x.back()},
                        {"milliseconds", line.y.back()}, {"states_per_iteration", result.states_per_iteration},
                        {"fraction_of_floor", result.fraction_of_floor()}});
      }
      spec.lines.push_back(std::move(line));
    }
    specs.push_back(std::move(spec));
  }
  if (watched) std::fprintf(stderr, "\r\033[K");
  if (json.empty()) {
    throw UsageError("--filter: no case holds '" + options.filter + "'; with --growth they are named like 'width tb 256'");
  }
  if (!options.output.empty()) write_png(options.output, draw_sheet(specs), {{"Software", "flowscope " FLOWSCOPE_VERSION}});
  if (options.json) {
    std::printf("%s\n", json.dump(2).c_str());
  } else {
    print_table(rows, 2);
  }
  return 0;
}

}  // namespace flowscope
