// The table of environments. A new one is a header, a source and one entry in registry.cpp.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "envs/continuous/grey_image.h"
#include "envs/environment.h"
#include "envs/schema.h"

namespace flowscope {

class ContinuousEnvironment;

struct EnvironmentEntry {
  std::string name;   // as in environment.name
  std::string title;  // for a person
  std::string about;  // one line
  std::vector<ParamSpec> params;
  /// Makes the environment. `params` holds a value, in range, for every key of the schema. Throws
  /// std::invalid_argument with one clear line where values do not go together.
  std::shared_ptr<const Environment> (*make)(const Params& params) = nullptr;
  /// The same for a world with real-valued states; every entry has one of the two.
  std::shared_ptr<const ContinuousEnvironment> (*make_continuous)(const Params& params,
                                                                  PictureReader read) = nullptr;
};

/// Every environment, in the order a person should meet them.
std::span<const EnvironmentEntry> environments();

/// The entry of that name, or nullptr.
const EnvironmentEntry* find_environment(std::string_view name);

}  // namespace flowscope
