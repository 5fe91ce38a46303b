// Presets, transport, speed and step.
#include <algorithm>
#include <cmath>

#include "app/draw/plot.h"
#include "app/panels/icons.h"
#include "app/panels/slider.h"
#include "app/panels/widgets.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

constexpr double kSlowest = 1, kFastest = 2000;  // steps per second at the ends of the slider
constexpr double kUnbounded = 0.94;              // beyond this position: as fast as possible

double speed_position(double rate) {
  if (rate <= 0) return 1;
  const double p = std::log(rate / kSlowest) / std::log(kFastest / kSlowest);
  return std::clamp(p, 0.0, 1.0) * (kUnbounded - 0.02);
}

double speed_at(double position) {
  if (position >= kUnbounded) return 0;
  const double p = position / (kUnbounded - 0.02);
  return std::round(kSlowest * std::pow(kFastest / kSlowest, std::min(p, 1.0)));
}

/// What has room. Things leave from the top of this list first when the window is narrow.
struct Room {
  bool progress = true, speed_words = true, name = true;
  float preset = 240, speed = 128, step = 150;
};

float used(const Room& room, bool has_progress) {
  float w = 12 + room.preset + 16 + 128 + 12 + 92 + 20 + room.speed + 12 + room.step + 84;
  if (room.name) w += 116;
  if (room.speed_words) w += 138;
  if (room.progress && has_progress) w += 150;
  return w;
}

Room fit_room(float width, bool has_progress) {
  Room room;
  if (used(room, has_progress) > width) room.progress = false;
  if (used(room, has_progress) > width) room.preset = 190;
  if (used(room, has_progress) > width) room.speed = 96;
  if (used(room, has_progress) > width) room.name = false;
  if (used(room, has_progress) > width) room.speed_words = false;
  return room;
}

void pick_preset(PanelContext& context, const Rect& rect) {
  std::vector<ComboItem> items;
  int chosen = -1;
  const RunInfo* run = context.snapshot.run.get();
  for (const PresetEntry& p : presets()) {
    if (run && run->config.preset == p.name) chosen = static_cast<int>(items.size());
    items.push_back({p.title, p.about});
  }
  std::string shown = context.snapshot.state == RunState::kFailed ? "No trainer" : "Loading";
  if (run) shown = run->config.title.empty() ? run->config.preset : run->config.title;
  const int picked = combo(context, "preset", rect, shown, items, chosen);
  if (picked < 0) return;
  try {
    context.send(Restart{Config::from_preset(presets()[static_cast<size_t>(picked)].name)});
    context.ui.selected_state = context.ui.hovered_state = -1;
    context.ui.zoom = {};
  } catch (const UsageError& error) {
    context.ui.toast = error.what();
    context.ui.toast_until = context.now + 6;
  }
}

float transport(PanelContext& context, float x, float middle) {
  const Theme& t = context.theme;
  const float size = t.px(32), gap = t.px(4), icon = t.px(12);
  const bool ready = context.snapshot.run && context.snapshot.state != RunState::kFailed;
  const bool running = context.snapshot.state == RunState::kRunning;
  const auto place = [&](float width) {
    const Rect r{x, std::round(middle - size / 2), width, size};
    x += width + gap;
    return r;
  };
  const auto center = [](const Rect& r) { return ImVec2{r.x + r.w / 2, r.y + r.h / 2}; };
  ImGui::BeginDisabled(!ready);
  const Rect start = place(size);
  const Hit to_start = hit_area(context, "to_start", start, "Back to step 0, same seed");
  icon_to_start(center(start), icon, button_ground(t, start, ButtonKind::kQuiet, to_start));
  const Rect play = place(t.px(52));
  const Hit toggle = hit_area(context, "play", play, running ? "Pause (Space)" : "Play (Space)");
  const ImU32 ink = button_ground(t, play, ButtonKind::kAccent, toggle);
  if (running) {
    icon_pause(center(play), icon, ink);
  } else {
    icon_play(center(play), icon * 1.1f, ink);
  }
  const Rect step = place(size);
  const Hit one = hit_area(context, "step", step, "One training step (Right)");
  icon_step(center(step), icon, button_ground(t, step, ButtonKind::kQuiet, one));
  ImGui::EndDisabled();
  if (ready && to_start.clicked) context.send(Reset{});
  if (ready && toggle.clicked) context.send(running ? Command(Pause{}) : Command(Play{}));
  if (ready && one.clicked) context.send(StepBy{1});
  return x - gap;
}

void reset_menu(PanelContext& context, const Rect& rect) {
  static const std::vector<ComboItem> kItems = {
      {"Same seed", "The same first weights, the same run again"},
      {"New seed", "Other first weights, other samples"},
      {"Restore default settings", "Every setting back to the preset's own"}};
  const int picked = combo(context, "reset", rect, "Reset", kItems, -1);
  const RunInfo* run = context.snapshot.run.get();
  if (picked < 0 || !run) return;
  if (picked == 0) context.send(Reset{});
  if (picked == 1) context.send(SetParam{"seed", run->config.integer("seed") + 1});
  if (picked == 2) {
    const auto known = std::ranges::find(presets(), run->config.preset, &PresetEntry::name);
    context.send(Restart{known != presets().end() ? Config::from_preset(known->name) : Config()});
  }
}

/// Asked against measured: "118 of 120 it/s", "1,180 it/s, unbounded".
std::string speed_words(const Snapshot& s) {
  const auto measured = static_cast<std::int64_t>(std::llround(s.metrics.iterations_per_second));
  const bool moving = s.state == RunState::kRunning;
  const std::string rate = moving ? format_count(measured) : "paused";
  if (s.asked_rate <= 0) return moving ? rate + " it/s, max" : "max speed";
  const auto asked = static_cast<std::int64_t>(std::llround(s.asked_rate));
  return moving ? rate + " of " + format_count(asked) + " it/s" : format_count(asked) + " it/s";
}

float speed(PanelContext& context, const Room& room, float x, float middle) {
  const Theme& t = context.theme;
  const Rect track{x, middle - t.px(12), t.px(room.speed), t.px(24)};
  bool held = false, released = false;
  const auto moved = slider_track(context, "speed", track,
                                  speed_position(context.snapshot.asked_rate), held, released,
                                  "Speed: steps per second asked for; at the right end as fast as "
                                  "possible\nFaster =, slower -");
  if (moved && speed_at(*moved) != context.snapshot.asked_rate) {
    context.send(SetSpeed{speed_at(*moved)});
  }
  x += track.w + t.px(12);
  if (!room.speed_words) return x;
  draw_text(t.font.mono, x, baseline(t, middle), t.color.muted,
            shortened(t.font.mono, speed_words(context.snapshot), t.px(130)));
  return x + t.px(138);
}

void step_count(PanelContext& context, float x, float middle, float width) {
  const Theme& t = context.theme;
  const float base = baseline(t, middle);
  draw_text(t.font.small, x, base, t.color.muted, "step");
  const float shift = t.px(34);
  const std::string digits = format_count(context.snapshot.metrics.step);
  ImFont* font = text_width(t.font.readout, digits) > width - shift ? t.font.mono : t.font.readout;
  draw_text(font, x + shift, base, t.color.text, digits);
}

void progress(PanelContext& context, float x, float middle) {
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  const double share = static_cast<double>(s.metrics.step) / static_cast<double>(s.run_until);
  share_bar(t, {x, middle - t.px(2), t.px(56), t.px(4)}, share, t.color.accent);
  draw_text(t.font.small, x + t.px(64), baseline(t, middle), t.color.muted,
            "of " + format_count(s.run_until));
}

void right_buttons(PanelContext& context, const Rect& rect) {
  const Theme& t = context.theme;
  UiState& ui = context.ui;
  const float size = t.px(32), middle = rect.y + rect.h / 2;
  Rect r{rect.x + rect.w - t.px(8) - size, std::round(middle - size / 2), size, size};
  if (button(context, "keys", r, "?", ButtonKind::kQuiet, "Keys (F1)"))
    ui.show_keys = !ui.show_keys;
  r.x -= size + t.px(4);
  const Hit hit = hit_area(context, "theme", r, ui.dark ? "Light theme" : "Dark theme");
  const ImU32 ink = button_ground(t, r, ButtonKind::kQuiet, hit);
  const ImVec2 center{r.x + size / 2, middle};
  if (ui.dark) {
    icon_sun(center, t.px(18), ink);
  } else {
    icon_moon(center, t.px(17), ink,
              hit.hovered ? mix(t.color.panel, t.color.text, 0.08f) : t.color.panel);
  }
  if (hit.clicked) ui.dark = !ui.dark;
}

}  // namespace

void draw_top_bar(PanelContext& context, const Rect& rect) {
  const PanelScope scope(context, "top_bar", rect);
  const Theme& t = context.theme;
  const bool has_progress = context.snapshot.run_until > 0;
  const Room room = fit_room(rect.w / t.scale, has_progress);
  const float middle = rect.y + rect.h / 2, button_height = t.px(32);
  float x = rect.x + t.px(12);
  if (room.name) {
    icon_flow({x + t.px(10), middle}, t.px(18), t.color.accent);
    draw_text(t.font.bold, x + t.px(28), baseline(t, middle), t.color.text, "flowscope");
    x += t.px(116);
  }
  pick_preset(context,
              {x, std::round(middle - button_height / 2), t.px(room.preset), button_height});
  x = transport(context, x + t.px(room.preset + 16), middle) + t.px(12);
  reset_menu(context, {x, std::round(middle - button_height / 2), t.px(84), button_height});
  x = speed(context, room, x + t.px(104), middle);
  step_count(context, x, middle, t.px(room.step));
  x += t.px(room.step);
  if (room.progress && has_progress) progress(context, x, middle);
  right_buttons(context, rect);
}

}  // namespace flowscope
