// Colours and type of the window: one place, two themes. Figures from the window's plan: contrasts
// and colour distances are recomputed by a test.
#pragma once

#include <imgui.h>

#include <string>

namespace flowscope {

/// Every colour has one meaning. Truth is always neutral and dashed; runs A to D differ in dash and
/// marker too, never in colour alone.
struct Palette {
  ImU32 window, panel, panel_raised, line;
  ImU32 text, muted, faint;
  ImU32 accent, accent_text;   // Play, focus, selection
  ImU32 warning, danger, good;  // always beside words
  ImU32 run[4];                // A solid, B long dash, C dotted, D dash-dot
  ImU32 truth;                 // neutral
};

/// Fonts at their final pixel size; rebuilt when the UI scale changes. Sizes are ImGui's: the line
/// box in logical pixels, about 1.2 times what a style sheet calls the font size (1.3 for mono).
/// Body, bold and mono share one baseline.
struct Fonts {
  ImFont* body = nullptr;     // 17 px
  ImFont* bold = nullptr;     // 17 px, semi-bold: headings
  ImFont* readout = nullptr;  // 28 px, mono: the big numbers
  ImFont* small = nullptr;    // 15 px: captions
  ImFont* mono = nullptr;     // 17 px: every number that changes
  std::string note;           // why a fallback is in use, "" if none is
};

struct Theme {
  bool dark = true;
  float scale = 1;  // logical pixels to real ones
  Palette color;
  Fonts font;

  float px(float logical) const { return logical * scale; }
};

Palette dark_palette();
Palette light_palette();

/// Loads fonts into the current ImGui context at `scale` and sets ImGui's style and colours.
Theme make_theme(bool dark, float scale);

/// Changes the colours of a theme and of ImGui's style; the fonts stay.
void recolor(Theme& theme, bool dark);

}  // namespace flowscope
