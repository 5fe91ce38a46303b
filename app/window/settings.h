// What the window remembers from one time to the next.
#pragma once

#include <string>

#include "app/panels/panel.h"

namespace flowscope {

/// $XDG_CONFIG_HOME/flowscope/settings.json, or under ~/.config. Empty where neither is known.
std::string settings_file();

/// Reads theme, scale, column widths and charts into `ui`; a missing file changes nothing. Returns "", or a
/// line that says why the file was passed over. `scale` is relative to ui.natural_scale.
std::string load_settings(const std::string& file, UiState& ui);

/// What save_settings would write.
std::string describe_settings(const UiState& ui);

/// Writes them, whole or not at all. Returns "", or why it was not possible.
std::string save_settings(const std::string& file, const UiState& ui);

}  // namespace flowscope
