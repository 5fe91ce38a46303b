#include "app/window/settings.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/panels/curves.h"

namespace flowscope {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string settings_file() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (config && *config) return (fs::path(config) / "flowscope" / "settings.json").string();
  if (home && *home) return (fs::path(home) / ".config" / "flowscope" / "settings.json").string();
  return "";
}

std::string load_settings(const std::string& file, UiState& ui) {
  std::ifstream in(file);
  if (!in) return "";
  try {
    const Json json = Json::parse(in);
    UiState read = ui;
    read.dark = json.value("theme", std::string(ui.dark ? "dark" : "light")) == "dark";
    read.scale = ui.natural_scale * std::clamp(json.value("scale", 1.0f), 0.5f, 4.0f);
    read.rail_width = std::clamp(json.value("rail_width", ui.rail_width), 232.0f, 480.0f);
    read.right_width = std::clamp(json.value("right_width", ui.right_width), 288.0f, 640.0f);
    read.lower_height = std::clamp(json.value("lower_height", ui.lower_height), 120.0f, 900.0f);
    const auto charts = json.value("charts", std::vector<std::string>());
    for (size_t i = 0; i < std::min(charts.size(), read.charts.size()); ++i) {
      if (find_curve(charts[i])) read.charts[i] = charts[i];
    }
    ui = std::move(read);
  } catch (const Json::exception&) {
    return "settings were not readable and are back to their defaults (" + file + ")";
  }
  return "";
}

std::string describe_settings(const UiState& ui) {
  const Json json = {{"theme", ui.dark ? "dark" : "light"},
                     {"scale", ui.scale / ui.natural_scale},
                     {"rail_width", ui.rail_width},
                     {"right_width", ui.right_width},
                     {"lower_height", ui.lower_height},
                     {"charts", ui.charts}};
  return json.dump(2);
}

std::string save_settings(const std::string& file, const UiState& ui) {
  if (file.empty()) return "there is no home directory to keep settings in";
  std::error_code error;
  fs::create_directories(fs::path(file).parent_path(), error);
  const std::string temporary = file + ".part" + std::to_string(getpid());
  {
    std::ofstream out(temporary);
    out << describe_settings(ui) << '\n';
    if (!out.flush()) return "cannot write " + file;
  }
  fs::rename(temporary, file, error);
  if (!error) return "";
  fs::remove(temporary, error);
  return "cannot write " + file;
}

}  // namespace flowscope
