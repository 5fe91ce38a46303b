// flowscope list: what there is to choose from, as a table for people or as JSON.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/table.h"
#include "core/run/errors.h"
#include "core/run/schema.h"

namespace flowscope {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

const char* kind_name(ParamKind kind) {
  switch (kind) {
    case ParamKind::kBoolean: return "boolean";
    case ParamKind::kInteger: return "integer";
    case ParamKind::kReal: return "real";
    case ParamKind::kChoice: return "choice";
    case ParamKind::kText: return "text";
  }
  return "";
}

/// "1 .. 4096", ">= 0", "learned, uniform" or "".
std::string allowed_values(const ParamSpec& spec) {
  std::string text;
  for (const std::string& choice : spec.choices) text += (text.empty() ? "" : ", ") + choice;
  if (!text.empty()) return text;
  const bool low = std::isfinite(spec.min), high = std::isfinite(spec.max);
  if (low && high) return to_text(spec.min) + " .. " + to_text(spec.max);
  if (low) return ">= " + to_text(spec.min);
  if (high) return "<= " + to_text(spec.max);
  return "";
}

Json value_json(const ParamValue& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

Json spec_json(const ParamSpec& spec) {
  Json json = {{"key", spec.key}, {"label", spec.label}, {"kind", kind_name(spec.kind)},
               {"default", value_json(spec.default_value)}};
  if (std::isfinite(spec.min)) json["min"] = spec.min;
  if (std::isfinite(spec.max)) json["max"] = spec.max;
  if (!spec.choices.empty()) json["choices"] = spec.choices;
  if (!spec.unit.empty()) json["unit"] = spec.unit;
  json["live"] = spec.live;
  json["help"] = spec.help;
  return json;
}

/// A named thing with parameters, for example an environment.
template <typename Entry>
Json entries_json(std::span<const Entry> entries) {
  Json all = Json::array();
  for (const Entry& entry : entries) {
    Json params = Json::array();
    for (const ParamSpec& spec : entry.params) params.push_back(spec_json(spec));
    all.push_back({{"name", entry.name}, {"title", entry.title}, {"about", entry.about},
                   {"params", params}});
  }
  return all;
}

template <typename Entry>
void print_entries(std::span<const Entry> entries) {
  std::vector<Row> rows;
  for (const Entry& entry : entries) rows.push_back({entry.name, entry.title, entry.about});
  print_table(rows);
}

struct KeyGroup {
  std::string title;  // "hypergrid"; "" for keys that always apply
  const std::vector<ParamSpec>* specs;
};

std::vector<KeyGroup> key_groups() {
  std::vector<KeyGroup> groups{{"", &base_schema()}};
  for (const EnvironmentEntry& entry : environments()) groups.push_back({entry.name, &entry.params});
  for (const ObjectiveEntry& entry : objectives()) {
    if (!entry.params.empty()) groups.push_back({entry.name, &entry.params});
  }
  return groups;
}

/// The same for a column of a table: the first of many choices, and how many there are.
std::string brief_values(const ParamSpec& spec) {
  constexpr size_t kMost = 56;
  std::string text = allowed_values(spec);
  if (text.size() <= kMost) return text;
  const size_t end = text.rfind(", ", kMost - 16);
  return text.substr(0, end) + ", ... " + std::to_string(spec.choices.size()) + " in all";
}

void print_keys() {
  std::vector<Row> rows{{"KEY", "DEFAULT", "ALLOWED", "MEANING"}};
  for (const KeyGroup& group : key_groups()) {
    for (const ParamSpec& spec : *group.specs) {
      const std::string only = group.title.empty() ? "" : group.title + ": ";
      rows.push_back({spec.key, to_text(spec.default_value), brief_values(spec),
                      only + spec.help});
    }
  }
  print_table(rows);
  std::printf("\nflowscope list KEY names all that one key may be.\n");
}

Json keys_json() {
  Json all = Json::array();
  for (const KeyGroup& group : key_groups()) {
    for (const ParamSpec& spec : *group.specs) {
      Json json = spec_json(spec);
      json["of"] = group.title.empty() ? Json() : Json(group.title);
      all.push_back(std::move(json));
    }
  }
  return all;
}

Json presets_json() {
  Json all = Json::array();
  for (const PresetEntry& preset : presets()) {
    all.push_back({{"name", preset.name}, {"title", preset.title}, {"about", preset.about}});
  }
  return all;
}

/// A key of that name; several worlds may have one.
const ParamSpec* find_key(const std::string& name) {
  for (const KeyGroup& group : key_groups()) {
    const auto found = std::ranges::find(*group.specs, name, &ParamSpec::key);
    if (found != group.specs->end()) return &*found;
  }
  return nullptr;
}

/// What one key may be set to, a choice a line.
void print_key(const ParamSpec& spec) {
  for (const std::string& choice : spec.choices) std::printf("%s\n", choice.c_str());
  if (spec.choices.empty()) {
    print_table({{spec.key, to_text(spec.default_value), allowed_values(spec), spec.help}});
  }
}

}  // namespace

int list(const std::string& what, bool json) {
  std::vector<std::string> names{"envs", "objectives", "presets", "keys"};
  const ParamSpec* key = find_key(what);
  if (!key && std::ranges::find(names, what) == names.end()) {
    for (const KeyGroup& group : key_groups()) {
      for (const ParamSpec& spec : *group.specs) names.push_back(spec.key);
    }
    const std::string near = nearest_name(what, names);
    throw UsageError("list: '" + what + "' is not allowed; it must be envs, objectives, presets, "
                     "keys or one key" +
                     (near.empty() ? std::string() : "; did you mean '" + near + "'?"));
  }
  if (key) {
    if (json) {
      std::printf("%s\n", spec_json(*key).dump(2).c_str());
    } else {
      print_key(*key);
    }
  } else if (json) {
    const Json all = what == "envs"         ? entries_json(environments())
                     : what == "objectives" ? entries_json(objectives())
                     : what == "presets"    ? presets_json()
                                            : keys_json();
    std::printf("%s\n", all.dump(2).c_str());
  } else if (what == "envs") {
    print_entries(environments());
  } else if (what == "objectives") {
    print_entries(objectives());
  } else if (what == "presets") {
    print_entries(presets());
  } else {
    print_keys();
  }
  return 0;
}

}  // namespace flowscope
