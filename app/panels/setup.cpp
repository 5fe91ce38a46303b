// The Setup rail: one row a parameter, made from the schemas alone.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/draw/plot.h"
#include "app/panels/caches.h"
#include "app/panels/compare.h"
#include "app/panels/icons.h"
#include "app/panels/run_names.h"
#include "app/panels/slider.h"
#include "app/panels/widgets.h"
#include "core/run/errors.h"
#include "envs/registry.h"

namespace flowscope {
namespace {

constexpr double kLiveInterval = 0.2;  // seconds between two edits of a parameter that is dragged
constexpr double kForget = 3;          // seconds until an edit that the run never showed is dropped

constexpr const char* kSections[] = {"World",       "Reward",    "Objective", "Policy",
                                     "Exploration", "Optimiser", "Run"};

int section_of(const std::string& key) {
  const std::string head = key.substr(0, key.find('.'));
  if (head == "environment") return 0;
  if (head == "reward") return 1;
  if (head == "objective" || head == "log_z") return 2;
  if (head == "policy") return 3;
  if (head == "exploration") return 4;
  if (head == "optimizer" || head == "batch") return 5;
  return 6;
}

double number(const ParamValue& value) {
  if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<double>(*i);
  return std::get<double>(value);
}

std::string tip_of(const ParamSpec& spec) {
  std::string tip = spec.help + "\n\n" + spec.key;
  if (std::isfinite(spec.min) && std::isfinite(spec.max)) {
    tip += ", from " + format_number(spec.min) + " to " + format_number(spec.max);
  }
  if (!spec.unit.empty()) tip += " " + spec.unit;
  if (!spec.live) tip += "\nA change starts the run again.";
  if (spec.kind == ParamKind::kInteger || spec.kind == ParamKind::kReal) {
    tip += "\nCtrl+click to type a value.";
  }
  return tip;
}

/// Remembers an edit; send_due() passes it on.
void edit(PanelContext& context, const SetupRow& row, ParamValue value, bool held) {
  auto [it, first] = caches(context).edits.pending.try_emplace(row.spec.key);
  PendingEdit& pending = it->second;
  pending.dirty = pending.dirty || first || pending.value != value;
  pending.value = std::move(value);
  pending.live = row.spec.live;
  pending.held = held;
}

/// Sends what is due: at once when the mouse is up, a few times a second while a live parameter is
/// dragged, and never while one is dragged whose change restarts the run.
void send_due(PanelContext& context, const std::vector<SetupRow>& rows) {
  auto& pending = caches(context).edits.pending;
  for (auto it = pending.begin(); it != pending.end();) {
    auto& [key, e] = *it;
    const bool due = !e.held || (e.live && context.now - e.sent_at > kLiveInterval);
    if (e.dirty && due) {
      context.send(SetParam{key, e.value});
      e.dirty = false;
      e.sent_at = context.now;
    }
    const auto row = std::ranges::find(rows, key, [](const SetupRow& r) { return r.spec.key; });
    const bool shown = row == rows.end() || row->value == e.value;
    const bool done = !e.held && !e.dirty && (shown || context.now - e.sent_at > kForget);
    it = done ? pending.erase(it) : std::next(it);
  }
}

/// The value on show: an edit on its way, or the run's own.
ParamValue shown_now(PanelContext& context, const SetupRow& row) {
  const auto& pending = caches(context).edits.pending;
  const auto e = pending.find(row.spec.key);
  return e == pending.end() ? row.value : e->second.value;
}

void start_typing(PanelContext& context, const SetupRow& row, const ParamValue& value) {
  SetupEdits& edits = caches(context).edits;
  edits.typing = row.spec.key;
  edits.focus_text = true;
  edits.text = to_text(value);
}

void finish_typing(PanelContext& context, const SetupRow& row) {
  SetupEdits& edits = caches(context).edits;
  edits.typing.clear();
  try {
    const ParamValue value = parse_value(row.spec, edits.text);
    if (value != row.value) edit(context, row, value, false);
  } catch (const UsageError& error) {
    context.ui.toast = error.what();
    context.ui.toast_until = context.now + 6;
  }
}

/// ImGui writes into the string's own bytes, which grow as the text does.
int grow(ImGuiInputTextCallbackData* data) {
  auto& text = *static_cast<std::string*>(data->UserData);
  text.resize(static_cast<size_t>(data->BufTextLen));
  data->Buf = text.data();
  return 0;
}

void text_field(PanelContext& context, const SetupRow& row, const Rect& rect) {
  SetupEdits& edits = caches(context).edits;
  ImGui::SetCursorScreenPos(rect.min());
  ImGui::SetNextItemWidth(rect.w);
  ImGui::PushFont(context.theme.font.mono);
  if (edits.focus_text) ImGui::SetKeyboardFocusHere();
  edits.focus_text = false;
  const bool entered =
      ImGui::InputText("##typed", edits.text.data(), edits.text.capacity() + 1,
                       ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll |
                           ImGuiInputTextFlags_CallbackResize,
                       grow, &edits.text);
  if (entered) {
    finish_typing(context, row);
  } else if (ImGui::IsItemDeactivated()) {
    edits.typing.clear();
  }
  ImGui::PopFont();
}

/// Label, restart sign and dot on the left, value and unit on the right.
void row_head(PanelContext& context, const SetupRow& row, const ParamValue& value, const Rect& line,
              bool with_value, bool boxed = false) {
  const Theme& t = context.theme;
  const float middle = line.y + line.h / 2, base = baseline(t, middle);
  draw_text(t.font.body, line.x, base, t.color.text, row.spec.label);
  float x = line.x + text_width(t.font.body, row.spec.label) + t.px(6);
  if (!row.spec.live) {
    icon_restart({x + t.px(6), middle + t.px(1)}, t.px(12), t.color.faint);
    x += t.px(16);
  }
  if (value != row.fallback) {
    const Rect dot{x, middle - t.px(8), t.px(16), t.px(16)};
    const Hit hit = hit_area(context, row.spec.key + ".reset", dot,
                             "Back to the default, " + shown_value(row.fallback));
    ImGui::GetWindowDrawList()->AddCircleFilled({dot.x + dot.w / 2, middle + t.px(1)},
                                                t.px(hit.hovered ? 4.5f : 3), t.color.accent, 16);
    if (hit.clicked) context.send(UnsetParam{row.spec.key});
  }
  if (!with_value) return;
  float right = line.x + line.w - (boxed ? t.px(5) : 0);
  if (!row.spec.unit.empty()) {
    draw_text(t.font.small, right, base, t.color.muted, row.spec.unit, Align::kRight);
    right -= text_width(t.font.small, row.spec.unit) + t.px(5);
  }
  const std::string text = shown_value(value);
  const float width = text_width(t.font.mono, text);
  const Rect area{right - width - t.px(4), line.y, width + t.px(8), line.h};
  const Hit hit = hit_area(context, row.spec.key + ".value", area, tip_of(row.spec));
  if (hit.hovered) fill(area, with_alpha(t.color.text, 0.07f), t.px(3));
  if (boxed) outline(area, t.color.line, t.px(3));  // no slider: the number itself is the control
  draw_text(t.font.mono, right, base, t.color.text, text, Align::kRight);
  if (hit.clicked) start_typing(context, row, value);
}

void number_row(PanelContext& context, const SetupRow& row, const Rect& line, const Rect& control) {
  const ParamValue value = shown_now(context, row);
  const SliderRange range = slider_range(row.spec, number(row.fallback));
  if (caches(context).edits.typing == row.spec.key) {
    row_head(context, row, value, line, false);
    text_field(context, row, control);
    return;
  }
  row_head(context, row, value, line, true, !range.usable);
  const auto whole = [&](double v) -> ParamValue {
    if (range.integer) return static_cast<std::int64_t>(std::llround(v));
    return v;
  };
  if (!range.usable) return;  // click the number to type another
  bool held = false, released = false;
  const auto moved =
      slider_track(context, row.spec.key, control, slider_position(range, number(value)), held,
                   released, tip_of(row.spec));
  if (held && ImGui::GetIO().KeyCtrl) {
    start_typing(context, row, value);
  } else if (moved) {
    const ParamValue next = whole(slider_value(range, *moved));
    if (next != value) edit(context, row, next, true);
  } else if (released) {
    const auto e = caches(context).edits.pending.find(row.spec.key);
    if (e != caches(context).edits.pending.end()) e->second.held = false;
  }
}

/// A choice in a person's words, with a line about it where its table has one.
ComboItem choice_words(const std::string& key, const std::string& name) {
  if (key == "environment.name") {
    if (const auto* e = find_environment(name)) return {e->title, e->about};
  }
  if (key == "objective.name") {
    if (const auto* o = find_objective(name)) return {o->title, o->about};
  }
  return {name, ""};
}

void choice_row(PanelContext& context, const SetupRow& row, const Rect& line, const Rect& control) {
  const Theme& t = context.theme;
  const ParamValue value = shown_now(context, row);
  row_head(context, row, value, line, false);
  std::vector<std::string> names = row.spec.choices, titles;
  std::vector<ComboItem> items;
  if (row.spec.kind == ParamKind::kBoolean) names = {"false", "true"};
  const std::string current = to_text(value);
  int chosen = -1;
  float widest = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == current) chosen = static_cast<int>(i);
    items.push_back(choice_words(row.spec.key, names[i]));
    if (row.spec.kind == ParamKind::kBoolean) items.back().label = i == 0 ? "off" : "on";
    titles.push_back(items.back().label);
    widest = std::max(widest, text_width(t.font.small, titles.back()) + t.px(12));
  }
  int picked = -1;
  if (widest * static_cast<float>(names.size()) <= control.w) {
    picked = segments(context, row.spec.key, control, titles, chosen);
  } else {
    const std::string& shown = chosen < 0 ? current : titles[static_cast<size_t>(chosen)];
    picked = combo(context, row.spec.key, control, shown, items, chosen, tip_of(row.spec));
  }
  if (picked >= 0) {
    edit(context, row, parse_value(row.spec, names[static_cast<size_t>(picked)]), false);
  }
}

/// A text on a line of its own; a click types another.
void text_row(PanelContext& context, const SetupRow& row, const Rect& line, const Rect& control) {
  const Theme& t = context.theme;
  const ParamValue value = shown_now(context, row);
  row_head(context, row, value, line, false);
  if (caches(context).edits.typing == row.spec.key) return text_field(context, row, control);
  const Hit hit = hit_area(context, row.spec.key + ".value", control, tip_of(row.spec));
  if (hit.hovered) fill(control, with_alpha(t.color.text, 0.07f), t.px(3));
  outline(control, t.color.line, t.px(3));
  const std::string text = to_text(value);
  draw_text(text.empty() ? t.font.small : t.font.mono, control.x + t.px(6), baseline(t, control.y + control.h / 2),
            text.empty() ? t.color.faint : t.color.text,
            text.empty() ? "none" : shortened(t.font.mono, text, control.w - t.px(12)));
  if (hit.clicked) start_typing(context, row, value);
}

/// Draws a row at y and returns its height.
float draw_row(PanelContext& context, const SetupRow& row, float x, float y, float width) {
  const Theme& t = context.theme;
  const Rect line{x, y, width, t.px(22)};
  if (row.spec.kind == ParamKind::kChoice || row.spec.kind == ParamKind::kBoolean) {
    choice_row(context, row, line, {x, y + t.px(24), width, t.px(26)});
    return t.px(56);
  }
  if (row.spec.kind == ParamKind::kText) {
    text_row(context, row, line, {x, y + t.px(24), width, t.px(26)});
    return t.px(56);
  }
  const bool typing = caches(context).edits.typing == row.spec.key;
  const bool has_slider = slider_range(row.spec, number(row.fallback)).usable;
  number_row(context, row, line, {x, y + t.px(22), width, t.px(typing ? 26 : 18)});
  return t.px(typing ? 54 : has_slider ? 46 : 30);
}

float draw_rows(PanelContext& context, const std::vector<SetupRow>& rows, bool basic, float x,
                float y, float width) {
  const Theme& t = context.theme;
  int section = -1;
  for (const SetupRow& row : rows) {
    if (row.spec.basic != basic) continue;
    if (const int s = section_of(row.spec.key); s != section) {
      if (section >= 0) {
        hairline(x, y + t.px(2), x + width, y + t.px(2), t.color.line);
        y += t.px(8);
      }
      section = s;
      if (row.spec.label != kSections[s]) {  // the row would only say the same again
        draw_text(t.font.small, x, baseline(t, y + t.px(9)), t.color.muted, kSections[s]);
        y += t.px(20);
      }
    }
    y += draw_row(context, row, x, y, width);
  }
  return y;
}

float more_toggle(PanelContext& context, const std::vector<SetupRow>& rows, float x, float y,
                  float width) {
  const Theme& t = context.theme;
  UiState& ui = context.ui;
  const auto count = std::ranges::count_if(rows, [](const SetupRow& r) { return !r.spec.basic; });
  const Rect area{x, y + t.px(8), width, t.px(28)};
  const Hit hit = hit_area(context, "more", area, "");
  if (hit.hovered) fill(area, with_alpha(t.color.text, 0.05f), t.px(4));
  const float middle = area.y + area.h / 2;
  icon_chevron({x + t.px(10), middle}, t.px(9), t.color.muted, ui.show_more_settings);
  draw_text(t.font.body, x + t.px(24), baseline(t, middle), t.color.muted,
            ui.show_more_settings ? "less" : "more (" + std::to_string(count) + ")");
  if (hit.clicked) ui.show_more_settings = !ui.show_more_settings;
  return area.y + area.h + t.px(8);
}

/// Which run the rows below set, and a chip that adds one; returns its height.
float run_chooser(PanelContext& context, const Rect& r) {
  if (!context.snapshot.run && context.runs.size() < 2) return 0;
  const float middle = r.y + r.h / 2;
  float x = r.x;
  for (size_t i = 0; i < context.runs.size() && context.runs.size() > 1; ++i) {
    const RunView& run = context.runs[i];
    const std::string letter = run_letter(run.place);
    if (chip(context, "run" + letter, x, middle, letter, static_cast<int>(i) == context.ui.run,
             "Set run " + letter + ": " + run.name)) {
      choose_run(context, static_cast<int>(i));
    }
  }
  if (context.runs.size() < kMostRuns &&
      chip(context, "add_run", x, middle, "+ Compare", false,
           "One more run beside this: a copy of it on the same clock, to change below (C)")) {
    context.ui.wish.add = true;
  }
  return r.h;
}

}  // namespace

const std::vector<SetupRow>& setup_rows(PanelContext& context) {
  SetupCache& cache = caches(context).setup;
  if (cache.run != context.snapshot.run) {
    cache.run = context.snapshot.run;
    cache.rows.clear();
    for (const ParamSpec* spec : cache.run->config.schema()) {
      SetupRow row{*spec, cache.run->config.get(spec->key), cache.run->config.default_of(*spec)};
      cache.rows.push_back(std::move(row));
    }
    std::stable_sort(cache.rows.begin(), cache.rows.end(), [](const auto& a, const auto& b) {
      return section_of(a.spec.key) < section_of(b.spec.key);
    });
  }
  return cache.rows;
}

void draw_setup(PanelContext& context, const Rect& rect) {
  const PanelScope scope(context, "setup", rect);
  const Theme& t = context.theme;
  const float pad = t.px(16), head = t.px(32);
  heading(t, rect.x + pad, rect.y + head / 2 + t.px(2), "Setup");
  const float legend = text_width(t.font.small, "starts again");
  icon_restart({rect.x + rect.w - pad - legend - t.px(12), rect.y + head / 2 + t.px(3)}, t.px(12),
               t.color.faint);
  draw_text(t.font.small, rect.x + rect.w - pad, baseline(t, rect.y + head / 2 + t.px(2)),
            t.color.muted, "starts again", Align::kRight);
  const float runs = run_chooser(context, {rect.x + pad, rect.y + head, rect.w - 2 * pad, t.px(30)});
  const Rect body{rect.x, rect.y + head + runs + t.px(4), rect.w - 1, rect.h - head - runs - t.px(4)};
  if (!context.snapshot.run) {
    skeleton(t, {body.x + pad, body.y + t.px(8), body.w - 2 * pad, t.px(320)}, 12);
    return;
  }
  const std::vector<SetupRow>& rows = setup_rows(context);
  {
    ScrollArea area(context, "rows", body);
    const float x = area.x() + pad, width = area.width() - 2 * pad;
    float y = draw_rows(context, rows, true, x, area.y() + t.px(2), width);
    y = more_toggle(context, rows, x, y, width);
    if (context.ui.show_more_settings) y = draw_rows(context, rows, false, x, y, width) + pad;
    area.set_bottom(y);
  }
  send_due(context, rows);
}

}  // namespace flowscope
