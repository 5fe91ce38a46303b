// The commands of the program; app/main.cpp chooses one. Each returns an exit code:
// 0 done, 2 bad usage or input, 3 diverged, 4 damaged file, 130 interrupted.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/run/config.h"
#include "core/run/session.h"

namespace flowscope {

/// Where the configuration comes from: -p, -c, --set, --steps, --seed.
struct RunOptions {
  std::string preset, config_file;
  std::vector<std::string> assignments;  // key=value
  std::optional<std::int64_t> steps, seed;
};
/// Puts the options together: preset or file first, then --set, --steps and --seed. Throws
/// UsageError.
Config make_config(const RunOptions& options, const std::string& default_preset);

/// The configuration itself, then one more for each of `changes`: it with "key=value; key=value" set.
/// Throws UsageError.
std::vector<Config> make_compared(const Config& config, const std::vector<std::string>& changes);

/// The whole of a text file; `what` it is ("the study") is named in the UsageError.
std::string read_text(const std::string& file, const std::string& what);

/// "1600x1000" in pixels, each from 1 to 16384. Throws UsageError.
std::pair<int, int> parse_size(const std::string& text);

struct TrainOptions {
  RunOptions run;
  std::string run_file;
  bool resume = false, json = false, quiet = false;
  double checkpoint_every = 5;  // seconds between two checkpoints in the run file
};
int train(const TrainOptions& options, const TrainerLibrary& library);

struct ShotOptions {
  RunOptions run;
  std::string run_file;
  std::optional<std::int64_t> at;
  int width = 1600, height = 1000;
  double scale = 1;
  std::string layout;  // "": compare where runs are compared, otherwise learn
  std::string panel, view, theme = "dark", output;
  std::vector<std::string> compare;       // settings of each further run: "key=value; key=value"
  std::vector<std::string> compare_runs;  // further recorded runs
  std::string point;
  std::vector<std::string> coordinates;
  int walk = 0, moment = -1;
};
int shot(const ShotOptions& options, const TrainerLibrary& library);

struct WindowOptions {
  RunOptions run;
  std::vector<std::string> compare;  // as in ShotOptions
  bool paused = false;
  std::string theme;            // "", "dark", "light"
  double scale = 0;             // 0: from the monitor
  int width = 1600, height = 1000;
  int exit_after_frames = 0;    // tests: leave after so many frames
  std::string report;           // tests: write item rectangles and metrics here
};
int window(const WindowOptions& options, const TrainerLibrary& library);

struct BenchOptions {
  std::string filter;                    // part of a case's name
  std::vector<std::string> assignments;  // key=value, for every case
  double seconds = 2;                    // CPU time for each case
  bool json = false;
  bool growth = false;  // how costs grow, instead of the table of presets
  std::string output;   // a picture of that, if not empty
};
int bench(const BenchOptions& options, const TrainerLibrary& library);

struct SweepOptions {
  std::string study_file, output;  // output: a folder; "" for the study's name beside the caller
  std::int64_t jobs = 0;           // runs at a time; 0 for one a core
  bool keep = false, quiet = false;
};
int sweep(const SweepOptions& options, const TrainerLibrary& library);

int list(const std::string& what, bool json);
int doctor(const TrainerLibrary& library);
int export_run(const std::string& run_file, const std::string& output);

}  // namespace flowscope
