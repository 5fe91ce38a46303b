#include "core/run/study.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/run/errors.h"

namespace flowscope {
namespace {

using Json = nlohmann::ordered_json;
using Settings = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMostRuns = 100'000;

[[noreturn]] void fail(std::string_view where, const std::string& what) {
  throw UsageError(std::string(where) + ": " + what);
}

Json parse(std::string_view text, std::string_view where) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& e) {
    const auto until = text.substr(0, std::min(text.size(), e.byte > 0 ? e.byte - 1 : 0));
    const auto line = 1 + std::count(until.begin(), until.end(), '\n');
    fail(where, "line " + std::to_string(line) + ": not valid JSON");
  }
}

void check_names(const Json& json, std::string_view where) {
  if (!json.is_object()) fail(where, "not a JSON object");
  if (!json.contains("flowscope") || json["flowscope"] != 1) {
    fail(where, "\"flowscope\": 1 is missing, so this is no flowscope study");
  }
  static const std::vector<std::string> known = {"flowscope", "title", "about", "preset", "base",
                                                 "grid",      "runs",  "seeds", "steps",  "report"};
  for (const auto& [name, ignored] : json.items()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string near = nearest_name(name, known);
    fail(where, "'" + name + "' is not part of a study" +
                    (near.empty() ? "; it may have title, about, preset, base, grid, runs, seeds, "
                                    "steps and report"
                                  : "; did you mean '" + near + "'?"));
  }
}

std::string text_of(const Json& json, const char* name, std::string_view where) {
  if (!json.contains(name)) return "";
  if (!json[name].is_string()) fail(where, std::string(name) + " must be a text");
  return json[name].get<std::string>();
}

/// A list that must not be empty.
const Json& list_of(const Json& value, const std::string& name, std::string_view where) {
  if (!value.is_array() || value.empty()) fail(where, name + " must be a list of at least one entry");
  return value;
}

/// A value as --set would take it.
std::string value_text(const Json& value, const std::string& key, std::string_view where) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  fail(where, key + " must be a number, a text, true or false");
}

Settings settings_of(const Json& object, const std::string& prefix, std::string_view where) {
  Settings all;
  for (const auto& [name, value] : object.items()) {
    const std::string key = prefix.empty() ? name : prefix + "." + name;
    if (value.is_object()) {
      const Settings inner = settings_of(value, key, where);
      all.insert(all.end(), inner.begin(), inner.end());
    } else {
      all.emplace_back(key, value_text(value, key, where));
    }
  }
  return all;
}

Config with(Config config, const Settings& settings) {
  std::vector<std::string> assignments;
  for (const auto& [key, value] : settings) assignments.push_back(key + "=" + value);
  config.set_all(assignments);
  return config;
}

Config base_of(const Json& json, std::string_view where) {
  const std::string preset = text_of(json, "preset", where);
  try {
    Config config = preset.empty() ? Config() : Config::from_preset(preset);
    if (!json.contains("base")) return config;
    if (!json["base"].is_object()) throw UsageError("it must be a configuration object");
    return with(std::move(config), settings_of(json["base"], "", where));
  } catch (const UsageError& e) {
    fail(where, std::string(json.contains("base") ? "base: " : "") + e.what());
  }
}

/// What `runs` lists; one case without settings where there is no list.
std::vector<StudyCase> listed_cases(const Json& json, std::string_view where) {
  if (!json.contains("runs")) return {StudyCase{}};
  std::vector<StudyCase> cases;
  for (Json entry : list_of(json["runs"], "runs", where)) {
    if (!entry.is_object()) fail(where, "runs must be a list of objects {KEY: VALUE, ...}");
    StudyCase one;
    one.label = text_of(entry, "label", where);
    entry.erase("label");
    one.settings = settings_of(entry, "", where);
    cases.push_back(std::move(one));
  }
  return cases;
}

/// Every case with every value of one more key.
std::vector<StudyCase> crossed(const std::vector<StudyCase>& cases, const std::string& key,
                               const Json& values, std::string_view where) {
  std::vector<StudyCase> all;
  for (const StudyCase& one : cases) {
    for (const Json& value : values) {
      all.push_back(one);
      all.back().settings.emplace_back(key, value_text(value, key, where));
    }
  }
  if (all.size() > kMostRuns) fail(where, "grid: more than 100,000 combinations");
  return all;
}

std::vector<StudyCase> cases_of(const Json& json, std::string_view where) {
  std::vector<StudyCase> cases = listed_cases(json, where);
  if (json.contains("grid")) {
    if (!json["grid"].is_object()) fail(where, "grid must be an object {KEY: [VALUE, ...], ...}");
    for (const auto& [key, values] : json["grid"].items()) {
      cases = crossed(cases, key, list_of(values, "grid: " + key, where), where);
    }
  }
  return cases;
}

std::vector<std::int64_t> seeds_of(const Json& json, std::string_view where) {
  if (!json.contains("seeds")) return {0};
  std::vector<std::int64_t> seeds;
  for (const Json& seed : list_of(json["seeds"], "seeds", where)) {
    if (!seed.is_number_integer() || seed.get<std::int64_t>() < 0) {
      fail(where, "seeds: " + seed.dump() + " is not allowed; it must be an integer from 0");
    }
    seeds.push_back(seed.get<std::int64_t>());
    if (std::ranges::count(seeds, seeds.back()) > 1) fail(where, "seeds: " + seed.dump() + " twice");
  }
  return seeds;
}

std::vector<std::string> report_of(const Json& json, std::string_view where) {
  if (!json.contains("report")) return {"tv", "jsd", "loss"};
  std::vector<std::string> report;
  for (const Json& metric : list_of(json["report"], "report", where)) {
    if (!metric.is_string()) fail(where, "report must be a list of names of metrics");
    report.push_back(metric.get<std::string>());
  }
  return report;
}

/// Fills in the configuration of a case, or says in which case what is wrong.
void complete(StudyCase& one, const Config& base, const Json& json, std::string_view where) {
  try {
    if (std::ranges::find(one.settings, "seed", &Settings::value_type::first) != one.settings.end()) {
      throw UsageError("seed is set; a study has its seeds under \"seeds\"");
    }
    one.config = base;
    if (json.contains("steps")) {
      one.config = with(std::move(one.config), {{"steps", value_text(json["steps"], "steps", where)}});
    }
    one.config = with(std::move(one.config), one.settings);
    if (one.config.integer("steps") == 0) throw UsageError("steps is missing: how long is a run?");
    one.config.make_environment();
  } catch (const UsageError& e) {
    const std::string name = one.name();
    fail(where, (name.empty() ? "" : "run '" + name + "': ") + e.what());
  }
}

}  // namespace

std::string StudyCase::name() const {
  if (!label.empty()) return label;
  std::string text;
  for (const auto& [key, value] : settings) text += (text.empty() ? "" : ", ") + key + "=" + value;
  return text;
}

Study read_study(std::string_view text, std::string_view where) {
  const Json json = parse(text, where);
  check_names(json, where);
  Study study;
  study.title = text_of(json, "title", where);
  study.about = text_of(json, "about", where);
  const Config base = base_of(json, where);
  study.cases = cases_of(json, where);
  study.seeds = seeds_of(json, where);
  study.report = report_of(json, where);
  for (auto one = study.cases.begin(); one != study.cases.end(); ++one) {
    complete(*one, base, json, where);
    const auto twin = std::ranges::find(study.cases.begin(), one, one->config, &StudyCase::config);
    if (twin != one) {
      fail(where, "run '" + one->name() + "' is the same as run '" + twin->name() + "'");
    }
  }
  if (study.cases.size() * study.seeds.size() > kMostRuns) fail(where, "more than 100,000 runs");
  return study;
}

std::vector<StudyRun> runs_of(const Study& study) {
  std::vector<StudyRun> runs;
  for (std::size_t i = 0; i < study.cases.size(); ++i) {
    for (const std::int64_t seed : study.seeds) {
      runs.push_back({static_cast<int>(i), seed, study.cases[i].config});
      runs.back().config.set("seed", seed);
    }
  }
  return runs;
}

}  // namespace flowscope
