#include "core/run/study.h"

#include <functional>

#include "core/run/errors.h"
#include "tests/catch.h"

namespace flowscope {
namespace {

/// The one line with which a study is refused; it names the file.
void check_refused(const std::string& text, const std::vector<std::string>& parts) {
  std::string line;
  try {
    read_study(text, "study.json");
  } catch (const UsageError& e) {
    line = e.what();
  }
  CAPTURE(text, line);
  CHECK(line.starts_with("study.json: "));
  CHECK(line.find('\n') == line.npos);
  for (const std::string& part : parts) {
    CAPTURE(part);
    CHECK(line.find(part) != line.npos);
  }
}

}  // namespace

TEST_CASE("a study is every listed run with every combination of the grid and every seed") {
  const Study study = read_study(R"({"flowscope": 1, "title": "T", "preset": "hypergrid-8x8",
    "base": {"policy": {"hidden": 32}, "batch": 8},
    "runs": [{"label": "short", "steps": 5}, {"label": "long", "optimizer.lr": 0.01}],
    "grid": {"objective.name": ["tb", "db"], "exploration.epsilon": [0, 0.1]},
    "seeds": [3, 1], "steps": 50, "report": ["l1"]})", "study.json");
  CHECK(study.title == "T");
  CHECK(study.report == std::vector<std::string>{"l1"});
  REQUIRE(study.cases.size() == 8);
  const auto runs = runs_of(study);
  REQUIRE(runs.size() == 16);
  CHECK(runs[0].seed == 3);
  CHECK(runs[1].seed == 1);
  CHECK(runs[0].config.integer("seed") == 3);
  CHECK(runs[0].config.integer("steps") == 5);
  CHECK(runs[0].config.integer("policy.hidden") == 32);
  CHECK(runs[0].config.text("objective.name") == "tb");
  CHECK(runs[2].config.real("exploration.epsilon") == 0.1);  // the last key fastest
  CHECK(runs[4].config.text("objective.name") == "db");
  CHECK(runs[8].config.integer("steps") == 50);
  CHECK(runs[8].config.real("optimizer.lr") == 0.01);
  CHECK(study.cases[0].name() == "short");
}

TEST_CASE("a case without a label is named by what sets it apart") {
  const Study study = read_study(
      R"({"flowscope": 1, "steps": 5, "grid": {"batch": [4], "reward.r0": [0.5]}})", "study.json");
  REQUIRE(study.cases.size() == 1);
  CHECK(study.cases[0].name() == "batch=4, reward.r0=0.5");
  CHECK(study.seeds == std::vector<std::int64_t>{0});
}

TEST_CASE("the environment may come in a list before its own keys") {
  const Study study = read_study(R"({"flowscope": 1, "steps": 5, "runs": [
    {"environment.length": 6, "environment.name": "bits"}]})", "study.json");
  CHECK(study.cases[0].config.integer("environment.length") == 6);
}

TEST_CASE("a mistake in a study is told in one line that says where and what is allowed") {
  check_refused("{", {"line 1", "not valid JSON"});
  check_refused("[]", {"not a JSON object"});
  check_refused(R"({"steps": 5})", {"\"flowscope\": 1"});
  check_refused(R"({"flowscope": 1, "sedes": [1], "steps": 5})", {"'sedes'", "'seeds'"});
  check_refused(R"({"flowscope": 1, "preset": "hypergrid-8x9", "steps": 5})", {"'hypergrid-8x8'"});
  check_refused(R"({"flowscope": 1, "base": {"bach": 3}, "steps": 5})", {"base", "'bach'", "'batch'"});
  check_refused(R"({"flowscope": 1, "base": 3, "steps": 5})", {"base", "object"});
  check_refused(R"({"flowscope": 1})", {"steps"});
  check_refused(R"({"flowscope": 1, "steps": -1})", {"steps", "'-1'", "from 0"});
  check_refused(R"({"flowscope": 1, "steps": 5, "grid": {"batch": []}})", {"grid", "batch", "at least one"});
  check_refused(R"({"flowscope": 1, "steps": 5, "grid": {"batch": [0]}})", {"batch=0", "from 1 to"});
  check_refused(R"({"flowscope": 1, "steps": 5, "grid": {"batch": [[1]]}})", {"batch", "a number"});
  check_refused(R"({"flowscope": 1, "steps": 5, "grid": [1]})", {"grid", "object"});
  check_refused(R"({"flowscope": 1, "steps": 5, "runs": [3]})", {"runs", "objects"});
  check_refused(R"({"flowscope": 1, "steps": 5, "runs": [{"label": "A", "seed": 3}]})", {"'A'", "seeds"});
  check_refused(R"({"flowscope": 1, "steps": 5, "runs": [{"label": "A", "reward.r0": 0}]})", {"'A'", "reward.r0"});
  check_refused(R"({"flowscope": 1, "steps": 5, "seeds": [1.5]})", {"seeds", "1.5", "integer"});
  check_refused(R"({"flowscope": 1, "steps": 5, "seeds": [1, 1]})", {"seeds", "twice"});
  check_refused(R"({"flowscope": 1, "steps": 5, "report": [1]})", {"report"});
  check_refused(R"({"flowscope": 1, "steps": 5, "grid": {"batch": [4, 4]}})", {"the same"});
}

}  // namespace flowscope
