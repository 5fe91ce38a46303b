// The few widgets that every panel is made of, drawn to flowscope's own taste on ImGui's draw list.
// All lengths are real pixels; Theme::px turns logical ones into those.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/draw/text.h"
#include "app/panels/panel.h"

namespace flowscope {

/// The baseline on which a line of text is centred about `centre_y`; fonts of all sizes that share
/// a row share it.
float baseline(const Theme& theme, float centre_y);

/// Draws one line of text on a baseline.
void draw_text(ImFont* font, float x, float base, ImU32 color, std::string_view text,
               Align align = Align::kLeft);

/// Draws a paragraph broken into lines of `width`, its top left at `at`; returns its height.
float draw_paragraph(ImFont* font, ImVec2 at, float width, ImU32 color, std::string_view text);

ImU32 mix(ImU32 a, ImU32 b, float t);

/// Clips to a panel, paints its ground and names it for as long as it lives.
class PanelScope {
 public:
  PanelScope(PanelContext& context, const char* name, const Rect& rect, ImU32 ground);
  PanelScope(PanelContext& context, const char* name, const Rect& rect);
  ~PanelScope();
  PanelScope(const PanelScope&) = delete;
  PanelScope& operator=(const PanelScope&) = delete;

 private:
  PanelContext& context_;
  const char* outer_;
};

/// A part of a panel that scrolls where its content is taller than it.
class ScrollArea {
 public:
  ScrollArea(PanelContext& context, const char* id, const Rect& rect);
  ~ScrollArea();
  ScrollArea(const ScrollArea&) = delete;
  ScrollArea& operator=(const ScrollArea&) = delete;

  /// Where content starts, moved up by what is scrolled, and how wide it may be.
  float x() const { return x_; }
  float y() const { return y_; }
  float width() const { return width_; }
  /// Says how far the content reaches; without it nothing scrolls.
  void set_bottom(float y);

 private:
  float x_ = 0, y_ = 0, width_ = 0;
};

struct Hit {
  bool clicked = false, hovered = false, held = false, double_clicked = false;
};
/// An area that reacts to the mouse, with a tip that appears after a moment's rest.
Hit hit_area(PanelContext& context, std::string_view id, const Rect& rect,
             std::string_view tip = {});

/// The mouse is on something that shows this state: every view marks it in the next frame.
void hover(PanelContext& context, int state, int cell = -1);

enum class ButtonKind { kQuiet, kOutline, kAccent };
/// A button with a label; returns whether it was clicked.
bool button(PanelContext& context, std::string_view id, const Rect& rect, std::string_view label,
            ButtonKind kind, std::string_view tip = {});

/// Paints the ground of a button and returns the colour for what stands on it.
ImU32 button_ground(const Theme& theme, const Rect& rect, ButtonKind kind, const Hit& hit);

/// A chip that is on or off, as wide as its label; moves `x` past itself. Returns a click.
bool chip(PanelContext& context, std::string_view id, float& x, float centre_y,
          std::string_view label, bool on, std::string_view tip = {});

/// A tab with an underline where it is the open one; moves `x` past itself. Returns a click.
bool tab(PanelContext& context, std::string_view id, float& x, const Rect& row,
         std::string_view label, bool open, std::string_view tip = {});

/// Equal parts of one row of which one is chosen; returns the part clicked or -1.
int segments(PanelContext& context, std::string_view id, const Rect& rect,
             const std::vector<std::string>& labels, int chosen);

/// A button that opens a list; returns the item picked or -1. Captions may be empty.
struct ComboItem {
  std::string label, caption;
};
int combo(PanelContext& context, std::string_view id, const Rect& rect, std::string_view shown,
          const std::vector<ComboItem>& items, int chosen, std::string_view tip = {});

/// A small pill with words, right- or left-aligned at x; returns its width.
float pill(const Theme& theme, float x, float centre_y, std::string_view text, ImU32 color,
           Align align = Align::kLeft);

/// A heading in small letters over a part of a panel.
void heading(const Theme& theme, float x, float centre_y, std::string_view text);

/// A horizontal bar of a share in [0, 1] on a track.
void share_bar(const Theme& theme, const Rect& rect, double share, ImU32 color);

/// Grey bars where content will be.
void skeleton(const Theme& theme, const Rect& rect, int lines);

void fill(const Rect& rect, ImU32 color, float rounding = 0);
void outline(const Rect& rect, ImU32 color, float rounding = 0, float thickness = 1);
void hairline(float x0, float y0, float x1, float y1, ImU32 color);

}  // namespace flowscope
