// What is common to everything that is drawn by a shader inside ImGui's draw list.
#pragma once

#include <imgui.h>

#include <string_view>

namespace flowscope {

/// Links the embedded stages `name`.vert and `name`.frag. The GL context must be current. Throws
/// std::runtime_error with the driver's log.
unsigned make_program(std::string_view name);

/// Limits drawing to a command's clip rectangle, as ImGui's own renderer does; for its callbacks.
void set_scissor(const ImDrawCmd& command);

}  // namespace flowscope
