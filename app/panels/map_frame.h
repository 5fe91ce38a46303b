// One map with its axes, and the mouse on it. All maps of the hero share cursor, selection and
// zoom.
#pragma once

#include <string_view>
#include <vector>

#include "app/panels/panel.h"

namespace flowscope {

/// A map on the screen: where its cells stand and which of them are in view.
struct MapFrame {
  Rect cells;        // real pixels
  MapWindow window;  // cells in view

  /// Middle of a cell, or any point of the map in cell units; y upwards.
  ImVec2 point(double x, double y) const;
  ImVec2 cell(int index, int width) const;
  float cell_size() const { return window.w > 0 ? cells.w / static_cast<float>(window.w) : 0; }
};

/// The largest rectangle in `area` that shows the map with square cells, whole pixels each where
/// there is room; at the left, vertically centred.
Rect fit_map(const MapView& view, const Rect& area);

/// Room that axis labels need to the left of and below a map.
struct AxisRoom {
  float left = 0, bottom = 0;
};
AxisRoom axis_room(const Theme& theme, bool named);

struct MapLook {
  std::string_view id;
  const std::vector<float>* cells = nullptr;  // [height, width]; null or empty: nothing known yet
  ColorScale scale;
  bool axis_names = false;
  bool y_axis = true;  // false: the map stands beside one with the same axis
  std::uint64_t version = 0;  // of cells that are not those of ui.cells
};

/// Draws the cells and the axes and reads the mouse: hover, click, wheel, right drag, double click.
MapFrame draw_map(PanelContext& context, const MapLook& look, const Rect& cells);

/// Rings about the hovered and the selected cell; drawn after whatever lies on the map.
void mark_cells(PanelContext& context, const MapFrame& frame);

/// The state that a click on a cell means: its only one, or the one of highest target in it. -1
/// none.
int state_of_cell(const PanelContext& context, int cell);

/// "cell (3, 4)" or the state's own name.
std::string cell_label(const PanelContext& context, int cell);

}  // namespace flowscope
