#include "core/run/config.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "core/run/errors.h"
#include "core/run/nearest.h"
#include "core/run/schema.h"

namespace flowscope {
namespace {

using Json = nlohmann::ordered_json;

/// Keys that decide which other keys exist come first.
bool selects_schema(std::string_view key) {
  return key == "environment.name" || key == "objective.name";
}

std::string shown(double x) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, x).ptr;
  return {text, end};
}

std::string allowed(const ParamSpec& spec) {
  switch (spec.kind) {
    case ParamKind::kBoolean: return "true or false";
    case ParamKind::kChoice: return "one of " + joined(spec.choices);
    case ParamKind::kText: return "a text";
    case ParamKind::kInteger:
    case ParamKind::kReal: break;
  }
  const std::string what = spec.kind == ParamKind::kInteger ? "an integer" : "a number";
  const bool low = std::isfinite(spec.min), high = std::isfinite(spec.max);
  if (low && high) return what + " from " + shown(spec.min) + " to " + shown(spec.max);
  if (low) return what + " of at least " + shown(spec.min);
  if (high) return what + " of at most " + shown(spec.max);
  return what;
}

/// A list that is too long for one line is cut to what may have been meant.
[[noreturn]] void reject(const ParamSpec& spec, std::string_view text) {
  constexpr size_t kLongList = 30, kSuggestions = 3;
  std::string what = "it must be " + allowed(spec);
  if (spec.choices.size() > kLongList) {
    const auto near = nearest_names(text, spec.choices, kSuggestions);
    what = (near.empty() ? "there are " : "near it are " + joined(near) + " of the ") +
           std::to_string(spec.choices.size()) + " choices that flowscope list " + spec.key + " shows";
  }
  throw UsageError(spec.key + ": '" + std::string(text) + "' is not allowed; " + what);
}

/// The value in the spec's kind and range; integers are accepted where reals are due, and reals
/// without a fraction where integers are.
ParamValue checked(const ParamSpec& spec, ParamValue value) {
  if (spec.kind == ParamKind::kReal && std::holds_alternative<std::int64_t>(value)) {
    value = static_cast<double>(std::get<std::int64_t>(value));
  }
  if (spec.kind == ParamKind::kInteger && std::holds_alternative<double>(value)) {
    const double x = std::get<double>(value);
    if (std::floor(x) == x && std::abs(x) < 9e15) value = static_cast<std::int64_t>(x);
  }
  const auto in_range = [&](double x) { return x >= spec.min && x <= spec.max; };
  bool good = false;
  switch (spec.kind) {
    case ParamKind::kBoolean: good = std::holds_alternative<bool>(value); break;
    case ParamKind::kText: good = std::holds_alternative<std::string>(value); break;
    case ParamKind::kChoice:
      good = std::holds_alternative<std::string>(value) &&
             std::ranges::find(spec.choices, std::get<std::string>(value)) != spec.choices.end();
      break;
    case ParamKind::kInteger:
      good = std::holds_alternative<std::int64_t>(value) &&
             in_range(static_cast<double>(std::get<std::int64_t>(value)));
      break;
    case ParamKind::kReal:
      good = std::holds_alternative<double>(value) && std::isfinite(std::get<double>(value)) &&
             in_range(std::get<double>(value));
      break;
  }
  if (!good) reject(spec, to_text(value));
  return value;
}

const ParamSpec* find_spec(std::span<const ParamSpec* const> schema, std::string_view key) {
  const auto found = std::ranges::find(schema, key, &ParamSpec::key);
  return found != schema.end() ? *found : nullptr;
}

/// The same among all keys that are not an environment's or an objective's.
const ParamSpec* find_base_spec(std::string_view key) {
  const auto found = std::ranges::find(base_schema(), key, &ParamSpec::key);
  return found != base_schema().end() ? &*found : nullptr;
}

[[noreturn]] void unknown_key(std::span<const ParamSpec* const> schema, std::string_view key) {
  if (const ParamSpec* spec = find_base_spec(key)) {
    throw UsageError(std::string(key) + ": acts only on worlds with " +
                     (spec->worlds == Worlds::kDiscrete ? "discrete" : "real-valued") +
                     " states, and environment.name is one of another kind");
  }
  std::vector<std::string> names;
  for (const ParamSpec* spec : schema) names.push_back(spec->key);
  const std::string near = nearest_name(key, names);
  throw UsageError("unknown key '" + std::string(key) + "'" +
                   (near.empty() ? std::string() : "; did you mean '" + near + "'?") +
                   " (flowscope list keys shows them all)");
}

void flatten(const Json& node, const std::string& prefix, std::string_view where, Params& out) {
  for (const auto& [name, value] : node.items()) {
    const std::string key = prefix.empty() ? name : prefix + "." + name;
    if (value.is_object()) {
      flatten(value, key, where, out);
    } else if (value.is_boolean()) {
      out[key] = value.get<bool>();
    } else if (value.is_number_integer()) {
      out[key] = value.get<std::int64_t>();
    } else if (value.is_number()) {
      out[key] = value.get<double>();
    } else if (value.is_string()) {
      out[key] = value.get<std::string>();
    } else {
      throw UsageError(std::string(where) + ": " + key + " must be a number, a text, true or false");
    }
  }
}

}  // namespace

std::string to_text(const ParamValue& value) {
  if (const bool* b = std::get_if<bool>(&value)) return *b ? "true" : "false";
  if (const auto* i = std::get_if<std::int64_t>(&value)) return std::to_string(*i);
  if (const double* d = std::get_if<double>(&value)) return shown(*d);
  return std::get<std::string>(value);
}

ParamValue parse_value(const ParamSpec& spec, std::string_view text) {
  if (spec.kind == ParamKind::kText || spec.kind == ParamKind::kChoice) {
    return checked(spec, std::string(text));
  }
  if (spec.kind == ParamKind::kBoolean) {
    if (text == "true" || text == "1" || text == "on") return true;
    if (text == "false" || text == "0" || text == "off") return false;
    reject(spec, text);
  }
  std::int64_t integer = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size()) {
    return checked(spec, integer);
  }
  double real = 0;
  parsed = std::from_chars(text.data(), text.data() + text.size(), real);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || text.empty()) {
    reject(spec, text);
  }
  return checked(spec, real);
}

Config Config::from_preset(std::string_view name) {
  std::vector<std::string> names;
  for (const PresetEntry& preset : presets()) {
    if (preset.name == name) {
      Config config = from_json(preset.json, "preset " + preset.name);
      config.preset = preset.name;
      config.title = preset.title;
      return config;
    }
    names.push_back(preset.name);
  }
  const std::string near = nearest_name(name, names);
  throw UsageError("unknown preset '" + std::string(name) + "'" +
                   (near.empty() ? std::string() : "; did you mean '" + near + "'?") +
                   " (flowscope list presets shows them all)");
}

Config Config::from_json(std::string_view text, std::string_view where) {
  const std::string file(where);
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& e) {
    const auto until = text.substr(0, std::min(text.size(), e.byte > 0 ? e.byte - 1 : 0));
    const auto line = 1 + std::count(until.begin(), until.end(), '\n');
    throw UsageError(file + ": line " + std::to_string(line) + ": not valid JSON");
  }
  if (!json.is_object()) throw UsageError(file + ": not a JSON object");
  if (!json.contains("flowscope")) {
    throw UsageError(file + ": \"flowscope\": 1 is missing, so this is no flowscope configuration");
  }
  if (json["flowscope"] != 1) {
    throw UsageError(file + ": \"flowscope\": " + json["flowscope"].dump() +
                     " is a version that this program does not know; it knows 1");
  }
  json.erase("flowscope");
  Config config;
  std::string title;
  for (const auto& [name, words] :
       {std::pair{"title", &title}, std::pair{"preset", &config.preset}}) {
    if (json.contains(name) && json[name].is_string()) *words = json[name].get<std::string>();
    json.erase(name);
  }
  json.erase("about");
  Params values;
  flatten(json, "", where, values);
  try {
    for (const bool selecting : {true, false}) {
      for (const auto& [key, value] : values) {
        if (selects_schema(key) == selecting) config.set(key, value);
      }
    }
  } catch (const UsageError& e) {
    throw UsageError(file + ": " + e.what());
  }
  if (!title.empty()) config.title = title;
  return config;
}

std::string Config::to_json() const {
  Json json = {{"flowscope", 1}};
  if (preset != "custom") json["preset"] = preset;
  if (!title.empty()) json["title"] = title;
  for (const ParamSpec* spec : schema()) {
    const auto found = set_.find(spec->key);
    if (found == set_.end()) continue;
    Json* node = &json;
    std::string_view rest = spec->key;
    for (auto dot = rest.find('.'); dot != rest.npos; dot = rest.find('.')) {
      node = &(*node)[std::string(rest.substr(0, dot))];
      rest.remove_prefix(dot + 1);
    }
    std::visit([&](const auto& v) { (*node)[std::string(rest)] = v; }, found->second);
  }
  return json.dump(2);
}

std::vector<const ParamSpec*> Config::schema() const {
  std::vector<const ParamSpec*> all;
  const auto chosen = [&](std::string_view key) {
    const auto found = set_.find(key);
    return std::get<std::string>(found != set_.end() ? found->second : find_base_spec(key)->default_value);
  };
  const auto other = find_environment(chosen("environment.name"))->make_continuous ? Worlds::kDiscrete
                                                                                   : Worlds::kContinuous;
  const auto add = [&](const std::vector<ParamSpec>& specs) {
    for (const ParamSpec& spec : specs) {
      if (spec.worlds != other) all.push_back(&spec);
    }
  };
  for (const ParamSpec& spec : base_schema()) {
    if (spec.worlds == other) continue;
    all.push_back(&spec);
    if (spec.key == "environment.name") add(find_environment(chosen(spec.key))->params);
    if (spec.key == "objective.name") add(find_objective(chosen(spec.key))->params);
  }
  return all;
}

ParamValue Config::default_of(const ParamSpec& spec) const {
  for (const ParamSpec* chooser : schema()) {
    if (std::ranges::none_of(chooser->implies, [&](const auto& c) { return c.second.contains(spec.key); })) continue;
    const auto choice = chooser->implies.find(std::get<std::string>(get(chooser->key)));
    if (choice == chooser->implies.end()) continue;
    const auto value = choice->second.find(spec.key);
    if (value != choice->second.end()) return value->second;
  }
  return spec.default_value;
}

ParamValue Config::get(std::string_view key) const {
  if (const auto found = set_.find(key); found != set_.end()) return found->second;
  const auto all = schema();
  const ParamSpec* spec = find_spec(all, key);
  if (!spec) throw std::logic_error("no such key: " + std::string(key));
  return default_of(*spec);
}

void Config::set(std::string_view key, ParamValue value) {
  const auto all = schema();
  const ParamSpec* spec = find_spec(all, key);
  if (!spec) unknown_key(all, key);
  value = checked(*spec, std::move(value));
  // What was said of one world does not hold of another.
  if (key == "environment.name" && value != get(key)) {
    title = find_environment(std::get<std::string>(value))->title;
  }
  if (!spec->implies.empty()) {  // choosing anew: what the choice brings takes effect
    const auto choice = spec->implies.find(std::get<std::string>(value));
    if (choice != spec->implies.end()) {
      for (const auto& [implied, ignored] : choice->second) set_.erase(implied);
    }
  }
  set_.insert_or_assign(std::string(key), std::move(value));
  if (selects_schema(key)) drop_inapplicable();
}

void Config::set_text(std::string_view key, std::string_view text) {
  const auto all = schema();
  const ParamSpec* spec = find_spec(all, key);
  if (!spec) unknown_key(all, key);
  set(key, parse_value(*spec, text));
}

void Config::set_all(std::span<const std::string> assignments) {
  const auto brings_others = [&](std::string_view key) {
    const auto all = schema();
    const ParamSpec* spec = find_spec(all, key);
    return spec && !spec->implies.empty();
  };
  for (const int round : {0, 1, 2}) {
    for (const std::string& text : assignments) {
      const auto equals = text.find('=');
      if (equals == text.npos || equals == 0) {
        throw UsageError("--set " + text + ": it must be key=value");
      }
      const std::string key = text.substr(0, equals);
      const int due = selects_schema(key) ? 0 : brings_others(key) ? 1 : 2;
      if (due == round) set_text(key, std::string_view(text).substr(equals + 1));
    }
  }
}

void Config::unset(std::string_view key) {
  if (const auto found = set_.find(key); found != set_.end()) set_.erase(found);
  if (selects_schema(key)) drop_inapplicable();
}

void Config::drop_inapplicable() {
  const auto all = schema();
  std::erase_if(set_, [&](const auto& entry) { return !find_spec(all, entry.first); });
}

}  // namespace flowscope
