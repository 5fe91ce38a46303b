#include "app/cli/recorder.h"

#include <thread>

namespace flowscope {
namespace {

using namespace std::chrono_literals;

constexpr auto kPoll = 5ms;
constexpr auto kRecordInterval = 100ms;

bool moving(const Snapshot& snapshot) {
  return snapshot.state == RunState::kLoading || snapshot.state == RunState::kRunning;
}

}  // namespace

Recorder::Recorder(RunStore* store, double checkpoint_every)
    : store_(store), every_(checkpoint_every), checkpoint_due_(Clock::now() + every_) {}

void Recorder::watch(const Snapshot& snapshot, Session& session) {
  if (!store_ || snapshot.state == RunState::kLoading) return;
  const auto now = Clock::now();
  if (now >= row_due_ && snapshot.metrics.step != last_step_) {
    write_row(snapshot);
    row_due_ = now + kRecordInterval;
  }
  if (now >= checkpoint_due_) {
    write_checkpoint(session);
    checkpoint_due_ = Clock::now() + every_;
  }
}

void Recorder::finish(const Snapshot& snapshot, Session& session) {
  if (!store_) return;
  if (snapshot.metrics.step > 0) write_row(snapshot);
  write_checkpoint(session);
}

void Recorder::write_row(const Snapshot& snapshot) {
  store_->record(snapshot);
  last_step_ = snapshot.metrics.step;
}

void Recorder::write_checkpoint(Session& session) {
  if (const auto checkpoint = session.checkpoint()) store_->add_checkpoint(*checkpoint);
}

bool ended(const Snapshot& snapshot) {
  return snapshot.state == RunState::kFinished || snapshot.state == RunState::kDiverged ||
         snapshot.state == RunState::kFailed;
}

std::shared_ptr<const Snapshot> halt(Session& session) {
  session.send(Pause{});
  auto snapshot = session.latest();
  while (moving(*snapshot)) {
    std::this_thread::sleep_for(kPoll);
    snapshot = session.latest();
  }
  return snapshot;
}

}  // namespace flowscope
