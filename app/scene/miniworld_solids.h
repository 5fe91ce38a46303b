// The solid things of Miniworld's rooms.
#pragma once

#include "app/scene/mesh.h"
#include "envs/miniworld/world.h"

namespace flowscope {

/// Miniworld's colour of that name under the lights of a room.
Paint solid_color(miniworld::Color color);

/// A thing on the floor of its place, or on a wall at its height, its front along x; in that paint
/// if it is of a kind that comes in colours.
void add_entity(Mesh& mesh, const Placement& place, const miniworld::Entity& entity, Paint paint);

}  // namespace flowscope
