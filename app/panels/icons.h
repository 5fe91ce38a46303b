// Signs drawn as shapes: no font at hand has them all.
#pragma once

#include <imgui.h>

namespace flowscope {

// Each is centred at `at` and fits a square of side `size`, in real pixels.
void icon_play(ImVec2 at, float size, ImU32 color);
void icon_pause(ImVec2 at, float size, ImU32 color);
void icon_step(ImVec2 at, float size, ImU32 color);      // >|
void icon_to_start(ImVec2 at, float size, ImU32 color);  // |<
void icon_restart(ImVec2 at, float size, ImU32 color);   // a circular arrow
void icon_chevron(ImVec2 at, float size, ImU32 color, bool up = false);
void icon_sun(ImVec2 at, float size, ImU32 color);
void icon_moon(ImVec2 at, float size, ImU32 color, ImU32 ground);
void icon_maximise(ImVec2 at, float size, ImU32 color, bool restore);
void icon_close(ImVec2 at, float size, ImU32 color);
void icon_warning(ImVec2 at, float size, ImU32 color, ImU32 ink);

/// The mark of the program: flow that parts and joins.
void icon_flow(ImVec2 at, float size, ImU32 color);

/// A straight arrow with a filled head.
void draw_arrow(ImDrawList* list, ImVec2 from, ImVec2 to, float width, float head, ImU32 color);

}  // namespace flowscope
