#include "app/panels/run_names.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace flowscope {
namespace {

constexpr size_t kTold = 3;  // settings in a name

/// The value of a key that applies to the configuration, as text.
std::optional<std::string> value_of(const Config& config, const std::string& key) {
  for (const ParamSpec* spec : config.schema()) {
    if (spec->key == key) return to_text(config.get(key));
  }
  return std::nullopt;
}

/// Whether the configurations to which the key applies have different values of it.
bool tells_apart(std::span<const Config> configs, const std::string& key) {
  std::optional<std::string> first;
  for (const Config& config : configs) {
    const auto value = value_of(config, key);
    if (value && first && *value != *first) return true;
    if (value && !first) first = value;
    // Where it does not apply to all, only somebody's choice of a value is worth telling.
    if (!value && std::ranges::any_of(configs, [&](const Config& c) { return c.is_set(key); }))
      return true;
  }
  return false;
}

/// Every key that applies to any of them, in the order of the rail; what names the rest goes first.
std::vector<std::string> keys_of(std::span<const Config> configs) {
  std::vector<std::string> keys = {"environment.name", "objective.name"};
  for (const Config& config : configs) {
    for (const ParamSpec* spec : config.schema()) {
      if (std::ranges::find(keys, spec->key) == keys.end()) keys.push_back(spec->key);
    }
  }
  return keys;
}

}  // namespace

std::vector<std::string> run_names(std::span<const Config> configs) {
  std::vector<std::string> telling = keys_of(configs);
  std::erase_if(telling, [&](const std::string& key) { return !tells_apart(configs, key); });
  std::vector<std::string> names;
  for (const Config& config : configs) {
    std::string name;
    size_t told = 0, left = 0;
    for (const std::string& key : telling) {
      const auto value = value_of(config, key);
      if (!value) continue;
      if (told == kTold) {
        ++left;
        continue;
      }
      name += (told++ > 0 ? ", " : "") + key + " = " + (value->empty() ? "none" : *value);
    }
    if (left > 0) name += ", and " + std::to_string(left) + " more";
    names.push_back(!name.empty()        ? name
                    : configs.size() > 1 ? "the same settings"
                                         : "the only run");
  }
  return names;
}

std::string brief_name(const std::string& name) {
  constexpr std::string_view kEquals = " = ", kComma = ", ";
  std::string brief;
  for (size_t begin = 0; begin < name.size();) {
    const size_t end = std::min(name.find(kComma, begin), name.size());
    const size_t equals = name.find(kEquals, begin);
    if (equals < end) {
      const std::string key = name.substr(begin, equals - begin);
      const std::string last = key.substr(key.rfind('.') + 1);
      const size_t value = equals + kEquals.size();
      brief += (brief.empty() ? "" : ", ") + (last == "name" ? "" : last + " ") +
               name.substr(value, end - value);
    }
    begin = end + kComma.size();
  }
  return brief;
}

std::string run_letter(int place) { return std::string(1, static_cast<char>('A' + place)); }

}  // namespace flowscope
