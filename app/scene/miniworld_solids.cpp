#include "app/scene/miniworld_solids.h"

#include <array>
#include <cmath>
#include <string_view>

#include "app/scene/furniture.h"

namespace flowscope {
namespace {

using miniworld::Entity;
using miniworld::Kind;

constexpr Paint kWhite{0.95f, 0.95f, 0.94f}, kDark{0.15f, 0.16f, 0.18f};
constexpr Paint kOrange{0.96f, 0.45f, 0.12f}, kYellow{0.98f, 0.82f, 0.16f};
constexpr Paint kWood{0.42f, 0.27f, 0.16f};

/// A crate of side `size`: a body and a frame along its edges.
void add_crate(Mesh& mesh, const Placement& place, float size, Paint paint) {
  const float half = size / 2, bar = 0.09f * size, inner = half - 0.02f * size;
  add_box(mesh, place, {-inner, 0.02f * size, -inner}, {inner, size - 0.02f * size, inner},
          paint.shaded(0.86f));
  for (const float x : {-half, half - bar}) {
    for (const float z : {-half, half - bar}) {  // upright bars
      add_box(mesh, place, {x, 0, z}, {x + bar, size, z + bar}, paint);
    }
  }
  for (const float y : {0.0f, size - bar}) {
    for (const float at : {-half, half - bar}) {
      add_box(mesh, place, {-half, y, at}, {half, y + bar, at + bar}, paint);
      add_box(mesh, place, {at, y, -half}, {at + bar, y + bar, half}, paint);
    }
  }
}

/// A first-aid case with a cross on all of its upright sides and a handle.
void add_medkit(Mesh& mesh, const Placement& place, float height) {
  const float x = 0.42f * height, z = 0.34f * height, top = 0.78f * height, out = 0.012f;
  const Paint red = solid_color(miniworld::Color::kRed);
  add_box(mesh, place, {-x, 0, -z}, {x, top, z}, kWhite);
  const float arm = 0.2f * height, bar = 0.065f * height, middle = top / 2;
  for (const auto& [w, h] : {std::pair{arm, bar}, {bar, arm}}) {
    add_box(mesh, place, {-w, middle - h, -z - out}, {w, middle + h, z + out}, red);
    add_box(mesh, place, {-x - out, middle - h, -w}, {x + out, middle + h, w}, red);
  }
  for (const float side : {-0.16f, 0.12f}) {
    add_box(mesh, place, {side * height, top, -0.03f * height},
            {(side + 0.04f) * height, 0.95f * height, 0.03f * height}, kDark);
  }
  add_box(mesh, place, {-0.16f * height, 0.92f * height, -0.03f * height},
          {0.16f * height, height, 0.03f * height}, kDark);
}

/// Body, head, beak and eyes, looking along x.
void add_duckie(Mesh& mesh, const Placement& place, float height) {
  const auto at = [&](float x, float y, float z) { return Vec3{x, y, z} * height; };
  add_ball(mesh, place, at(-0.06f, 0.33f, 0), 0.33f * height, kYellow);
  add_ball(mesh, place, at(-0.34f, 0.42f, 0), 0.14f * height, kYellow);
  add_ball(mesh, place, at(0.12f, 0.74f, 0), 0.25f * height, kYellow);
  add_box(mesh, place, at(0.3f, 0.66f, -0.1f), at(0.5f, 0.74f, 0.1f), kOrange);
  for (const float z : {-0.12f, 0.12f}) {
    add_ball(mesh, place, at(0.3f, 0.83f, z), 0.045f * height, kDark);
  }
}

/// Frustum by frustum, in bands of two colours on a square foot.
void add_cone(Mesh& mesh, const Placement& place, float height) {
  constexpr int kSides = 28;
  const float foot = 0.06f * height;
  add_box(mesh, place, {-0.31f * height, 0, -0.31f * height},
          {0.31f * height, foot, 0.31f * height}, kOrange.shaded(0.8f));
  const auto radius = [&](float y) { return 0.25f * (height - y) + 0.03f * height; };
  constexpr std::array kBands{0.06f, 0.32f, 0.5f, 0.68f, 0.82f, 1.0f};
  for (size_t b = 0; b + 1 < kBands.size(); ++b) {
    const float y0 = kBands[b] * height, y1 = kBands[b + 1] * height;
    const Paint paint = b % 2 ? kWhite : kOrange;
    for (int i = 0; i < kSides; ++i) {
      const auto point = [&](int k, float y) {
        const float angle = 6.28318531f * static_cast<float>(k) / kSides;
        return place.point({radius(y) * std::cos(angle), y, radius(y) * std::sin(angle)});
      };
      add_quad(mesh, point(i, y0), point(i, y1), point(i + 1, y1), point(i + 1, y0), paint);
    }
  }
}

/// A tower of storeys with rows of windows.
void add_building(Mesh& mesh, const Placement& place, float height) {
  constexpr int kStoreys = 9, kWindows = 6;
  constexpr Paint kFacade{0.66f, 0.60f, 0.53f}, kGlass{0.35f, 0.52f, 0.66f};
  const float half = 0.36f * height, storey = height / kStoreys;
  add_box(mesh, place, {-half, 0, -half}, {half, height, half}, kFacade);
  const float pitch = 2 * half / kWindows, out = 0.05f;
  for (int s = 0; s < kStoreys; ++s) {
    const float low = (static_cast<float>(s) + 0.3f) * storey, high = low + 0.45f * storey;
    for (int w = 0; w < kWindows; ++w) {
      const float from = -half + (static_cast<float>(w) + 0.22f) * pitch, to = from + 0.56f * pitch;
      add_box(mesh, place, {from, low, -half - out}, {to, high, half + out}, kGlass);
      add_box(mesh, place, {-half - out, low, from}, {half + out, high, to}, kGlass);
    }
  }
}

/// A framed landscape; the wall is behind it, at x = 0.
void add_picture(Mesh& mesh, const Placement& place, float height) {
  const float half = height / 2, wide = 0.75f * height, edge = 0.08f * height;
  add_box(mesh, place, {0, -half, -wide}, {0.04f, half, wide}, kWood);
  add_box(mesh, place, {0.03f, edge - half, edge - wide}, {0.045f, half - edge, wide - edge},
          {0.55f, 0.74f, 0.88f});
  add_box(mesh, place, {0.03f, edge - half, edge - wide}, {0.05f, -0.12f * height, wide - edge},
          {0.36f, 0.52f, 0.30f});
  add_ball(mesh, place, {0.03f, 0.18f * height, 0.3f * height}, 0.1f * height, kYellow);
}

/// Letters as strokes over a grid of 3 by 5, rows from above.
constexpr struct {
  char letter;
  std::string_view rows;
} kLetters[] = {{'B', "##.#.###.#.###."},
                {'L', "#..#..#..#..###"},
                {'U', "#.##.##.##.####"},
                {'E', "####..##.#..###"}};

/// A board on a wall with the word that Miniworld's sign always shows.
void add_sign(Mesh& mesh, const Placement& place, float height) {
  constexpr std::string_view kWord = "BLUE";
  const float half = height / 2, dot = height / 9;
  const float wide = dot * (4 * static_cast<float>(kWord.size()) + 1) / 2;
  add_box(mesh, place, {0, -half, -wide}, {0.04f, half, wide}, kDark);
  add_box(mesh, place, {0.03f, 0.04f - half, 0.04f - wide}, {0.05f, half - 0.04f, wide - 0.04f},
          kWhite);
  for (size_t i = 0; i < kWord.size(); ++i) {
    for (const auto& [letter, rows] : kLetters) {
      for (size_t k = 0; letter == kWord[i] && k < rows.size(); ++k) {
        if (rows[k] != '#') continue;
        // Seen from the front, along -x, z runs from right to left for a wall turned to x.
        const float z = wide - dot * static_cast<float>(4 * i + k % 3 + 1);
        const float y = dot * (2.5f - static_cast<float>(k / 3));
        add_box(mesh, place, {0.04f, y - dot, z - dot}, {0.06f, y, z}, kDark);
      }
    }
  }
}

}  // namespace

Paint solid_color(miniworld::Color color) {
  using minigrid::Color;
  constexpr std::array kSame{Color::kBlue,   Color::kGreen, Color::kGrey,
                             Color::kPurple, Color::kRed,   Color::kYellow};
  return solid_color(kSame[static_cast<size_t>(color)]);
}

void add_entity(Mesh& mesh, const Placement& place, const Entity& entity, Paint paint) {
  constexpr float kKeyHeight = 0.67f;  // of Minigrid's key
  const auto height = static_cast<float>(entity.height);
  switch (entity.kind) {
    case Kind::kBox:
      return add_crate(mesh, place, height, paint);
    case Kind::kBall:
      return add_ball(mesh, place, {0, height / 2, 0}, height / 2, paint);
    case Kind::kKey:
    case Kind::kBigKey:
      return add_key(mesh, {place.origin, place.turn, height / kKeyHeight}, paint);
    case Kind::kMedkit:
      return add_medkit(mesh, place, height);
    case Kind::kDuckie:
      return add_duckie(mesh, place, height);
    case Kind::kCone:
      return add_cone(mesh, place, height);
    case Kind::kBuilding:
      return add_building(mesh, place, height);
    case Kind::kPicture:
      return add_picture(mesh, place, height);
    case Kind::kSign:
      return add_sign(mesh, place, height);
    case Kind::kAgent:
      return;
  }
}

}  // namespace flowscope
