// What the options of several commands have in common.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "app/cli/commands.h"
#include "app/panels/panel.h"
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

namespace {

/// "a=1; b=2" as its parts, without spaces around them.
std::vector<std::string> split_changes(const std::string& text) {
  constexpr const char* kSpace = " \t";
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(';', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const size_t first = part.find_first_not_of(kSpace);
    if (first != std::string::npos) {
      parts.push_back(part.substr(first, part.find_last_not_of(kSpace) + 1 - first));
    }
    begin = end + 1;
  }
  return parts;
}

}  // namespace

std::vector<Config> make_compared(const Config& config, const std::vector<std::string>& changes) {
  if (changes.size() + 1 > kMostRuns) {
    throw UsageError("--compare: at most " + std::to_string(kMostRuns) + " runs are compared, so it may be given " +
                     std::to_string(kMostRuns - 1) + " times");
  }
  std::vector<Config> configs = {config};
  for (const std::string& text : changes) {
    const std::vector<std::string> assignments = split_changes(text);
    if (assignments.empty()) {
      throw UsageError("--compare: '" + text + "' is not allowed; it must be settings in which that run differs, "
                       "such as \"objective.name=db; seed=2\"");
    }
    Config changed = config;
    try {
      changed.set_all(assignments);
      changed.make_environment();
      changed.make_space();
    } catch (const UsageError& error) {
      throw UsageError("--compare: " + std::string(error.what()));
    }
    configs.push_back(changed);
  }
  return configs;
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
