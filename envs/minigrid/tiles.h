// Pictures of a world as Minigrid draws them, pixel for pixel, without a graphics card: the RGB
// observations that wrappers make.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "envs/minigrid/world.h"

namespace flowscope::minigrid {

/// [height][width][red, green, blue]
struct Frame {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;
};

/// Draws worlds with tiles of one size, each of which is drawn once.
class TilePainter {
 public:
  /// Throws std::invalid_argument unless 1 <= tile_size <= 256 pixels.
  explicit TilePainter(int tile_size);

  /// The whole world; `highlight` lights what the agent sees.
  Frame full(const World& world, bool highlight);

  /// The agent's view, what it sees lit.
  Frame point_of_view(const World& world);

 private:
  static constexpr int kNoAgent = -1;

  /// [tile_size, tile_size, 3] of a cell, with the agent in that direction on it.
  const std::vector<std::uint8_t>& tile(Cell cell, int agent_direction, bool lit);

  Frame blank(int columns, int rows) const;
  void put(Frame& frame, int column, int row, const std::vector<std::uint8_t>& tile) const;

  int tile_size_;
  std::map<std::uint32_t, std::vector<std::uint8_t>> tiles_;  // by what they show
};

}  // namespace flowscope::minigrid
