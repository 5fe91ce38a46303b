#include "app/cli/study_results.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/results.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

namespace fs = std::filesystem;

/// Under another name first: whatever stands under the real one is whole.
void replace_file(const fs::path& file, const std::string& text) {
  const fs::path part = file.string() + ".part";
  std::ofstream out(part, std::ios::binary);
  out << text;
  out.close();
  std::error_code error;
  if (out) fs::rename(part, file, error);
  if (!out || error) throw UsageError("cannot write " + file.string());
}

/// The names of numbers that a run can come to.
std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  const auto sample = results(Config(), Snapshot());
  for (const auto& [name, value] : sample.items()) {
    if (!value.is_string()) names.push_back(name);
  }
  return names;
}

void check_report(const Study& study) {
  const std::vector<std::string> names = metric_names();
  for (const std::string& metric : study.report) {
    if (std::ranges::find(names, metric) != names.end()) continue;
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    throw UsageError("report: '" + metric + "' is not allowed; it must be one of " + all);
  }
}

std::string csv_field(const nlohmann::ordered_json& value) {
  if (value.is_null()) return "";
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.find_first_of(",\"\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string number(const char* format, double x) {
  char text[32];
  std::snprintf(text, sizeof text, format, x);
  return text;
}

/// "0.0123 ± 0.0004": the mean and, of two values or more, their sample standard deviation.
std::string mean_and_spread(const std::vector<double>& values) {
  if (values.empty()) return "-";
  const auto n = static_cast<double>(values.size());
  double mean = 0, square = 0;
  for (const double x : values) mean += x / n;
  for (const double x : values) square += (x - mean) * (x - mean);
  const std::string text = number("%.3g", mean);
  return values.size() < 2 ? text : text + " ± " + number("%.2g", std::sqrt(square / (n - 1)));
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

/// The keys that tell cases apart, in the order in which they appear.
std::vector<std::string> varied_keys(const Study& study) {
  std::vector<std::string> keys;
  for (const StudyCase& one : study.cases) {
    for (const auto& [key, value] : one.settings) {
      if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    }
  }
  return keys;
}

bool labelled(const Study& study) {
  return std::ranges::any_of(study.cases, [](const StudyCase& c) { return !c.label.empty(); });
}

}  // namespace

StudyResults::StudyResults(const Study& study, std::vector<StudyRun> runs, std::string folder)
    : study_(study), runs_(std::move(runs)), folder_(std::move(folder)), rows_(runs_.size()) {
  check_report(study_);
  std::error_code error;
  fs::create_directories(folder_, error);
  if (!fs::is_directory(folder_)) throw UsageError("cannot make the folder " + folder_);
  read();
}

void StudyResults::read() {
  const fs::path file = fs::path(folder_) / "results.jsonl";
  if (!fs::exists(file)) return;
  std::istringstream lines(read_text(file.string(), "the results"));
  int number_of_line = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number_of_line;
    try {
      Json row = Json::parse(line);
      const Config config = Config::from_json(row.at("config").dump(), file.string());
      const auto run = std::ranges::find(runs_, config, &StudyRun::config);
      if (run == runs_.end()) {
        others_.push_back(std::move(row));
      } else {
        rows_[static_cast<size_t>(run - runs_.begin())] = std::move(row);
      }
    } catch (const std::exception&) {
      throw DamagedFile(file.string() + " is damaged: line " + std::to_string(number_of_line) +
                        " is no result of a run");
    }
  }
}

std::string StudyResults::name(size_t run) const {
  const std::string of_case = study_.cases[static_cast<size_t>(runs_[run].study_case)].name();
  return (of_case.empty() ? "" : of_case + ", ") + "seed " + std::to_string(runs_[run].seed);
}

size_t StudyResults::num_finished() const {
  return static_cast<size_t>(std::ranges::count_if(rows_, [](const auto& r) { return r.has_value(); }));
}

size_t StudyResults::num_diverged() const {
  return static_cast<size_t>(
      std::ranges::count_if(rows_, [](const auto& r) { return r && r->contains("diverged"); }));
}

void StudyResults::add(size_t run, const Snapshot& snapshot) {
  const StudyRun& ended = runs_[run];
  Json row = {{"run", name(run)}};
  row.update(results(ended.config, snapshot));
  if (snapshot.state == RunState::kDiverged) row["diverged"] = snapshot.message;
  row["config"] = Json::parse(ended.config.to_json());
  rows_[run] = Json::parse(row.dump());  // numbers that are not finite are unknown, as after reading
}

std::string StudyResults::jsonl() const {
  std::string text;
  for (const auto& row : rows_) {
    if (row) text += row->dump() + "\n";
  }
  for (const Json& row : others_) text += row.dump() + "\n";
  return text;
}

std::string StudyResults::csv() const {
  const std::vector<std::string> keys = varied_keys(study_);
  const Json columns = results(Config(), Snapshot());
  std::string text = "run";
  for (const std::string& key : keys) text += "," + key;
  for (const auto& [name, ignored] : columns.items()) text += "," + name;
  text += "\n";
  for (size_t i = 0; i < runs_.size(); ++i) {
    if (!rows_[i]) continue;
    const StudyCase& one = study_.cases[static_cast<size_t>(runs_[i].study_case)];
    text += csv_field(name(i));
    for (const std::string& key : keys) {
      const auto set = std::ranges::find(one.settings, key, &std::pair<std::string, std::string>::first);
      text += "," + (set == one.settings.end() ? "" : csv_field(set->second));
    }
    for (const auto& [name, ignored] : columns.items()) {
      text += "," + (rows_[i]->contains(name) ? csv_field((*rows_[i])[name]) : "");
    }
    text += "\n";
  }
  return text;
}

std::vector<std::string> StudyResults::table_row(size_t study_case) const {
  const StudyCase& one = study_.cases[study_case];
  std::vector<std::string> cells;
  if (labelled(study_)) {
    cells.push_back(one.name());
  } else {
    for (const std::string& key : varied_keys(study_)) {
      const auto set = std::ranges::find(one.settings, key, &std::pair<std::string, std::string>::first);
      cells.push_back(set == one.settings.end() ? "" : set->second);
    }
  }
  std::vector<const Json*> ended;
  size_t diverged = 0;
  for (size_t i = 0; i < runs_.size(); ++i) {
    if (static_cast<size_t>(runs_[i].study_case) != study_case || !rows_[i]) continue;
    if (rows_[i]->contains("diverged")) {
      ++diverged;
    } else {
      ended.push_back(&*rows_[i]);
    }
  }
  cells.push_back(std::to_string(ended.size()) +
                  (diverged > 0 ? " + " + std::to_string(diverged) + " diverged" : ""));
  for (const std::string& metric : study_.report) {
    std::vector<double> values;
    for (const Json* row : ended) {
      if (row->contains(metric) && (*row)[metric].is_number()) {
        values.push_back((*row)[metric].get<double>());
      }
    }
    cells.push_back(mean_and_spread(values));
  }
  return cells;
}

std::string StudyResults::table() const {
  std::vector<std::string> head;
  if (labelled(study_)) {
    head.push_back("run");
  } else {
    head = varied_keys(study_);
  }
  head.push_back("seeds");
  head.insert(head.end(), study_.report.begin(), study_.report.end());
  std::string text = markdown_row(head) + "|";
  for (size_t i = 0; i < head.size(); ++i) text += "---|";
  text += "\n";
  for (size_t i = 0; i < study_.cases.size(); ++i) text += markdown_row(table_row(i));
  return text;
}

void StudyResults::write() const {
  const fs::path folder(folder_);
  replace_file(folder / "results.jsonl", jsonl());
  replace_file(folder / "results.csv", csv());
  std::string page = "# " + (study_.title.empty() ? std::string("Study") : study_.title) + "\n\n";
  if (!study_.about.empty()) page += study_.about + "\n\n";
  page += std::to_string(num_finished()) + " of " + std::to_string(runs_.size()) +
          " runs. Mean ± sample standard deviation over seeds.\n\n" + table();
  replace_file(folder / "table.md", page);
}

}  // namespace flowscope
