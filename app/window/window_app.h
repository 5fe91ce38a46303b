// The running window: sessions that train on threads of their own, and frames that show them.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/commands.h"
#include "app/window/compared_runs.h"
#include "app/window/framebuffer.h"
#include "app/window/glfw_window.h"
#include "app/window/gui.h"
#include "app/window/gui_host.h"

namespace flowscope {

class WindowApp {
 public:
  /// Opens the window; nothing is loaded yet. Throws UsageError without a display or OpenGL 3.3.
  /// `configs`: of the runs, one or several to compare.
  WindowApp(const WindowOptions& options, std::vector<Config> configs,
            const TrainerLibrary& library);
  ~WindowApp();

  /// Draws and trains until the window is closed. Returns the exit code.
  int run();

 private:
  using Clock = std::chrono::steady_clock;

  void start_sessions();
  /// Whether anything that is shown may have changed since the last frame.
  bool needs_frame(bool news);
  /// What the runs show now, and the person's choice among them kept in bounds.
  void look_at_runs();
  const Snapshot& snapshot() const;
  void draw();
  void match_size();
  void answer_requests(const Snapshot& snapshot);
  void obey(const RunWish& wish);
  void save_screenshot(const Snapshot& snapshot);
  void wait_for_next_frame(Clock::time_point began);
  /// Seconds from the beginning of a frame to that of the next.
  bool shares_the_processor() const;
  double frame_interval(bool attended) const;
  void write_report(const Snapshot& snapshot) const;
  /// Now and then: settings that were changed, the report that was asked for.
  void keep_house();
  double seconds() const;

  const WindowOptions options_;
  const std::vector<Config> configs_;
  const Clock::time_point start_ = Clock::now();

  ComparedRuns runs_;  // none before the first picture
  std::vector<RunView> views_;
  UiState ui_;
  std::map<std::string, Rect> items_;

  GlfwWindow window_;
  GuiHost host_;
  std::unique_ptr<Framebuffer> target_;

  std::uint64_t events_seen_ = 0;
  int settling_ = 0;  // frames still to draw after input
  int frames_ = 0;
  double frame_seconds_ = 0;  // that drawing takes, smoothed
  double last_frame_ = 0, first_picture_ms_ = 0, housekeeping_due_ = 0;
  std::vector<float> ui_ms_;  // work of each frame, drawing not counted
  std::string saved_settings_;
};

}  // namespace flowscope
