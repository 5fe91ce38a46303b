// What a test or a script may know of the running window.
#pragma once

#include <map>
#include <span>
#include <string>

#include "app/panels/panel.h"

namespace flowscope {

struct WindowReport {
  const Snapshot& snapshot;
  std::span<const RunView> runs;
  const UiState& ui;
  const std::map<std::string, Rect>& items;  // real pixels
  std::span<const float> ui_ms;              // work of each frame, drawing not counted
  int frames = 0;
  double first_picture_ms = 0, seconds = 0;
  int width = 0, height = 0;
};

/// Writes it as JSON, whole or not at all. Throws UsageError when the file cannot be written.
void write_window_report(const std::string& file, const WindowReport& report);

}  // namespace flowscope
