// Frames off-screen, for tests that look at pixels, and pictures kept for comparison.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "app/window/framebuffer.h"
#include "app/window/gui_host.h"
#include "app/window/offscreen.h"
#include "app/window/png.h"
#include "tests/catch.h"

namespace flowscope {

/// A framebuffer and an ImGui that draws into it, in one window without padding that covers it.
class OffscreenGui {
 public:
  OffscreenGui(int width, int height, bool dark = true, float scale = 1)
      : target_(width, height), theme_(host_.theme(dark, scale)) {}

  const Theme& theme() const { return theme_; }

  /// Builds `frames` frames and returns the pixels of the last.
  Image draw(const std::function<void()>& build, int frames = 1) {
    for (int i = 0; i < frames; ++i) {
      host_.frame(target_, 1 / 60.0, [&] {
        ImGui::SetNextWindowPos({0, 0});
        ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
        ImGui::Begin("test", nullptr, ImGuiWindowFlags_NoDecoration);
        build();
        ImGui::End();
        ImGui::PopStyleVar();
      });
    }
    return target_.read();
  }

 private:
  OffscreenContext opengl_;
  GuiHost host_;
  Framebuffer target_;
  Theme theme_;
};

/// The pixel as a colour of ImGui.
inline ImU32 pixel(const Image& image, int x, int y) {
  const std::uint8_t* p = image.at(x, y);
  return IM_COL32(p[0], p[1], p[2], 255);
}

/// Greatest difference of two colours in any channel.
inline int color_distance(ImU32 a, ImU32 b) {
  int most = 0;
  for (const int shift : {0, 8, 16}) {
    most = std::max(most, std::abs(static_cast<int>((a >> shift) & 255) -
                                   static_cast<int>((b >> shift) & 255)));
  }
  return most;
}

/// How unlike two pictures are: the share of pixels that differ visibly; 1 if sizes differ.
inline double unlikeness(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height) return 1;
  std::int64_t differ = 0;
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width; ++x) {
      differ += color_distance(pixel(a, x, y), pixel(b, x, y)) > 40;
    }
  }
  return static_cast<double>(differ) / (static_cast<double>(a.width) * a.height);
}

/// Compares with tests/golden/<name>.png. FLOWSCOPE_UPDATE_GOLDEN=1 writes the file anew; after a
/// mismatch the picture lies in the build folder. Other drivers may smooth edges otherwise, so one
/// pixel in a hundred may differ.
inline void check_golden(const std::string& name, const Image& image) {
  const std::string kept = FLOWSCOPE_SOURCE_DIR "/tests/golden/" + name + ".png";
  if (std::getenv("FLOWSCOPE_UPDATE_GOLDEN")) {
    std::filesystem::create_directories(FLOWSCOPE_SOURCE_DIR "/tests/golden");
    write_png(kept, image);
  }
  const double unlike = unlikeness(image, read_png(kept));
  if (unlike > 0.01) write_png(FLOWSCOPE_BINARY_DIR "/" + name + "-actual.png", image);
  INFO("the picture drawn is " FLOWSCOPE_BINARY_DIR "/" + name + "-actual.png");
  CHECK(unlike <= 0.01);
}

}  // namespace flowscope
