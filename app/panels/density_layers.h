// What lies on and beside the map of a continuous space. Everything is in the snapshot: the policy is
// asked nothing here.
#pragma once

#include "app/panels/map_frame.h"

namespace flowscope {

/// Room for the marginals above and right of the learned map; 0 where none are shown.
float marginal_room(const PanelContext& context);

/// Densities of each coordinate alone: learned as an area, target as a dashed line.
/// The curve of a line takes all the room above it.
void draw_marginals(PanelContext& context, const MapFrame& frame, const std::vector<float>& cells, float room);
void draw_curve_names(const Theme& theme, const Rect& rect);

/// Contours of the target, paths, particles, the field of mean steps and the rose at the cursor.
void draw_density_layers(PanelContext& context, const MapFrame& frame);

/// The field of mean steps, and how the next step is distributed at one point, with the chance to stop.
void draw_field(PanelContext& context, const MapFrame& frame);
void draw_rose(PanelContext& context, const MapFrame& frame, int cell);

/// Whether the map shows trajectories under way rather than their ends.
bool shows_moment(const PanelContext& context);
/// The cells then: shares of the sampled trajectories, and the largest of them.
const std::vector<float>& moment_cells(PanelContext& context, float& most);
/// The slider of the moment; and its height, 0 where there is none.
float moment_room(const PanelContext& context);
void draw_moment(PanelContext& context, const Rect& rect);

}  // namespace flowscope
