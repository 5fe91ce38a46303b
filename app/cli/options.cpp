// What the options of several commands have in common.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "app/cli/commands.h"
#include "core/run/errors.h"

namespace flowscope {

std::string read_text(const std::string& file, const std::string& what) {
  std::ifstream in(file, std::ios::binary);
  in.peek();  // a folder opens but cannot be read
  if (!in.is_open() || in.bad()) throw UsageError("cannot read " + what + " '" + file + "'");
  return {std::istreambuf_iterator<char>(in), {}};
}

Config make_config(const RunOptions& options, const std::string& default_preset) {
  if (!options.preset.empty() && !options.config_file.empty()) {
    throw UsageError("-p and -c exclude each other: a run starts from a preset or from a file");
  }
  Config config = !options.config_file.empty()
                      ? Config::from_json(read_text(options.config_file, "the configuration file"),
                                          options.config_file)
                      : Config::from_preset(options.preset.empty() ? default_preset
                                                                   : options.preset);
  config.set_all(options.assignments);
  if (options.steps) config.set("steps", *options.steps);
  if (options.seed) config.set("seed", *options.seed);
  config.make_environment();  // values that do not go together are a mistake here, not later
  config.make_space();
  return config;
}

std::pair<int, int> parse_size(const std::string& text) {
  int width = 0, height = 0, used = 0;
  if (std::sscanf(text.c_str(), "%5dx%5d%n", &width, &height, &used) != 2 ||
      static_cast<size_t>(used) != text.size() || width < 1 || height < 1 || width > 16384 ||
      height > 16384) {
    throw UsageError("--size: '" + text +
                     "' is not allowed; it must be WIDTHxHEIGHT in pixels, for example 1600x1000");
  }
  return {width, height};
}

}  // namespace flowscope
