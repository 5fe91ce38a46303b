// The window of the desktop: GLFW and OpenGL 3.3 core.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

struct GLFWwindow;

namespace flowscope {

/// One at a time. Its OpenGL context is current while it lives. Throws UsageError, in one line that
/// names the headless command, where there is no display or no OpenGL 3.3.
class GlfwWindow {
 public:
  /// Size in logical pixels; `scale` real pixels each, 0 for what the monitor asks.
  GlfwWindow(int width, int height, double scale, const std::string& title);
  ~GlfwWindow();
  GlfwWindow(const GlfwWindow&) = delete;
  GlfwWindow& operator=(const GlfwWindow&) = delete;

  /// Connects ImGui's input to the window; an ImGui context must be current, and stay so until
  /// detach_input.
  void attach_input();
  void detach_input();
  /// Hands the input since the last frame to ImGui.
  void begin_frame();

  bool should_close() const;
  void close();
  double natural_scale() const;  // the monitor's
  int width() const;             // of the framebuffer, in real pixels; 0 while minimised
  int height() const;
  /// Whether OpenGL is a program on the processor, which then has less time for all else.
  bool draws_in_software() const { return in_software_; }

  /// Waits for input for so many seconds at most; 0 only looks.
  void wait(double seconds);
  /// Counts what the window was told: input, resizing, uncovering. Unchanged means nothing happened.
  std::uint64_t events() const;
  void swap();
  void toggle_full_screen();
  /// The smallest size that the person may give it, in real pixels.
  void limit_size(int width, int height);

  struct Inbox;

 private:
  /// ImGui 1.86 looks at keys once a frame and would miss one that went down and up between two.
  void show_taps();

  struct Library;  // GLFW itself, for as long as the window lives
  std::unique_ptr<Library> library_;
  GLFWwindow* window_ = nullptr;
  bool in_software_ = false;
  int windowed_[4] = {0, 0, 0, 0};  // place and size before full screen
};

}  // namespace flowscope
