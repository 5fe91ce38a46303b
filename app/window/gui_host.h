// Dear ImGui in the current OpenGL context: its life, its fonts, its frames.
#pragma once

#include <functional>
#include <optional>

#include "app/window/framebuffer.h"
#include "app/window/theme.h"

namespace flowscope {

/// One at a time. The OpenGL context must be current whenever it is used and when it ends.
class GuiHost {
 public:
  GuiHost();
  ~GuiHost();
  GuiHost(const GuiHost&) = delete;
  GuiHost& operator=(const GuiHost&) = delete;

  /// The theme; fonts are rebuilt when `scale` changes. Not between begin and end of a frame.
  const Theme& theme(bool dark, float scale);

  /// Builds a frame and draws it into `target`, whose size is the window's; `seconds` have passed
  /// since the frame before. Returns the milliseconds spent building, drawing itself not counted.
  double frame(const Framebuffer& target, double seconds, const std::function<void()>& build);

 private:
  std::optional<Theme> theme_;
};

}  // namespace flowscope
