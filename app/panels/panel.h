// What every panel is: a function that reads a snapshot, draws into its rectangle and sends
// commands. A panel keeps no state of its own; what must outlive a frame stands in UiState.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/draw/heatmap.h"
#include "app/draw/rect.h"
#include "app/window/theme.h"
#include "core/run/command.h"
#include "core/run/snapshot.h"
#include "core/run/timeline.h"

namespace flowscope {

/// kBest: what suits the world; kObjects: ranked objects and scatter; kWorld: a world to walk in; kCorner:
/// the coordinates of a continuous space, in pairs; kCompare: several runs side by side.
enum class HeroTab { kBest, kMap, kFlow, kDag, kObjects, kWorld, kCorner, kCompare };
enum class LowerTab { kDag, kTrajectories, kModes };

/// Cell sums of one snapshot for one map view, made once per snapshot and shared by the maps.
struct MapCells {
  std::vector<float> learned, target, difference, behaviour;  // [height, width], NaN = no state
  std::vector<float> visit, demand;  // [height, width] share of the flow: learned, asked for
  std::vector<std::int32_t> state;   // [height, width] the state of the cell, -1 none, -2 several
  std::vector<std::int32_t> cell_of;  // [S] the cell of each state, -1 if none
  MapView view;
  std::uint64_t version = 0;
  float max_learned = 0, max_target = 0, max_difference = 0, max_behaviour = 0, max_flow = 0;
  float min_target = 0;  // smallest positive
  int worst = -1;        // cell of the largest |difference|
  // What it was made from. Held, not only compared: an address may be used again.
  std::shared_ptr<const void> exact_key, run_key, behaviour_key;
  int map = -1;
};

/// The brush with which a reward is painted on the map (app/panels/brush.h). Lengths in units of the map.
struct Brush {
  bool on = false;
  double grey = 1, radius = 0.08;
  std::string map;     // on which the stroke under way is painted
  bool wipes = false;  // that stroke
  std::vector<std::pair<double, double>> places;  // it goes through, none between strokes
  std::vector<std::string> undone;                // strokes taken back, the last one at the end
  std::optional<std::string> sent;                // strokes on their way to the run
  double sent_at = -1e9;
};

/// A run of the window, as panels see it.
struct RunView {
  std::shared_ptr<const Snapshot> live;      // never null
  std::shared_ptr<const Snapshot> shown;     // that, or a moment of its past
  std::shared_ptr<const Timeline> timeline;  // null where none is kept
  int place = 0;           // 0 to 3: its letter, colour and dash, for as long as it lives
  std::int64_t began = 0;  // the step of another run from which it branched off
  std::string name;        // what tells it from the others: "objective.name = db"
};
constexpr size_t kMostRuns = 4;

/// What the person wants of the window's runs; the window obeys and clears it.
struct RunWish {
  bool add = false;
  int remove = -1;                     // index of a run
  std::optional<std::int64_t> branch;  // go on from that step of the selected run, as a run of its own
};

struct Walk;         // the person's walk in a world (app/panels/walk.h)
struct PanelCaches;  // what panels derive from a snapshot and keep (app/panels/caches.h)

/// Everything the person has chosen about the view, and nothing about the run.
struct UiState {
  bool dark = true;
  float scale = 1;          // of the theme: logical pixels to real ones
  float natural_scale = 1;  // the monitor's, what Ctrl+0 returns to
  HeroTab hero = HeroTab::kBest;
  LowerTab lower = LowerTab::kDag;
  int map = 0;                      // index in Environment::maps()
  ColorMap color_map = ColorMap::kViridis;
  bool log_color = false;
  bool shared_limits = true;
  bool show_flow = false;           // arrows on the learned map; mean steps in a continuous space
  bool show_trajectories = false;
  bool show_behaviour = false;      // the learned map shows what training sampled
  bool peek_target = false;         // G held
  int hovered_state = -1;           // graph id, linked in every view
  int selected_state = -1;
  std::optional<double> hover_step;  // cursor shared by all charts
  std::array<std::string, 4> charts{"distance", "log_z", "loss", "length"};  // ids of curves
  float rail_width = 296, right_width = 400, lower_height = 248;  // logical px, set by splitters
  bool show_rail = true, show_lower = true, show_right = true;
  std::string maximised;            // panel id, "" for none
  bool show_keys = false;           // F1
  bool show_more_settings = false;
  MapWindow zoom;                   // w = 0: whole map
  std::string toast;
  double toast_until = 0;
  MapCells cells;
  std::string hovered_panel;        // panel under the mouse, what F maximises
  bool want_full_screen = false;    // F11 and F12: asked of the window, which clears them
  bool want_screenshot = false;
  int hovered_cell = -1;          // of ui.cells, linked in all maps
  int next_state = -1, next_cell = -1;  // what the mouse is on in this frame: hovered in the next
  bool paced = false;  // fewer frames are drawn, for training's sake
  int frame = -1;                       // ImGui frame of the panels' last drawing
  bool dag_shows_target = false;  // nodes are filled by the target instead of the learned P_T
  std::uint32_t tip_id = 0;       // the widget under the mouse, and since when
  double tip_since = 0;
  bool first_person = false;      // the world from within instead of from above
  bool playing = false;           // the world has the keyboard, with its own keys
  double busy_until = 0;          // something moves by itself: frames are drawn until then
  bool world_flow = true, world_arrows = true, world_sight = true;  // layers of its picture
  bool world_ends = false;        // its colours show where walks end, not where they pass
  bool world_policy = false;  // seen from above, in place of the arrows
  // The map of a continuous space.
  bool show_contours = true, show_marginals = true, show_particles = false;
  int pinned_cell = -1;         // where the policy is looked at while the mouse is elsewhere
  double moment = -1;           // steps into the trajectories that it shows; -1: their ends
  double moving_since = -1;     // the moment runs by itself since then; -1: it stands
  std::array<int, 4> corner_axes{0, 1, 2, 3};
  Brush brush;
  std::string refused;  // a change by the run, as it has been told
  int run = 0;                       // of the window's runs: the one that most panels show and set
  std::optional<std::int64_t> past;  // the step that is looked at; none: the newest
  RunWish wish;
  std::shared_ptr<Walk> walk;
  std::shared_ptr<PanelCaches> caches;

  int focus_state() const { return hovered_state >= 0 ? hovered_state : selected_state; }
};

struct PanelContext {
  const Snapshot& snapshot;
  const Theme& theme;
  UiState& ui;
  std::function<void(Command)> send;
  double now = 0;             // seconds, for ages and easing
  bool interactive = true;    // false when a picture is taken: no hover, no "ago"
  std::map<std::string, Rect>* items = nullptr;  // filled with "panel/widget", for tests
  const char* panel = "";                        // the panel that is being drawn
  std::span<const RunView> runs = {};  // of the window, the one of `snapshot` at ui.run; none: it alone
};

// The panels, in reading order. Each draws inside `rect` and nowhere else: it is called inside an
// ImGui window without padding that covers `rect` exactly, on a ground of the colour of panels.
void draw_top_bar(PanelContext& context, const Rect& rect);
void draw_setup(PanelContext& context, const Rect& rect);
void draw_view_tabs(PanelContext& context, const Rect& rect);
void draw_hero(PanelContext& context, const Rect& rect);         // by ui.hero
void draw_hero_footer(PanelContext& context, const Rect& rect);  // layer chips
void draw_lower(PanelContext& context, const Rect& rect);        // by ui.lower
void draw_inspector(PanelContext& context, const Rect& rect);
void draw_charts(PanelContext& context, const Rect& rect);
void draw_timeline(PanelContext& context, const Rect& rect);
void draw_status(PanelContext& context, const Rect& rect);

/// Brings ui.cells up to date with the snapshot; cheap when nothing changed.
void update_map_cells(PanelContext& context);
/// The same for any cells, of that map of a snapshot's world.
void update_map_cells(const Snapshot& snapshot, int map, MapCells& cells);

}  // namespace flowscope
