#include "app/window/offscreen.h"

#define EGL_NO_X11
#include <dlfcn.h>
#include <epoxy/egl.h>
#include <epoxy/gl.h>

#include <array>
#include <string>

#include "core/run/errors.h"

namespace flowscope {
namespace {

/// A display that is no display: Mesa's surfaceless platform, else the first device that works.
EGLDisplay open_display() {
  if (epoxy_has_egl_extension(EGL_NO_DISPLAY, "EGL_MESA_platform_surfaceless")) {
    const EGLDisplay d =
        eglGetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
    if (d != EGL_NO_DISPLAY && eglInitialize(d, nullptr, nullptr)) return d;
  }
  if (!epoxy_has_egl_extension(EGL_NO_DISPLAY, "EGL_EXT_platform_device") ||
      !epoxy_has_egl_extension(EGL_NO_DISPLAY, "EGL_EXT_device_enumeration")) {
    return EGL_NO_DISPLAY;
  }
  std::array<EGLDeviceEXT, 8> devices{};
  EGLint count = 0;
  eglQueryDevicesEXT(static_cast<EGLint>(devices.size()), devices.data(), &count);
  for (EGLint i = 0; i < count; ++i) {
    const EGLDisplay d = eglGetPlatformDisplayEXT(EGL_PLATFORM_DEVICE_EXT,
                                                  devices[static_cast<size_t>(i)], nullptr);
    if (d != EGL_NO_DISPLAY && eglInitialize(d, nullptr, nullptr)) return d;
  }
  return EGL_NO_DISPLAY;
}

EGLConfig any_config(EGLDisplay display) {
  if (epoxy_has_egl_extension(display, "EGL_KHR_no_config_context")) return EGL_NO_CONFIG_KHR;
  const EGLint wanted[] = {EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_SURFACE_TYPE, 0, EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  eglChooseConfig(display, wanted, &config, 1, &count);
  return config;
}

[[noreturn]] void no_opengl(const std::string& what) {
  throw UsageError("cannot draw off-screen: " + what +
                   "; install libegl1 and libgl1-mesa-dri, or train without pictures: flowscope "
                   "train");
}

}  // namespace

void check_opengl_libraries(bool headless) {
  for (const char* name : {"libGL.so.1", "libEGL.so.1"}) {
    if (!headless && std::string(name) == "libEGL.so.1") continue;
    if (void* library = dlopen(name, RTLD_LAZY | RTLD_LOCAL)) {
      dlclose(library);
      continue;
    }
    throw UsageError(std::string("cannot draw: ") + name +
                     " is missing; install libgl1 and libegl1, or train without pictures: "
                     "flowscope train");
  }
}

OffscreenContext::OffscreenContext() {
  check_opengl_libraries(true);
  display_ = open_display();
  if (display_ == EGL_NO_DISPLAY) no_opengl("EGL has neither a surfaceless nor a device platform");
  const EGLint wanted[] = {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 3,
                           EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                           EGL_NONE};
  if (eglBindAPI(EGL_OPENGL_API)) {
    context_ = eglCreateContext(display_, any_config(display_), EGL_NO_CONTEXT, wanted);
  }
  if (!context_ || !eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_)) {
    if (context_) eglDestroyContext(display_, context_);
    eglTerminate(display_);
    no_opengl("OpenGL 3.3 is not available");
  }
}

OffscreenContext::~OffscreenContext() {
  eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  eglDestroyContext(display_, context_);
  eglTerminate(display_);
}

}  // namespace flowscope
