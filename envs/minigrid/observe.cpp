#include "envs/minigrid/world.h"

namespace flowscope::minigrid {
namespace {

/// One bit a column of the view, column 0 lowest.
using Row = std::uint32_t;

/// Which cells of the view can be seen, row by row. Sight starts at the agent and goes up: within a
/// row it runs sideways through what does not block it, first to the right and then to the left,
/// and every cell that it passes lights the row above, straight and one further on.
void spread_sight(const Row* clear, Row* seen, int view) {
  const Row all = (Row{1} << view) - 1;
  for (int j = 0; j < view; ++j) seen[j] = 0;
  seen[view - 1] = Row{1} << (view / 2);
  for (int j = view - 1; j >= 0; --j) {
    Row above = 0;
    for (int i = 1; i < view; ++i) seen[j] |= (seen[j] & clear[j]) << 1 & all;
    const Row right = seen[j] & clear[j] & all >> 1;  // the last column has nothing to its right
    above |= right | right << 1;
    for (int i = 1; i < view; ++i) seen[j] |= (seen[j] & clear[j]) >> 1;
    const Row left = seen[j] & clear[j] & ~Row{1};
    above |= left | left >> 1;
    if (j > 0) seen[j - 1] |= above;
  }
}

}  // namespace

void observe(const World& world, Image& image) {
  constexpr int v = kView;
  const Point forward = kSteps[static_cast<std::size_t>(world.direction)];
  const Point right{-forward.y, forward.x};
  Cell view[v][v];  // [row][column]
  Row clear[v], seen[v];
  for (int j = 0; j < v; ++j) {
    clear[j] = 0;
    for (int i = 0; i < v; ++i) {
      const int ahead = v - 1 - j, aside = i - v / 2;
      const Point p{world.agent.x + forward.x * ahead + right.x * aside,
                    world.agent.y + forward.y * ahead + right.y * aside};
      view[j][i] = world.inside(p) ? world.at(p) : kWallCell;
      clear[j] |= static_cast<Row>(!blocks_sight(view[j][i])) << i;
    }
  }
  if (world.see_through_walls) {
    for (Row& row : seen) row = ~Row{0};
  } else {
    spread_sight(clear, seen, v);
  }
  view[v - 1][v / 2] = world.carrying;
  std::size_t byte = 0;
  for (int i = 0; i < v; ++i) {
    for (int j = 0; j < v; ++j) {
      const Cell cell = seen[j] >> i & 1 ? view[j][i] : Cell{Kind::kUnseen, Color::kRed};
      image[byte++] = static_cast<std::uint8_t>(cell.kind);
      image[byte++] = static_cast<std::uint8_t>(cell.color);
      image[byte++] = cell.state;
    }
  }
}

}  // namespace flowscope::minigrid
