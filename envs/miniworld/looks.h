// What the pictures of a Miniworld are drawn with: its own light, sky and camera, or as its domain
// randomisation draws them.
#pragma once

#include <array>
#include <cstdint>

namespace flowscope::miniworld {

/// Each 0 to 1; may be less or more where it is added or multiplied.
struct Rgb {
  double r = 1, g = 1, b = 1;
};

inline constexpr int kNumColors = 6;

struct Looks {
  Rgb sky{0.25, 0.82, 1};
  std::array<double, 3> to_light{1, 3.5, 1};  // a direction, from everywhere the same
  Rgb light{0.7, 0.7, 0.7};
  Rgb ambient{0.65, 0.65, 0.65};
  std::array<Rgb, kNumColors> tinge{};  // added to the colours of things, in the order of Color
  std::uint64_t materials = 0;          // which stones and paints the rooms are made of; 0: plain

  // The camera.
  double field_of_view = 60, pitch = 0;   // degrees, vertical and upwards
  double height = 1.5, ahead = 0;         // metres above the floor and before the agent's middle

  Looks() { tinge.fill({0, 0, 0}); }
};

/// As far about Miniworld's own as its domain randomisation goes; the seed's own.
Looks draw_looks(std::uint64_t seed);

/// The paint on one surface of a room, by any number: white where materials are plain.
Rgb paint_of_material(const Looks& looks, std::uint64_t surface);

}  // namespace flowscope::miniworld
