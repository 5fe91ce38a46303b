#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "core/run/config.h"
#include "core/run/embedded.h"

namespace flowscope {
namespace {

/// "8^4" sorts before "16x16": digits compare as numbers.
bool natural_less(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (std::isdigit(static_cast<unsigned char>(a[0])) &&
        std::isdigit(static_cast<unsigned char>(b[0]))) {
      const auto number = [](std::string_view& t) {
        int n = 0;
        for (; !t.empty() && std::isdigit(static_cast<unsigned char>(t[0])); t.remove_prefix(1)) {
          n = 10 * n + (t[0] - '0');
        }
        return n;
      };
      const int x = number(a), y = number(b);
      if (x != y) return x < y;
      continue;
    }
    if (a[0] != b[0]) return a[0] < b[0];
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() < b.size();
}

}  // namespace

std::span<const PresetEntry> presets() {
  static const std::vector<PresetEntry> table = [] {
    std::vector<PresetEntry> entries;
    for (const EmbeddedFile& file : preset_files()) {
      const auto json = nlohmann::json::parse(file.text);
      entries.push_back({std::string(file.name.substr(0, file.name.rfind('.'))),
                         json.at("title").get<std::string>(), json.at("about").get<std::string>(),
                         std::string(file.text)});
    }
    std::ranges::sort(entries, [](const PresetEntry& a, const PresetEntry& b) {
      return natural_less(a.name, b.name);
    });
    return entries;
  }();
  return table;
}

}  // namespace flowscope
