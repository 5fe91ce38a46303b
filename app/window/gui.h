// One frame of the window: the window, the off-screen picture and the tests all call it.
#pragma once

#include <map>
#include <span>
#include <string>

#include "app/panels/panel.h"

namespace flowscope {

/// The smallest window that shows everything, in logical pixels.
constexpr float kLeastWidth = 960, kLeastHeight = 600;

/// Where each panel stands, in logical pixels, for a window of that logical size. The panels tile
/// the window without overlap; hidden ones are not in the map.
std::map<std::string, Rect> layout(const UiState& ui, float width, float height);

/// Height of the lower view when there are so many logical pixels between top bar and timeline.
float lower_height(const UiState& ui, float middle_height);

/// Builds one ImGui frame between NewFrame and Render. `width` and `height` are in real pixels.
void build_gui(PanelContext& context, float width, float height);

/// Drags the borders between panels; the widths stay in ui. Called by build_gui.
void draw_splitters(PanelContext& context, const std::map<std::string, Rect>& panels,
                    float width);

/// The list of keys (F1) and the toast, above everything. Called by build_gui.
void draw_overlays(PanelContext& context, float width, float height);

/// Shows a line at the bottom of the window for a few seconds.
void show_toast(UiState& ui, double now, std::string text);

/// One key and what it does; the overlay of F1 and the tests read this table.
struct KeyBinding {
  int key = 0;         // GLFW key code
  int modifiers = 0;   // bits: 1 shift, 2 control, 4 alt
  bool hold = false;   // acts while held down, and once more when let go
  const char* keys = "";    // as shown: "Shift+Right"
  const char* action = "";  // as shown: "100 steps"
  void (*act)(PanelContext& context, bool down) = nullptr;
  bool repeats = false;  // acts again and again while held down
};
std::span<const KeyBinding> key_bindings();

/// Acts on the keys pressed in this ImGui frame, unless a text field has the keyboard.
void handle_keys(PanelContext& context);

}  // namespace flowscope
