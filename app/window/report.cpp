#include "app/window/report.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "app/panels/run_names.h"
#include "app/panels/walk.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

using Json = nlohmann::json;

double quantile(std::span<const float> values, double q) {
  if (values.empty()) return 0;
  std::vector<float> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  return sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))];
}

const char* name_of(RunState state) {
  switch (state) {
    case RunState::kLoading: return "loading";
    case RunState::kPaused: return "paused";
    case RunState::kRunning: return "running";
    case RunState::kFinished: return "finished";
    case RunState::kDiverged: return "diverged";
    case RunState::kFailed: return "failed";
  }
  return "";
}

Json describe(const Snapshot& s) {
  Json json = {{"state", name_of(s.state)},
               {"step", s.metrics.step},
               {"log_z", s.metrics.log_z},
               {"asked_rate", s.asked_rate},
               {"iterations_per_second", s.metrics.iterations_per_second},
               {"message", s.message}};
  json["loss"] = s.metrics.loss ? Json(*s.metrics.loss) : Json();
  if (s.exact) {
    json["exact"] = {{"step", s.exact->step}, {"tv", s.exact->tv}, {"l1", s.exact->l1},
                     {"jsd", s.exact->jsd},   {"kl", s.exact->kl}};
  }
  if (s.run) json["config"] = Json::parse(s.run->config.to_json());
  return json;
}

Json describe(const UiState& ui) {
  return {{"dark", ui.dark},           {"scale", ui.scale},
          {"hero", static_cast<int>(ui.hero)}, {"selected_state", ui.selected_state},
          {"hovered_state", ui.hovered_state}, {"show_keys", ui.show_keys},
          {"show_rail", ui.show_rail}, {"show_right", ui.show_right},
          {"maximised", ui.maximised}, {"rail_width", ui.rail_width},
          {"right_width", ui.right_width}, {"lower_height", ui.lower_height},
          {"playing", ui.playing},     {"first_person", ui.first_person},
          {"toast", ui.toast},         {"run", ui.run},
          {"past", ui.past ? Json(*ui.past) : Json()}};
}

Json describe(const FreeWalk& walk) {
  const Stance stance = stance_of(walk.world);
  return {{"steps", walk.steps},   {"x", stance.at.x},      {"z", stance.at.y},
          {"angle", stance.angle}, {"reward", walk.reward}, {"over", walk.over},
          {"carried", carried_in(walk.world)}};
}

/// The person's walk in a world, and what the policy makes of it.
Json describe(const Walk& walk, const Snapshot& s) {
  const TimedEnvironment& env = *walked_world(*walk.run);
  const StateView state = walk.run->graph->state(walk.state());
  return {{"moves", walk.states.size() - 1},
          {"state", env.label(state)},
          {"solved", env.solved(state[0])},
          {"ended", walk.ended()},
          {"note", walk.note},
          {"log_pf", s.exact ? Json(worth_of(walk, s).log_pf) : Json()},
          {"free", walk.free ? describe(*walk.free) : Json()}};
}

Json describe(const RunView& run) {
  Json json = describe(*run.live);
  json["letter"] = run_letter(run.place);
  json["name"] = run.name;
  json["began"] = run.began;
  json["shown_step"] = run.shown->metrics.step;
  json["kept"] = Json::array();
  if (!run.timeline) return json;
  for (const Moment& moment : run.timeline->moments()) json["kept"].push_back(moment.step());
  return json;
}

}  // namespace

void write_window_report(const std::string& file, const WindowReport& r) {
  Json json = {{"frames", r.frames},
               {"seconds", r.seconds},
               {"first_picture_ms", r.first_picture_ms},
               {"ui_ms_median", quantile(r.ui_ms, 0.5)},
               {"ui_ms_95", quantile(r.ui_ms, 0.95)},
               {"window", {r.width, r.height}},
               {"run", describe(r.snapshot)},
               {"ui", describe(r.ui)}};
  if (r.ui.walk && r.ui.walk->run == r.snapshot.run) json["walk"] = describe(*r.ui.walk, r.snapshot);
  for (const RunView& run : r.runs) json["runs"].push_back(describe(run));
  for (const auto& [name, rect] : r.items) json["items"][name] = {rect.x, rect.y, rect.w, rect.h};
  const std::string temporary = file + ".part" + std::to_string(getpid());
  std::ofstream out(temporary);
  out << json.dump(1) << '\n';
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(temporary, file, error);
  if (!out || error) throw UsageError("cannot write the report '" + file + "'");
}

}  // namespace flowscope
