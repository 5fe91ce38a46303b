// The pictures of runs that stand side by side: maps, or objects where a world has no map.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/panels/panel.h"

namespace flowscope {

/// Where the picture of a run stands, or why it has none.
struct CompareCard {
  Rect rect;
  std::string refusal;
};

struct CompareViews {
  PanelContext& context;
  const std::vector<RunView>& runs;
  std::vector<CompareCard> cards;  // one a run
  Rect target;                     // for the target and the colour bars
};

/// All with common limits and one cursor. Where no run has a picture, curves of all of them take the
/// place of pictures and reasons: then it returns false.
bool draw_compare_views(const CompareViews& views);

void draw_compare_maps(const CompareViews& views);
void draw_compare_objects(const CompareViews& views);
void draw_compare_curves(const CompareViews& views);

/// A tip beside the mouse: a heading, then one row for the target and one for each run.
void draw_compare_tip(PanelContext& context, const std::string& head,
                      const std::vector<std::pair<std::string, double>>& values);

}  // namespace flowscope
