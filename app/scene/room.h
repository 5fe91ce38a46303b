// A world of Minigrid as a room with walls, ceiling and solid things: the same state that the plan
// shows, one cell a unit of length.
#pragma once

#include <vector>

#include "app/scene/mesh.h"
#include "envs/minigrid/world.h"

namespace flowscope {

inline constexpr float kWallHeight = 1.1f;

/// What a run adds to the floor.
struct FloorMarks {
  struct Arrow {
    float x0 = 0, z0 = 0, x1 = 0, z1 = 0;  // in cells
    float width = 0.1f;
    Paint paint;
  };
  struct Patch {
    minigrid::Point cell;
    Paint paint;
  };
  std::vector<Patch> patches;
  std::vector<Arrow> arrows;
};

struct RoomScene {
  Mesh solid;
  Mesh veils;  // see-through: drawn after all that is solid, from below to above
};

RoomScene build_room(const minigrid::World& world, const FloorMarks& marks = {});

/// Where the eye is and where it looks, with a vertical field of view of 60 degrees.
struct Camera {
  Vec3 eye;
  float turn = 0;   // radians, from x towards z
  float pitch = 0;  // radians, upwards
};

/// The agent's eye: in the back part of its cell, so that all of the cell before it is in view.
Camera camera_of(const minigrid::World& world);

/// What the agent carries, held before a camera.
void add_carried(Mesh& mesh, const minigrid::World& world, const Camera& camera);

}  // namespace flowscope
