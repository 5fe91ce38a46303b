// The world that a configuration asks for.
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/run/config.h"
#include "core/run/errors.h"
#include "core/run/picture_file.h"
#include "envs/conditioned.h"
#include "envs/registry.h"

namespace flowscope {
namespace {

/// Calls one of the entry's two makers, if it has it, with every parameter of its schema.
template <class Make, class... More>
auto made(const Config& config, const EnvironmentEntry& entry, Make make, More... more)
    -> decltype(make(Params(), more...)) {
  if (!make) return nullptr;
  Params values;
  for (const ParamSpec& spec : entry.params) values[spec.key] = config.get(spec.key);
  try {
    return make(values, more...);
  } catch (const std::invalid_argument& e) {
    throw UsageError(e.what());
  }
}

/// What a key says within the range that two others give, one number where they are equal. Throws
/// UsageError where the three do not go together.
double in_range(const Config& config, const std::string& low_key, const std::string& high_key,
                const std::string& key) {
  const double low = config.real(low_key), high = config.real(high_key);
  if (low > high) {
    throw UsageError(low_key + ": '" + to_text(low) + "' is not allowed; it must be at most " + high_key +
                     " = " + to_text(high));
  }
  const double value = low == high ? low : config.real(key);
  if (value < low || value > high) {
    throw UsageError(key + ": '" + to_text(value) + "' is not allowed; it must be from " + to_text(low) +
                     " to " + to_text(high) + ", the range that is trained");
  }
  return value;
}

/// The configuration under the second reward, whose keys are separated by semicolons.
Config with_second_reward(Config config) {
  const std::string text = config.text("conditional.second");
  std::vector<std::string> assignments;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(';', begin), text.size());
    const size_t first = text.find_first_not_of(' ', begin);
    if (first < end) assignments.push_back(text.substr(first, text.find_last_not_of(' ', end - 1) + 1 - first));
    begin = end + 1;
  }
  for (const std::string& assignment : assignments) {
    if (assignment.starts_with("reward.") && assignment.find('=') != assignment.npos) continue;
    throw UsageError("conditional.second: '" + assignment + "' is not allowed; it must be keys of the " +
                     "world's reward, as in reward.r1=2; reward.r2=0");
  }
  config.unset("conditional.second");
  try {
    config.set_all(assignments);
  } catch (const UsageError& error) {
    throw UsageError(std::string("conditional.second: ") + error.what());
  }
  return config;
}

/// The world at the condition that is shown; the world itself where that is the plain reward and the
/// only one.
std::shared_ptr<const Environment> conditioned(const Config& config, const EnvironmentEntry& entry,
                                               std::shared_ptr<const Environment> world) {
  const bool two = !config.text("conditional.second").empty();
  Condition condition;
  condition.beta = in_range(config, "conditional.low", "conditional.high", "conditional.shown");
  if (two) {
    condition.weight = in_range(config, "conditional.weight_low", "conditional.weight_high",
                                "conditional.weight_shown");
  }
  const bool fixed = config.real("conditional.low") == config.real("conditional.high");
  if (!two && fixed && condition == Condition()) return world;
  auto other = two ? made(with_second_reward(config), entry, entry.make) : nullptr;
  return std::make_shared<ConditionedEnvironment>(std::move(world), std::move(other), condition);
}

}  // namespace

std::shared_ptr<const Environment> Config::make_environment() const {
  const EnvironmentEntry& entry = *find_environment(text("environment.name"));
  auto world = made(*this, entry, entry.make);
  return world ? conditioned(*this, entry, std::move(world)) : nullptr;
}

std::shared_ptr<const ContinuousEnvironment> Config::make_space() const {
  const EnvironmentEntry& entry = *find_environment(text("environment.name"));
  return made(*this, entry, entry.make_continuous, &read_picture);
}

}  // namespace flowscope
