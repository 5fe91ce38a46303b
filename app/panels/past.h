// Looking back: which moments of the chosen run are kept, and which one is shown.
#pragma once

#include "app/panels/panel.h"

namespace flowscope {

/// The chosen run as the window has it now; nullptr where panels are drawn without a window.
const RunView* chosen_run(const PanelContext& context);

/// Steps of the chosen run that can be looked at, in order.
std::vector<std::int64_t> kept_steps(const PanelContext& context);

/// Shows the kept moment nearest to that step, or what is live where the run is nearer.
void look_back(PanelContext& context, double step);

/// The kept moment nearest to that step, nullptr where none is kept.
const Moment* nearest_moment(const PanelContext& context, double step);

/// A tip beside the mouse: the learned map of a kept moment, and its distance to the target.
void draw_preview(PanelContext& context, const Moment& moment);

/// Small learned maps of kept moments along a time axis that ends at step `last`; nothing where the world has no
/// map.
void draw_strip(PanelContext& context, const Rect& rect, double last);

/// So many kept moments onwards, backwards where negative; past the last one lies what is live.
void move_in_past(PanelContext& context, int moments);

/// Asks for a run of its own from the moment that is looked at, or from the newest that is kept.
void branch_here(PanelContext& context);

/// A strip that says that this is the past, with the ways out of it; returns its height.
float draw_past_banner(PanelContext& context, const Rect& rect);

}  // namespace flowscope
