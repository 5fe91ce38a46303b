// What runs that are compared are called.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/run/config.h"

namespace flowscope {

/// One name a configuration: the settings in which it differs from any of the others, as
/// "objective.name = db"; several are joined by commas and the least telling left out. "the same
/// settings" where nothing differs, "the only run" where there is one.
std::vector<std::string> run_names(std::span<const Config> configs);

/// The same where there is little room, or in a sentence: "db, batch 32"; "" where nothing differs.
std::string brief_name(const std::string& name);

/// "A" to "D".
std::string run_letter(int place);

}  // namespace flowscope
