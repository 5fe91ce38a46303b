#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "app/draw/plot.h"
#include "app/draw/plot_parts.h"
#include "tests/app/draw_fixture.h"

using namespace flowscope;

TEST_CASE("a line of 20,000 points references its own vertices only") {
  OffscreenGui gui(400, 100);
  std::vector<ImVec2> points;
  for (int i = 0; i < 20000; ++i) {
    points.push_back({static_cast<float>(i) * 0.02f, 50 + 40 * std::sin(static_cast<float>(i))});
  }
  float widest = 0;
  int triangles = 0;
  gui.draw([&] {
    draw_line(ImGui::GetForegroundDrawList(), points, IM_COL32_WHITE, 2);
  });
  const ImDrawData& data = *ImGui::GetDrawData();
  for (int n = 0; n < data.CmdListsCount; ++n) {
    const ImDrawList& list = *data.CmdLists[n];
    if (std::string_view(list._OwnerName) != "##Foreground") continue;
    for (const ImDrawCmd& command : list.CmdBuffer) {
      const ImDrawVert* vertices = list.VtxBuffer.Data + command.VtxOffset;
      for (unsigned i = 0; i + 2 < command.ElemCount; i += 3) {
        const ImDrawIdx* index = list.IdxBuffer.Data + command.IdxOffset + i;
        const auto [low, high] = std::minmax(
            {vertices[index[0]].pos.x, vertices[index[1]].pos.x, vertices[index[2]].pos.x});
        widest = std::max(widest, high - low);
        ++triangles;
      }
    }
  }
  CHECK(triangles > 100000);
  CHECK(widest < 12);  // a wrong index joins points hundreds of pixels apart
}

TEST_CASE("a spike of one step survives a million steps") {
  Series series;
  for (int step = 0; step < 1'000'000; ++step) series.add(step, step == 654'321 ? 100.0 : 1.0);
  const auto columns = reduce({.series = &series}, 1e6, 300, false);
  CHECK(columns.size() <= 301);
  const auto highest = std::ranges::max_element(columns, {}, &PlotColumn::high);
  CHECK(highest->high == 100.0);
  CHECK(highest->x == Approx(0.654321 * 300).margin(2));
  CHECK(std::ranges::min_element(columns, {}, &PlotColumn::low)->low == 1.0);
}

TEST_CASE("values that a logarithmic axis cannot show are left out, and so is what is not finite") {
  Series series;
  series.add(1, -1);
  series.add(2, 0.01);
  series.add(3, std::nan(""));
  series.add(4, 100);
  const auto columns = reduce({.series = &series}, 4, 400, true);
  REQUIRE(columns.size() == 2);
  CHECK(columns[0].mean == Approx(-2));
  CHECK(columns[1].mean == Approx(2));
}

TEST_CASE("the value at a step is that of the bin that holds it") {
  Series series;
  for (int step = 1; step <= 10; ++step) series.add(step, step * step);
  CHECK(*value_at(series, 3) == 9);
  CHECK(*value_at(series, 99) == 100);
  CHECK_FALSE(value_at(series, 0).has_value());
  CHECK_FALSE(value_at(Series(), 5).has_value());
}

TEST_CASE("a chart draws its band, its truth and an empty state") {
  OffscreenGui gui(480, 300);
  Series loss, log_z, other;
  for (int step = 1; step <= 3000; ++step) {
    const double t = step / 3000.0;
    loss.add(step, 8 * std::exp(-6 * t) * (1 + 0.7 * std::sin(step * 12.9898)) + 1e-3);
    log_z.add(step, 3.75 * (1 - std::exp(-8 * t)));
    other.add(step, 3.6 * (1 - std::exp(-7 * t)));
  }
  const Theme& t = gui.theme();
  const auto build = [&] {
    const PlotLine lines[] = {{"TB", &log_z, t.color.run[0], LineStyle::kSolid, false},
                              {"DB", &other, t.color.run[1], LineStyle::kDash, false}};
    const PlotLine noisy[] = {{"", &loss, t.color.run[1], LineStyle::kSolid, true}};
    PlotSpec spec{.id = "z", .title = "log Z", .readout = "3.749", .truth = 3.751,
                  .truth_label = "true 3.751", .last_step = 3000};
    draw_plot(t, spec, lines, {12, 8, 216, 132});
    spec.id = "hover";
    spec.hover_step = 1200;
    draw_plot(t, spec, lines, {252, 8, 216, 132});
    draw_plot(t, {.id = "loss", .title = "Loss", .readout = "0.0031", .log_y = true,
                  .last_step = 3000}, noisy, {12, 156, 216, 132});
    draw_plot(t, {.id = "none", .title = "TV", .last_step = 0, .empty_text = "press Space"}, {},
              {252, 156, 216, 132});
  };
  check_golden("plot", gui.draw(build, 2));
}

TEST_CASE("the mouse over a chart gives the step under it") {
  OffscreenGui gui(400, 160);
  Series series;
  for (int step = 1; step <= 1000; ++step) series.add(step, step);
  std::optional<double> hovered;
  const auto frame = [&] {
    const PlotLine lines[] = {{"", &series, IM_COL32_WHITE, LineStyle::kSolid, false}};
    hovered = draw_plot(gui.theme(), {.id = "h", .title = "T", .last_step = 1000}, lines,
                        {0, 0, 400, 160});
  };
  ImGui::GetIO().MousePos = {(44 + 336) / 2.0f, 80};  // the middle of the area
  gui.draw(frame, 2);
  REQUIRE(hovered.has_value());
  CHECK(*hovered == Approx(500).margin(3));
  ImGui::GetIO().MousePos = {20, 80};  // over the tick labels
  gui.draw(frame, 2);
  CHECK_FALSE(hovered.has_value());
}

TEST_CASE("a scatter finds the point under the mouse, also among very many") {
  OffscreenGui gui(300, 300);
  for (const size_t count : {size_t{50}, size_t{20000}}) {
    std::vector<float> x, y;
    for (size_t i = 0; i < count; ++i) {
      x.push_back(-10 * static_cast<float>(i) / static_cast<float>(count));
      y.push_back(x.back());
    }
    x.push_back(-2);
    y.push_back(-9);  // far below the diagonal
    int found = -1;
    const ScatterSpec spec{"s", "log R", "log P_T", x, y, static_cast<int>(count)};
    const auto frame = [&] { found = draw_scatter(gui.theme(), spec, {0, 0, 300, 300}); };
    const Image image = gui.draw(frame);
    // The ring of the highlighted point is drawn in the colour of text; look for its middle.
    float sum_x = 0, sum_y = 0, n = 0;
    for (int j = 150; j < 250; ++j) {
      for (int i = 180; i < 280; ++i) {
        if (color_distance(pixel(image, i, j), gui.theme().color.text) > 4) continue;
        sum_x += static_cast<float>(i);
        sum_y += static_cast<float>(j);
        ++n;
      }
    }
    REQUIRE(n > 8);
    ImGui::GetIO().MousePos = {sum_x / n, sum_y / n};
    gui.draw(frame, 2);
    CHECK(found == static_cast<int>(count));
  }
}

TEST_CASE("a rectangle whose corners have next to no radius is drawn, and stops nothing") {
  OffscreenGui gui(64, 64);
  // Two pixels high but for the last bit: ImGui makes of the rest, 5e-7, the radius of its corners.
  const float top = 17.25f, bottom = top + 2 + 1e-6f;
  REQUIRE((bottom - top) / 2 - 1 > 0);
  REQUIRE((bottom - top) / 2 - 1 < 1e-6f);
  const Image image = gui.draw([&] {
    ImGui::GetWindowDrawList()->AddRectFilled({10, top}, {50, bottom}, IM_COL32_WHITE, 4);
  });
  CHECK(color_distance(pixel(image, 30, 18), IM_COL32_WHITE) < 64);
}
