// Compiling the shaders that are built into the program.
#pragma once

#include <string_view>

namespace flowscope {

/// Links the embedded stages `name`.vert and `name`.frag. The GL context must be current. Throws
/// std::runtime_error with the driver's log.
unsigned make_program(std::string_view name);

}  // namespace flowscope
