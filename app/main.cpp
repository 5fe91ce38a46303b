// The program: chooses a command. Mistakes end here, in one line and an exit code.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "app/cli/commands.h"
#include "app/cli/trainer_library.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

int fail(int code, const std::string& message) {
  const std::string line = message.substr(0, message.find('\n'));
  std::fprintf(stderr, "flowscope: %s\n", line.c_str());
  return code;
}

/// Options before a command would silently be the window's.
void refuse_misplaced(const CLI::App& app) {
  if (app.get_subcommands().empty()) return;
  const std::string command = app.get_subcommands().front()->get_name();
  for (const CLI::Option* option : app.get_options()) {
    if (option->count() == 0) continue;
    throw UsageError(option->get_name() + " belongs behind the command: flowscope " + command + " " +
                     option->get_name() + " ...");
  }
}

/// Gives an application the options that say what to run.
void add_run_options(CLI::App& app, RunOptions& run) {
  app.add_option("-p,--preset", run.preset, "Experiment to run (flowscope list presets)");
  app.add_option("-c,--config", run.config_file, "Configuration file")->type_name("FILE.json");
  app.add_option("--set", run.assignments, "Set one key (flowscope list keys); may be repeated")
      ->type_name("KEY=VALUE")->allow_extra_args(false)->take_all();
  app.add_option("--steps", run.steps, "Length of the run")->type_name("N");
  app.add_option("--seed", run.seed, "Seed of weights and sampling")->type_name("S");
}

int run(int argc, char** argv) {
  CLI::App app{"flowscope: an observatory for Generative Flow Networks"};
  app.footer("Without a command it opens the window.");
  app.set_version_flag("--version", "flowscope " FLOWSCOPE_VERSION);
  app.require_subcommand(0, 1);
  std::string size, what, run_file, output;
  bool json = false;

  WindowOptions show;
  add_run_options(app, show.run);
  app.add_flag("--paused", show.paused, "Do not start training at once");
  app.add_option("--size", size, "Size of the window")->type_name("WxH");
  app.add_option("--scale", show.scale, "Size of text and controls; 0 asks the monitor");
  app.add_option("--theme", show.theme, "dark or light");
  app.add_option("--exit-after-frames", show.exit_after_frames)->group("");
  app.add_option("--report", show.report)->group("");

  TrainOptions trained;
  CLI::App* train_app = app.add_subcommand("train", "Train without a window");
  add_run_options(*train_app, trained.run);
  train_app->add_option("--run", trained.run_file, "Record the run")->type_name("FILE.flow");
  train_app->add_flag("--resume", trained.resume, "Go on from the last checkpoint of --run");
  train_app->add_option("--checkpoint-every", trained.checkpoint_every, "Seconds between them");
  train_app->add_flag("--json", trained.json, "Last line of output: the results as JSON");
  train_app->add_flag("--quiet", trained.quiet, "No progress");

  ShotOptions pictured;
  CLI::App* shot_app = app.add_subcommand("shot", "Write a picture of the window; no display needed");
  add_run_options(*shot_app, pictured.run);
  shot_app->add_option("--run", pictured.run_file, "Picture of a recorded run")->type_name("FILE.flow");
  shot_app->add_option("--at", pictured.at, "Its step")->type_name("STEP");
  shot_app->add_option("--size", size, "Size of the picture (1600x1000)")->type_name("WxH");
  shot_app->add_option("--scale", pictured.scale, "Size of text and controls (1)");
  shot_app->add_option("--layout", pictured.layout, "Arrangement of the panels (learn)");
  shot_app->add_option("--panel", pictured.panel, "One panel alone");
  shot_app->add_option("--theme", pictured.theme, "dark or light");
  shot_app->add_option("-o,--output", pictured.output)->type_name("FILE.png")->required();

  BenchOptions measured;
  CLI::App* bench_app = app.add_subcommand("bench", "Measure how fast training is, and where time goes");
  bench_app->add_flag("--json", measured.json, "As JSON");
  bench_app->add_option("--filter", measured.filter, "Only cases whose name holds this text");
  bench_app->add_option("--seconds", measured.seconds, "CPU seconds for each case (2)");
  bench_app->add_option("--set", measured.assignments, "Set one key in every case; may be repeated")
      ->type_name("KEY=VALUE")->allow_extra_args(false)->take_all();

  CLI::App* list_app = app.add_subcommand("list", "Show what there is to choose from");
  list_app->add_option("what", what, "envs, objectives, presets or keys")->required();
  list_app->add_flag("--json", json, "As JSON");

  CLI::App* export_app = app.add_subcommand("export", "Write the metrics of a recorded run");
  export_app->add_option("RUN", run_file, "FILE.flow")->required();
  export_app->add_option("-o,--output", output, "FILE.csv or FILE.jsonl")->required();

  CLI::App* doctor_app = app.add_subcommand("doctor", "Say what is wrong on this machine, and the mend");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help, --version
    return fail(2, std::string(e.what()) + " (see flowscope --help)");
  }
  refuse_misplaced(app);
  if (!size.empty()) {
    std::tie(show.width, show.height) = std::tie(pictured.width, pictured.height) = parse_size(size);
  }
  const TrainerLibrary library = trainer_library(
      {"libflowscope_learn.so", "flowscope_start_session", "flowscope_probe", "flowscope_bench"});
  if (train_app->parsed()) return train(trained, library);
  if (shot_app->parsed()) return shot(pictured, library);
  if (bench_app->parsed()) return bench(measured, library);
  if (list_app->parsed()) return list(what, json);
  if (export_app->parsed()) return export_run(run_file, output);
  if (doctor_app->parsed()) return doctor(library);
  return window(show, library);
}

}  // namespace
}  // namespace flowscope

int main(int argc, char** argv) {
  try {
    return flowscope::run(argc, argv);
  } catch (const flowscope::UsageError& e) {
    return flowscope::fail(2, e.what());
  } catch (const flowscope::DamagedFile& e) {
    return flowscope::fail(4, e.what());
  } catch (const std::exception& e) {
    return flowscope::fail(1, std::string("internal error: ") + e.what());
  }
}
