#include "envs/minigrid/view.h"

namespace flowscope::minigrid {
namespace {

/// Marks which cells can be seen. Sight starts at the agent and goes up: within a row it runs
/// sideways through what does not block it, first to the right and then to the left, and every cell
/// that it passes lights the row above, straight and one further on.
void spread_sight(View& view) {
  const std::uint32_t all = (std::uint32_t{1} << view.size) - 1;
  view.seen.fill(0);
  std::uint32_t lit = std::uint32_t{1} << view.size / 2;
  for (int j = view.size - 1; j >= 0; --j) {
    std::uint32_t clear = 0;
    for (int i = 0; i < view.size; ++i) {
      clear |= static_cast<std::uint32_t>(!blocks_sight(view.at(i, j))) << i;
    }
    for (int i = 1; i < view.size; ++i) lit |= (lit & clear) << 1 & all;
    const std::uint32_t right = lit & clear & all >> 1;  // the last column has nothing to its right
    for (int i = 1; i < view.size; ++i) lit |= (lit & clear) >> 1;
    const std::uint32_t left = lit & clear & ~1u;
    view.seen[static_cast<std::size_t>(j)] = lit;
    lit = right | right << 1 | left | left >> 1;
  }
}

}  // namespace

Point place_in_world(const World& world, int size, int column, int row) {
  const Point forward = kSteps[static_cast<std::size_t>(world.direction)];
  const int ahead = size - 1 - row, aside = column - size / 2;
  return {world.agent.x + forward.x * ahead - forward.y * aside,
          world.agent.y + forward.y * ahead + forward.x * aside};
}

View look(const World& world, int size) {
  if (size < 3 || size > kMaxView || size % 2 == 0) {
    throw std::invalid_argument("view size " + std::to_string(size) +
                                " is not allowed; it must be odd, 3 to " + std::to_string(kMaxView));
  }
  View view;
  view.size = size;
  for (int j = 0; j < size; ++j) {
    for (int i = 0; i < size; ++i) {
      const Point p = place_in_world(world, size, i, j);
      view.at(i, j) = world.inside(p) ? world.at(p) : kWallCell;
    }
  }
  if (world.see_through_walls) {
    view.seen.fill(~0u);
  } else {
    spread_sight(view);
  }
  view.at(size / 2, size - 1) = world.carrying;
  return view;
}

void observe(const World& world, Image& image) {
  const View view = look(world);
  std::size_t byte = 0;
  for (int i = 0; i < kView; ++i) {
    for (int j = 0; j < kView; ++j) {
      const Cell cell = view.sees(i, j) ? view.at(i, j) : kUnseenCell;
      image[byte++] = static_cast<std::uint8_t>(cell.kind);
      image[byte++] = static_cast<std::uint8_t>(cell.color);
      image[byte++] = cell.state;
    }
  }
}

}  // namespace flowscope::minigrid
