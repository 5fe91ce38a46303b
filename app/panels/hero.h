// The pictures that the hero shows, one function a tab, and what they share.
#pragma once

#include "app/panels/panel.h"
#include "app/panels/widgets.h"

namespace flowscope {

// Each draws into the content of the hero; the run has a graph and an exact view.
void draw_hero_map(PanelContext& context, const Rect& rect);
void draw_hero_flow(PanelContext& context, const Rect& rect);
void draw_hero_dag(PanelContext& context, const Rect& rect);
void draw_hero_objects(PanelContext& context, const Rect& rect);
void draw_hero_world(PanelContext& context, const Rect& rect);
void draw_hero_corner(PanelContext& context, const Rect& rect);  // of a continuous space
void draw_hero_compare(PanelContext& context, const Rect& rect);

/// The tab that is shown, never kBest: Minigrid opens on its world, and a world without a map on its
/// objects.
HeroTab effective_tab(const PanelContext& context);

/// "exact · step 2,000" and, while somebody watches, " · 40 ms ago".
std::string exact_words(const PanelContext& context);

/// A title with its formula in a quieter voice, cut to width; returns where it ends.
float title(const Theme& theme, float x, float centre_y, std::string_view name,
            std::string_view formula, float right);

/// Brings the cell flows of the map up to date.
struct FlowArrows;
const FlowArrows& flow_arrows(PanelContext& context);

struct MapFrame;
/// Arrows from cell to cell, width by the root of the flow; the faintest are left out.
void draw_flow_arrows(PanelContext& context, const MapFrame& frame, const std::vector<float>& flow);

}  // namespace flowscope
