// A world as rooms with walls, ceilings and solid things: the same state that the plan shows. A
// cell of Minigrid or a metre of Miniworld is a unit of length.
#pragma once

#include <memory>
#include <vector>

#include "app/scene/marks.h"
#include "app/scene/mesh.h"
#include "envs/minigrid/world.h"
#include "envs/miniworld/world.h"

namespace flowscope {

inline constexpr float kWallHeight = 1.1f;

/// Miniworld's, where nothing is drawn: from one direction, and from everywhere.
struct Lighting {
  Vec3 to_light{1, 3.5f, 1};
  Paint light{0.7f, 0.7f, 0.7f}, ambient{0.65f, 0.65f, 0.65f}, sky{0.25f, 0.82f, 1};
};

/// What nobody can move: floors, walls and ceilings.
using Shell = std::shared_ptr<const Mesh>;

struct RoomScene {
  Shell shell;
  Lighting lighting;
  Mesh solid;  // things
  Mesh held;   // what the agent carries, as seen from its eye: ahead is x, to the right z
  Mesh veils;  // see-through: drawn after all that is solid, from below to above
};

/// To be built once for a world, whatever happens in it.
Shell build_shell(const minigrid::World& world);
Shell build_shell(const miniworld::World& world);

/// The rest within that shell.
RoomScene furnish(Shell shell, const minigrid::World& world, const FloorMarks& marks = {});
RoomScene furnish(Shell shell, const miniworld::World& world, const FloorMarks& marks = {});

/// Where the eye is and where it looks. Angles in radians.
struct Camera {
  Vec3 eye;
  float turn = 0;   // from x towards z
  float pitch = 0;  // upwards
  float field_of_view = 1.04719755f;  // from top to bottom
};

/// The agent's eye: in Minigrid in the back part of its cell, so that all of the cell before it is
/// in view.
Camera camera_of(const minigrid::World& world);
Camera camera_of(const miniworld::World& world);

/// Between two cameras, 0 to 1; turns the shorter way.
Camera between(const Camera& a, const Camera& b, float share);

/// Light that is left at a distance from a surface, with corners that are dark so far.
float corner_light(float distance, float reach);

}  // namespace flowscope
