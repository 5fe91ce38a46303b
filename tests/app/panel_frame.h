// Draws the window off-screen and plays the mouse, so that panels can be tested without a display.
#pragma once

#include <imgui.h>

#include <map>
#include <string>
#include <vector>

#include "app/window/framebuffer.h"
#include "app/window/gui.h"
#include "app/window/gui_host.h"
#include "app/window/offscreen.h"
#include "tests/app/fake_session.h"

namespace flowscope {

class PanelStage {
 public:
  explicit PanelStage(std::shared_ptr<Snapshot> shown, int width = 1280, int height = 800)
      : snapshot(std::move(shown)), target_(width, height) {}

  /// Builds and draws so many frames, a sixtieth of a second each.
  void frames(int count) {
    PanelContext context{*snapshot, host_.theme(ui.dark, ui.scale), ui,
                         [this](Command c) { sent.push_back(std::move(c)); }};
    context.items = &items;
    context.runs = runs;
    for (int i = 0; i < count; ++i) {
      context.now = now += 1 / 60.0;
      host_.frame(target_, 1 / 60.0, [&] {
        build_gui(context, static_cast<float>(target_.width()),
                  static_cast<float>(target_.height()));
      });
    }
  }

  void move(ImVec2 to) {
    ImGui::GetIO().MousePos = to;
    frames(2);
  }
  void press(bool down) {
    ImGui::GetIO().MouseDown[0] = down;
    frames(2);
  }
  void click(ImVec2 at) {
    move(at);
    press(true);
    press(false);
  }

  /// Where a widget stands, for example "top_bar/play". Throws std::out_of_range.
  Rect item(const std::string& name) const { return items.at(name); }
  ImVec2 middle(const std::string& name) const {
    const Rect r = item(name);
    return {r.x + r.w / 2, r.y + r.h / 2};
  }

  /// What a panel looks like.
  Image picture(const std::string& panel) const {
    const Rect r = item(panel);
    return target_.read().cropped(static_cast<int>(r.x), static_cast<int>(r.y),
                                  static_cast<int>(r.w), static_cast<int>(r.h));
  }

  /// The commands of one kind, in the order sent.
  template <typename T>
  std::vector<T> commands() const {
    std::vector<T> found;
    for (const Command& c : sent) {
      if (const T* command = std::get_if<T>(&c)) found.push_back(*command);
    }
    return found;
  }

  std::shared_ptr<Snapshot> snapshot;
  std::vector<RunView> runs;  // none: the snapshot's alone
  UiState ui;
  std::vector<Command> sent;
  std::map<std::string, Rect> items;
  double now = 0;

 private:
  OffscreenContext opengl_;
  GuiHost host_;
  Framebuffer target_;
};

}  // namespace flowscope
