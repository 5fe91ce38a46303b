#include "app/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <tuple>

#include "app/cli/commands.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

/// Options that say what to run.
void add_run_options(CLI::App& app, RunOptions& run) {
  app.add_option("-p,--preset", run.preset, "Experiment to run (flowscope list presets)");
  app.add_option("-c,--config", run.config_file, "Configuration file")->type_name("FILE.json");
  app.add_option("--set", run.assignments, "Set one key (flowscope list keys); may be repeated")
      ->type_name("KEY=VALUE")->allow_extra_args(false)->take_all();
  app.add_option("--steps", run.steps, "Length of the run")->type_name("N");
  app.add_option("--seed", run.seed, "Seed of weights and sampling")->type_name("S");
}

/// Options that say how the window looks.
template <typename Options>
void add_look_options(CLI::App& app, Options& options) {
  app.add_option_function<std::string>(
         "--size",
         [&options](const std::string& text) {
           std::tie(options.width, options.height) = parse_size(text);
         },
         "Size in units of --scale (1600x1000)")
      ->type_name("WxH");
  app.add_option("--scale", options.scale, "Pixels in a unit of --size; text grows along");
  app.add_option("--theme", options.theme, "dark or light");
}

/// Further runs beside the first, each with its differences.
void add_compare_option(CLI::App& app, std::vector<std::string>& changes) {
  app.add_option("--compare", changes,
                 "One more run beside it, with these settings changed; may be repeated, up to four runs in all")
      ->type_name("\"KEY=VALUE; ...\"")->allow_extra_args(false)->take_all();
}

void add_window(CLI::App& app, Action& action) {
  const auto options = std::make_shared<WindowOptions>();
  add_run_options(app, options->run);
  add_compare_option(app, options->compare);
  add_look_options(app, *options);
  app.add_flag("--paused", options->paused, "Do not start training at once");
  app.add_option("--exit-after-frames", options->exit_after_frames)->group("");  // for tests
  app.add_option("--report", options->report)->group("");
  action = [options](const TrainerLibrary& library) { return window(*options, library); };
}

void add_train(CLI::App& app, Action& action) {
  const auto options = std::make_shared<TrainOptions>();
  CLI::App* command = app.add_subcommand("train", "Train without a window");
  add_run_options(*command, options->run);
  command->add_option("--run", options->run_file, "Record the run")->type_name("FILE.flow");
  command->add_flag("--resume", options->resume, "Go on from the last checkpoint of --run");
  command->add_option("--checkpoint-every", options->checkpoint_every, "Seconds between two (5)");
  command->add_flag("--json", options->json, "Last line of output: the results as JSON");
  command->add_flag("--quiet", options->quiet, "No progress");
  command->callback([options, &action] {
    action = [options](const TrainerLibrary& library) { return train(*options, library); };
  });
}

void add_shot(CLI::App& app, Action& action) {
  const auto options = std::make_shared<ShotOptions>();
  CLI::App* command =
      app.add_subcommand("shot", "Write a picture of the window; needs no display");
  add_run_options(*command, options->run);
  command->add_option("--run", options->run_file, "Picture of a recorded run")
      ->type_name("FILE.flow");
  command->add_option("--at", options->at, "Its step")->type_name("STEP");
  add_look_options(*command, *options);
  add_compare_option(*command, options->compare);
  command->add_option("--compare-run", options->compare_runs, "One more recorded run beside that of --run")
      ->type_name("FILE.flow")->allow_extra_args(false)->take_all();
  command->add_option("--layout", options->layout,
                      "learn, debug, compare or present (learn; compare with several runs)");
  command->add_option("--panel", options->panel, "One panel alone, such as hero or charts");
  command->add_option("--view", options->view,
                      "Of the hero: map, flow, dag, objects, world, first-person, policy, corner or "
                      "compare; "
                      "first-person with a small --size, such as 80x60, is what the agent sees");
  command->add_option("--walk", options->walk,
                      "In a world to walk in: take so many of the policy's likeliest steps first")
      ->type_name("STEPS");
  command->add_option("--moment", options->moment,
                      "In a continuous space: the samples after so many steps, not at their ends")
      ->type_name("STEPS");
  command->add_option("--point", options->point,
                      "In a continuous space: show the policy at this point of the map")
      ->type_name("X,Y");
  command->add_option("--coordinates", options->coordinates,
                      "In a continuous space: the coordinates of --view corner, up to four")
      ->delimiter(',')
      ->type_name("NAME,...");
  command->add_option("-o,--output", options->output)->type_name("FILE.png")->required();
  command->callback([options, &action] {
    action = [options](const TrainerLibrary& library) { return shot(*options, library); };
  });
}

void add_bench(CLI::App& app, Action& action) {
  const auto options = std::make_shared<BenchOptions>();
  CLI::App* command =
      app.add_subcommand("bench", "Measure how fast training is, and where time goes");
  command->add_flag("--json", options->json, "As JSON");
  command->add_option("--filter", options->filter, "Only cases whose name holds this text; first in it, any preset");
  command->add_option("--seconds", options->seconds, "CPU seconds for each case (2)");
  command->add_flag("--growth", options->growth,
                    "How costs grow with batch, width, length and states");
  command->add_option("-o,--output", options->output, "With --growth: draw it")->type_name("FILE.png");
  command->add_option("--set", options->assignments, "Set one key in every case; may be repeated")
      ->type_name("KEY=VALUE")->allow_extra_args(false)->take_all();
  command->callback([options, &action] {
    action = [options](const TrainerLibrary& library) { return bench(*options, library); };
  });
}

void add_list(CLI::App& app, Action& action) {
  const auto what = std::make_shared<std::string>();
  const auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("list", "Show what there is to choose from");
  command->add_option("what", *what, "envs, objectives, presets, keys, or one key")->required();
  command->add_flag("--json", *json, "As JSON");
  command->callback([what, json, &action] {
    action = [what, json](const TrainerLibrary&) { return list(*what, *json); };
  });
}

void add_export(CLI::App& app, Action& action) {
  const auto run_file = std::make_shared<std::string>(), output = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("export", "Write the metrics of a recorded run");
  command->add_option("RUN", *run_file, "FILE.flow")->required();
  command->add_option("-o,--output", *output, "FILE.csv or FILE.jsonl")->required();
  command->callback([run_file, output, &action] {
    action = [run_file, output](const TrainerLibrary&) { return export_run(*run_file, *output); };
  });
}

void add_sweep(CLI::App& app, Action& action) {
  const auto options = std::make_shared<SweepOptions>();
  CLI::App* command = app.add_subcommand("sweep", "Run a study: many configurations and seeds");
  command->add_option("STUDY", options->study_file, "FILE.json, such as assets/studies/*.json")
      ->required();
  command->add_option("--jobs", options->jobs, "Runs at a time (one a core)")->type_name("N");
  command->add_option("-o,--output", options->output,
                      "Folder for the results; finished runs found there are not run again")
      ->type_name("FOLDER");
  command->add_flag("--keep", options->keep, "Keep the run files of finished runs");
  command->add_flag("--quiet", options->quiet, "No progress");
  command->callback([options, &action] {
    action = [options](const TrainerLibrary& library) { return sweep(*options, library); };
  });
}

void add_doctor(CLI::App& app, Action& action) {
  app.add_subcommand("doctor", "Say what is wrong on this machine, and the mend")
      ->callback([&action] { action = doctor; });
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

}  // namespace

Action parse_command_line(int argc, const char* const* argv) {
  Action action;
  CLI::App app{"flowscope: an observatory for Generative Flow Networks"};
  app.footer("Without a command it opens the window.");
  app.set_version_flag("--version", "flowscope " FLOWSCOPE_VERSION);
  app.require_subcommand(0, 1);
  add_window(app, action);
  for (const auto add :
       {add_train, add_shot, add_bench, add_list, add_export, add_sweep, add_doctor}) {
    add(app, action);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() != 0) throw UsageError(std::string(e.what()) + " (see flowscope --help)");
    app.exit(e);  // --help, --version
    return [](const TrainerLibrary&) { return 0; };
  }
  refuse_misplaced(app);
  return action;
}

}  // namespace flowscope
