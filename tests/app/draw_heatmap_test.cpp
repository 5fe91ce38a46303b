#include <cmath>
#include <vector>

#include "app/draw/heatmap.h"
#include "tests/app/draw_fixture.h"

using namespace flowscope;

namespace {

constexpr int kCells = 24, kSize = 240;

/// One row of cells from `low` to `high`, evenly or by equal ratios.
std::vector<float> ramp(double low, double high, bool logarithmic) {
  std::vector<float> cells;
  for (int i = 0; i < kCells; ++i) {
    const double t = static_cast<double>(i) / (kCells - 1);
    cells.push_back(static_cast<float>(logarithmic ? low * std::pow(high / low, t)
                                                   : low + t * (high - low)));
  }
  return cells;
}

}  // namespace

TEST_CASE("the shader and the CPU give a value the same colour") {
  OffscreenGui gui(kSize, 20);
  std::uint64_t version = 0;
  for (const ColorMap map : {ColorMap::kViridis, ColorMap::kCividis, ColorMap::kMagma,
                             ColorMap::kGrey, ColorMap::kSigned}) {
    for (const bool logarithmic : {false, true}) {
      if (logarithmic && map == ColorMap::kSigned) continue;
      for (const bool dark : {false, true}) {
        const ColorScale scale{map, map == ColorMap::kSigned ? 0 : 1e-3, 0.5, logarithmic, dark};
        const double low = map == ColorMap::kSigned ? -0.7 : 1e-4;  // beyond both limits
        const auto cells = ramp(low, 0.8, logarithmic);
        ++version;
        const Image image = gui.draw([&] {
          draw_heat_map("agree", {kCells, 1, cells, version, scale, 0}, {0, 0, kSize, 20},
                        {0, 0, kCells, 1});
        });
        for (int i = 0; i < kCells; ++i) {
          const ImU32 drawn = pixel(image, i * 10 + 5, 10);
          INFO("map " << static_cast<int>(map) << " log " << logarithmic << " cell " << i);
          // One entry of the table may be missed by rounding of the logarithm.
          CHECK(color_distance(drawn, color_of(scale, cells[static_cast<size_t>(i)])) <= 3);
        }
      }
    }
  }
}

TEST_CASE("the poles of a signed map are blue below and orange above") {
  const ColorScale scale{ColorMap::kSigned, 0, 1, false, true};
  CHECK(color_of(scale, -1) == IM_COL32(0x21, 0x66, 0xAC, 255));
  CHECK(color_of(scale, 1) == IM_COL32(0xB3, 0x58, 0x06, 255));
  CHECK(color_of({ColorMap::kSigned, 0, 0, false, true}, 0) ==
        color_of({ColorMap::kSigned, 0, 1, false, true}, 0));
}

TEST_CASE("cells without a state stay empty, y runs upwards, and the clip rectangle holds") {
  OffscreenGui gui(120, 120);
  const float none = std::nanf("");
  const std::vector<float> cells = {1, none, 0, 1};  // lower row, then upper row
  const ColorScale scale{ColorMap::kGrey, 0, 1, false, true};
  const Image image = gui.draw([&] {
    ImGui::PushClipRect({0, 0}, {120, 90}, true);
    draw_heat_map("corner", {2, 2, cells, 1, scale, 0}, {20, 20, 100, 100}, {0, 0, 2, 2});
    ImGui::PopClipRect();
  });
  const ImU32 ground = gui.theme().color.panel;
  CHECK(pixel(image, 45, 80) == color_of(scale, 1));   // lower left
  CHECK(pixel(image, 95, 80) == ground);               // no state
  CHECK(pixel(image, 45, 45) == color_of(scale, 0));   // upper left
  CHECK(pixel(image, 95, 45) == color_of(scale, 1));
  CHECK(pixel(image, 45, 100) == ground);              // clipped away
  CHECK(pixel(image, 10, 45) == ground);               // outside the rectangle
}

TEST_CASE("what is drawn after a map lies above it") {
  OffscreenGui gui(60, 60);
  const std::vector<float> cells = {1};
  const ColorScale scale{ColorMap::kGrey, 0, 1, false, true};
  const Image image = gui.draw([&] {
    draw_heat_map("under", {1, 1, cells, 1, scale, 0}, {0, 0, 60, 60}, {0, 0, 1, 1});
    ImGui::GetWindowDrawList()->AddRectFilled({20, 20}, {40, 40}, IM_COL32(255, 0, 0, 255));
  });
  CHECK(pixel(image, 30, 30) == IM_COL32(255, 0, 0, 255));
  CHECK(pixel(image, 10, 10) == color_of(scale, 1));
}

TEST_CASE("a map is uploaded when its version changes and zooms to a part of it") {
  OffscreenGui gui(40, 40);
  std::vector<float> cells = {0, 1, 1, 1};
  const ColorScale scale{ColorMap::kGrey, 0, 1, false, true};
  std::uint64_t version = 1;
  const auto drawn = [&](MapWindow part) {
    return pixel(gui.draw([&] {
      draw_heat_map("versions", {2, 2, cells, version, scale, 0}, {0, 0, 40, 40}, part);
    }), 20, 20);
  };
  CHECK(drawn({0, 0, 1, 1}) == color_of(scale, 0));
  CHECK(drawn({1, 0, 1, 1}) == color_of(scale, 1));
  cells[0] = 1;
  CHECK(drawn({0, 0, 1, 1}) == color_of(scale, 0));  // same version, same picture
  ++version;
  CHECK(drawn({0, 0, 1, 1}) == color_of(scale, 1));
}

TEST_CASE("a heat map with its colour bars looks as it should") {
  OffscreenGui gui(480, 300);
  std::vector<float> cells, difference;
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 16; ++x) {
      cells.push_back(static_cast<float>(std::exp(-0.05 * ((x - 4) * (x - 4) + (y - 11) * (y - 11)))));
      difference.push_back(x == y ? std::nanf("") : static_cast<float>(x - y) / 15);
    }
  }
  const ColorScale scale{ColorMap::kViridis, 1e-3, 1, true, true};
  const ColorScale signed_scale{ColorMap::kSigned, 0, 1, false, true};
  check_golden("heatmap", gui.draw([&] {
    const Theme& t = gui.theme();
    draw_heat_map("g1", {16, 16, cells, 1, scale, 4}, {16, 16, 208, 208}, {0, 0, 16, 16});
    draw_color_bar(t, scale, {16, 240, 208, 32});
    draw_heat_map("g2", {16, 16, difference, 1, signed_scale, 0}, {256, 16, 208, 208}, {0, 0, 16, 16});
    draw_color_bar(t, signed_scale, {256, 240, 208, 32}, "too rarely", "too often");
  }));
}
