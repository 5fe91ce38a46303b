#include "app/window/compared_runs.h"

#include <algorithm>
#include <variant>

#include "app/panels/run_names.h"

namespace flowscope {
namespace {

template <typename T>
bool is(const Command& command) {
  return std::holds_alternative<T>(command);
}

/// A moment of the past as panels show it: its own numbers and pictures beside the whole run's
/// curves, changes and state.
std::shared_ptr<const Snapshot> recalled(const Moment& moment, const Snapshot& live) {
  auto shown = std::make_shared<Snapshot>(*moment.snapshot);
  shown->state = live.state;
  shown->message = live.message;
  shown->metrics.iterations_per_second = live.metrics.iterations_per_second;
  shown->asked_rate = live.asked_rate;
  shown->run_until = live.run_until;
  shown->history = live.history;
  shown->events = live.events;
  return shown;
}

}  // namespace

void ComparedRuns::add(const Config& config, std::shared_ptr<const Checkpoint> from) {
  if (runs_.size() == kMostRuns) return;
  Run run;
  run.config = config;
  run.began = from ? from->step : 0;
  const auto taken = [&](const Run& r) { return r.place == run.place; };
  while (std::ranges::any_of(runs_, taken)) ++run.place;
  run.session = start_(config, std::move(from));
  run.live = run.session->latest();
  run.session->send(JoinClock{clock_});
  run.session->send(KeepTimeline{Timeline::kBudget});
  if (!runs_.empty()) {
    run.session->send(SetSpeed{runs_.front().live->asked_rate});
    run.session->send(any_running() ? Command(Play{}) : Command(StepTo{front()}));
  }
  runs_.push_back(std::move(run));
  rename();
}

void ComparedRuns::remove(size_t run) {
  // Its thread may be in the middle of a step: nobody waits for that here.
  ending_.push_back(
      std::async(std::launch::async,
                 [session = std::move(runs_.at(run).session)]() mutable { session.reset(); }));
  runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(run));
  rename();
}

void ComparedRuns::rename() {
  std::vector<Config> configs;
  for (const Run& run : runs_) configs.push_back(run.config);
  const std::vector<std::string> names = run_names(configs);
  for (size_t i = 0; i < runs_.size(); ++i) {
    runs_[i].name = names[i];
    if (runs_[i].began > 0) runs_[i].name += ", began = " + std::to_string(runs_[i].began);
  }
}

void ComparedRuns::send_all(const Command& command) {
  for (const Run& run : runs_) run.session->send(command);
}

std::int64_t ComparedRuns::front() const {
  std::int64_t most = 0;
  for (const Run& run : runs_) most = std::max(most, run.live->metrics.step);
  return most;
}

bool ComparedRuns::any_running() const {
  return std::ranges::any_of(runs_,
                             [](const Run& r) { return r.live->state == RunState::kRunning; });
}

/// A run that has come to its end stays there while others are on their way.
void ComparedRuns::play() {
  const auto ended = [](const Run& r) { return r.live->state == RunState::kFinished; };
  const bool all = std::ranges::all_of(runs_, ended);
  for (const Run& run : runs_) {
    if (all || !ended(run)) run.session->send(Play{});
  }
}

void ComparedRuns::send(size_t run, const Command& command) {
  if (runs_.empty()) return;
  if (is<Pause>(command))
    clock_->hold();
  else
    clock_->release();
  if (runs_.size() == 1) return runs_.front().session->send(command);
  if (const auto* by = std::get_if<StepBy>(&command)) return send_all(StepTo{front() + by->steps});
  if (is<Play>(command)) return play();
  if (is<Pause>(command) || is<Reset>(command) || is<SetSpeed>(command)) return send_all(command);
  const Run& one = runs_.at(run);
  one.session->send(command);
  // A change may have put it back to its first step, where it would stay while all stand still.
  const bool stands =
      one.live->state != RunState::kRunning && one.live->state != RunState::kFinished;
  if (stands && front() > 0) one.session->send(StepTo{front()});
}

bool ComparedRuns::refresh() {
  bool changed = false, renamed = false;
  for (Run& run : runs_) {
    auto live = run.session->latest();
    changed = changed || live != run.live;
    if (live->run && live->run != run.live->run) {
      run.config = live->run->config;
      renamed = true;
    }
    run.live = std::move(live);
    run.timeline = run.session->timeline();
    if (run.live->run && run.live->metrics.step < run.began) {  // started again
      run.began = 0;
      renamed = true;
    }
  }
  if (renamed) rename();
  return changed;
}

std::vector<RunView> ComparedRuns::views(std::optional<std::int64_t> past) const {
  std::vector<RunView> views;
  for (const Run& run : runs_) {
    RunView view{.live = run.live,
                 .shown = run.live,
                 .timeline = run.timeline,
                 .place = run.place,
                 .began = run.began,
                 .name = run.name};
    const Moment* moment = past && run.timeline ? run.timeline->at(*past) : nullptr;
    if (moment && run.live->run) view.shown = recalled(*moment, *run.live);
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace flowscope
