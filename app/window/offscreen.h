// OpenGL without a display, through EGL.
#pragma once

namespace flowscope {

/// A current OpenGL 3.3 core context for as long as it lives. Throws UsageError where the machine
/// has none, with what to install.
class OffscreenContext {
 public:
  OffscreenContext();
  ~OffscreenContext();
  OffscreenContext(const OffscreenContext&) = delete;
  OffscreenContext& operator=(const OffscreenContext&) = delete;

 private:
  void* display_ = nullptr;
  void* context_ = nullptr;
};

/// Throws UsageError with what to install when a library that OpenGL is loaded from is missing; the
/// loaders themselves would end the program.
void check_opengl_libraries(bool headless);

}  // namespace flowscope
