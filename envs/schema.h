// A schema says what parameters a thing has. From it come the JSON validation, the output of
// `flowscope list` and the widgets of the Setup rail: a knob is written once.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace flowscope {

using ParamValue = std::variant<bool, std::int64_t, double, std::string>;

/// Values by dotted key, for example "reward.r0".
using Params = std::map<std::string, ParamValue, std::less<>>;

enum class ParamKind { kBoolean, kInteger, kReal, kChoice, kText };

/// The worlds on which a parameter acts: on the others it is not to be set.
enum class Worlds { kAll, kDiscrete, kContinuous };

/// One parameter: its name, type, range, default, unit and help.
struct ParamSpec {
  std::string key;    // dotted, as in --set key=value
  std::string label;  // two or three words for a person
  ParamKind kind = ParamKind::kReal;
  ParamValue default_value;
  double min = -std::numeric_limits<double>::infinity();  // inclusive, numbers only
  double max = std::numeric_limits<double>::infinity();   // inclusive, numbers only
  std::vector<std::string> choices;                       // kChoice only
  std::string unit;                                       // "" if it has none
  std::string help;                                       // one sentence
  bool live = true;         // may change while training; otherwise a change restarts the run
  bool logarithmic = false;  // a slider over it should be logarithmic
  Worlds worlds = Worlds::kAll;
  bool basic = false;        // shown at first sight in the Setup rail, otherwise under "more"

  // What a choice brings along: for a kChoice parameter, the defaults of other keys under each
  // choice, unless they are set themselves.
  std::map<std::string, Params> implies = {};
};

/// Reads a parameter that the schema guarantees to be there and of that type.
template <typename T>
const T& param(const Params& params, std::string_view key) {
  return std::get<T>(params.find(key)->second);
}

}  // namespace flowscope
