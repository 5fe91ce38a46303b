// Painting the reward on the map of a world that can take it: strokes of a brush become the text of
// reward.strokes (envs/continuous/painting.h), and so a live change of the run like any other.
#pragma once

#include "app/panels/map_frame.h"
#include "app/panels/widgets.h"

namespace flowscope {

/// Whether this world has a reward to paint.
bool can_paint(PanelContext& context);
/// Whether the mouse paints.
bool paints(PanelContext& context);

/// What the mouse does on a map: the left button paints, with Shift it wipes; the wheel sizes the brush.
void react_with_brush(PanelContext& context, std::string_view map, const MapFrame& frame, const Hit& hit);
/// The brush at the mouse and the stroke under way.
void draw_brush(PanelContext& context, const MapFrame& frame);

/// Take the last stroke back, and paint it again; false where there is none.
bool undo_stroke(PanelContext& context);
bool redo_stroke(PanelContext& context);

/// The brush's controls in the footer; moves `x` past them.
void brush_chips(PanelContext& context, float& x, float middle);

}  // namespace flowscope
