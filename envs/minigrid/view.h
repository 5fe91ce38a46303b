// What the agent sees: a square of cells before it, turned so that it looks up.
#pragma once

#include <cstdint>
#include <vector>

#include "envs/minigrid/world.h"

namespace flowscope::minigrid {

inline constexpr int kMaxView = 31;

/// `size` by `size` cells (odd, 3 to kMaxView); the agent is in the middle of the last row.
struct View {
  int size = 0;
  std::vector<Cell> cells;           // [row, column]; walls beyond the world's border
  std::vector<std::uint32_t> seen;   // [row] one bit a column, column 0 lowest

  Cell& at(int column, int row) { return cells[static_cast<std::size_t>(row * size + column)]; }
  const Cell& at(int column, int row) const {
    return cells[static_cast<std::size_t>(row * size + column)];
  }
  bool sees(int column, int row) const {
    return seen[static_cast<std::size_t>(row)] >> column & 1;
  }
};

/// Where a cell of a view lies in the world, if it does.
Point place_in_world(const World& world, int size, int column, int row);

/// The view, with the carried object, or nothing, in the agent's own cell. Throws
/// std::invalid_argument for a size that is not allowed.
View look(const World& world, int size = kView);

/// [height, width] which cells of the world the agent sees.
std::vector<bool> seen_cells(const World& world);

}  // namespace flowscope::minigrid
