// The pictures of the lower view, one function a tab. The run has a graph and an exact view.
#pragma once

#include "app/panels/panel.h"

namespace flowscope {

void draw_dag_slice(PanelContext& context, const Rect& rect);
void draw_trajectories(PanelContext& context, const Rect& rect);
void draw_modes(PanelContext& context, const Rect& rect);

}  // namespace flowscope
