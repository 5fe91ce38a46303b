// Drawing rooms with OpenGL: on the screen inside ImGui's draw list, and as small pictures that are
// read back.
#pragma once

#include <memory>

#include "app/draw/rect.h"
#include "app/scene/room.h"
#include "app/window/framebuffer.h"

namespace flowscope {

/// Draws the view of a camera into a rectangle of the current ImGui window. The scene is sent to
/// the graphics card when it is another than in the frame before.
void draw_first_person(std::shared_ptr<const RoomScene> scene, const Camera& camera,
                       const Rect& rect);

/// What the agent sees, as a network would be shown it: Miniworld's observation is 80 by 60. The
/// OpenGL context must be current.
Image observe_first_person(const minigrid::World& world, int width = 80, int height = 60);
Image observe_first_person(const miniworld::World& world, int width = 80, int height = 60);

/// Frees what OpenGL holds; the context must be current.
void release_first_person();

}  // namespace flowscope
