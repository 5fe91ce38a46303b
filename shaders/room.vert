#version 330 core
// A room of app/scene.
layout(location = 0) in vec3 at;
layout(location = 1) in vec3 normal_in;
layout(location = 2) in vec4 paint_in;
layout(location = 3) in float surface_in;

uniform mat4 projection;

out vec3 place;  // in the room: one unit a cell, y up
out vec3 normal;
out vec4 paint;
flat out int surface;

void main() {
  place = at;
  normal = normal_in;
  paint = paint_in;
  surface = int(surface_in + 0.5);
  gl_Position = projection * vec4(at, 1.0);
}
