// The solid things of a room.
#pragma once

#include "app/scene/room.h"

namespace flowscope {

/// Minigrid's colour of that name under the lights of a room.
Paint solid_color(minigrid::Color color);

/// Stands upright, its bow above; seen best from along the z axis.
void add_key(Mesh& mesh, const Placement& place, Paint paint);

/// A key, ball or box, standing on the floor of its place.
void add_portable(Mesh& mesh, const Placement& place, minigrid::Cell cell);

/// Frame and leaf; the way through is along the z axis of its place.
void add_door(Mesh& mesh, const Placement& place, minigrid::Cell door);

/// A lit plate, with a beam of light above it.
void add_goal(RoomScene& scene, const Placement& place, minigrid::Color color);

}  // namespace flowscope
