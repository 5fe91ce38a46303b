// What the user asked for, from the words of the command line.
#pragma once

#include <functional>

#include "core/run/session.h"

namespace flowscope {

/// A chosen command with its options; returns the exit code.
using Action = std::function<int(const TrainerLibrary&)>;

/// Throws UsageError where the words make no sense. Prints --help and --version itself.
Action parse_command_line(int argc, const char* const* argv);

}  // namespace flowscope
