#pragma once

#include <string>

#include "app/panels/curves.h"
#include "app/panels/panel.h"

namespace flowscope {

/// The list of all curves, once ImGui's popup of that name is open: `at` is where it hangs. Returns the
/// one picked, or nullptr.
const Curve* curve_menu(PanelContext& context, const std::string& popup, ImVec2 at, const Curve& chosen);

}  // namespace flowscope
