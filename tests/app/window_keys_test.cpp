#include <GLFW/glfw3.h>

#include <set>
#include <string>
#include <utility>

#include "app/window/gui.h"
#include "tests/app/draw_fixture.h"
#include "tests/app/fake_session.h"

using namespace flowscope;

namespace {

/// Everything that a key may change, as text.
std::string state_of(const UiState& ui, const FakeSession& session) {
  std::string text;
  for (const int value :
       {static_cast<int>(ui.hero), ui.map, static_cast<int>(ui.color_map), int{ui.log_color},
        int{ui.show_flow}, int{ui.show_trajectories}, int{ui.show_behaviour}, int{ui.peek_target},
        ui.selected_state, int{ui.show_rail}, int{ui.show_right}, int{ui.show_keys},
        int{ui.want_full_screen}, int{ui.want_screenshot}, int{ui.dark}, int{ui.first_person},
        int{ui.playing}, int{ui.world_policy}, int{ui.wish.add}, ui.wish.remove,
        static_cast<int>(100 * ui.scale), static_cast<int>(session.sent.size())}) {
    text += std::to_string(value) + " ";
  }
  return text + ui.maximised + ui.toast;
}

/// One person at a keyboard, without a window.
class Keyboard {
 public:
  explicit Keyboard(const Config& config) : session(config) {}

  void press(int key, int modifiers) {
    ImGuiIO& io = ImGui::GetIO();
    frame();  // nothing down
    io.KeyShift = modifiers & 1;
    io.KeyCtrl = modifiers & 2;
    io.KeyAlt = modifiers & 4;
    io.KeysDown[key] = true;
    frame();
    after_press = state_of(ui, session);
    io.KeysDown[key] = false;
    frame();
    io.KeyShift = io.KeyCtrl = io.KeyAlt = false;
  }

  void frame(bool in_text_field = false) {
    const auto snapshot = session.latest();
    PanelContext context{*snapshot, gui.theme(), ui, [this](Command c) { session.send(c); }};
    gui.draw([&] {
      if (in_text_field) {
        ImGui::SetKeyboardFocusHere();
        ImGui::InputText("name", text, sizeof text);
      }
      handle_keys(context);
    });
  }

  OffscreenGui gui{64, 64};
  FakeSession session;
  UiState ui;
  std::string after_press;
  char text[16] = "";
};

}  // namespace

TEST_CASE("no key is bound twice") {
  std::set<std::pair<int, int>> seen;
  std::set<std::string> shown;
  for (const KeyBinding& binding : key_bindings()) {
    INFO(binding.keys);
    CHECK(seen.insert({binding.key, binding.modifiers}).second);
    CHECK(shown.insert(binding.keys).second);
    CHECK(std::string(binding.action) != "");
  }
}

TEST_CASE("every key in the list acts") {
  Keyboard keyboard(Config::from_preset("hypergrid-8^4"));
  for (const KeyBinding& binding : key_bindings()) {
    INFO(binding.keys);
    // A state in which no key has nothing to do.
    keyboard.ui = UiState();
    keyboard.ui.hero = binding.key == GLFW_KEY_1 ? HeroTab::kFlow : HeroTab::kMap;
    keyboard.ui.selected_state = 3;
    keyboard.ui.scale = 1.5f;
    const std::string before = state_of(keyboard.ui, keyboard.session);
    keyboard.press(binding.key, binding.modifiers);
    CHECK(keyboard.after_press != before);
  }
}

TEST_CASE("Space plays and pauses; steps and resets are sent") {
  Keyboard keyboard(Config::from_preset("hypergrid-8x8"));
  keyboard.press(GLFW_KEY_SPACE, 0);
  CHECK(keyboard.session.latest()->state == RunState::kRunning);
  keyboard.press(GLFW_KEY_SPACE, 0);
  CHECK(keyboard.session.latest()->state == RunState::kPaused);
  keyboard.press(GLFW_KEY_RIGHT, 0);
  keyboard.press(GLFW_KEY_RIGHT, 1);
  CHECK(keyboard.session.latest()->metrics.step == 101);
  keyboard.press(GLFW_KEY_BACKSPACE, 0);
  CHECK(keyboard.session.latest()->metrics.step == 0);
  keyboard.press(GLFW_KEY_BACKSPACE, 1);
  CHECK(keyboard.session.latest()->run->config.integer("seed") == 1);
}

TEST_CASE("plus means faster with and without Shift, and speeds end at as fast as possible") {
  Keyboard keyboard(Config::from_preset("hypergrid-8x8"));
  keyboard.session.send(SetSpeed{100});
  keyboard.press(GLFW_KEY_EQUAL, 1);
  CHECK(keyboard.session.latest()->asked_rate == 200);
  keyboard.press(GLFW_KEY_MINUS, 0);
  CHECK(keyboard.session.latest()->asked_rate == 100);
  for (int i = 0; i < 20; ++i) keyboard.press(GLFW_KEY_EQUAL, 0);
  CHECK(keyboard.session.latest()->asked_rate == 0);
  keyboard.press(GLFW_KEY_MINUS, 0);
  CHECK(keyboard.session.latest()->asked_rate == 5000);
}

TEST_CASE("the target is peeked at while G is held and no longer") {
  Keyboard keyboard(Config::from_preset("hypergrid-8x8"));
  ImGui::GetIO().KeysDown[GLFW_KEY_G] = true;
  keyboard.frame();
  CHECK(keyboard.ui.peek_target);
  ImGui::GetIO().KeysDown[GLFW_KEY_G] = false;
  keyboard.frame();
  CHECK_FALSE(keyboard.ui.peek_target);
}

TEST_CASE("keys do nothing while a text field has the keyboard") {
  Keyboard keyboard(Config::from_preset("hypergrid-8x8"));
  keyboard.frame(true);
  keyboard.frame(true);
  ImGui::GetIO().KeysDown[GLFW_KEY_SPACE] = true;
  keyboard.frame(true);
  CHECK(keyboard.session.sent.empty());
}

TEST_CASE("brackets go round all presets") {
  Keyboard keyboard(Config::from_preset("hypergrid-8x8"));
  const auto preset = [&] { return keyboard.session.latest()->run->config.preset; };
  keyboard.press(GLFW_KEY_RIGHT_BRACKET, 0);
  CHECK(preset() != "hypergrid-8x8");
  keyboard.press(GLFW_KEY_LEFT_BRACKET, 0);
  CHECK(preset() == "hypergrid-8x8");
}
