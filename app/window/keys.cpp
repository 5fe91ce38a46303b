// The keyboard: one table, from which the keys act and the overlay of F1 is made.
#include <GLFW/glfw3.h>

#include <algorithm>
#include <cmath>

#include "app/panels/brush.h"
#include "app/panels/compare.h"
#include "app/panels/hero.h"
#include "app/panels/past.h"
#include "app/panels/walk.h"
#include "app/window/gui.h"

namespace flowscope {
namespace {

constexpr int kShift = 1, kControl = 2, kAlt = 4;

/// Minigrid's and Miniworld's own keys, while the person walks in their worlds, and those under the
/// left hand. A key stands for the action of that name; the stop for "done".
constexpr struct {
  int key;
  const char* action;
  bool repeats;  // held down, it walks on
} kPlayKeys[] = {
    {GLFW_KEY_LEFT, "left", true},
    {GLFW_KEY_A, "left", true},
    {GLFW_KEY_RIGHT, "right", true},
    {GLFW_KEY_D, "right", true},
    {GLFW_KEY_UP, "forward", true},
    {GLFW_KEY_W, "forward", true},
    {GLFW_KEY_DOWN, "back", true},
    {GLFW_KEY_S, "back", true},
    {GLFW_KEY_SPACE, "toggle"},
    {GLFW_KEY_PAGE_UP, "pick up"},
    {GLFW_KEY_TAB, "pick up"},
    {GLFW_KEY_PAGE_DOWN, "drop"},
    {GLFW_KEY_LEFT_SHIFT, "drop"},
    {GLFW_KEY_ENTER, "stop"},
    {GLFW_KEY_KP_ENTER, "stop"},
};

bool is_play_key(int key) {
  return key == GLFW_KEY_BACKSPACE || key == GLFW_KEY_ESCAPE ||
         std::ranges::any_of(kPlayKeys, [&](const auto& k) { return k.key == key; });
}

void handle_play_keys(PanelContext& context) {
  Walk& my_walk = walk_of(context);
  const double stride = stride_of(my_walk), before = my_walk.stepped_at;
  const double since = context.now - before;  // all keys that are held go on together
  for (const auto& [key, action, repeats] : kPlayKeys) {
    const bool pressed = ImGui::IsKeyPressed(key, false);
    const bool goes_on = repeats && ImGui::IsKeyDown(key) && since >= stride;
    if (repeats && ImGui::IsKeyDown(key)) context.ui.busy_until = context.now + stride;
    if (!pressed && !goes_on) continue;
    take(my_walk, context.snapshot, action);
    // Where a held key goes on, one step begins when the last one ended.
    const bool in_stride = !pressed && since < 2 * stride;
    my_walk.stepped_at = in_stride ? before + stride : context.now;
    context.ui.busy_until = context.now + stride;
  }
  if (ImGui::IsKeyPressed(GLFW_KEY_BACKSPACE, false)) restart(my_walk);
  if (ImGui::IsKeyPressed(GLFW_KEY_ESCAPE, false)) context.ui.playing = false;
}

bool running(const PanelContext& c) { return c.snapshot.state == RunState::kRunning; }

void toggle_play(PanelContext& c, bool) {
  if (running(c)) {
    c.send(Pause{});
  } else {
    c.send(Play{});
  }
}
/// Who looks back goes on to the next moment that is kept; who does not, trains.
void step_one(PanelContext& c, bool) {
  if (c.ui.past) move_in_past(c, 1);
  else c.send(StepBy{1});
}
void step_many(PanelContext& c, bool) { c.send(StepBy{100}); }
void reset(PanelContext& c, bool) { c.send(Reset{}); }

void new_seed(PanelContext& c, bool) {
  if (!c.snapshot.run) return;
  Config config = c.snapshot.run->config;
  config.set("seed", config.integer("seed") + 1);
  c.send(Restart{config});
  show_toast(c.ui, c.now, "seed " + std::to_string(config.integer("seed")));
}

/// The speeds that the keys go through; 0, as fast as possible, is the last.
constexpr double kSpeeds[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000};

void change_speed(PanelContext& c, int direction) {
  const double now = c.snapshot.asked_rate;
  const auto count = static_cast<int>(std::size(kSpeeds));
  int at = count;
  if (now > 0) at = static_cast<int>(std::ranges::lower_bound(kSpeeds, now) - std::begin(kSpeeds));
  at = std::clamp(at + direction, 0, count);
  c.send(SetSpeed{at == count ? 0 : kSpeeds[at]});
}
void faster(PanelContext& c, bool) { change_speed(c, 1); }
void slower(PanelContext& c, bool) { change_speed(c, -1); }

template <int moments>
void step_back(PanelContext& c, bool) {
  if (kept_steps(c).empty()) return show_toast(c.ui, c.now, "No step is kept yet to look back at");
  move_in_past(c, moments);
}
void look_at_first(PanelContext& c, bool) {
  if (kept_steps(c).empty()) return show_toast(c.ui, c.now, "No step is kept yet to look back at");
  look_back(c, 0);
}
void look_live(PanelContext& c, bool) {
  if (!c.ui.past) show_toast(c.ui, c.now, "This is live");
  c.ui.past.reset();
}
void branch(PanelContext& c, bool) { branch_here(c); }

void add_run(PanelContext& c, bool) { c.ui.wish.add = true; }
void remove_run(PanelContext& c, bool) {
  if (c.runs.size() < 2) return show_toast(c.ui, c.now, "There is one run; C adds another to compare it with");
  c.ui.wish.remove = c.ui.run;
}
void next_run(PanelContext& c, bool) {
  if (c.runs.size() < 2) return show_toast(c.ui, c.now, "There is one run; C adds another to compare it with");
  choose_run(c, (c.ui.run + 1) % static_cast<int>(c.runs.size()));
}

void change_preset(PanelContext& c, int direction) {
  if (!c.snapshot.run) return;
  const auto all = presets();
  const auto count = static_cast<int>(all.size());
  const auto found = std::ranges::find(all, c.snapshot.run->config.preset, &PresetEntry::name);
  const int at = found == all.end() ? 0 : static_cast<int>(found - all.begin());
  const PresetEntry& next = all[static_cast<size_t>((at + direction + count) % count)];
  c.send(Restart{Config::from_preset(next.name)});
  c.ui.selected_state = c.ui.hovered_state = -1;
  c.ui.zoom = {};
  c.ui.map = 0;
  show_toast(c.ui, c.now, next.title);
}
void next_preset(PanelContext& c, bool) { change_preset(c, 1); }
void previous_preset(PanelContext& c, bool) { change_preset(c, -1); }

template <HeroTab tab>
void show_tab(PanelContext& c, bool) {
  c.ui.hero = tab;
}

template <bool UiState::*flag>
void toggle(PanelContext& c, bool) {
  c.ui.*flag = !(c.ui.*flag);
}

template <bool UiState::*flag>
void ask(PanelContext& c, bool) {
  c.ui.*flag = true;
}

void walk(PanelContext& c, bool) {
  c.ui.hero = HeroTab::kWorld;
  c.ui.playing = true;
}

void walk_freely(PanelContext& c, bool) {
  walk(c, true);
  if (effective_tab(c) == HeroTab::kWorld) toggle_free_walk(walk_of(c));
}

void paint(PanelContext& c, bool) {
  if (!can_paint(c)) return show_toast(c.ui, c.now, "The reward of this world is not painted; that of the box can be");
  c.ui.hero = HeroTab::kMap;
  c.ui.brush.on = !c.ui.brush.on;
}
void undo(PanelContext& c, bool) {
  if (!undo_stroke(c)) show_toast(c.ui, c.now, "There is no stroke to take back");
}
void redo(PanelContext& c, bool) {
  if (!redo_stroke(c)) show_toast(c.ui, c.now, "No stroke was taken back");
}

void peek(PanelContext& c, bool down) { c.ui.peek_target = down; }

void next_map(PanelContext& c, bool) {
  if (!c.snapshot.run || !c.snapshot.run->environment) return;
  const auto count = static_cast<int>(c.snapshot.run->environment->maps().size());
  if (count > 0) c.ui.map = (c.ui.map + 1) % count;
  c.ui.zoom = {};
}

void next_color_map(PanelContext& c, bool) {
  constexpr int kSequential = 4;  // the signed map is no choice
  c.ui.color_map = static_cast<ColorMap>((static_cast<int>(c.ui.color_map) + 1) % kSequential);
}

void maximise(PanelContext& c, bool) {
  UiState& ui = c.ui;
  const bool fixed = ui.hovered_panel.empty() || ui.hovered_panel == "top_bar" ||
                     ui.hovered_panel == "status";
  if (!ui.maximised.empty()) {
    ui.maximised.clear();
  } else if (ui.hovered_panel == "view_tabs" || ui.hovered_panel == "hero_footer" || fixed) {
    ui.maximised = "hero";
  } else {
    ui.maximised = ui.hovered_panel;
  }
}

void leave(PanelContext& c, bool) {
  UiState& ui = c.ui;
  if (ui.show_keys) {
    ui.show_keys = false;
  } else if (paints(c)) {
    ui.brush.on = false;
  } else if (!ui.maximised.empty()) {
    ui.maximised.clear();
  } else {
    ui.selected_state = ui.pinned_cell = -1;
  }
}

void zoom_ui(PanelContext& c, float factor) {
  c.ui.scale = std::clamp(std::round(c.ui.scale * factor * 20) / 20, 0.75f, 4.0f);
  show_toast(c.ui, c.now,
             "size " + std::to_string(static_cast<int>(std::lround(c.ui.scale * 100))) + " %");
}
void larger(PanelContext& c, bool) { zoom_ui(c, 1.1f); }
void smaller(PanelContext& c, bool) { zoom_ui(c, 1 / 1.1f); }
void normal_size(PanelContext& c, bool) { zoom_ui(c, c.ui.natural_scale / c.ui.scale); }

constexpr KeyBinding kBindings[] = {
    {GLFW_KEY_SPACE, 0, false, "Space", "play or pause training", toggle_play},
    {GLFW_KEY_RIGHT, 0, false, "Right", "one training step", step_one, true},
    {GLFW_KEY_RIGHT, kShift, false, "Shift+Right", "100 training steps", step_many, true},
    {GLFW_KEY_LEFT, 0, false, "Left", "look back one kept step", step_back<-1>, true},
    {GLFW_KEY_LEFT, kShift, false, "Shift+Left", "look back 10 kept steps", step_back<-10>, true},
    {GLFW_KEY_HOME, 0, false, "Home", "look at the first step", look_at_first},
    {GLFW_KEY_END, 0, false, "End", "back to live", look_live},
    {GLFW_KEY_ENTER, 0, false, "Enter", "branch: compare from this step on", branch},
    {GLFW_KEY_BACKSPACE, 0, false, "Backspace", "reset, same seed", reset},
    {GLFW_KEY_BACKSPACE, kShift, false, "Shift+Backspace", "reset, next seed", new_seed},
    {GLFW_KEY_EQUAL, 0, false, "=", "train faster", faster, true},
    {GLFW_KEY_MINUS, 0, false, "-", "train slower", slower, true},
    {GLFW_KEY_LEFT_BRACKET, 0, false, "[", "previous preset", previous_preset},
    {GLFW_KEY_RIGHT_BRACKET, 0, false, "]", "next preset", next_preset},
    {GLFW_KEY_1, 0, false, "1", "view: map", show_tab<HeroTab::kMap>},
    {GLFW_KEY_2, 0, false, "2", "view: flow", show_tab<HeroTab::kFlow>},
    {GLFW_KEY_3, 0, false, "3", "view: graph", show_tab<HeroTab::kDag>},
    {GLFW_KEY_4, 0, false, "4", "view: objects", show_tab<HeroTab::kObjects>},
    {GLFW_KEY_5, 0, false, "5", "view: world", show_tab<HeroTab::kWorld>},
    {GLFW_KEY_6, 0, false, "6", "view: corner plot", show_tab<HeroTab::kCorner>},
    {GLFW_KEY_7, 0, false, "7", "view: runs compared", show_tab<HeroTab::kCompare>},
    {GLFW_KEY_C, 0, false, "C", "compare with one more run", add_run},
    {GLFW_KEY_C, kShift, false, "Shift+C", "end the chosen run", remove_run},
    {GLFW_KEY_N, 0, false, "N", "choose the next run", next_run},
    {GLFW_KEY_P, 0, false, "P", "walk in the world, with its own keys", walk},
    {GLFW_KEY_R, 0, false, "R", "walk freely, or back", walk_freely},
    {GLFW_KEY_V, 0, false, "V", "the world from above or from within",
     toggle<&UiState::first_person>},
    {GLFW_KEY_O, 0, false, "O", "the policy at every place",
     toggle<&UiState::world_policy>},
    {GLFW_KEY_G, 0, true, "G", "hold: peek at the target", peek},
    {GLFW_KEY_L, 0, false, "L", "logarithmic colours", toggle<&UiState::log_color>},
    {GLFW_KEY_A, 0, false, "A", "flow arrows, mean steps", toggle<&UiState::show_flow>},
    {GLFW_KEY_T, 0, false, "T", "trajectories", toggle<&UiState::show_trajectories>},
    {GLFW_KEY_B, 0, false, "B", "what training sampled", toggle<&UiState::show_behaviour>},
    {GLFW_KEY_E, 0, false, "E", "paint the reward of a box", paint},
    {GLFW_KEY_Z, kControl, false, "Ctrl+Z", "take the last stroke back", undo, true},
    {GLFW_KEY_Y, kControl, false, "Ctrl+Y", "paint it again", redo, true},
    {GLFW_KEY_M, 0, false, "M", "next map of this world", next_map},
    {GLFW_KEY_K, 0, false, "K", "next colour map", next_color_map},
    {GLFW_KEY_F, 0, false, "F", "maximise the panel under the mouse", maximise},
    {GLFW_KEY_ESCAPE, 0, false, "Esc", "back; clear the selection", leave},
    {GLFW_KEY_TAB, 0, false, "Tab", "hide the left column", toggle<&UiState::show_rail>},
    {GLFW_KEY_TAB, kShift, false, "Shift+Tab", "hide the right column",
     toggle<&UiState::show_right>},
    {GLFW_KEY_D, 0, false, "D", "dark or light", toggle<&UiState::dark>},
    {GLFW_KEY_EQUAL, kControl, false, "Ctrl+=", "larger type", larger, true},
    {GLFW_KEY_MINUS, kControl, false, "Ctrl+-", "smaller type", smaller, true},
    {GLFW_KEY_0, kControl, false, "Ctrl+0", "normal type", normal_size},
    {GLFW_KEY_F1, 0, false, "F1", "this list", toggle<&UiState::show_keys>},
    {GLFW_KEY_F11, 0, false, "F11", "full screen", ask<&UiState::want_full_screen>},
    {GLFW_KEY_F12, 0, false, "F12", "save a picture of the window",
     ask<&UiState::want_screenshot>},
};

int modifiers_down(const ImGuiIO& io) {
  return (io.KeyShift ? kShift : 0) | (io.KeyCtrl ? kControl : 0) | (io.KeyAlt ? kAlt : 0);
}

/// "+" is Shift and "=" on many keyboards, and means what "=" alone means.
bool modifiers_match(const KeyBinding& binding, int down) {
  return down == binding.modifiers ||
         (binding.key == GLFW_KEY_EQUAL && (down & ~kShift) == binding.modifiers);
}

}  // namespace

std::span<const KeyBinding> key_bindings() { return kBindings; }

void handle_keys(PanelContext& context) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.WantTextInput || ImGui::IsAnyItemActive()) {
    context.ui.peek_target = false;
    return;
  }
  const bool playing = context.ui.playing && effective_tab(context) == HeroTab::kWorld;
  context.ui.playing = playing;
  if (playing) handle_play_keys(context);
  const int down = modifiers_down(io);
  for (const KeyBinding& binding : kBindings) {
    if (playing && is_play_key(binding.key)) continue;
    if (binding.hold) {
      binding.act(context, modifiers_match(binding, down) && ImGui::IsKeyDown(binding.key));
    } else if (modifiers_match(binding, down) &&
               ImGui::IsKeyPressed(binding.key, binding.repeats)) {
      binding.act(context, true);
    }
  }
}

}  // namespace flowscope
