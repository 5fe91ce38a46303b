#include "app/window/glfw_window.h"

#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <epoxy/gl.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "app/window/offscreen.h"
#include "core/run/errors.h"

namespace flowscope {
namespace {

std::string glfw_error() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text ? text : "no reason given";
}

[[noreturn]] void no_window(const std::string& why) {
  throw UsageError("cannot open a window: " + why +
                   "; without a display use: flowscope shot -o picture.png, or flowscope train");
}

/// Where Mesa draws by the processor it takes every core for it; one is left to training, unless somebody
/// has said how many. To be called before there is a context.
void leave_a_core() {
  const unsigned others = std::max(2u, std::thread::hardware_concurrency()) - 1;
  setenv("LP_NUM_THREADS", std::to_string(others).c_str(), 0);
}

/// Mesa's and SwiftShader's names for it.
bool is_software(const char* renderer) {
  const std::string_view name = renderer ? renderer : "";
  for (const char* known : {"llvmpipe", "softpipe", "swrast", "SwiftShader", "Software"}) {
    if (name.find(known) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

/// What the window was told; its user pointer.
struct GlfwWindow::Inbox {
  std::uint64_t events = 0;
  std::vector<int> pressed;  // keys, since the last frame
  std::vector<int> tapped;   // keys shown to ImGui for one frame although they are up again
};

namespace {

void count(GLFWwindow* window) {
  ++static_cast<GlfwWindow::Inbox*>(glfwGetWindowUserPointer(window))->events;
}

void on_key(GLFWwindow* window, int key, int, int action, int) {
  count(window);
  if (action != GLFW_PRESS || key < 0) return;
  static_cast<GlfwWindow::Inbox*>(glfwGetWindowUserPointer(window))->pressed.push_back(key);
}

void count_events(GLFWwindow* window) {
  glfwSetKeyCallback(window, on_key);
  glfwSetCharCallback(window, [](GLFWwindow* w, unsigned) { count(w); });
  glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int, int, int) { count(w); });
  glfwSetScrollCallback(window, [](GLFWwindow* w, double, double) { count(w); });
  glfwSetCursorPosCallback(window, [](GLFWwindow* w, double, double) { count(w); });
  glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int) { count(w); });
  glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int) { count(w); });
  glfwSetFramebufferSizeCallback(window, [](GLFWwindow* w, int, int) { count(w); });
  glfwSetWindowRefreshCallback(window, count);
  glfwSetWindowCloseCallback(window, count);
}

}  // namespace

struct GlfwWindow::Library {
  Inbox inbox;
  Library() {
    check_opengl_libraries(false);
    leave_a_core();
    if (!glfwInit()) no_window(glfw_error());
  }
  ~Library() { glfwTerminate(); }
};

GlfwWindow::GlfwWindow(int width, int height, double scale, const std::string& title)
    : library_(std::make_unique<Library>()) {
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_DEPTH_BITS, 0);
  glfwWindowHint(GLFW_STENCIL_BITS, 0);
  glfwWindowHintString(GLFW_X11_CLASS_NAME, "flowscope");
  glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "flowscope");
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  float natural = 1;
  if (monitor) glfwGetMonitorContentScale(monitor, &natural, nullptr);
  const double s = scale > 0 ? scale : natural;
  int w = static_cast<int>(std::lround(width * s)), h = static_cast<int>(std::lround(height * s));
  if (monitor) {
    int x = 0, y = 0, most_w = w, most_h = h;
    glfwGetMonitorWorkarea(monitor, &x, &y, &most_w, &most_h);
    if (most_w > 0 && most_h > 0) {
      w = std::min(w, most_w);
      h = std::min(h, most_h);
    }
  }
  window_ = glfwCreateWindow(w, h, title.c_str(), nullptr, nullptr);
  if (!window_) no_window("OpenGL 3.3 is not available (" + glfw_error() + ")");
  glfwSetWindowUserPointer(window_, &library_->inbox);
  count_events(window_);
  glfwMakeContextCurrent(window_);
  in_software_ = is_software(reinterpret_cast<const char*>(glGetString(GL_RENDERER)));
  glfwSwapInterval(1);
}

GlfwWindow::~GlfwWindow() { glfwDestroyWindow(window_); }

void GlfwWindow::attach_input() { ImGui_ImplGlfw_InitForOpenGL(window_, true); }
void GlfwWindow::detach_input() { ImGui_ImplGlfw_Shutdown(); }

void GlfwWindow::begin_frame() {
  ImGui_ImplGlfw_NewFrame();
  show_taps();
  // ImGui works in real pixels here; where the system's own unit is larger, the mouse follows.
  int window_w = 0;
  glfwGetWindowSize(window_, &window_w, nullptr);
  ImVec2& mouse = ImGui::GetIO().MousePos;
  if (window_w > 0 && window_w != width() && mouse.x > -1e6f) {
    const float ratio = static_cast<float>(width()) / static_cast<float>(window_w);
    mouse = {mouse.x * ratio, mouse.y * ratio};
  }
}

void GlfwWindow::show_taps() {
  ImGuiIO& io = ImGui::GetIO();
  Inbox& inbox = library_->inbox;
  for (const int key : inbox.tapped) io.KeysDown[key] = glfwGetKey(window_, key) == GLFW_PRESS;
  inbox.tapped.clear();
  for (const int key : inbox.pressed) {
    if (io.KeysDown[key]) continue;
    io.KeysDown[key] = true;
    inbox.tapped.push_back(key);
  }
  inbox.pressed.clear();
  io.KeyShift = io.KeysDown[GLFW_KEY_LEFT_SHIFT] || io.KeysDown[GLFW_KEY_RIGHT_SHIFT];
  io.KeyCtrl = io.KeysDown[GLFW_KEY_LEFT_CONTROL] || io.KeysDown[GLFW_KEY_RIGHT_CONTROL];
  io.KeyAlt = io.KeysDown[GLFW_KEY_LEFT_ALT] || io.KeysDown[GLFW_KEY_RIGHT_ALT];
}

bool GlfwWindow::should_close() const { return glfwWindowShouldClose(window_); }
void GlfwWindow::close() { glfwSetWindowShouldClose(window_, GLFW_TRUE); }

double GlfwWindow::natural_scale() const {
  float x = 1;
  glfwGetWindowContentScale(window_, &x, nullptr);
  return std::clamp(static_cast<double>(x), 0.75, 4.0);
}

int GlfwWindow::width() const {
  int w = 0;
  glfwGetFramebufferSize(window_, &w, nullptr);
  return w;
}

int GlfwWindow::height() const {
  int h = 0;
  glfwGetFramebufferSize(window_, nullptr, &h);
  return h;
}

void GlfwWindow::wait(double seconds) {
  if (seconds > 0) {
    glfwWaitEventsTimeout(seconds);
  } else {
    glfwPollEvents();
  }
}

std::uint64_t GlfwWindow::events() const { return library_->inbox.events; }
void GlfwWindow::swap() { glfwSwapBuffers(window_); }

void GlfwWindow::toggle_full_screen() {
  int* p = windowed_;
  if (glfwGetWindowMonitor(window_)) {
    glfwSetWindowMonitor(window_, nullptr, p[0], p[1], p[2], p[3], GLFW_DONT_CARE);
    return;
  }
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  if (!monitor) return;
  glfwGetWindowPos(window_, &p[0], &p[1]);
  glfwGetWindowSize(window_, &p[2], &p[3]);
  const GLFWvidmode* mode = glfwGetVideoMode(monitor);
  glfwSetWindowMonitor(window_, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
}

void GlfwWindow::limit_size(int width, int height) {
  glfwSetWindowSizeLimits(window_, width, height, GLFW_DONT_CARE, GLFW_DONT_CARE);
}

}  // namespace flowscope
