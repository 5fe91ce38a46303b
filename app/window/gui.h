// One frame of the window: the window, the off-screen picture and the tests all call it.
#pragma once

#include <map>
#include <string>

#include "app/panels/panel.h"

namespace flowscope {

/// Where each panel stands, in logical pixels, for a window of that logical size. The panels tile
/// the window without overlap.
std::map<std::string, Rect> layout(const UiState& ui, float width, float height);

/// Builds one ImGui frame between NewFrame and Render. `width` and `height` are in real pixels.
void build_gui(PanelContext& context, float width, float height);

/// One key and what it does; the overlay of F1 and the tests read this table.
struct KeyBinding {
  int key = 0;         // GLFW key code
  int modifiers = 0;   // bits: 1 shift, 2 control, 4 alt
  bool hold = false;   // acts while held down
  const char* keys = "";    // as shown: "Shift+Right"
  const char* action = "";  // as shown: "100 steps"
  void (*act)(PanelContext& context, bool down) = nullptr;
};
std::span<const KeyBinding> key_bindings();

/// Acts on the keys pressed in this ImGui frame, unless a text field has the keyboard.
void handle_keys(PanelContext& context);

}  // namespace flowscope
