#include "app/panels/compare.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/panels/caches.h"
#include "app/panels/facts.h"
#include "app/panels/run_names.h"
#include "app/panels/widgets.h"

namespace flowscope {
namespace {

constexpr double kBlind = 0.9;  // total variation of samples that says nothing any more

/// "A (tb)", or "A" where nothing tells it from the others or too much does.
std::string called(const RunView& run) {
  constexpr size_t kMost = 24;
  const std::string words = brief_name(run.name);
  return run_letter(run.place) + (words.empty() || words.size() > kMost ? "" : " (" + words + ")");
}

/// "2.1x closer to the target than ", of a distance and a greater one.
std::string closeness(double near, double far, const std::string& to) {
  const double ratio = far / near;
  if (ratio < 1.05) return "about as close" + to + " as ";
  char times[32] = "";
  if (std::isfinite(ratio))
    std::snprintf(times, sizeof times, ratio < 9.95 ? "%.1fx " : "%.0fx ", ratio);
  return times + ("closer" + to) + " than ";
}

/// Who is closest by these distances.
std::string judged(const std::vector<RunView>& runs,
                   const std::vector<std::optional<double>>& distances, const std::string& to,
                   const std::string& measure) {
  const int best = best_of(distances);
  if (best < 0) return distances[0] ? "All are equally close to " + to : "";
  const auto b = static_cast<size_t>(best);
  std::string closer, against;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (i == b || !distances[i]) continue;
    const std::string comma = against.empty() ? "" : ", ";
    closer += comma + closeness(*distances[b], *distances[i], against.empty() ? " to " + to : "") +
              called(runs[i]);
    against += comma + format_number(distances[i], 3);
  }
  return called(runs[b]) + " is " + closer + ": " + measure + " " + format_number(distances[b], 3) +
         " against " + against;
}

bool same_region(const ContinuousEnvironment& a, const ContinuousEnvironment& b) {
  const MapRegion p = a.map(), q = b.map();
  return p.x0 == q.x0 && p.x1 == q.x1 && p.y0 == q.y0 && p.y1 == q.y1 && p.line == q.line &&
         p.x_label == q.x_label && p.y_label == q.y_label;
}

bool same_states(const StateGraph& a, const StateGraph& b) {
  if (&a == &b) return true;
  if (a.num_states() != b.num_states() || a.num_edges() != b.num_edges()) return false;
  return a.num_states() == 0 ||
         std::ranges::equal(a.state(a.num_states() - 1), b.state(b.num_states() - 1));
}

std::string of_world(const RunInfo& run) {
  return "environment.name = " + run.config.text("environment.name");
}

}  // namespace

std::vector<RunView> runs_of(const PanelContext& context) {
  if (!context.runs.empty()) return {context.runs.begin(), context.runs.end()};
  // Not owned: it lives as long as the frame.
  const std::shared_ptr<const Snapshot> alone(std::shared_ptr<void>(), &context.snapshot);
  return {{.live = alone, .shown = alone, .name = "the only run"}};
}

RunMeasures measures_of(const Snapshot& s) {
  RunMeasures m;
  const ShownDistance distance = shown_distance(s);
  m.tv = distance.tv;
  m.jsd = distance.jsd;
  m.sampled = distance.samples > 0;
  const auto learned = learned_log_z(s);
  if (learned && s.run && s.run->log_z_true) m.log_z_error = *learned - *s.run->log_z_true;
  m.step = s.metrics.step;
  m.rate = s.metrics.iterations_per_second;
  return m;
}

int best_of(const std::vector<std::optional<double>>& values) {
  int best = -1, known = 0;
  bool differ = false;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i] || !std::isfinite(*values[i])) continue;
    ++known;
    if (best < 0) {
      best = static_cast<int>(i);
      continue;
    }
    const double size = std::abs(*values[i]), least = std::abs(*values[static_cast<size_t>(best)]);
    differ = differ || size != least;
    if (size < least) best = static_cast<int>(i);
  }
  return known > 1 && differ ? best : -1;
}

std::string why_apart(const Snapshot& one, const Snapshot& other) {
  if (!one.run || !other.run) return "Not loaded yet";
  const RunInfo &a = *one.run, &b = *other.run;
  if (static_cast<bool>(a.space) != static_cast<bool>(b.space) ||
      a.config.text("environment.name") != b.config.text("environment.name")) {
    return "Another world, " + of_world(b) + ": its pictures have no cells in common with " +
           of_world(a);
  }
  if (a.space) {
    return same_region(*a.space, *b.space) && a.density.width == b.density.width &&
                   a.density.height == b.density.height
               ? ""
               : "Its map shows another region than that of the chosen run";
  }
  if (!a.graph || !b.graph) {
    return a.graph || b.graph ? "Of one run the states are enumerated and of the other they are not"
                              : "";
  }
  return same_states(*a.graph, *b.graph) ? ""
                                         : "Its world has other states than that of the chosen run";
}

std::string why_not_judged(const std::vector<RunView>& runs) {
  for (const RunView& run : runs) {
    if (!run.shown->run) return run_letter(run.place) + " is loading";
    if (!why_apart(*runs[0].shown, *run.shown).empty())
      return "Runs of different worlds are not judged against each other";
  }
  const auto step = [](const RunView& run) { return run.shown->metrics.step; };
  const auto [first, last] = std::ranges::minmax_element(runs, {}, step);
  if (step(*last) - step(*first) <= 2 * RunClock::kLead) return "";
  const std::string steps = format_count(step(*first)) + " of " + format_count(step(*last));
  return first->live->state == RunState::kRunning
             ? run_letter(first->place) + " is on its way to the others: step " + steps
             : "Not judged against each other: " + run_letter(first->place) + " is at step " +
                   steps;
}

std::string verdict(const std::vector<RunView>& runs) {
  if (runs.size() < 2) return "";
  if (std::string reason = why_not_judged(runs); !reason.empty()) return reason;
  std::vector<std::optional<double>> tv, log_z;
  // Where samples of a large world hardly meet an object twice, their distance tells nothing.
  bool blind = false, one_target = true;
  for (const RunView& run : runs) {
    one_target = one_target && run.shown->run->log_z_true == runs[0].shown->run->log_z_true;
    const RunMeasures m = measures_of(*run.shown);
    tv.push_back(m.tv);
    log_z.push_back(m.log_z_error ? std::optional(std::abs(*m.log_z_error)) : std::nullopt);
    blind = blind || (m.sampled && m.tv > kBlind);
  }
  const std::string whose = one_target ? "the " : "its own ";
  return blind || !tv[0] ? judged(runs, log_z, whose + "true log Z", "error")
                         : judged(runs, tv, whose + "target", "TV");
}

LineStyle style_of_run(int place) {
  constexpr LineStyle kStyles[] = {LineStyle::kSolid, LineStyle::kDash, LineStyle::kDot,
                                   LineStyle::kDashDot};
  return kStyles[place % 4];
}

float draw_run_mark(const Theme& t, int place, float x, float centre_y) {
  const ImVec2 ends[] = {{x, centre_y}, {x + t.px(28), centre_y}};
  const ImU32 color = t.color.run[place % 4];
  draw_line(ImGui::GetWindowDrawList(), ends, color, t.px(2.4f), style_of_run(place), t.scale);
  const std::string letter = run_letter(place);
  draw_text(t.font.bold, x + t.px(34), baseline(t, centre_y), t.color.text, letter);
  return x + t.px(34) + text_width(t.font.bold, letter);
}

void choose_run(PanelContext& context, int run) {
  if (context.ui.run == run) return;
  context.ui.run = run;
  caches(context).edits = {};  // what was on its way was meant for the other run
}

}  // namespace flowscope
