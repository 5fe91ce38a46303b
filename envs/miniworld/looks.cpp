#include "envs/miniworld/looks.h"

#include "envs/minigrid/rng.h"

namespace flowscope::miniworld {

Looks draw_looks(std::uint64_t seed) {
  constexpr std::uint64_t kStream = 0x100c5;  // not the numbers that the layout is made of
  minigrid::Rng rng(seed ^ kStream);
  const auto color = [&](double low, double high) {
    const double r = rng.uniform(low, high), g = rng.uniform(low, high);
    return Rgb{r, g, rng.uniform(low, high)};
  };
  constexpr double kEverywhere = 0.2;  // OpenGL adds this to the ambient light
  Looks looks;
  looks.sky = color(0.1, 1);
  // Miniworld draws where a lamp hangs, and then lights from that direction, moved by (1, 1, 1).
  for (const int axis : {0, 1, 2}) {
    looks.to_light[static_cast<size_t>(axis)] =
        1 + (axis == 1 ? rng.uniform(2.5, 5) : rng.uniform(-40, 40));
  }
  looks.light = color(0.45, 0.8);
  looks.ambient = color(0.35 + kEverywhere, 0.55 + kEverywhere);
  for (Rgb& tinge : looks.tinge) tinge = color(-0.2, 0.2);
  looks.materials = rng.next64() | 1;
  looks.field_of_view = rng.uniform(55, 65);
  looks.pitch = rng.uniform(-5, 5);
  looks.height = rng.uniform(1.45, 1.55);
  looks.ahead = rng.uniform(-0.05, 0.10);
  return looks;
}

Rgb paint_of_material(const Looks& looks, std::uint64_t surface) {
  if (looks.materials == 0) return {};
  constexpr Rgb kPaints[] = {{1, 1, 1},          {1, 0.90, 0.74},    {0.80, 0.90, 1},
                             {0.82, 0.97, 0.80}, {1, 0.82, 0.78},    {0.74, 0.74, 0.76},
                             {0.96, 0.95, 0.70}, {0.86, 0.80, 0.98}};
  minigrid::Rng rng(looks.materials ^ (surface * 0x9e3779b97f4a7c15ull));
  return rng.element(kPaints);
}

}  // namespace flowscope::miniworld
