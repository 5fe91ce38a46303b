// The typefaces of the window, found through fontconfig.
#pragma once

#include "app/window/theme.h"

namespace flowscope {

/// Clears ImGui's font atlas and fills it anew at `scale`. Where Inter or JetBrains Mono is missing,
/// DejaVu or at last ImGui's own font takes its place and `note` says so. The atlas is built, not
/// uploaded.
Fonts load_fonts(float scale);

}  // namespace flowscope
