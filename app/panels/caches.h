// What panels derive from a snapshot and keep until it changes, so that a frame costs little.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/draw/contour.h"
#include "app/panels/free_walk.h"
#include "app/panels/graph_layout.h"
#include "app/panels/panel.h"
#include "app/scene/room.h"
#include "core/run/config.h"

namespace flowscope {

/// One row of the Setup rail.
struct SetupRow {
  ParamSpec spec;
  ParamValue value;     // in the run's configuration
  ParamValue fallback;  // the default under the current choices
};
struct SetupCache {
  std::shared_ptr<const RunInfo> run;
  std::vector<SetupRow> rows;
};
/// The rows of the run's configuration; looked up once a run, as defaults depend on other choices.
const std::vector<SetupRow>& setup_rows(PanelContext& context);

/// An edit on its way: shown at once, sent when it is due, forgotten when the run shows it.
struct PendingEdit {
  ParamValue value;
  bool live = true;
  bool held = false;   // the mouse is still down
  bool dirty = false;  // not sent yet
  double sent_at = -1e9;
};
struct SetupEdits {
  std::map<std::string, PendingEdit> pending;
  std::string typing;  // key whose value is being typed
  std::string text;
  bool focus_text = false;  // the text field opens in this frame
};

struct DagCache {
  std::shared_ptr<const RunInfo> run;
  std::shared_ptr<const ExactView> exact;
  std::vector<std::int32_t> ranks;  // [S]
  GraphLayout layout;
  PartLimits limits;  // of the part, if not whole
  int focus = -1;
  bool whole = false;  // every state is shown
  double made_at = -1e9;
};

/// Cell to cell flows of the map.
struct FlowArrows {
  std::shared_ptr<const void> run_key, exact_key;
  int map = -1;
  std::vector<std::int32_t> from, to;  // cells
  std::vector<std::int32_t> arrow_of;  // [E] which arrow an edge adds to, -1 none
  std::vector<float> learned, demand;  // share of all trajectories
  float most = 0;
  std::string refusal;  // why there are none, in words
};

/// Objects by target, and the points of the scatter.
struct ObjectsCache {
  std::shared_ptr<const RunInfo> run;
  std::shared_ptr<const ExactView> exact;
  std::vector<int> ranked;          // states, highest target first
  std::vector<int> scatter_states;  // which state each point is
  std::vector<float> x, y;          // log R - log Z, log P_T
};

/// The room of the world that is shown, and what it was made from.
struct RoomCache {
  Shell shell;  // of the run
  std::shared_ptr<const RoomScene> scene;
  std::shared_ptr<const void> run, exact;
  int things = -1;                                  // see WorldScene
  bool flow = false, arrows = false, ends = false;  // layers
  ColorMap color_map = ColorMap::kViridis;
};

/// The eye on its way from one step to the next.
struct EyePath {
  Camera from, to;
  double since = 0;  // seconds
  int moment = -1;   // see WorldScene
  std::shared_ptr<const void> run;
};

/// What the policy does at the pose that is nearest to a person who walks freely.
struct PoseCache {
  std::shared_ptr<const void> exact;
  NearestPose nearest;
  std::string carried;
  PosePolicy policy;
};

/// The target's contours, and the cells of the moment that is shown.
struct DensityCache {
  std::shared_ptr<const RunInfo> run;
  std::vector<ContourSegment> contours;  // in cells of the map
  std::shared_ptr<const DensityView> density;
  int time = -1;
  std::vector<float> moment;  // [height, width] shares of the trajectories there
  float most = 0;
};

/// Histograms of the corner plot.
struct CornerCache {
  static constexpr int kBins = 32;  // along each axis
  struct Cell {
    std::vector<float> learned, target;  // [kBins] on the diagonal, [kBins, kBins] elsewhere
  };
  std::shared_ptr<const RunInfo> run;
  std::shared_ptr<const DensityView> density;
  std::vector<size_t> shown;  // axes
  std::vector<Cell> cells;    // [shown, shown]
  std::uint64_t version = 0;
};

/// What several runs side by side show, by the place of the run.
struct CompareCache {
  std::array<MapCells, kMostRuns> cells;
  MapCells preview;              // of a moment of the past
  std::vector<MapCells> strip;   // of the moments along the timeline, from left to right
};

struct PanelCaches {
  SetupCache setup;
  SetupEdits edits;
  DagCache dag;
  FlowArrows arrows;
  ObjectsCache objects;
  WorldFlow world_flow;
  RoomCache room;
  EyePath eye;
  PoseCache pose;
  DensityCache density;
  CornerCache corner;
  CompareCache compare;
};

/// The caches of this window, made at first use.
PanelCaches& caches(PanelContext& context);

}  // namespace flowscope
