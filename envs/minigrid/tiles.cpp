#include "envs/minigrid/tiles.h"

#include <algorithm>
#include <cmath>

#include "envs/minigrid/view.h"

namespace flowscope::minigrid {
namespace {

constexpr int kSamples = 3;  // along each side of a pixel
constexpr int kMaxTile = 256;

struct Rgb {
  std::uint8_t r = 0, g = 0, b = 0;
};

constexpr Rgb kBlack{};
constexpr Rgb kGridLine{100, 100, 100};
constexpr Rgb kAgentRed{255, 0, 0};
constexpr Rgb kLavaOrange{255, 128, 0};

Rgb rgb_of(Color color) {
  constexpr std::array<Rgb, 6> kPalette{
      Rgb{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {112, 39, 195}, {255, 255, 0}, {100, 100, 100}};
  return kPalette[static_cast<std::size_t>(color)];
}

Rgb dimmed(Rgb c, double factor) {
  const auto dim = [factor](std::uint8_t v) { return static_cast<std::uint8_t>(factor * v); };
  return {dim(c.r), dim(c.g), dim(c.b)};
}

/// A tile as samples, kSamples along each side of a pixel. Coordinates run from 0 to 1, y down.
class Canvas {
 public:
  explicit Canvas(int tile_size)
      : side_(tile_size * kSamples), samples_(static_cast<std::size_t>(side_ * side_)) {}

  template <class Shape>
  void fill(Rgb color, Shape covers) {
    for (int row = 0; row < side_; ++row) {
      for (int column = 0; column < side_; ++column) {
        if (covers((column + 0.5) / side_, (row + 0.5) / side_)) at(column, row) = color;
      }
    }
  }

  void rect(Rgb color, double x0, double x1, double y0, double y1) {
    fill(color, [=](double x, double y) { return x >= x0 && x <= x1 && y >= y0 && y <= y1; });
  }
  void square(Rgb color, double from, double to) { rect(color, from, to, from, to); }

  void disc(Rgb color, double cx, double cy, double radius) {
    fill(color, [=](double x, double y) {
      return (x - cx) * (x - cx) + (y - cy) * (y - cy) <= radius * radius;
    });
  }

  /// A line of half-width `radius`, cut off at its box enlarged by as much.
  void stroke(Rgb color, double x0, double y0, double x1, double y1, double radius) {
    const double length = std::hypot(x1 - x0, y1 - y0);
    const double dx = (x1 - x0) / length, dy = (y1 - y0) / length;
    fill(color, [=](double x, double y) {
      if (x < std::min(x0, x1) - radius || x > std::max(x0, x1) + radius) return false;
      if (y < std::min(y0, y1) - radius || y > std::max(y0, y1) + radius) return false;
      const double along = std::clamp((x - x0) * dx + (y - y0) * dy, 0.0, length);
      return std::hypot(x - x0 - along * dx, y - y0 - along * dy) <= radius;
    });
  }

  /// Towards white by 30 %.
  void light() {
    const auto lit = [](std::uint8_t v) { return static_cast<std::uint8_t>(v + 0.3 * (255 - v)); };
    for (Rgb& c : samples_) c = {lit(c.r), lit(c.g), lit(c.b)};
  }

  /// The mean over the samples of each pixel, rows first, truncated.
  std::vector<std::uint8_t> pixels() const {
    std::vector<std::uint8_t> out;
    for (int row = 0; row < side_; row += kSamples) {
      for (int column = 0; column < side_; column += kSamples) {
        for (std::uint8_t Rgb::*channel : {&Rgb::r, &Rgb::g, &Rgb::b}) {
          double sum = 0;
          for (int k = 0; k < kSamples; ++k) {
            int line = 0;
            for (int i = 0; i < kSamples; ++i) line += at(column + i, row + k).*channel;
            sum += line / 3.0;
          }
          out.push_back(static_cast<std::uint8_t>(sum / 3.0));
        }
      }
    }
    return out;
  }

 private:
  Rgb& at(int column, int row) { return samples_[static_cast<std::size_t>(row * side_ + column)]; }
  const Rgb& at(int column, int row) const {
    return samples_[static_cast<std::size_t>(row * side_ + column)];
  }

  int side_;
  std::vector<Rgb> samples_;
};

void draw_lava(Canvas& canvas) {
  canvas.square(kLavaOrange, 0, 1);
  for (int i = 0; i < 3; ++i) {
    const double low = 0.3 + 0.2 * i, high = 0.4 + 0.2 * i;
    for (int k = 0; k < 4; ++k) {
      const double x = 0.1 + 0.2 * k, from = k % 2 ? high : low, to = k % 2 ? low : high;
      canvas.stroke(kBlack, x, from, x + 0.2, to, 0.03);
    }
  }
}

void draw_door(Canvas& canvas, Rgb color, int state) {
  if (state == kOpen) {
    canvas.rect(color, 0.88, 1, 0, 1);
    canvas.rect(kBlack, 0.92, 0.96, 0.04, 0.96);
  } else if (state == kLocked) {
    canvas.square(color, 0, 1);
    canvas.square(dimmed(color, 0.45), 0.06, 0.94);
    canvas.rect(color, 0.52, 0.75, 0.50, 0.56);
  } else {
    canvas.square(color, 0, 1);
    canvas.square(kBlack, 0.04, 0.96);
    canvas.square(color, 0.08, 0.92);
    canvas.square(kBlack, 0.12, 0.88);
    canvas.disc(color, 0.75, 0.50, 0.08);
  }
}

void draw_key(Canvas& canvas, Rgb color) {
  canvas.rect(color, 0.50, 0.63, 0.31, 0.88);
  canvas.rect(color, 0.38, 0.50, 0.59, 0.66);
  canvas.rect(color, 0.38, 0.50, 0.81, 0.88);
  canvas.disc(color, 0.56, 0.28, 0.190);
  canvas.disc(kBlack, 0.56, 0.28, 0.064);
}

void draw_object(Canvas& canvas, Cell cell) {
  const Rgb color = rgb_of(cell.color);
  switch (cell.kind) {
    case Kind::kWall:
    case Kind::kGoal: canvas.square(color, 0, 1); break;
    case Kind::kFloor: canvas.square(dimmed(color, 0.5), 0.031, 1); break;
    case Kind::kLava: draw_lava(canvas); break;
    case Kind::kDoor: draw_door(canvas, color, cell.state); break;
    case Kind::kKey: draw_key(canvas, color); break;
    case Kind::kBall: canvas.disc(color, 0.5, 0.5, 0.31); break;
    case Kind::kBox:
      canvas.square(color, 0.12, 0.88);
      canvas.square(kBlack, 0.18, 0.82);
      canvas.rect(color, 0.16, 0.84, 0.47, 0.53);
      break;
    case Kind::kUnseen:
    case Kind::kEmpty:
    case Kind::kAgent: break;
  }
}

/// A triangle that points in the direction. A sample is turned back and then told by its
/// barycentric coordinates from the corner a towards the corners b and c.
void draw_agent(Canvas& canvas, int direction) {
  constexpr double ax = 0.12, ay = 0.19;
  constexpr double bx = 0.87 - ax, by = 0.50 - ay, cx = 0.12 - ax, cy = 0.81 - ay;
  constexpr double area = bx * cy - by * cx;
  canvas.fill(kAgentRed, [=](double x, double y) {
    for (int turn = 0; turn < direction; ++turn) {
      const double turned = 1 - x;
      x = y;
      y = turned;
    }
    const double px = x - ax, py = y - ay;
    const double u = (bx * py - by * px) / area, v = (cy * px - cx * py) / area;
    return u >= 0 && v >= 0 && u + v < 1;
  });
}

}  // namespace

TilePainter::TilePainter(int tile_size) : tile_size_(tile_size) {
  if (tile_size < 1 || tile_size > kMaxTile) {
    throw std::invalid_argument("tile size " + std::to_string(tile_size) +
                                " is not allowed; it must be 1 to " + std::to_string(kMaxTile) +
                                " pixels");
  }
}

const std::vector<std::uint8_t>& TilePainter::tile(Cell cell, int agent_direction, bool lit) {
  const auto key =
      static_cast<std::uint32_t>(cell.kind) | static_cast<std::uint32_t>(cell.color) << 8 |
      static_cast<std::uint32_t>(cell.state) << 16 |
      static_cast<std::uint32_t>(agent_direction + 1) << 24 | static_cast<std::uint32_t>(lit) << 31;
  const auto [entry, fresh] = tiles_.try_emplace(key);
  if (fresh) {
    Canvas canvas(tile_size_);
    canvas.rect(kGridLine, 0, 0.031, 0, 1);
    canvas.rect(kGridLine, 0, 1, 0, 0.031);
    draw_object(canvas, cell);
    if (agent_direction != kNoAgent) draw_agent(canvas, agent_direction);
    if (lit) canvas.light();
    entry->second = canvas.pixels();
  }
  return entry->second;
}

Frame TilePainter::blank(int columns, int rows) const {
  Frame frame{columns * tile_size_, rows * tile_size_, {}};
  frame.pixels.resize(static_cast<std::size_t>(frame.width * frame.height * 3));
  return frame;
}

void TilePainter::put(Frame& frame, int column, int row,
                      const std::vector<std::uint8_t>& tile) const {
  const auto line = static_cast<std::size_t>(3 * tile_size_);
  for (int y = 0; y < tile_size_; ++y) {
    const int pixel = (row * tile_size_ + y) * frame.width + column * tile_size_;
    std::copy_n(tile.begin() + static_cast<std::ptrdiff_t>(line) * y, line,
                frame.pixels.begin() + 3 * static_cast<std::ptrdiff_t>(pixel));
  }
}

Frame TilePainter::full(const World& world, bool highlight) {
  const std::vector<bool> lit =
      highlight ? seen_cells(world) : std::vector<bool>(world.cells.size(), false);
  Frame frame = blank(world.width, world.height);
  for (int y = 0; y < world.height; ++y) {
    for (int x = 0; x < world.width; ++x) {
      const Point p{x, y};
      const int direction = p == world.agent ? world.direction : kNoAgent;
      put(frame, x, y,
          tile(world.at(p), direction, lit[static_cast<std::size_t>(y * world.width + x)]));
    }
  }
  return frame;
}

Frame TilePainter::point_of_view(const World& world) {
  constexpr int kUp = 3;
  const View view = look(world);
  Frame frame = blank(kView, kView);
  for (int j = 0; j < kView; ++j) {
    for (int i = 0; i < kView; ++i) {
      const bool seen = view.sees(i, j);
      const int direction = i == kView / 2 && j == kView - 1 ? kUp : kNoAgent;
      put(frame, i, j, tile(seen ? view.at(i, j) : kEmptyCell, direction, seen));
    }
  }
  return frame;
}

}  // namespace flowscope::minigrid
