// A study: many runs that differ in a few keys and in their seeds, from one JSON file.
//
//   {"flowscope": 1, "title": ..., "about": ...,
//    "preset": NAME,                    where every run starts from, or
//    "base": {...},                     a configuration as in a file (on top of the preset)
//    "grid": {KEY: [VALUE, ...], ...},  every combination, the last key fastest
//    "runs": [{"label": ..., KEY: VALUE, ...}, ...],   each of these with every combination
//    "seeds": [0, 1, ...], "steps": N, "report": [METRIC, ...]}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/run/config.h"

namespace flowscope {

/// One configuration of a study, to be run with every seed.
struct StudyCase {
  std::string label;                                          // "" if the file gives none
  std::vector<std::pair<std::string, std::string>> settings;  // what sets it apart, key and value
  Config config;                                              // without a seed of the study

  /// The label, or the settings as "key=value, key=value".
  std::string name() const;
};

struct Study {
  std::string title, about;
  std::vector<StudyCase> cases;
  std::vector<std::int64_t> seeds;
  std::vector<std::string> report;  // metrics for the table
};

/// One run of a study.
struct StudyRun {
  int study_case = 0;
  std::int64_t seed = 0;
  Config config;
};

/// The text of a study file; `where` names it in errors. Throws UsageError with one line.
Study read_study(std::string_view text, std::string_view where);

/// Every run, case by case, each with its seeds in the order of the file.
std::vector<StudyRun> runs_of(const Study& study);

}  // namespace flowscope
