#include "app/window/gui_host.h"

#include <backends/imgui_impl_opengl3.h>
#include <epoxy/gl.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "app/draw/heatmap.h"
#include "app/scene/first_person.h"
#include "core/run/errors.h"

namespace flowscope {

namespace {

/// Glyphs stand on whole pixels, so that nothing is to be interpolated. Drawing in software, which
/// samples this texture for every pixel of every shape, is a good deal faster for it.
void sample_exactly(ImTextureID atlas) {
  glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(reinterpret_cast<std::uintptr_t>(atlas)));
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
}

/// A rounded rectangle two pixels high, give or take a bit of rounding, has corners of next to no radius.
/// For these ImGui (1.86) divides by the number of their segments, of which its table has none.
void give_tiny_corners_segments() {
  ImDrawListSharedData& shapes = *ImGui::GetDrawListSharedData();
  if (shapes.CircleSegmentCounts[0] == 0) shapes.CircleSegmentCounts[0] = IM_DRAWLIST_ARCFAST_SAMPLE_MAX;
}

}  // namespace

GuiHost::GuiHost() {
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;  // flowscope keeps its own settings
  io.LogFilename = nullptr;
  if (!ImGui_ImplOpenGL3_Init("#version 330 core")) {
    ImGui::DestroyContext();
    throw UsageError("cannot draw: OpenGL 3.3 did not start");
  }
}

GuiHost::~GuiHost() {
  release_heat_maps();
  release_first_person();
  ImGui_ImplOpenGL3_Shutdown();
  ImGui::DestroyContext();
}

const Theme& GuiHost::theme(bool dark, float scale) {
  if (!theme_ || theme_->scale != scale) {
    const bool first = !theme_;
    theme_ = make_theme(dark, scale);
    if (first) {
      ImGui_ImplOpenGL3_CreateDeviceObjects();  // the texture of the fonts is one of them
    } else {
      ImGui_ImplOpenGL3_DestroyFontsTexture();
      ImGui_ImplOpenGL3_CreateFontsTexture();
    }
    sample_exactly(ImGui::GetIO().Fonts->TexID);
  } else if (theme_->dark != dark) {
    recolor(*theme_, dark);
  }
  return *theme_;
}

double GuiHost::frame(const Framebuffer& target, double seconds,
                      const std::function<void()>& build) {
  using Clock = std::chrono::steady_clock;
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(target.width()), static_cast<float>(target.height())};
  io.DisplayFramebufferScale = {1, 1};
  io.DeltaTime = std::clamp(static_cast<float>(seconds), 1e-4f, 0.25f);
  ImGui_ImplOpenGL3_NewFrame();
  const auto begin = Clock::now();
  ImGui::NewFrame();
  give_tiny_corners_segments();
  build();
  ImGui::Render();
  const auto end = Clock::now();
  target.bind();
  const ImVec4 ground = ImGui::ColorConvertU32ToFloat4(theme_ ? theme_->color.panel : 0);
  glDisable(GL_SCISSOR_TEST);
  glClearColor(ground.x, ground.y, ground.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  return std::chrono::duration<double, std::milli>(end - begin).count();
}

}  // namespace flowscope
