// Where each panel stands. At 1600x1000 the figures are those of the window's plan; smaller windows
// give every part its share, down to 960x600.
#include <algorithm>
#include <cmath>

#include "app/window/gui.h"

namespace flowscope {
namespace {

constexpr float kTopBar = 48, kStatus = 28, kTabs = 32, kFooter = 32;

float mix(float small, float large, float t) { return small + (large - small) * t; }

/// 0 at the smallest window that is fully served, 1 from `full` on.
float share(float size, float smallest, float full) {
  return std::clamp((size - smallest) / (full - smallest), 0.0f, 1.0f);
}

struct Columns {
  float rail = 0, right = 0;
};

Columns columns(const UiState& ui, float width) {
  Columns c;
  if (ui.show_rail) c.rail = std::min(ui.rail_width, std::max(232.0f, 0.232f * width));
  if (ui.show_right) c.right = std::min(ui.right_width, std::max(288.0f, 0.28f * width));
  const float least_hero = 320;
  const float spare = width - least_hero - c.rail - c.right;
  if (spare < 0) {  // the columns give way together
    const float keep = std::max(0.0f, width - least_hero) / (c.rail + c.right);
    c.rail *= keep;
    c.right *= keep;
  }
  return {std::round(c.rail), std::round(c.right)};
}

std::map<std::string, Rect> maximised_layout(const std::string& name, float width, float height) {
  std::map<std::string, Rect> rects = {{"top_bar", {0, 0, width, kTopBar}},
                                       {"status", {0, height - kStatus, width, kStatus}}};
  const Rect middle{0, kTopBar, width, std::max(0.0f, height - kTopBar - kStatus)};
  if (name != "hero") {
    rects[name] = middle;
    return rects;
  }
  rects["view_tabs"] = {0, middle.y, width, kTabs};
  rects["hero"] = {0, middle.y + kTabs, width, std::max(0.0f, middle.h - kTabs - kFooter)};
  rects["hero_footer"] = {0, middle.y + middle.h - kFooter, width, kFooter};
  return rects;
}

}  // namespace

float lower_height(const UiState& ui, float middle_height) {
  const float most = std::max(0.0f, middle_height - kTabs - kFooter - 160);
  // The height that the person chose is that of a window with 800 px between bars.
  const float wanted = middle_height >= 800 ? ui.lower_height : ui.lower_height * middle_height / 800;
  return std::round(std::clamp(wanted, std::min(120.0f, most), most));
}

float timeline_height(float height) {
  return std::round(mix(72, 124, share(height, 600, 1000)));
}

std::map<std::string, Rect> layout(const UiState& ui, float width, float height) {
  if (!ui.maximised.empty()) return maximised_layout(ui.maximised, width, height);
  const auto [rail, right] = columns(ui, width);
  const float timeline = timeline_height(height);
  const float bottom = height - kStatus - timeline;
  const float middle = std::max(0.0f, bottom - kTopBar);
  // Runs side by side need the height for two maps each; what lies below is of one run alone.
  const bool has_lower = ui.show_lower && ui.hero != HeroTab::kCompare;
  const float centre = width - rail - right, lower = has_lower ? lower_height(ui, middle) : 0;
  const float hero = std::max(0.0f, middle - kTabs - kFooter - lower);

  std::map<std::string, Rect> rects;
  rects["top_bar"] = {0, 0, width, kTopBar};
  if (rail > 0) rects["setup"] = {0, kTopBar, rail, middle};
  rects["view_tabs"] = {rail, kTopBar, centre, kTabs};
  rects["hero"] = {rail, kTopBar + kTabs, centre, hero};
  rects["hero_footer"] = {rail, kTopBar + kTabs + hero, centre, kFooter};
  if (lower > 0) rects["lower"] = {rail, bottom - lower, centre, lower};
  if (right > 0) {
    const float inspector = std::round(mix(200, 272, share(middle, 424, 800)));
    rects["inspector"] = {width - right, kTopBar, right, inspector};
    rects["charts"] = {width - right, kTopBar + inspector, right, middle - inspector};
  }
  rects["timeline"] = {0, bottom, width, timeline};
  rects["status"] = {0, height - kStatus, width, kStatus};
  return rects;
}

}  // namespace flowscope
