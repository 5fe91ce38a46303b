#include "envs/minigrid/view.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace flowscope::minigrid {
namespace {

/// A set of cells of one row of the view, one bit a column.
using Row = std::uint32_t;

/// A cell as one number, for arithmetic on many at once.
constexpr std::uint32_t bits_of(Cell cell) { return std::bit_cast<std::uint32_t>(cell); }

/// blocks_sight as 1 or 0.
inline std::uint32_t blocks(std::uint32_t cell) {
  constexpr Cell kAnyKind{static_cast<Kind>(0xff)}, kAnyState{Kind::kUnseen, Color::kRed, 0xff};
  const std::uint32_t kind = cell & bits_of(kAnyKind);
  const bool wall = kind == bits_of({Kind::kWall}), door = kind == bits_of({Kind::kDoor});
  return wall | (door & ((cell & bits_of(kAnyState)) != 0));
}

/// Sight starts at the agent and goes up. Within a row it runs sideways through clear cells as far
/// as the first that is not, and every clear cell that it comes through lights the row above,
/// straight and one further on. clear, seen: [size] rows.
inline void spread_sight(const Row* clear, Row* seen, int size) {
  const Row all = (Row{1} << size) - 1;
  Row lit = Row{1} << size / 2;
  for (int j = size - 1; j >= 0; --j) {
    const Row rightwards = clear[j] & all >> 1;  // the last column has nothing to its right
    const Row leftwards = clear[j] & ~Row{1};
    // To higher columns: the carries of an addition run through clear cells.
    const Row from = lit & rightwards;
    const Row to_right = lit | ((rightwards + from) ^ rightwards);
    // To lower columns: runs of clear cells double at every turn.
    Row to_left = lit & leftwards, run = leftwards;
    for (int step = 1; step < size; step *= 2) {
      to_left |= to_left >> step & run;
      run &= run >> step;
    }
    seen[j] = to_right | to_left | to_left >> 1;
    const Row right = to_right & rightwards, left = seen[j] & leftwards;
    lit = right | right << 1 | left | left >> 1;
  }
}

/// The bits of the columns (or rows) at which from + k * step lies in [0, limit).
inline Row inside_bits(int from, int step, int size, int limit) {
  Row bits = 0;
  for (int k = 0; k < size; ++k) {
    bits |= static_cast<Row>(static_cast<unsigned>(from + k * step) < static_cast<unsigned>(limit))
            << k;
  }
  return bits;
}

/// Fills cells [size, size] and seen [size] of a view. Inlined where the size is a constant;
/// without branches, because what lies beyond the border cannot be foreseen.
[[gnu::always_inline]] inline void look_into(const World& world, int size, std::uint32_t* cells,
                                             Row* seen) {
  const Point forward = kSteps[static_cast<std::size_t>(world.direction)];
  const Point right{-forward.y, forward.x};
  const Point corner = place_in_world(world, size, 0, 0);
  // x changes with the column and y with the row of the view, or the other way round.
  const bool sideways = forward.y == 0;
  const Row inside_x =
      inside_bits(corner.x, sideways ? -forward.x : right.x, size, world.width);
  const Row inside_y =
      inside_bits(corner.y, sideways ? right.y : -forward.y, size, world.height);
  const Row columns = sideways ? inside_y : inside_x, rows = sideways ? inside_x : inside_y;
  const int to_right = right.y * world.width + right.x;
  const int to_back = -(forward.y * world.width + forward.x);
  const int start = corner.y * world.width + corner.x;
  for (int j = 0; j < size; ++j) {
    const Row inside = rows >> j & 1 ? columns : 0;
    for (int i = 0; i < size; ++i) {
      const std::uint32_t mask = -(inside >> i & 1);
      const int index = (start + j * to_back + i * to_right) & static_cast<int>(mask);
      const auto cell = bits_of(world.cells[static_cast<std::size_t>(index)]);
      cells[j * size + i] = (cell & mask) | (bits_of(kWallCell) & ~mask);
    }
  }
  if (world.see_through_walls) {
    std::fill_n(seen, size, ~Row{0});
  } else {
    Row open[kMaxView * kMaxView], clear[kMaxView];  // 1 or 0 a cell; one bit a cell
    for (int k = 0; k < size * size; ++k) open[k] = 1 - blocks(cells[k]);
    for (int j = 0; j < size; ++j) {
      clear[j] = 0;
      for (int i = 0; i < size; ++i) clear[j] |= open[j * size + i] << i;
    }
    spread_sight(clear, seen, size);
  }
  cells[(size - 1) * size + size / 2] = bits_of(world.carrying);
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
                                " is not allowed; it must be odd, 3 to " +
                                std::to_string(kMaxView));
  }
  std::uint32_t cells[kMaxView * kMaxView];
  View view{size, std::vector<Cell>(static_cast<std::size_t>(size * size)),
            std::vector<Row>(static_cast<std::size_t>(size))};
  look_into(world, size, cells, view.seen.data());
  std::memcpy(view.cells.data(), cells, view.cells.size() * sizeof(Cell));
  return view;
}

void observe(const World& world, Image& image) {
  std::uint32_t cells[kView * kView];
  Row seen[kView];
  look_into(world, kView, cells, seen);
  // Three bytes of each cell; what is not seen is all zeros. The fourth is overwritten by the next.
  std::uint8_t out[kView * kView * 3 + 1];
  for (int i = 0; i < kView; ++i) {
    for (int j = 0; j < kView; ++j) {
      const std::uint32_t cell = cells[j * kView + i] & -(seen[j] >> i & 1);
      std::memcpy(out + 3 * (i * kView + j), &cell, sizeof cell);
    }
  }
  std::memcpy(image.data(), out, image.size());
}

std::vector<bool> seen_cells(const World& world) {
  std::vector<bool> seen(world.cells.size(), false);
  const View view = look(world);
  for (int j = 0; j < kView; ++j) {
    for (int i = 0; i < kView; ++i) {
      const Point p = place_in_world(world, kView, i, j);
      if (view.sees(i, j) && world.inside(p)) {
        seen[static_cast<std::size_t>(p.y * world.width + p.x)] = true;
      }
    }
  }
  return seen;
}

}  // namespace flowscope::minigrid
