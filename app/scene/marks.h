// What a run adds to the floor of a room.
#pragma once

#include <vector>

#include "app/scene/mesh.h"

namespace flowscope {

struct FloorMarks {
  struct Arrow {
    float x0 = 0, z0 = 0, x1 = 0, z1 = 0;
    float width = 0.1f;
    Paint paint;
  };
  /// A regular polygon with a side square to its turn.
  struct Patch {
    float x = 0, z = 0, reach = 0.44f;  // from the middle to a side
    int sides = 4;
    float turn = 0;  // radians, from x towards z
    Paint paint;
  };
  struct Ring {
    float x = 0, z = 0, radius = 1;
    Paint paint;
  };
  std::vector<Patch> patches;
  std::vector<Ring> rings;
  std::vector<Arrow> arrows;
};

/// Patches and rings lie below shadows, arrows above.
void add_patches(Mesh& veils, const FloorMarks& marks);
void add_arrows(Mesh& veils, const FloorMarks& marks);

}  // namespace flowscope
