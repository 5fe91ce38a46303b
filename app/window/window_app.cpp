#include "app/window/window_app.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "app/window/picture.h"
#include "app/window/report.h"
#include "app/window/settings.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

constexpr double kFrameSeconds = 1 / 60.0;
constexpr double kSharedSeconds = 1 / 30.0;  // where the processor draws while it trains, too
// Where the processor itself draws, a window that nobody touches leaves most of the time to training:
// drawing may have this share of it for every hardware thread.
constexpr double kUnattendedShare = 0.05, kMostUnattendedShare = 0.5;
constexpr double kUnattendedSeconds = 0.4;  // between frames at most
constexpr double kIdleSeconds = 0.1;       // between looks at a run that stands still
constexpr int kSettleFrames = 8;           // after input: ImGui and easing come to rest
constexpr double kWatchableRate = 120;     // steps a second for a run of open length
constexpr size_t kFramesTimed = 4000;

void check_theme(const std::string& theme) {
  if (theme.empty() || theme == "dark" || theme == "light") return;
  throw UsageError("--theme: '" + theme + "' is not allowed; it must be dark or light");
}

const WindowOptions& checked(const WindowOptions& options) {
  check_theme(options.theme);
  if (options.scale != 0 && !(options.scale >= 0.5 && options.scale <= 4)) {
    throw UsageError("--scale: it must be a number from 0.5 to 4, or 0 for what the monitor asks");
  }
  return options;
}

}  // namespace

WindowApp::WindowApp(const WindowOptions& options, std::vector<Config> configs,
                     const TrainerLibrary& library)
    : options_(checked(options)),
      configs_(std::move(configs)),
      runs_(library.start),
      window_(options.width, options.height, options.scale, "flowscope") {
  ui_.natural_scale = ui_.scale = static_cast<float>(window_.natural_scale());
  const std::string note = load_settings(settings_file(), ui_);
  if (!note.empty()) show_toast(ui_, 0, note);
  if (options.scale > 0) ui_.scale = static_cast<float>(options.scale);
  if (!options.theme.empty()) ui_.dark = options.theme == "dark";
  saved_settings_ = describe_settings(ui_);  // options last for this time only
  window_.attach_input();
}

WindowApp::~WindowApp() { window_.detach_input(); }

double WindowApp::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

void WindowApp::start_sessions() {
  for (const Config& config : configs_) runs_.add(config);
  if (configs_.size() > 1) ui_.hero = HeroTab::kCompare;
  if (!options_.run.steps) runs_.send(0, SetSpeed{kWatchableRate});
  if (!options_.paused) runs_.send(0, Play{});
}

bool WindowApp::needs_frame(bool news) {
  if (window_.events() != events_seen_) {
    events_seen_ = window_.events();
    settling_ = kSettleFrames;
  }
  const bool moving = news || settling_ > 0 || !ui_.toast.empty() || frames_ == 0 ||
                      seconds() < ui_.busy_until;
  settling_ = std::max(0, settling_ - 1);
  return moving;
}

void WindowApp::look_at_runs() {
  const auto chosen = static_cast<size_t>(ui_.run);
  // A run that has started again has lost its past.
  if (chosen < views_.size() && ui_.past > views_[chosen].live->metrics.step) ui_.past.reset();
  views_ = runs_.views(ui_.past);
  ui_.run = std::clamp(ui_.run, 0, std::max(0, static_cast<int>(views_.size()) - 1));
}

const Snapshot& WindowApp::snapshot() const {
  static const Snapshot kNothingYet;
  return views_.empty() ? kNothingYet : *views_[static_cast<size_t>(ui_.run)].shown;
}

void WindowApp::match_size() {
  const int w = window_.width(), h = window_.height();
  if (!target_ || target_->width() != w || target_->height() != h) {
    target_ = std::make_unique<Framebuffer>(w, h);
  }
  const auto natural = static_cast<float>(window_.natural_scale());
  if (natural != ui_.natural_scale) {  // the window has moved to another monitor
    ui_.scale *= natural / ui_.natural_scale;
    ui_.natural_scale = natural;
  }
}

void WindowApp::draw() {
  match_size();
  const Theme& theme = host_.theme(ui_.dark, ui_.scale);
  const double now = seconds();
  PanelContext context{snapshot(), theme, ui_, [this, run = static_cast<size_t>(ui_.run)](const Command& command) {
                         runs_.send(run, command);
                         settling_ = kSettleFrames;
                       }};
  context.now = now;
  context.items = &items_;
  context.runs = views_;
  window_.begin_frame();
  const double ms = host_.frame(*target_, now - last_frame_, [&] {
    build_gui(context, static_cast<float>(target_->width()), static_cast<float>(target_->height()));
  });
  target_->show();
  window_.swap();
  last_frame_ = now;
  if (ui_ms_.size() < kFramesTimed) ui_ms_.push_back(static_cast<float>(ms));
  if (frames_++ == 0) first_picture_ms_ = 1e3 * seconds();
  answer_requests(snapshot());
  obey(std::exchange(ui_.wish, {}));
}

void WindowApp::answer_requests(const Snapshot& snapshot) {
  if (std::exchange(ui_.want_full_screen, false)) window_.toggle_full_screen();
  if (std::exchange(ui_.want_screenshot, false)) save_screenshot(snapshot);
}

void WindowApp::obey(const RunWish& wish) {
  if (views_.empty()) return;
  const RunView& chosen = views_[static_cast<size_t>(ui_.run)];
  const auto add = [&](const Config& config, std::shared_ptr<const Checkpoint> from) {
    if (runs_.size() == kMostRuns) return show_toast(ui_, seconds(), "At most four runs are compared: remove one first");
    runs_.add(config, std::move(from));
    ui_.run = static_cast<int>(runs_.size()) - 1;
    ui_.hero = HeroTab::kCompare;
    settling_ = kSettleFrames;
  };
  if (wish.add && chosen.live->run) add(chosen.live->run->config, nullptr);
  const Moment* moment = wish.branch && chosen.timeline ? chosen.timeline->at(*wish.branch) : nullptr;
  if (moment) {
    add(moment->snapshot->run->config, moment->checkpoint);
    ui_.past.reset();
  }
  if (wish.remove >= 0 && wish.remove < static_cast<int>(views_.size()) && views_.size() > 1) {
    runs_.remove(static_cast<size_t>(wish.remove));
    if (ui_.run >= wish.remove) ui_.run = std::max(0, ui_.run - 1);
    settling_ = kSettleFrames;
  }
  look_at_runs();
}

void WindowApp::save_screenshot(const Snapshot& snapshot) {
  const std::string name = snapshot.run ? snapshot.run->config.preset : "window";
  const std::filesystem::path path =
      std::filesystem::current_path() /
      ("flowscope-" + name + "-" + std::to_string(snapshot.metrics.step) + ".png");
  try {
    write_png(path.string(), target_->read(), picture_text(snapshot));
    show_toast(ui_, seconds(), "saved " + path.string());
  } catch (const UsageError& error) {
    show_toast(ui_, seconds(), error.what());
  }
}

bool WindowApp::shares_the_processor() const {
  return window_.draws_in_software() && runs_.any_running() && options_.exit_after_frames == 0;
}

/// Between frames of a window that somebody uses, or nobody.
double WindowApp::frame_interval(bool attended) const {
  if (!shares_the_processor()) return kFrameSeconds;
  if (attended || settling_ > 0 || seconds() < ui_.busy_until) return kSharedSeconds;
  const double share = std::min(kMostUnattendedShare, kUnattendedShare * std::max(1u, std::thread::hardware_concurrency()));
  return std::clamp(frame_seconds_ / share, kSharedSeconds, kUnattendedSeconds);
}

void WindowApp::wait_for_next_frame(Clock::time_point began) {
  const double took = std::chrono::duration<double>(Clock::now() - began).count();
  frame_seconds_ = frame_seconds_ > 0 ? 0.9 * frame_seconds_ + 0.1 * took : took;
  const double interval = frame_interval(false);
  ui_.paced = interval > kSharedSeconds;
  window_.wait(0);
  for (;;) {
    const double since = std::chrono::duration<double>(Clock::now() - began).count();
    const double left = (window_.events() == events_seen_ ? interval : frame_interval(true)) - since;
    if (left <= 0.5e-3) return;
    window_.wait(left);
  }
}

void WindowApp::write_report(const Snapshot& snapshot) const {
  write_window_report(options_.report,
                      {.snapshot = snapshot, .runs = views_, .ui = ui_, .items = items_, .ui_ms = ui_ms_,
                       .frames = frames_, .first_picture_ms = first_picture_ms_,
                       .seconds = seconds(), .width = window_.width(), .height = window_.height()});
}

void WindowApp::keep_house() {
  if (seconds() < housekeeping_due_) return;
  housekeeping_due_ = seconds() + 0.2;
  if (!options_.report.empty()) write_report(snapshot());
  if (std::string now = describe_settings(ui_); now != saved_settings_) {
    saved_settings_ = std::move(now);
    const std::string trouble = save_settings(settings_file(), ui_);
    if (!trouble.empty()) show_toast(ui_, seconds(), trouble);
  }
}

int WindowApp::run() {
  window_.limit_size(static_cast<int>(kLeastWidth * ui_.scale),
                     static_cast<int>(kLeastHeight * ui_.scale));
  while (!window_.should_close()) {
    const auto began = Clock::now();
    const bool news = runs_.refresh();
    const bool visible = window_.width() > 0 && window_.height() > 0;
    if (visible && needs_frame(news)) {
      look_at_runs();
      draw();
      if (runs_.size() == 0) start_sessions();  // the picture comes first
      wait_for_next_frame(began);
    } else {
      window_.wait(kIdleSeconds);
    }
    keep_house();
    if (options_.exit_after_frames > 0 && frames_ >= options_.exit_after_frames) window_.close();
  }
  housekeeping_due_ = 0;
  keep_house();
  return 0;
}

}  // namespace flowscope
