// The doors between the rooms: which folder may include which. The build cannot see to it, because
// Debian's torch headers lie in /usr/include; so this reads the sources.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "tests/catch.h"

namespace flowscope {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kTorch{"torch/", "ATen/", "c10/", "caffe2/", "cblas"};
const std::vector<std::string> kScreen{"imgui", "backends/", "GLFW/", "GL/", "EGL/", "epoxy/"};
const std::vector<std::string> kFiles{"nlohmann/", "sqlite3", "CLI/"};

struct Room {
  std::vector<std::string> doors;  // project folders it may include, itself apart
  std::vector<std::string> closed; // beginnings of outside headers it may not include
};

std::vector<std::string> all_of(std::initializer_list<std::vector<std::string>> lists) {
  std::vector<std::string> all;
  for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

const std::map<std::string, Room>& rooms() {
  static const std::map<std::string, Room> table{
      {"envs/", {{}, all_of({kTorch, kScreen, kFiles})}},
      {"core/graph/", {{"envs/"}, all_of({kTorch, kScreen, kFiles})}},
      {"core/run/", {{"core/graph/", "envs/"}, all_of({kTorch, kScreen})}},
      {"core/learn/", {{"core/run/", "core/graph/", "envs/"}, kScreen}},
      {"app/", {{"core/run/", "core/graph/", "envs/"}, kTorch}},
  };
  return table;
}

bool starts_with_any(const std::string& text, const std::vector<std::string>& beginnings) {
  return std::ranges::any_of(beginnings, [&](const auto& b) { return text.starts_with(b); });
}

/// What is wrong with the includes of one file, named by its path from the root of the project.
std::vector<std::string> violations(const std::string& path, const std::string& text) {
  const auto room = std::ranges::find_if(
      rooms(), [&](const auto& entry) { return path.starts_with(entry.first); });
  if (room == rooms().end()) return {};
  const auto& [name, rule] = *room;
  std::vector<std::string> found;
  static const std::regex include(R"re(^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">])re",
                                  std::regex::multiline);
  for (auto it = std::sregex_iterator(text.begin(), text.end(), include);
       it != std::sregex_iterator(); ++it) {
    const std::string header = (*it)[2];
    const bool project = starts_with_any(header, {"envs/", "core/", "app/", "tests/"});
    const bool open = header.starts_with(name) || starts_with_any(header, rule.doors);
    const bool bare = (*it)[1] == "\"" && !project;  // "file.h" hides which room it is in
    if ((project && !open) || bare || starts_with_any(header, rule.closed)) {
      found.push_back(path + " includes " + header);
    }
  }
  if (path.starts_with("app/") && path != "app/main.cpp" &&
      text.find("flowscope_start_session") != text.npos) {
    found.push_back(path + " names the trainer's factory");
  }
  return found;
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("no source goes through a door that is not there") {
  const fs::path root = FLOWSCOPE_SOURCE_DIR;
  int files = 0;
  for (const char* folder : {"envs", "core", "app"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      ++files;
      for (const std::string& wrong :
           violations(fs::relative(entry.path(), root).generic_string(), read(entry.path()))) {
        FAIL_CHECK(wrong);
      }
    }
  }
  CHECK(files > 30);
}

TEST_CASE("a planted violation is found") {
  const auto count = [](const char* path, const char* text) { return violations(path, text).size(); };
  CHECK(count("app/panels/x.cpp", "#include \"core/learn/trainer.h\"\n") == 1);
  CHECK(count("app/panels/x.cpp", "#include <torch/torch.h>\n") == 1);
  CHECK(count("app/panels/x.cpp", "// first\n  #  include <ATen/ATen.h>\n") == 1);
  CHECK(count("app/cli/x.cpp", "dlsym(library, \"flowscope_start_session\")") == 1);
  CHECK(count("core/run/x.h", "#include \"app/window/gui.h\"\n") == 1);
  CHECK(count("core/run/x.h", "#include \"core/learn/trainer.h\"\n#include <c10/core/X.h>\n") == 2);
  CHECK(count("core/graph/x.h", "#include \"core/run/config.h\"\n") == 1);
  CHECK(count("core/learn/x.cpp", "#include <epoxy/gl.h>\n") == 1);
  CHECK(count("core/learn/x.cpp", "#include \"app/draw/plot.h\"\n") == 1);
  CHECK(count("envs/x.cpp", "#include <nlohmann/json.hpp>\n#include \"core/graph/a.h\"\n") == 2);
  CHECK(count("envs/x.cpp", "#include \"bits.h\"\n") == 1);
}

TEST_CASE("the doors that are there are open") {
  const auto count = [](const char* path, const char* text) { return violations(path, text).size(); };
  CHECK(count("app/panels/x.cpp", "#include \"core/run/config.h\"\n#include <imgui.h>\n") == 0);
  CHECK(count("core/learn/x.cpp", "#include <torch/torch.h>\n#include \"core/learn/y.h\"\n") == 0);
  CHECK(count("core/run/x.cpp", "#include \"core/graph/y.h\"\n#include <sqlite3.h>\n") == 0);
  CHECK(count("core/graph/x.cpp", "#include \"envs/environment.h\"\n#include <vector>\n") == 0);
  CHECK(count("app/main.cpp", "\"flowscope_start_session\"") == 0);
}

}  // namespace flowscope
