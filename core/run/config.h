// The configuration of a run: values by dotted key, validated against the schemas of the trainer,
// of the chosen environment and of the chosen objective.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "envs/continuous/continuous_environment.h"
#include "envs/environment.h"
#include "envs/schema.h"

namespace flowscope {

/// An objective as the user sees it; core/learn holds the function of the same name.
struct ObjectiveEntry {
  std::string name;   // as in objective.name
  std::string title;  // "Trajectory balance"
  std::string about;  // one line
  std::vector<ParamSpec> params;
  bool learns_log_z = false;     // log Z is a parameter; otherwise it follows from the rest
  bool needs_flow = false;       // learns a state flow log F(s)
  bool forward_looking = false;  // log F(s) = log F~(s) - E(s)
  bool needs_stop = false;       // reads P_F(stop | s) and R(s) of every state
  bool needs_inflows = false;    // reads every edge into every visited state
  bool relative = false;         // the target is a prior policy's distribution times R
  bool incomplete = false;       // learns from trajectories that were left unfinished too
  bool chain = false;            // a baseline that walks among objects: no policy, nothing is learned
  Worlds worlds = Worlds::kAll;
};
std::span<const ObjectiveEntry> objectives();
const ObjectiveEntry* find_objective(std::string_view name);

/// An experiment that ships with the program (assets/presets/<name>.json).
struct PresetEntry {
  std::string name, title, about;
  std::string json;
};
std::span<const PresetEntry> presets();

/// Only values that differ from the defaults are held; everything else is looked up. Every setter
/// throws UsageError with one line that names the key, the value and what is allowed.
class Config {
 public:
  Config() = default;

  /// A preset by name.
  static Config from_preset(std::string_view name);
  /// A configuration file's text; `where` names it in errors.
  static Config from_json(std::string_view text, std::string_view where);
  /// The text of a configuration file: "flowscope": 1, then only what differs from the defaults.
  std::string to_json() const;

  /// Sets one key from its textual form, as in --set key=value.
  void set_text(std::string_view key, std::string_view text);
  void set(std::string_view key, ParamValue value);
  /// Sets several keys given as "key=value"; names of environments and objectives first, so that
  /// the order does not matter.
  void set_all(std::span<const std::string> assignments);
  /// Back to the default.
  void unset(std::string_view key);
  bool is_set(std::string_view key) const { return set_.contains(key); }

  ParamValue get(std::string_view key) const;
  std::int64_t integer(std::string_view key) const { return std::get<std::int64_t>(get(key)); }
  double real(std::string_view key) const { return std::get<double>(get(key)); }
  bool boolean(std::string_view key) const { return std::get<bool>(get(key)); }
  std::string text(std::string_view key) const { return std::get<std::string>(get(key)); }

  /// Every key that applies, in the order of the Setup rail.
  std::vector<const ParamSpec*> schema() const;
  /// The default of a key under the current choices.
  ParamValue default_of(const ParamSpec& spec) const;

  /// The environment that this configuration asks for; null where its states are real-valued.
  /// Throws UsageError.
  std::shared_ptr<const Environment> make_environment() const;
  /// The same for worlds with real-valued states; null for all others.
  std::shared_ptr<const ContinuousEnvironment> make_space() const;

  std::string preset = "custom";  // name it came from
  std::string title;

  bool operator==(const Config& other) const { return set_ == other.set_; }

 private:
  void drop_inapplicable();
  Params set_;
};

/// A value as text: "0.001", "true", "subtb".
std::string to_text(const ParamValue& value);

/// A value of the spec's kind from text, in range. Throws UsageError.
ParamValue parse_value(const ParamSpec& spec, std::string_view text);

/// The name in `names` nearest to `wrong` (edit distance), or "" if none is near.
std::string nearest_name(std::string_view wrong, std::span<const std::string> names);

}  // namespace flowscope
