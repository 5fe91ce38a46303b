// The last row: keys at hand, what is running, how fast.
#include <cmath>
#include <cstdio>

#include "app/draw/plot.h"
#include "app/panels/hero.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

/// "tb · seed 7 · 256 states".
std::string configuration(const Snapshot& s) {
  if (!s.run) return "";
  const Config& c = s.run->config;
  std::string words =
      c.text("objective.name") + " \u00b7 seed " + std::to_string(c.integer("seed"));
  if (s.run->graph) words += " \u00b7 " + format_count(s.run->graph->num_states()) + " states";
  return words;
}

std::string rates(const PanelContext& context) {
  const Snapshot& s = context.snapshot;
  // At rest it is the mean over the run.
  std::string words;
  if (s.metrics.iterations_per_second > 0) {
    words = "trainer " + format_count(std::llround(s.metrics.iterations_per_second)) + " it/s   ";
  }
  if (context.interactive) {
    words += "UI " + std::to_string(std::lround(ImGui::GetIO().Framerate)) + (context.ui.paced ? " fps (saving)   " : " fps   ");
  }
  return words + std::to_string(s.threads) + (s.threads == 1 ? " thread" : " threads");
}

/// Keys as small caps, then what they do; as many as have room.
void keys(const Theme& t, float x, float middle, float right) {
  constexpr const char* kHints[][2] = {{"Space", "play"}, {"Right", "step"},
                                       {"1-7", "views"},  {"G", "peek at the target"},
                                       {"F", "maximise"}, {"F1", "all keys"}};
  const float base = baseline(t, middle);
  for (const auto& [key, action] : kHints) {
    const float cap = text_width(t.font.small, key) + t.px(10);
    const float width = cap + t.px(6) + text_width(t.font.small, action) + t.px(16);
    if (x + width > right) return;
    outline({x, middle - t.px(9), cap, t.px(18)}, t.color.line, t.px(3));
    draw_text(t.font.small, x + cap / 2, base - t.px(1), t.color.text, key, Align::kCenter);
    draw_text(t.font.small, x + cap + t.px(6), base - t.px(1), t.color.muted, action);
    x += width;
  }
}

}  // namespace

void draw_status(PanelContext& context, const Rect& rect) {
  const PanelScope scope(context, "status", rect, context.theme.color.window);
  const Theme& t = context.theme;
  const Snapshot& s = context.snapshot;
  const float middle = rect.y + rect.h / 2, base = baseline(t, middle) - t.px(1);
  float right = rect.x + rect.w - t.px(16);
  const auto from_right = [&](std::string_view words, ImU32 color) {
    if (words.empty()) return;
    draw_text(t.font.small, right, base, color, words, Align::kRight);
    right -= text_width(t.font.small, words) + t.px(20);
  };
  const std::string words = rates(context);
  const float width = text_width(t.font.small, words);
  hit_area(context, "rates", {right - width, rect.y, width, rect.h},
           context.ui.paced ? "Training steps and pictures a second. OpenGL is drawn by the processor here: while nobody "
                              "touches the window, it draws less often and leaves most of the time to training."
                            : "Training steps and pictures a second, and the threads that train.");
  from_right(words, t.color.muted);
  if (s.run) {
    const bool exact = (s.run->graph && !s.estimate) || (s.density && s.density->exact);
    right -= pill(t, right, middle, exact ? "exact" : s.estimate ? "sampled" : "no exact view",
                  exact ? t.color.good : t.color.warning, Align::kRight) +
             t.px(12);
  }
  from_right(configuration(s), t.color.text);
  if (right - rect.x > t.px(620)) from_right(t.font.note, t.color.warning);
  keys(t, rect.x + t.px(16), middle, right - t.px(16));
}

}  // namespace flowscope
