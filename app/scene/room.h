// A world as rooms with walls, ceilings and solid things: the same state that the plan shows. A
// cell of Minigrid or a metre of Miniworld is a unit of length.
#pragma once

#include <vector>

#include "app/scene/marks.h"
#include "app/scene/mesh.h"
#include "envs/minigrid/world.h"
#include "envs/miniworld/world.h"

namespace flowscope {

inline constexpr float kWallHeight = 1.1f;

struct RoomScene {
  Mesh solid;
  Mesh held;   // what the agent carries, as seen from its eye: ahead is x, to the right z
  Mesh veils;  // see-through: drawn after all that is solid, from below to above
};

RoomScene build_room(const minigrid::World& world, const FloorMarks& marks = {});
RoomScene build_room(const miniworld::World& world, const FloorMarks& marks = {});

/// Where the eye is and where it looks, with a vertical field of view of 60 degrees.
struct Camera {
  Vec3 eye;
  float turn = 0;   // radians, from x towards z
  float pitch = 0;  // radians, upwards
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
