// The window as a picture, drawn off-screen with the code of the window itself.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/panels/panel.h"
#include "app/window/framebuffer.h"
#include "app/window/png.h"

namespace flowscope {

struct PictureSpec {
  int width = 1600, height = 1000;  // logical pixels
  double scale = 1;                 // real pixels each
  std::string layout = "learn";     // learn, debug, compare or present
  std::string panel;                // "" for the whole window
  std::string view;                 // of the hero: map, flow, dag, objects, world, first-person, corner, compare
  int moment = -1;                  // in continuous spaces: steps into the trajectories; -1: their ends
  std::optional<std::pair<double, double>> point;  // there: where the policy is looked at
  std::vector<std::string> coordinates;  // there: of the corner plot, the first few
  int walk = 0;                     // in a world to walk in: so many of the policy's likeliest steps first
  std::string theme = "dark";       // dark or light
};

/// Throws UsageError, naming the option and what is allowed, before anything is drawn.
void check_picture(const PictureSpec& spec);

/// Draws what the window would show with nobody at the mouse; in first person and smaller than a
/// window can be, what the agent sees and nothing else. Throws UsageError without OpenGL.
Image draw_picture(const Snapshot& snapshot, const PictureSpec& spec);

/// The same of several runs; the first is the chosen one.
using Snapshots = std::vector<std::shared_ptr<const Snapshot>>;
/// `past` holds what each run has kept of its own, if anything.
using Timelines = std::vector<std::shared_ptr<const Timeline>>;
Image draw_picture(const Snapshots& runs, const PictureSpec& spec, const Timelines& past = {});

/// What the picture says of itself: Software, config, preset, seed and step.
PngText picture_text(const Snapshot& snapshot);
/// Of several runs that of the first, and the configuration of each other as "config B" and so on.
PngText picture_text(const Snapshots& runs);

}  // namespace flowscope
