#include <cmath>
#include <string>
#include <vector>

#include "app/window/gui.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

/// Every logical pixel of the window belongs to exactly one panel.
void check_tiling(const std::map<std::string, Rect>& panels, float width, float height) {
  double area = 0;
  std::vector<std::pair<std::string, Rect>> list(panels.begin(), panels.end());
  for (size_t i = 0; i < list.size(); ++i) {
    const auto& [name, a] = list[i];
    INFO(name << " at " << width << "x" << height);
    CHECK(a.w >= 1);
    CHECK(a.h >= 1);
    CHECK((a.x >= 0 && a.y >= 0 && a.x + a.w <= width + 0.01 && a.y + a.h <= height + 0.01));
    area += static_cast<double>(a.w) * a.h;
    for (size_t j = i + 1; j < list.size(); ++j) {
      const Rect& b = list[j].second;
      const bool apart = a.x + a.w <= b.x + 0.01f || b.x + b.w <= a.x + 0.01f ||
                         a.y + a.h <= b.y + 0.01f || b.y + b.h <= a.y + 0.01f;
      INFO("against " << list[j].first);
      CHECK(apart);
    }
  }
  CHECK(area == Approx(static_cast<double>(width) * height).epsilon(1e-6));
}

void check_rect(const std::map<std::string, Rect>& panels, const char* name, Rect is) {
  INFO(name);
  const Rect& r = panels.at(name);
  CHECK(r.x == is.x);
  CHECK(r.y == is.y);
  CHECK(r.w == is.w);
  CHECK(r.h == is.h);
}

}  // namespace

TEST_CASE("at 1600x1000 the panels stand where the plan says") {
  const auto panels = layout(UiState(), 1600, 1000);
  check_rect(panels, "top_bar", {0, 0, 1600, 48});
  check_rect(panels, "setup", {0, 48, 296, 800});
  check_rect(panels, "view_tabs", {296, 48, 904, 32});
  check_rect(panels, "hero", {296, 80, 904, 488});
  check_rect(panels, "hero_footer", {296, 568, 904, 32});
  check_rect(panels, "lower", {296, 600, 904, 248});
  check_rect(panels, "inspector", {1200, 48, 400, 272});
  check_rect(panels, "charts", {1200, 320, 400, 528});
  check_rect(panels, "timeline", {0, 848, 1600, 124});
  check_rect(panels, "status", {0, 972, 1600, 28});
}

TEST_CASE("panels tile the window at every size, with columns shown, hidden, wide and narrow") {
  for (const float width : {960.f, 1100.f, 1280.f, 1600.f, 1920.f, 3840.f}) {
    for (const float height : {600.f, 720.f, 1000.f, 1080.f, 2160.f}) {
      for (const int hidden : {0, 1, 2, 3}) {
        UiState ui;
        ui.show_rail = !(hidden & 1);
        ui.show_right = !(hidden & 2);
        check_tiling(layout(ui, width, height), width, height);
        ui.rail_width = 480;
        ui.right_width = 640;
        ui.lower_height = 900;
        const auto panels = layout(ui, width, height);
        check_tiling(panels, width, height);
        CHECK(panels.at("hero").w >= 320);
        CHECK(panels.at("hero").h >= 160);
      }
    }
  }
}

TEST_CASE("a maximised panel has the window to itself, between the bars") {
  for (const char* name : {"hero", "lower", "charts", "inspector", "timeline", "setup"}) {
    UiState ui;
    ui.maximised = name;
    const auto panels = layout(ui, 1280, 720);
    check_tiling(panels, 1280, 720);
    CHECK(panels.at(name).w == 1280);
    CHECK(panels.at(name).h >= 720 - 48 - 28 - 64);
  }
}
