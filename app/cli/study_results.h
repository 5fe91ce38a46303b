// The results of a study in a folder: results.jsonl and results.csv with a line a run, table.md with
// mean and spread over seeds. The same runs give the same bytes, but for times.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/run/snapshot.h"
#include "core/run/study.h"

namespace flowscope {

class StudyResults {
 public:
  /// Makes the folder and reads what runs have come to before. Throws UsageError if it cannot be
  /// used or `report` names an unknown metric, DamagedFile if its content cannot be trusted.
  StudyResults(const Study& study, std::vector<StudyRun> runs, std::string folder);

  const std::string& folder() const { return folder_; }
  const std::vector<StudyRun>& runs() const { return runs_; }
  std::string name(size_t run) const;  // "label, seed 3"
  bool finished(size_t run) const { return rows_[run].has_value(); }
  size_t num_finished() const;
  size_t num_diverged() const;

  /// Takes in the end of a run.
  void add(size_t run, const Snapshot& snapshot);

  /// Writes all three files, each at once or not at all, finished runs in the order of the study.
  void write() const;

  /// The table, as in table.md.
  std::string table() const;

 private:
  using Json = nlohmann::ordered_json;

  void read();
  std::string jsonl() const;
  std::string csv() const;
  std::vector<std::string> table_row(size_t study_case) const;

  const Study& study_;
  std::vector<StudyRun> runs_;
  std::string folder_;
  std::vector<std::optional<Json>> rows_;  // [runs] of those that have ended
  std::vector<Json> others_;               // rows of runs that the study does not ask for (any more)
};

}  // namespace flowscope
